// Creation, rearranging, reduction: jax.numpy and numpy.
#include <cmath>
#include <limits>

#include "lang/library/arguments.hpp"
#include "lang/library/array_tables.hpp"
#include "tensor/functions/host.hpp"
#include "tensor/functions/reduce.hpp"
#include "tensor/functions/shape.hpp"

namespace dolab::lang {
namespace {

using tensor::Axes;

Value array(Interpreter& in, NativeCall& c) {
  if (c[0].is(Kind::instance) || c[0].is(Kind::dict)) throw Error("E209", describe(c[0]) + " cannot become an array");
  Tensor result = cast_if(tensor_at(in, c, 0), dtype_at(c, 1));
  const std::int64_t rank = c[2].is_set() ? in.to_integer(c[2], "ndmin") : 0;
  while (result.rank() < std::min<std::int64_t>(rank, 32)) result = tensor::expand_dims(result, 0);
  return result;
}

Value filled(Interpreter& in, NativeCall& c, double value) {
  return tensor::full(in.graph(), in.to_shape(c[0], "a shape"), value, dtype_at(c, 1).value_or(DType::real));
}

Value filled_like(Interpreter& in, NativeCall& c, double value) {
  const Tensor like = tensor_at(in, c, 0);
  const Shape shape = c.has(2) ? in.to_shape(c[2], "a shape") : like.shape();
  return tensor::full(in.graph(), shape, value, dtype_at(c, 1).value_or(like.dtype()));
}

Value full(Interpreter& in, NativeCall& c) {
  return tensor::broadcast_to(cast_if(tensor_at(in, c, 1), dtype_at(c, 2)), in.to_shape(c[0], "a shape"));
}

Value arange(Interpreter& in, NativeCall& c) {
  const bool single = !c.has(1);
  const Value zero = 0, one = 1;
  const Value& start = single ? zero : c[0];
  const Value& stop = single ? c[0] : c[1];
  const Value& step = c.has(2) ? c[2] : one;
  bool integer = true;
  for (const Value* v : {&start, &stop, &step}) {
    if (v->is_traced()) in.fail_traced("E303", *v, "is used as a bound of arange", "make it an argument or a constant");
    integer = integer && (v->is_integral() || (v->is(Kind::tensor) && v->tensor().dtype() != DType::real));
  }
  const double a = in.to_number(start, "a bound of arange"), b = in.to_number(stop, "a bound of arange"),
               s = in.to_number(step, "the step of arange");
  if (s == 0) throw Error("E209", "the step of arange cannot be 0");
  const double count = std::ceil((b - a) / s);
  check_elements(std::isnan(count) ? 1e300 : count);
  return tensor::arange(in.graph(), a, b, s, dtype_at(c, 3).value_or(integer ? DType::integer : DType::real));
}

std::int64_t count_at(Interpreter& in, NativeCall& c, std::size_t i, const char* what) {
  const std::int64_t n = in.to_integer(c[i], what);
  if (n < 0) throw Error("E407", std::string(what) + " cannot be negative");
  check_elements(static_cast<double>(n));
  return n;
}

Value eye(Interpreter& in, NativeCall& c) {
  const std::int64_t rows = count_at(in, c, 0, "the number of rows");
  const std::int64_t columns = c.has(1) ? count_at(in, c, 1, "the number of columns") : rows;
  check_elements(static_cast<double>(rows) * static_cast<double>(columns));
  return tensor::eye(in.graph(), rows, columns, in.to_integer(c[2], "the diagonal"),
                     dtype_at(c, 3).value_or(DType::real));
}

Value meshgrid(Interpreter& in, NativeCall& c) {
  std::vector<Tensor> axes;
  for (const Value& axis : c[0].as<TupleObject>().items) axes.push_back(in.to_tensor(axis));
  return to_list(tensor::meshgrid(axes, in.to_text(c[1], "indexing") == "ij", flag_at(in, c, 2)));
}

Value reshape(Interpreter& in, NativeCall& c) {
  const Value& shape = c[1].is_set() ? c[1] : c[2];
  return tensor::reshape(tensor_at(in, c, 0), in.to_shape(shape, "a shape"));
}

Value transpose(Interpreter& in, NativeCall& c) {
  const Tensor a = tensor_at(in, c, 0);
  std::vector<std::int64_t> axes = axes_at(in, c, 1);
  if (!c.has(1)) {
    for (std::int64_t i = a.rank(); i-- > 0;) axes.push_back(i);
  }
  return tensor::transpose(a, axes);
}

Value repeat(Interpreter& in, NativeCall& c) {
  const Tensor a = tensor_at(in, c, 0);
  const std::vector<std::int64_t> counts = in.to_integers(c[1], "the number of repetitions");
  if (counts.size() == 1) return tensor::repeat(a, counts[0], axis_at(in, c, 2));
  return tensor::repeat(a, counts, axis_at(in, c, 2));
}

Value pad(Interpreter& in, NativeCall& c) {
  const Tensor a = tensor_at(in, c, 0);
  tensor::PadWidths widths;
  const bool flat = c[1].is_integral() || !(in.items(c[1]).empty() || !in.items(c[1])[0].is_integral());
  if (flat) {
    const std::vector<std::int64_t> pair = in.to_integers(c[1], "a padding width");
    widths.emplace_back(pair[0], pair.back());
  } else {
    for (const Value& axis : in.items(c[1])) {
      const std::vector<std::int64_t> pair = in.to_integers(axis, "a padding width");
      if (pair.empty()) throw Error("E407", "a padding width is missing");
      widths.emplace_back(pair[0], pair.back());
    }
  }
  const std::string mode = c.has(2) ? in.to_text(c[2], "the mode of pad") : "constant";
  if (mode == "edge") return tensor::pad_edge(a, widths);
  if (mode != "constant") throw Error("E204", "pad mode \"" + mode + "\" is known, but not supported yet");
  return tensor::pad(a, widths, c.has(3) ? in.to_tensor(c[3]) : in.graph().scalar(0.0, a.dtype()));
}

Value diff(Interpreter& in, NativeCall& c) {
  const Tensor a = tensor_at(in, c, 0);
  const std::int64_t axis = in.to_integer(c[2], "an axis");
  std::vector<Tensor> parts;
  const auto join = [&](std::size_t i) {
    if (!c.has(i)) return;
    Tensor end = in.to_tensor(c[i]);
    if (end.rank() == 0 && a.rank() > 0) {  // a number: one entry wide along the axis
      Shape shape = a.shape();
      shape.at(static_cast<std::size_t>(axis < 0 ? axis + a.rank() : axis)) = 1;
      end = tensor::broadcast_to(end, shape);
    }
    parts.push_back(end);
  };
  if (axis < -a.rank() || axis >= a.rank())
    throw Error("E405",
                "axis " + std::to_string(axis) + " is out of range for an array of rank " + std::to_string(a.rank()));
  join(3);
  parts.push_back(a);
  join(4);
  return tensor::diff(parts.size() == 1 ? a : tensor::concatenate(parts, axis), in.to_integer(c[1], "n"), axis);
}

Value split(Interpreter& in, NativeCall& c, bool uneven) {
  const Tensor a = tensor_at(in, c, 0);
  const std::int64_t axis = in.to_integer(c[2], "an axis");
  const bool sections = c[1].is_integral() || (c[1].is(Kind::tensor) && c[1].tensor().rank() == 0);
  if (sections) return to_list(tensor::split(a, in.to_integer(c[1], "the number of sections"), axis, uneven));
  return to_list(tensor::split_at(a, in.to_integers(c[1], "a position"), axis));
}

template <Tensor (*F)(const Tensor&, const Axes&, bool)>
Value reduction(Interpreter& in, NativeCall& c) {
  return F(tensor_at(in, c, 0), axes_at(in, c, 1), flag_at(in, c, 2));
}

Value sum(Interpreter& in, NativeCall& c) {
  Tensor a = cast_if(tensor_at(in, c, 0), dtype_at(c, 2));
  if (a.dtype() == DType::boolean) a = tensor::cast(a, DType::integer);
  if (c.has(5)) return tensor::sum_where(a, in.to_tensor(c[5]), axes_at(in, c, 1), flag_at(in, c, 3));
  const Tensor total = tensor::reduce(tensor::Reduction::sum, a, axes_at(in, c, 1), flag_at(in, c, 3));
  return c.has(4) ? in.binary(Op::add, total, c[4]) : Value(total);
}

Value mean(Interpreter& in, NativeCall& c) {
  const Tensor a = cast_if(tensor_at(in, c, 0), dtype_at(c, 2));
  if (c.has(4)) return tensor::mean_where(a, in.to_tensor(c[4]), axes_at(in, c, 1), flag_at(in, c, 3));
  return tensor::mean(a, axes_at(in, c, 1), flag_at(in, c, 3));
}

template <Tensor (*F)(const Tensor&, const Axes&, double, bool)>
Value deviation(Interpreter& in, NativeCall& c) {
  return F(tensor_at(in, c, 0), axes_at(in, c, 1), in.to_number(c[2], "ddof"), flag_at(in, c, 3));
}

Value quantile(Interpreter& in, NativeCall& c, double unit) {
  const Tensor q = tensor_at(in, c, 1);
  return tensor::quantile(tensor_at(in, c, 0), unit == 1.0 ? q : q / unit, axes_at(in, c, 2), flag_at(in, c, 3));
}

Value average(Interpreter& in, NativeCall& c) {
  if (!c.has(2)) return tensor::mean(tensor_at(in, c, 0), axes_at(in, c, 1));
  return tensor::average(tensor_at(in, c, 0), in.to_tensor(c[2]), axes_at(in, c, 1));
}

Value cumulative(Interpreter& in, NativeCall& c, Tensor (*f)(const Tensor&, std::optional<std::int64_t>, bool)) {
  return f(tensor_at(in, c, 0), axis_at(in, c, 1), false);
}

std::vector<Tensor> list_of(Interpreter& in, const Value& value) {
  std::vector<Tensor> result;
  for (const Value& item : in.items(value)) result.push_back(in.to_tensor(item));
  return result;
}

// Element i of c: a function of one list of arrays.
template <Tensor (*F)(const std::vector<Tensor>&)>
Value joined(Interpreter& in, NativeCall& c) {
  return F(tensors_at(in, c, 0));
}

Value bincount(Interpreter& in, NativeCall& c) {
  const Tensor codes = tensor_at(in, c, 0);
  const Tensor weights = c.has(1) ? tensor_at(in, c, 1) : Tensor();
  if (c.has(3)) return tensor::bincount(codes, weights, in.to_integer(c[3], "the length"));
  const std::int64_t minimum = in.to_integer(c[2], "minlength");
  if (!codes.is_constant()) {
    if (minimum == 0) in.fail_traced("E302", c[0], "is passed to bincount", "give length=");
    return tensor::bincount(codes, weights, minimum);
  }
  std::int64_t length = minimum;
  const Array& values = codes.value();
  for (std::int64_t i = 0; i < values.size(); ++i) {
    if (values[i] < 0) throw Error("E405", "bincount of a negative number");
    length = std::max(length, static_cast<std::int64_t>(values[i]) + 1);
  }
  return tensor::bincount(codes, weights, length);
}

Value unique(Interpreter& in, NativeCall& c) {
  const Array a = known_array(in, c[0], "unique");
  const bool rows = c.has(4);
  const tensor::Unique result = rows ? tensor::unique_rows(a) : tensor::unique(a);
  Values parts{Value(in.graph().constant(result.values))};
  if (flag_at(in, c, 1)) parts.emplace_back(in.graph().constant(result.index));
  if (flag_at(in, c, 2)) parts.emplace_back(in.graph().constant(result.inverse));
  if (flag_at(in, c, 3)) parts.emplace_back(in.graph().constant(result.counts));
  return parts.size() == 1 ? parts[0] : make_tuple(std::move(parts));
}

Value positions(Interpreter& in, const Value& value) {
  Values result;
  for (Array& axis : tensor::nonzero(known_array(in, value, "nonzero")))
    result.emplace_back(in.graph().constant(std::move(axis)));
  return make_tuple(std::move(result));
}

template <Array (*F)(const Array&, const Array&)>
Value set_operation(Interpreter& in, NativeCall& c) {
  return in.graph().constant(F(known_array(in, c[0], c.name()), known_array(in, c[1], c.name())));
}

bool any_tensor(const Value& value) { return value.is(Kind::tensor); }

}  // namespace

Value where_positions(Interpreter& in, NativeCall& c) { return positions(in, c[0]); }

const NativeTable& creation_functions() {
  static const NativeTable rows{
      {"array", "object, dtype=None, ndmin=0, copy=True", array},
      {"asarray", "object, dtype=None, ndmin=0, copy=None", array},
      {"ones", "shape, dtype=None", [](Interpreter& in, NativeCall& c) -> Value { return filled(in, c, 1.0); }},
      {"zeros", "shape, dtype=None", [](Interpreter& in, NativeCall& c) -> Value { return filled(in, c, 0.0); }},
      {"empty", "shape, dtype=None", [](Interpreter& in, NativeCall& c) -> Value { return filled(in, c, 0.0); }},
      {"ones_like", "a, dtype=None, shape=None",
       [](Interpreter& in, NativeCall& c) -> Value { return filled_like(in, c, 1.0); }},
      {"zeros_like", "a, dtype=None, shape=None",
       [](Interpreter& in, NativeCall& c) -> Value { return filled_like(in, c, 0.0); }},
      {"empty_like", "a, dtype=None, shape=None",
       [](Interpreter& in, NativeCall& c) -> Value { return filled_like(in, c, 0.0); }},
      {"full", "shape, fill_value, dtype=None", full},
      {"full_like", "a, fill_value, dtype=None, shape=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor like = tensor_at(in, c, 0);
         const Tensor value = tensor::cast(tensor_at(in, c, 1), dtype_at(c, 2).value_or(like.dtype()));
         return tensor::broadcast_to(value, c.has(3) ? in.to_shape(c[3], "a shape") : like.shape());
       }},
      {"arange", "start, stop=None, step=None, dtype=None", arange},
      {"linspace", "start, stop, num=50, endpoint=True, dtype=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return cast_if(tensor::linspace(tensor_at(in, c, 0), tensor_at(in, c, 1),
                                         count_at(in, c, 2, "the number of points"), flag_at(in, c, 3)),
                        dtype_at(c, 4));
       }},
      {"logspace", "start, stop, num=50, endpoint=True, base=10.0, dtype=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::logspace(tensor_at(in, c, 0), tensor_at(in, c, 1), count_at(in, c, 2, "the number of points"),
                                 flag_at(in, c, 3), in.to_number(c[4], "the base"));
       }},
      {"eye", "N, M=None, k=0, dtype=None", eye},
      {"identity", "n, dtype=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         const std::int64_t n = count_at(in, c, 0, "the number of rows");
         return tensor::eye(in.graph(), n, n, 0, dtype_at(c, 1).value_or(DType::real));
       }},
      {"tri", "N, M=None, k=0, dtype=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         const std::int64_t n = count_at(in, c, 0, "the number of rows");
         return tensor::tri(in.graph(), n, c.has(1) ? count_at(in, c, 1, "the number of columns") : n,
                            in.to_integer(c[2], "the diagonal"), dtype_at(c, 3).value_or(DType::real));
       }},
      {"diag", "v, k=0",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::diag(tensor_at(in, c, 0), in.to_integer(c[1], "the diagonal"));
       }},
      {"diagflat", "v, k=0",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::diag(tensor::ravel(tensor_at(in, c, 0)), in.to_integer(c[1], "the diagonal"));
       }},
      {"meshgrid", "*xi, indexing=\"xy\", sparse=False", meshgrid},
      {"tril_indices", "n, k=0, m=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         const auto [row, column] =
             tensor::tril_indices(in.graph(), count_at(in, c, 0, "n"), in.to_integer(c[1], "the diagonal"),
                                  c.has(2) ? count_at(in, c, 2, "m") : -1);
         return make_tuple({Value(row), Value(column)});
       }},
      {"triu_indices", "n, k=0, m=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         const auto [row, column] =
             tensor::triu_indices(in.graph(), count_at(in, c, 0, "n"), in.to_integer(c[1], "the diagonal"),
                                  c.has(2) ? count_at(in, c, 2, "m") : -1);
         return make_tuple({Value(row), Value(column)});
       }},
      {"diag_indices", "n, ndim=2",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Value i = tensor::arange(in.graph(), count_at(in, c, 0, "n"));
         return make_tuple(Values(static_cast<std::size_t>(std::min<std::int64_t>(32, count_at(in, c, 1, "ndim"))), i));
       }},
      {"vander", "x, N=None, increasing=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor x = tensor_at(in, c, 0);
         const std::int64_t n = c.has(1) ? count_at(in, c, 1, "the number of columns") : x.size();
         Tensor powers = tensor::arange(in.graph(), n);
         if (!flag_at(in, c, 2)) powers = tensor::flip(powers, 0);
         return tensor::power(tensor::expand_dims(x, 1), powers);
       }},
  };
  return rows;
}

const NativeTable& shape_functions() {
  static const NativeTable rows{
      {"reshape", "a, shape=..., newshape=..., order=\"C\"", reshape},
      {"transpose", "a, axes=None", transpose},
      {"permute_dims", "a, axes", transpose},
      {"ravel", "a, order=\"C\"",
       [](Interpreter& in, NativeCall& c) -> Value { return tensor::ravel(tensor_at(in, c, 0)); }},
      {"matrix_transpose", "x",
       [](Interpreter& in, NativeCall& c) -> Value { return tensor::matrix_transpose(tensor_at(in, c, 0)); }},
      {"squeeze", "a, axis=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::squeeze_axes(tensor_at(in, c, 0), axes_at(in, c, 1));
       }},
      {"expand_dims", "a, axis",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::expand_axes(tensor_at(in, c, 0), axes_at(in, c, 1));
       }},
      {"swapaxes", "a, axis1, axis2",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::swap_axes(tensor_at(in, c, 0), in.to_integer(c[1], "an axis"), in.to_integer(c[2], "an axis"));
       }},
      {"moveaxis", "a, source, destination",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::moveaxis(tensor_at(in, c, 0), axes_at(in, c, 1), axes_at(in, c, 2));
       }},
      {"broadcast_to", "array, shape",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::broadcast_to(tensor_at(in, c, 0), in.to_shape(c[1], "a shape"));
       }},
      {"broadcast_arrays", "*args",
       [](Interpreter& in, NativeCall& c) -> Value { return to_list(tensor::broadcast_arrays(tensors_at(in, c, 0))); }},
      {"broadcast_shapes", "*shapes",
       [](Interpreter& in, NativeCall& c) -> Value {
         Shape shape;
         for (const Value& one : c[0].as<TupleObject>().items)
           shape = broadcast_shapes(shape, in.to_shape(one, "a shape"));
         return shape_value(shape);
       }},
      {"tile", "A, reps",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::tile(tensor_at(in, c, 0), in.to_integers(c[1], "the number of repetitions"));
       }},
      {"repeat", "a, repeats, axis=None, *, total_repeat_length=None", repeat},
      {"pad", "array, pad_width, mode=None, constant_values=None", pad},
      {"concatenate", "arrays, axis=0, dtype=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return cast_if(tensor::concatenate(tensors_at(in, c, 0), axis_at(in, c, 1)), dtype_at(c, 2));
       }},
      {"concat", "arrays, axis=0",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::concatenate(tensors_at(in, c, 0), axis_at(in, c, 1));
       }},
      {"stack", "arrays, axis=0, dtype=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         std::vector<Tensor> parts = tensors_at(in, c, 0);
         DType widest = DType::boolean;
         for (const Tensor& part : parts) widest = std::max(widest, part.dtype());
         for (Tensor& part : parts) part = tensor::cast(part, widest);
         return cast_if(tensor::stack(parts, in.to_integer(c[1], "an axis")), dtype_at(c, 2));
       }},
      {"hstack", "tup", joined<tensor::hstack>},
      {"vstack", "tup", joined<tensor::vstack>},
      {"dstack", "tup", joined<tensor::dstack>},
      {"column_stack", "tup", joined<tensor::column_stack>},
      {"append", "arr, values, axis=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::append(tensor_at(in, c, 0), tensor_at(in, c, 1), axis_at(in, c, 2));
       }},
      {"split", "ary, indices_or_sections, axis=0",
       [](Interpreter& in, NativeCall& c) -> Value { return split(in, c, false); }},
      {"array_split", "ary, indices_or_sections, axis=0",
       [](Interpreter& in, NativeCall& c) -> Value { return split(in, c, true); }},
      {"unstack", "x, axis=0",
       [](Interpreter& in, NativeCall& c) -> Value {
         return to_tuple(tensor::unstack(tensor_at(in, c, 0), in.to_integer(c[1], "an axis")));
       }},
      {"flip", "m, axis=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::flip_axes(tensor_at(in, c, 0), axes_at(in, c, 1));
       }},
      {"flipud", "m", [](Interpreter& in, NativeCall& c) -> Value { return tensor::flip(tensor_at(in, c, 0), 0); }},
      {"fliplr", "m", [](Interpreter& in, NativeCall& c) -> Value { return tensor::flip(tensor_at(in, c, 0), 1); }},
      {"roll", "a, shift, axis=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::roll(tensor_at(in, c, 0), in.to_integers(c[1], "the shift"), axes_at(in, c, 2));
       }},
      {"rot90", "m, k=1",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::rot90(tensor_at(in, c, 0), in.to_integer(c[1], "k"));
       }},
      {"atleast_1d", "x", elementwise<tensor::atleast_1d>},
      {"atleast_2d", "x", elementwise<tensor::atleast_2d>},
      {"atleast_3d", "x", elementwise<tensor::atleast_3d>},
      {"take", "a, indices, axis=None, out=None, mode=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::take(tensor_at(in, c, 0), tensor_at(in, c, 1), axis_at(in, c, 2));
       }},
      {"take_along_axis", "arr, indices, axis",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::take_along_axis(tensor_at(in, c, 0), tensor_at(in, c, 1), axis_at(in, c, 2));
       }},
      {"select", "condlist, choicelist, default=0",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::select_first(tensors_at(in, c, 0), list_of(in, c[1]), in.to_tensor(c[2]));
       }},
      {"shape", "a", [](Interpreter& in, NativeCall& c) -> Value { return shape_value(tensor_at(in, c, 0).shape()); }},
      {"ndim", "a", [](Interpreter& in, NativeCall& c) -> Value { return tensor_at(in, c, 0).rank(); }},
      {"size", "a, axis=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor a = tensor_at(in, c, 0);
         return c.has(1) ? a.extent(*axis_at(in, c, 1)) : a.size();
       }},
      {"isscalar", "element",
       [](Interpreter&, NativeCall& c) -> Value {
         return c[0].is_number() || (c[0].is(Kind::tensor) && c[0].tensor().rank() == 0);
       }},
      {"ix_", "*args",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Values& list = c[0].as<TupleObject>().items;
         Values result;
         for (std::size_t i = 0; i < list.size(); ++i) {
           const Tensor index = in.to_tensor(list[i]);
           Shape shape(list.size(), 1);
           shape[i] = index.size();
           result.emplace_back(tensor::reshape(index, shape));
         }
         return make_tuple(std::move(result));
       }},
  };
  return rows;
}

const NativeTable& reduction_functions() {
  static const NativeTable rows{
      {"sum", "a, axis=None, dtype=None, keepdims=False, initial=None, where=None", sum},
      {"mean", "a, axis=None, dtype=None, keepdims=False, where=None", mean},
      {"max", "a, axis=None, keepdims=False", reduction<tensor::amax>},
      {"amax", "a, axis=None, keepdims=False", reduction<tensor::amax>},
      {"min", "a, axis=None, keepdims=False", reduction<tensor::amin>},
      {"amin", "a, axis=None, keepdims=False", reduction<tensor::amin>},
      {"prod", "a, axis=None, keepdims=False", reduction<tensor::prod>},
      {"any", "a, axis=None, keepdims=False", reduction<tensor::any>},
      {"all", "a, axis=None, keepdims=False", reduction<tensor::all>},
      {"ptp", "a, axis=None, keepdims=False", reduction<tensor::peak_to_peak>},
      {"count_nonzero", "a, axis=None, keepdims=False", reduction<tensor::count_nonzero>},
      {"median", "a, axis=None, keepdims=False", reduction<tensor::median>},
      {"nansum", "a, axis=None, keepdims=False", reduction<tensor::nansum>},
      {"nanmean", "a, axis=None, keepdims=False", reduction<tensor::nanmean>},
      {"nanmax", "a, axis=None, keepdims=False", reduction<tensor::nanmax>},
      {"nanmin", "a, axis=None, keepdims=False", reduction<tensor::nanmin>},
      {"var", "a, axis=None, ddof=0, keepdims=False", deviation<tensor::variance>},
      {"std", "a, axis=None, ddof=0, keepdims=False", deviation<tensor::standard_deviation>},
      {"nanvar", "a, axis=None, ddof=0, keepdims=False", deviation<tensor::nanvariance>},
      {"nanstd", "a, axis=None, ddof=0, keepdims=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::sqrt(tensor::nanvariance(tensor_at(in, c, 0), axes_at(in, c, 1), in.to_number(c[2], "ddof"),
                                                 flag_at(in, c, 3)));
       }},
      {"average", "a, axis=None, weights=None", average},
      {"cov", "m, rowvar=True, bias=False, ddof=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor m = tensor_at(in, c, 0);
         const double ddof = c.has(3) ? in.to_number(c[3], "ddof") : flag_at(in, c, 2) ? 0.0 : 1.0;
         return tensor::covariance(flag_at(in, c, 1) ? m : tensor::matrix_transpose(m), ddof);
       }},
      {"corrcoef", "x, rowvar=True",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor x = tensor_at(in, c, 0);
         return tensor::correlation(flag_at(in, c, 1) ? x : tensor::matrix_transpose(x));
       }},
      {"argmax", "a, axis=None, keepdims=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::argmax_over(tensor_at(in, c, 0), axis_at(in, c, 1), flag_at(in, c, 2));
       }},
      {"argmin", "a, axis=None, keepdims=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::argmin_over(tensor_at(in, c, 0), axis_at(in, c, 1), flag_at(in, c, 2));
       }},
      {"cumsum", "a, axis=None",
       [](Interpreter& in, NativeCall& c) -> Value { return cumulative(in, c, tensor::cumsum_over); }},
      {"cumprod", "a, axis=None",
       [](Interpreter& in, NativeCall& c) -> Value { return cumulative(in, c, tensor::cumprod); }},
      {"sort", "a, axis=-1, *, descending=False, stable=True",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::sort(tensor_at(in, c, 0), axis_at(in, c, 1), flag_at(in, c, 2));
       }},
      {"argsort", "a, axis=-1, *, descending=False, stable=True",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::argsort(tensor_at(in, c, 0), axis_at(in, c, 1), flag_at(in, c, 2));
       }},
      {"quantile", "a, q, axis=None, keepdims=False",
       [](Interpreter& in, NativeCall& c) -> Value { return quantile(in, c, 1.0); }},
      {"percentile", "a, q, axis=None, keepdims=False",
       [](Interpreter& in, NativeCall& c) -> Value { return quantile(in, c, 100.0); }},
      {"searchsorted", "a, v, side=\"left\"",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::searchsorted(tensor_at(in, c, 0), tensor_at(in, c, 1), in.to_text(c[2], "side") == "right");
       }},
      {"digitize", "x, bins, right=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::digitize(tensor_at(in, c, 0), tensor_at(in, c, 1), flag_at(in, c, 2));
       }},
      {"diff", "a, n=1, axis=-1, prepend=None, append=None", diff},
      {"ediff1d", "ary",
       [](Interpreter& in, NativeCall& c) -> Value { return tensor::diff(tensor::ravel(tensor_at(in, c, 0))); }},
      {"trapezoid", "y, x=None, dx=1.0",
       [](Interpreter& in, NativeCall& c) -> Value {
         return c.has(1) ? tensor::trapezoid(tensor_at(in, c, 0), in.to_tensor(c[1]))
                         : tensor::trapezoid(tensor_at(in, c, 0), in.to_number(c[2], "dx"));
       }},
      {"bincount", "x, weights=None, minlength=0, *, length=None", bincount},
  };
  return rows;
}

const NativeTable& host_functions() {
  static const NativeTable rows{
      {"unique",
       "ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, size=None, fill_value=None",
       unique},
      {"nonzero", "a, *, size=None, fill_value=None",
       [](Interpreter& in, NativeCall& c) -> Value { return positions(in, c[0]); }},
      {"flatnonzero", "a, *, size=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return in.graph().constant(tensor::flat_nonzero(known_array(in, c[0], "flatnonzero")));
       }},
      {"argwhere", "a, *, size=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return in.graph().constant(tensor::argwhere(known_array(in, c[0], "argwhere")));
       }},
      {"setdiff1d", "ar1, ar2, assume_unique=False", set_operation<tensor::setdiff1d>},
      {"intersect1d", "ar1, ar2", set_operation<tensor::intersect1d>},
      {"union1d", "ar1, ar2", set_operation<tensor::union1d>},
      {"isin", "element, test_elements, assume_unique=False, invert=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         return in.graph().constant(
             tensor::isin(known_array(in, c[0], "isin"), known_array(in, c[1], "isin"), flag_at(in, c, 3)));
       }},
      {"in1d", "ar1, ar2, assume_unique=False, invert=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         return in.graph().constant(
             tensor::isin(known_array(in, c[0], "in1d"), known_array(in, c[1], "in1d"), flag_at(in, c, 3)));
       }},
      {"lexsort", "keys",
       [](Interpreter& in, NativeCall& c) -> Value {
         std::vector<Array> keys;
         for (const Value& key : in.items(c[0])) keys.push_back(known_array(in, key, "lexsort"));
         return in.graph().constant(tensor::lexsort(keys));
       }},
      {"array_equal", "a1, a2, equal_nan=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::array_equal(known_array(in, c[0], "array_equal"), known_array(in, c[1], "array_equal"),
                                    flag_at(in, c, 2));
       }},
      {"allclose", "a, b, rtol=1e-05, atol=1e-08, equal_nan=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::allclose(known_array(in, c[0], "allclose"), known_array(in, c[1], "allclose"),
                                 in.to_number(c[2], "rtol"), in.to_number(c[3], "atol"), flag_at(in, c, 4));
       }},
      {"compress", "condition, a, axis=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::compress(tensor_at(in, c, 0), tensor_at(in, c, 1), axis_at(in, c, 2));
       }},
  };
  return rows;
}

namespace {

struct FloatInfo : HostObject {
  std::string describe() const override { return "the properties of float64"; }
  Value attribute(Interpreter&, const std::string& name) override {
    using Limits = std::numeric_limits<double>;
    if (name == "eps") return Limits::epsilon();
    if (name == "tiny" || name == "smallest_normal") return Limits::min();
    if (name == "max") return Limits::max();
    if (name == "min") return Limits::lowest();
    if (name == "bits") return 64;
    return {};
  }
  std::vector<std::string> attribute_names() const override {
    return {"eps", "tiny", "max", "min", "bits", "smallest_normal"};
  }
};

struct IntegerInfo : HostObject {
  std::string describe() const override { return "the properties of int64"; }
  Value attribute(Interpreter&, const std::string& name) override {
    if (name == "max") return std::numeric_limits<std::int64_t>::max();
    if (name == "min") return std::numeric_limits<std::int64_t>::min();
    if (name == "bits") return 64;
    return {};
  }
};

const NativeEntry kFloatInfo{"finfo", "dtype=None",
                             [](Interpreter&, NativeCall&) -> Value { return make<FloatInfo>(); }};
const NativeEntry kIntegerInfo{"iinfo", "dtype=None",
                               [](Interpreter&, NativeCall&) -> Value { return make<IntegerInfo>(); }};

template <DType D>
Value dtype_value(Interpreter&) {
  return make_dtype(D);
}

}  // namespace

const std::vector<LibraryValue>& array_values() {
  static const std::vector<LibraryValue> rows{
      {"pi", [](Interpreter&) { return Value(M_PI); }},
      {"e", [](Interpreter&) { return Value(M_E); }},
      {"euler_gamma", [](Interpreter&) { return Value(0.57721566490153286); }},
      {"inf", [](Interpreter&) { return Value(std::numeric_limits<double>::infinity()); }},
      {"nan", [](Interpreter&) { return Value(std::numeric_limits<double>::quiet_NaN()); }},
      {"newaxis", [](Interpreter&) { return Value::none(); }},
      {"finfo", [](Interpreter& in) { return make_native(in, kFloatInfo, "jnp"); }},
      {"iinfo", [](Interpreter& in) { return make_native(in, kIntegerInfo, "jnp"); }},
  };
  return rows;
}

const std::vector<LibraryValue>& array_types() {
  static const std::vector<LibraryValue> rows{
      {"float32", dtype_value<DType::real>},
      {"float64", dtype_value<DType::real>},
      {"float16", dtype_value<DType::real>},
      {"bfloat16", dtype_value<DType::real>},
      {"float_", dtype_value<DType::real>},
      {"double", dtype_value<DType::real>},
      {"floating", dtype_value<DType::real>},
      {"int8", dtype_value<DType::integer>},
      {"int16", dtype_value<DType::integer>},
      {"int32", dtype_value<DType::integer>},
      {"int64", dtype_value<DType::integer>},
      {"int_", dtype_value<DType::integer>},
      {"uint8", dtype_value<DType::integer>},
      {"uint16", dtype_value<DType::integer>},
      {"uint32", dtype_value<DType::integer>},
      {"uint64", dtype_value<DType::integer>},
      {"integer", dtype_value<DType::integer>},
      {"bool_", dtype_value<DType::boolean>},
      {"ndarray", [](Interpreter&) -> Value { return make<TypeTag>("ndarray", any_tensor); }},
      {"generic", [](Interpreter&) -> Value { return make<TypeTag>("generic", any_tensor); }},
      {"number", [](Interpreter&) -> Value { return make<TypeTag>("number", any_tensor); }},
  };
  return rows;
}

}  // namespace dolab::lang
