// The array functions of jax.lax that jax.numpy names otherwise, and the rarer ones of jax.numpy.
#include "lang/library/arguments.hpp"
#include "lang/library/array_tables.hpp"
#include "tensor/functions/host.hpp"
#include "tensor/functions/index.hpp"
#include "tensor/functions/linear.hpp"
#include "tensor/functions/loops.hpp"
#include "tensor/functions/shape.hpp"
#include "tensor/functions/special.hpp"

namespace dolab::lang {
namespace {

using tensor::IndexItem;

std::int64_t axis_of(Interpreter& in, const Tensor& a, const Value& axis) {
  const std::int64_t i = in.to_integer(axis, "an axis");
  if (i < -a.rank() || i >= a.rank()) {
    throw Error("E405",
                "axis " + std::to_string(i) + " is out of range for an array of rank " + std::to_string(a.rank()));
  }
  return i < 0 ? i + a.rank() : i;
}

/// All entries before `axis` whole, then `item`.
std::vector<IndexItem> along(std::int64_t axis, const IndexItem& item) {
  std::vector<IndexItem> items(static_cast<std::size_t>(axis), IndexItem::range());
  items.push_back(item);
  return items;
}

Value update_in_dim(Interpreter& in, NativeCall& c, bool single) {
  const Tensor a = tensor_at(in, c, 0);
  const std::int64_t axis = axis_of(in, a, c[3]);
  Tensor update = tensor_at(in, c, 1);
  if (single && update.rank() < a.rank()) update = tensor::expand_dims(update, axis);
  std::vector<Tensor> starts(static_cast<std::size_t>(a.rank()), in.graph().scalar(0.0, DType::integer));
  starts[static_cast<std::size_t>(axis)] = in.to_tensor(c[2]);
  return tensor::dynamic_update_slice(a, update, starts);
}

Value select_n(Interpreter& in, NativeCall& c) {
  const Tensor which = tensor_at(in, c, 0);
  const Values& cases = c[1].as<TupleObject>().items;
  if (cases.empty()) throw Error("E205", "select_n needs at least one case");
  const Tensor index = tensor::cast(which, DType::integer);
  Tensor result = in.to_tensor(cases.back());
  for (std::size_t i = cases.size() - 1; i-- > 0;) {
    const Tensor limit = in.graph().scalar(static_cast<double>(i), DType::integer);
    result = tensor::select(index <= limit, in.to_tensor(cases[i]), result);
  }
  return result;
}

Value slice_in_dim(Interpreter& in, NativeCall& c) {
  const Tensor a = tensor_at(in, c, 0);
  const auto bound = [&](std::size_t i, const char* what) -> std::optional<std::int64_t> {
    if (!c.has(i)) return {};
    return in.to_integer(c[i], what);
  };
  const IndexItem range =
      IndexItem::range(bound(1, "the start index"), bound(2, "the limit index"), in.to_integer(c[3], "the stride"));
  return tensor::index(a, along(axis_of(in, a, c[4]), range));
}

Value fill_diagonal(Interpreter& in, NativeCall& c) {
  const Tensor a = tensor_at(in, c, 0);
  if (a.rank() != 2) throw Error("E407", "fill_diagonal needs a matrix, not shape " + to_string(a.shape()));
  const Tensor i = tensor::arange(in.graph(), std::min(a.extent(0), a.extent(1)));
  return tensor::at_update(a, {IndexItem::of(i), IndexItem::of(i)}, tensor_at(in, c, 1), tensor::AtMode::set);
}

Value convolve(Interpreter& in, NativeCall& c) {
  const std::string mode = in.to_text(c[2], "the mode of convolve");
  tensor::ConvolveMode which = tensor::ConvolveMode::full;
  if (mode == "same") {
    which = tensor::ConvolveMode::same;
  } else if (mode == "valid") {
    which = tensor::ConvolveMode::valid;
  } else if (mode != "full") {
    throw Error("E209", "convolve has no mode \"" + mode + "\"", "full, same or valid");
  }
  return tensor::convolve(tensor_at(in, c, 0), tensor_at(in, c, 1), which);
}

Value copysign(Interpreter& in, NativeCall& c) {
  const Tensor size = tensor::abs(tensor_at(in, c, 0)), sign = tensor_at(in, c, 1);
  return tensor::select(sign < in.graph().scalar(0.0, sign.dtype()), -size, size);
}

template <std::pair<Tensor, Tensor> (*F)(tensor::Graph&, std::int64_t, std::int64_t, std::int64_t)>
Value triangle_from(Interpreter& in, NativeCall& c) {
  const Tensor a = tensor_at(in, c, 0);
  if (a.rank() != 2) throw Error("E407", std::string(c.name()) + " needs a matrix, not shape " + to_string(a.shape()));
  const auto [row, column] = F(in.graph(), a.extent(0), in.to_integer(c[1], "the diagonal"), a.extent(1));
  return make_tuple({Value(row), Value(column)});
}

template <std::int64_t Axis>
Value split_along(Interpreter& in, NativeCall& c) {
  const Tensor a = tensor_at(in, c, 0);
  const std::int64_t axis = a.rank() == 1 ? 0 : Axis;
  if (c[1].is_integral()) return to_list(tensor::split(a, c[1].integer(), axis, false));
  return to_list(tensor::split_at(a, in.to_integers(c[1], "a position"), axis));
}

}  // namespace

const NativeTable& further_array_functions() {
  static const NativeTable rows{
      {"convolve", "a, v, mode=\"full\", *, precision=None, preferred_element_type=None", convolve},
      {"copysign", "x1, x2, /", copysign},
      {"copy", "a, order=None", [](Interpreter& in, NativeCall& c) -> Value { return tensor_at(in, c, 0); }},
      {"fill_diagonal", "a, val, wrap=False, *, inplace=True", fill_diagonal},
      {"diag_indices_from", "arr",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor a = tensor_at(in, c, 0);
         if (a.rank() == 0) throw Error("E407", "diag_indices_from needs a matrix, not a number");
         const Value i = tensor::arange(in.graph(), a.extent(0));
         return make_tuple(Values(static_cast<std::size_t>(a.rank()), i));
       }},
      {"tril_indices_from", "arr, k=0", triangle_from<tensor::tril_indices>},
      {"triu_indices_from", "arr, k=0", triangle_from<tensor::triu_indices>},
      {"hsplit", "ary, indices_or_sections", split_along<1>},
      {"vsplit", "ary, indices_or_sections", split_along<0>},
  };
  return rows;
}

const NativeTable& lax_array_functions() {
  static const NativeTable rows{
      {"max", "x, y", elementwise2<tensor::maximum>},
      {"min", "x, y", elementwise2<tensor::minimum>},
      {"clamp", "min, x, max",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::clip(tensor_at(in, c, 1), tensor_at(in, c, 0), tensor_at(in, c, 2));
       }},
      {"sub", "x, y", operator_of<Op::sub>},
      {"mul", "x, y", operator_of<Op::mul>},
      {"neg", "x", unary_of<tensor::Unary::negate>},
      {"eq", "x, y", relation_of<Op::equal>},
      {"ne", "x, y", relation_of<Op::not_equal>},
      {"lt", "x, y", relation_of<Op::less>},
      {"le", "x, y", relation_of<Op::less_equal>},
      {"gt", "x, y", relation_of<Op::greater>},
      {"ge", "x, y", relation_of<Op::greater_equal>},
      {"full", "shape, fill_value, dtype=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::broadcast_to(cast_if(tensor_at(in, c, 1), dtype_at(c, 2)), in.to_shape(c[0], "a shape"));
       }},
      {"full_like", "x, fill_value, dtype=None, shape=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor x = tensor_at(in, c, 0);
         const Shape shape = c.has(3) ? in.to_shape(c[3], "a shape") : x.shape();
         return tensor::broadcast_to(tensor::cast(tensor_at(in, c, 1), dtype_at(c, 2).value_or(x.dtype())), shape);
       }},
      {"concatenate", "operands, dimension",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::concatenate(tensors_at(in, c, 0), in.to_integer(c[1], "an axis"));
       }},
      {"reshape", "operand, new_sizes, dimensions=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::reshape(tensor_at(in, c, 0), in.to_shape(c[1], "a shape"));
       }},
      {"broadcast", "operand, sizes",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor a = tensor_at(in, c, 0);
         Shape shape = in.to_shape(c[1], "a shape");
         shape.insert(shape.end(), a.shape().begin(), a.shape().end());
         return tensor::broadcast_to(a, shape);
       }},
      {"rev", "operand, dimensions",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::flip_axes(tensor_at(in, c, 0), in.to_integers(c[1], "an axis"));
       }},
      {"dot", "lhs, rhs, **options", elementwise2<tensor::dot>},
      {"batch_matmul", "lhs, rhs, **options", operator_of<Op::matmul>},
      {"select_n", "which, *cases", select_n},
      {"slice_in_dim", "operand, start_index, limit_index, stride=1, axis=0", slice_in_dim},
      {"index_in_dim", "operand, index, axis=0, keepdims=True",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor a = tensor_at(in, c, 0);
         const std::int64_t axis = axis_of(in, a, c[2]);
         const Tensor entry = tensor::index(a, along(axis, IndexItem::at(in.to_integer(c[1], "an index"))));
         return flag_at(in, c, 3) ? tensor::expand_dims(entry, axis) : entry;
       }},
      {"dynamic_update_slice_in_dim", "operand, update, start_index, axis",
       [](Interpreter& in, NativeCall& c) -> Value { return update_in_dim(in, c, false); }},
      {"dynamic_update_index_in_dim", "operand, update, index, axis",
       [](Interpreter& in, NativeCall& c) -> Value { return update_in_dim(in, c, true); }},
  };
  return rows;
}

}  // namespace dolab::lang
