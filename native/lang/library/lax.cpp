// jax.lax loops and choices, transformations of functions, trees, jax.ops.
#include <algorithm>

#include "lang/library/arguments.hpp"
#include "lang/library/array_tables.hpp"
#include "lang/library/pytree.hpp"
#include "tensor/functions/loops.hpp"
#include "tensor/functions/reduce.hpp"
#include "tensor/functions/shape.hpp"
#include "tensor/functions/special.hpp"

namespace dolab::lang {
namespace {

/// While it lives sites are refused: bodies of loops and branches are pure.
class PureBody {
 public:
  PureBody(Interpreter& in, const char* name) : in_(in), outer_(in.pure_name) {
    ++in_.pure_depth;
    in_.pure_name = name;
  }
  ~PureBody() {
    --in_.pure_depth;
    in_.pure_name = outer_;
  }
  PureBody(const PureBody&) = delete;
  PureBody& operator=(const PureBody&) = delete;

 private:
  Interpreter& in_;
  const char* outer_;
};

void check_carry(Interpreter& in, const Value& before, const Value& after) {
  const std::string a = structure(in, before, true), b = structure(in, after, true);
  if (a != b)
    throw Error("E606", "the carry changes in one step: " + a + " becomes " + b,
                "return the carry with the structure and shapes of its start");
}

Value scan(Interpreter& in, NativeCall& c) {
  std::vector<Tensor> init, xs;
  flatten(in, c[1], init);
  flatten(in, c[2], xs);
  std::int64_t length = c.has(3) ? in.to_integer(c[3], "the length of scan") : -1;
  for (const Tensor& x : xs) {
    if (x.rank() == 0) throw Error("E606", "scan cannot run over a single number");
    if (length < 0) length = x.extent(0);
    if (x.extent(0) != length) {
      throw Error("E606",
                  "scan runs over inputs of lengths " + std::to_string(length) + " and " + std::to_string(x.extent(0)));
    }
  }
  if (length < 0) throw Error("E205", "`scan` needs xs or length");
  const Value carry_tree = c[1], x_tree = c[2], function = c[0];
  Value y_tree;
  const auto step = [&](const std::vector<Tensor>& carry, const std::vector<Tensor>& x) {
    const PureBody pure(in, "jax.lax.scan");
    const Value result = in.call(function, Values{unflatten(carry_tree, carry), unflatten(x_tree, x)}, c.span);
    const bool pair = result.is(Kind::tuple) && result.as<TupleObject>().items.size() == 2;
    if (!pair) throw Error("E209", "the body of scan must return (carry, y), not " + describe(result));
    const Values& parts = result.as<TupleObject>().items;
    check_carry(in, unflatten(carry_tree, carry), parts[0]);
    tensor::ScanStep out;
    flatten(in, parts[0], out.carry);
    flatten(in, parts[1], out.y);
    y_tree = parts[1];
    return out;
  };
  const tensor::ScanStep result = tensor::scan(in.graph(), step, init, xs, length, flag_at(in, c, 4));
  return make_tuple({unflatten(carry_tree, result.carry), unflatten(y_tree, result.y)});
}

Value fori_loop(Interpreter& in, NativeCall& c) {
  const std::int64_t lower = in.to_integer(c[0], "a bound of fori_loop"),
                     upper = in.to_integer(c[1], "a bound of fori_loop");
  std::vector<Tensor> init;
  flatten(in, c[3], init);
  const Value tree = c[3], body = c[2];
  const auto step = [&](const Tensor& i, const std::vector<Tensor>& carry) {
    const PureBody pure(in, "jax.lax.fori_loop");
    const Value before = unflatten(tree, carry);
    const Value result = in.call(body, Values{Value(i), before}, c.span);
    check_carry(in, before, result);
    std::vector<Tensor> out;
    flatten(in, result, out);
    return out;
  };
  return unflatten(tree, tensor::fori_loop(in.graph(), lower, upper, step, init));
}

Value while_loop(Interpreter& in, NativeCall& c) {
  Value carry = c[2];
  for (std::int64_t trips = 0;; ++trips) {
    const Value test = in.call(c[0], Values{carry}, c.span);
    if (test.is_traced())
      in.fail_traced("E301", test, "decides while_loop", "use jax.lax.scan or fori_loop with a fixed number of steps");
    if (!in.truth(test)) return carry;
    if (trips >= in.limits().loop_trips) throw Error("E905", "while_loop has run " + std::to_string(trips) + " times");
    carry = in.call(c[1], Values{carry}, c.span);
  }
}

Value lax_map(Interpreter& in, NativeCall& c) {
  std::vector<Tensor> xs;
  flatten(in, c[1], xs);
  const Value tree = c[1], function = c[0];
  Value result_tree;
  const auto body = [&](const std::vector<Tensor>& x) {
    const PureBody pure(in, "jax.lax.map");
    result_tree = in.call(function, Values{unflatten(tree, x)}, c.span);
    std::vector<Tensor> out;
    flatten(in, result_tree, out);
    return out;
  };
  const std::vector<Tensor> result = tensor::map_rows(in.graph(), body, xs);
  return unflatten(result_tree, result);
}

Tensor as_condition(Interpreter& in, const Value& value) {
  const Tensor predicate = in.to_operand(value);
  return predicate.dtype() == DType::boolean ? predicate
                                             : tensor::not_equal(predicate, in.graph().scalar(0.0, predicate.dtype()));
}

std::vector<Tensor> branch(Interpreter& in, NativeCall& c, const Value& function, const Values& operands, Value& tree) {
  const PureBody pure(in, "jax.lax.cond");
  const Value result = in.call(function, operands, c.span);
  if (tree.is_set() && structure(in, tree, false) != structure(in, result, false)) {
    throw Error("E606", "the branches return different structures: " + structure(in, tree, true) + " and " +
                            structure(in, result, true));
  }
  tree = result;
  std::vector<Tensor> leaves;
  flatten(in, result, leaves);
  return leaves;
}

Value cond(Interpreter& in, NativeCall& c) {
  const Values& operands = c[3].as<TupleObject>().items;
  if (!c[0].is_traced()) return in.call(in.truth(c[0]) ? c[1] : c[2], operands, c.span);
  Value tree;
  const std::vector<Tensor> if_true = branch(in, c, c[1], operands, tree);
  const std::vector<Tensor> if_false = branch(in, c, c[2], operands, tree);
  return unflatten(tree, tensor::cond(as_condition(in, c[0]), if_true, if_false));
}

Value switch_case(Interpreter& in, NativeCall& c) {
  const Values branches = in.items(c[1]);
  const Values& operands = c[2].as<TupleObject>().items;
  if (branches.empty()) throw Error("E205", "switch needs at least one branch");
  if (!c[0].is_traced()) {
    const std::int64_t i = std::clamp<std::int64_t>(in.to_integer(c[0], "the index of switch"), 0,
                                                    static_cast<std::int64_t>(branches.size()) - 1);
    return in.call(branches[static_cast<std::size_t>(i)], operands, c.span);
  }
  Value tree;
  std::vector<std::vector<Tensor>> results;
  for (const Value& one : branches) results.push_back(branch(in, c, one, operands, tree));
  return unflatten(tree, tensor::switch_case(in.to_operand(c[0]), results));
}

Value associative_scan(Interpreter& in, NativeCall& c) {
  std::vector<Tensor> elements;
  flatten(in, c[1], elements);
  const Value tree = c[1], function = c[0];
  const auto combine = [&](const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
    const PureBody pure(in, "jax.lax.associative_scan");
    std::vector<Tensor> out;
    flatten(in, in.call(function, Values{unflatten(tree, a), unflatten(tree, b)}, c.span), out);
    return out;
  };
  return unflatten(tree,
                   tensor::associative_scan(combine, elements, flag_at(in, c, 2), in.to_integer(c[3], "an axis")));
}

Value dynamic_slice(Interpreter& in, NativeCall& c) {
  return tensor::dynamic_slice(tensor_at(in, c, 0), tensors_at(in, c, 1), in.to_integers(c[2], "a slice size"));
}

// ---- transformations of functions

/// Stand-ins for the leaves of an argument while a function of them is traced.
std::vector<Tensor> placeholders(Interpreter& in, const std::vector<Tensor>& leaves,
                                 std::int64_t dropped_axis_or_none) {
  std::vector<Tensor> result;
  for (const Tensor& leaf : leaves) {
    Shape shape = leaf.shape();
    if (dropped_axis_or_none >= 0) shape.erase(shape.begin());
    result.push_back(in.graph().input(shape, leaf.dtype()));
  }
  return result;
}

Value apply_vmap(Interpreter& in, NativeCall& c) {
  // c: function, in_axes, out_axes, arguments
  const Value function = c[0];
  const Values& arguments = c[3].as<TupleObject>().items;
  Values mapped;
  tensor::Replacement replacement;
  std::int64_t count = -1;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    Value axis = c[1];
    if (axis.is(Kind::tuple) || axis.is(Kind::list)) axis = in.subscript(axis, static_cast<std::int64_t>(i));
    if (axis.is_none()) {
      mapped.push_back(arguments[i]);
      continue;
    }
    std::vector<Tensor> leaves;
    flatten(in, arguments[i], leaves);
    for (Tensor& leaf : leaves) {
      if (leaf.rank() == 0) throw Error("E407", "vmap needs arrays with at least one axis");
      leaf = tensor::moveaxis(leaf, {in.to_integer(axis, "an axis of vmap")}, {0});
      if (count >= 0 && leaf.extent(0) != count) {
        throw Error("E407",
                    "vmap over axes of lengths " + std::to_string(count) + " and " + std::to_string(leaf.extent(0)));
      }
      count = leaf.extent(0);
    }
    const std::vector<Tensor> stand_ins = placeholders(in, leaves, 0);
    for (std::size_t k = 0; k < leaves.size(); ++k) replacement.emplace(stand_ins[k].id(), leaves[k]);
    mapped.push_back(unflatten(arguments[i], stand_ins));
  }
  if (count < 0) throw Error("E205", "vmap needs an argument to map over");
  const PureBody pure(in, "jax.vmap");
  const Value result = in.call(function, std::move(mapped), c.span);
  std::vector<Tensor> outputs;
  flatten(in, result, outputs);
  outputs = tensor::batch(outputs, replacement, count);
  if (!c[2].is(Kind::integer) || c[2].integer() != 0) {
    for (Tensor& output : outputs) output = tensor::moveaxis(output, {0}, {in.to_integer(c[2], "out_axes")});
  }
  return unflatten(result, outputs);
}

Value vmap(Interpreter& in, NativeCall& c) {
  static const NativeEntry kApply{"vmap", "function, in_axes, out_axes, /, *args", apply_vmap};
  return make<BoundObject>(make_native(in, kApply, "jax"), Values{c[0], c[1], c[2]});
}

Value apply_gradient(Interpreter& in, NativeCall& c) {
  // c: function, argument number, with value, has_aux, arguments
  const std::int64_t number = in.to_integer(c[1], "argnums");
  Values arguments = c[4].as<TupleObject>().items;
  if (number < 0 || number >= static_cast<std::int64_t>(arguments.size()))
    throw Error("E205", "argnums is out of range");
  Value& argument = arguments[static_cast<std::size_t>(number)];
  const Value tree = argument;
  std::vector<Tensor> leaves;
  flatten(in, tree, leaves);
  for (Tensor& leaf : leaves) leaf = tensor::cast(leaf, DType::real);
  const std::vector<Tensor> stand_ins = placeholders(in, leaves, -1);
  tensor::Replacement replacement;
  for (std::size_t i = 0; i < leaves.size(); ++i) replacement.emplace(stand_ins[i].id(), leaves[i]);
  argument = unflatten(tree, stand_ins);
  const PureBody pure(in, "jax.grad");
  Value result = in.call(c[0], std::move(arguments), c.span);
  Value auxiliary;
  if (in.truth(c[3])) {
    auxiliary = in.subscript(result, 1);
    result = in.subscript(result, 0);
  }
  const Tensor value = in.to_operand(result);
  if (value.rank() != 0)
    throw Error("E407", "grad needs a function with a scalar result, not shape " + to_string(value.shape()));
  std::vector<Tensor> outputs = tensor::gradient(value, stand_ins);
  outputs.push_back(value);
  outputs = tensor::substitute(outputs, replacement);
  Value derived = unflatten(tree, std::vector<Tensor>(outputs.begin(), outputs.end() - 1));
  if (in.truth(c[2])) {
    Value head = Value(outputs.back());
    if (auxiliary.is_set()) head = make_tuple({head, auxiliary});
    return make_tuple({head, derived});
  }
  return auxiliary.is_set() ? make_tuple({derived, auxiliary}) : derived;
}

Value gradient_function(Interpreter& in, NativeCall& c, bool with_value) {
  static const NativeEntry kApply{"grad", "function, argnums, with_value, has_aux, /, *args", apply_gradient};
  return make<BoundObject>(make_native(in, kApply, "jax"), Values{c[0], c[1], Value(with_value), c[2]});
}

// Decorators without effect, with and without options.
Value transparent(Interpreter& in, NativeCall& c) {
  static const NativeEntry kTransparent{"jit", "fun=None, **options", transparent};
  return c[0].is_none() ? make_native(in, kTransparent, "jax") : c[0];
}

// ---- trees

Value tree_map(Interpreter& in, NativeCall& c) {
  std::vector<Values> columns(1);
  flatten_values(in, c[1], columns[0]);
  for (const Value& other : c[2].as<TupleObject>().items) {
    columns.emplace_back();
    flatten_values(in, other, columns.back());
    if (columns.back().size() != columns[0].size()) throw Error("E606", "tree_map got trees of different structure");
  }
  Values leaves;
  for (std::size_t i = 0; i < columns[0].size(); ++i) {
    Values row;
    for (const Values& column : columns) row.push_back(column[i]);
    leaves.push_back(in.call(c[0], std::move(row), c.span));
  }
  return unflatten(c[1], leaves);
}

Value tree_leaves(Interpreter& in, NativeCall& c) {
  Values leaves;
  flatten_values(in, c[0], leaves);
  return make_list(std::move(leaves));
}

Value stop_gradient(Interpreter& in, NativeCall& c) {
  std::vector<Tensor> leaves;
  flatten(in, c[0], leaves);
  for (Tensor& leaf : leaves) leaf = tensor::stop_gradient(leaf);
  return unflatten(c[0], leaves);
}

}  // namespace

const NativeTable& lax_functions() {
  static const NativeTable rows{
      {"scan", "f, init, xs=None, length=None, reverse=False, unroll=1", scan},
      {"fori_loop", "lower, upper, body_fun, init_val, *, unroll=None", fori_loop},
      {"while_loop", "cond_fun, body_fun, init_val", while_loop},
      {"map", "f, xs, *, batch_size=None", lax_map},
      {"cond", "pred, true_fun, false_fun, *operands", cond},
      {"switch", "index, branches, *operands", switch_case},
      {"select", "pred, on_true, on_false",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::select(as_condition(in, c[0]), in.to_tensor(c[1]), in.to_tensor(c[2]));
       }},
      {"associative_scan", "fn, elems, reverse=False, axis=0", associative_scan},
      {"stop_gradient", "x", stop_gradient},
      {"rsqrt", "x", elementwise<tensor::rsqrt>},
      {"lgamma", "x", elementwise<tensor::lgamma>},
      {"digamma", "x", elementwise<tensor::digamma>},
      {"logistic", "x", elementwise<tensor::sigmoid>},
      {"erf_inv", "x", elementwise<tensor::erfinv>},
      {"integer_pow", "x, y",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::integer_power(tensor_at(in, c, 0), in.to_integer(c[1], "the power"));
       }},
      {"dynamic_slice", "operand, start_indices, slice_sizes", dynamic_slice},
      {"dynamic_update_slice", "operand, update, start_indices",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::dynamic_update_slice(tensor_at(in, c, 0), tensor_at(in, c, 1), tensors_at(in, c, 2));
       }},
      {"dynamic_slice_in_dim", "operand, start_index, slice_size, axis=0",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::dynamic_slice_in_dim(tensor_at(in, c, 0), tensor_at(in, c, 1),
                                             in.to_integer(c[2], "a slice size"), in.to_integer(c[3], "an axis"));
       }},
      {"dynamic_index_in_dim", "operand, index, axis=0, keepdims=True",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::dynamic_index_in_dim(tensor_at(in, c, 0), tensor_at(in, c, 1), in.to_integer(c[2], "an axis"),
                                             flag_at(in, c, 3));
       }},
      {"top_k", "operand, k",
       [](Interpreter& in, NativeCall& c) -> Value {
         const auto [values, indices] = tensor::top_k(tensor_at(in, c, 0), in.to_integer(c[1], "k"));
         return make_tuple({Value(values), Value(indices)});
       }},
      {"cumsum", "operand, axis=0, reverse=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::cumsum_over(tensor_at(in, c, 0), axis_at(in, c, 1), flag_at(in, c, 2));
       }},
      {"cumprod", "operand, axis=0, reverse=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::cumprod(tensor_at(in, c, 0), axis_at(in, c, 1), flag_at(in, c, 2));
       }},
      {"cummax", "operand, axis=0, reverse=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::cummax(tensor_at(in, c, 0), in.to_integer(c[1], "an axis"), flag_at(in, c, 2));
       }},
      {"cumlogsumexp", "operand, axis=0, reverse=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::cumlogsumexp(tensor_at(in, c, 0), in.to_integer(c[1], "an axis"), flag_at(in, c, 2));
       }},
      {"expand_dims", "array, dimensions",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::expand_axes(tensor_at(in, c, 0), in.to_integers(c[1], "an axis"));
       }},
      {"convert_element_type", "operand, new_dtype",
       [](Interpreter& in, NativeCall& c) -> Value { return cast_if(tensor_at(in, c, 0), dtype_at(c, 1)); }},
  };
  return rows;
}

const NativeTable& transform_functions() {
  static const NativeTable rows{
      {"jit", "fun=None, **options", transparent},
      {"checkpoint", "fun=None, **options", transparent},
      {"remat", "fun=None, **options", transparent},
      {"named_call", "fun=None, **options", transparent},
      {"vmap", "fun, in_axes=0, out_axes=0, **options", vmap},
      {"grad", "fun, argnums=0, has_aux=False, **options",
       [](Interpreter& in, NativeCall& c) -> Value { return gradient_function(in, c, false); }},
      {"value_and_grad", "fun, argnums=0, has_aux=False, **options",
       [](Interpreter& in, NativeCall& c) -> Value { return gradient_function(in, c, true); }},
      {"device_put", "x, device=None", [](Interpreter&, NativeCall& c) -> Value { return c[0]; }},
      {"device_get", "x", [](Interpreter&, NativeCall& c) -> Value { return c[0]; }},
      {"block_until_ready", "x", [](Interpreter&, NativeCall& c) -> Value { return c[0]; }},
  };
  return rows;
}

const NativeTable& tree_functions() {
  static const NativeTable rows{
      {"map", "f, tree, *rest", tree_map},
      {"tree_map", "f, tree, *rest", tree_map},
      {"leaves", "tree", tree_leaves},
      {"tree_leaves", "tree", tree_leaves},
  };
  return rows;
}

const NativeTable& one_hot_functions() {
  static const NativeTable rows{
      {"one_hot", "x, num_classes, *, dtype=None, axis=-1", [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::one_hot(tensor_at(in, c, 0), in.to_integer(c[1], "the number of classes"),
                                dtype_at(c, 2).value_or(DType::real), in.to_integer(c[3], "an axis"));
       }}};
  return rows;
}

const NativeTable& logsumexp_functions() {
  static const NativeTable rows{
      {"logsumexp", "a, axis=None, b=None, keepdims=False, return_sign=False, where=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor a = tensor_at(in, c, 0);
         const bool keep = flag_at(in, c, 3);
         if (flag_at(in, c, 4)) {
           const tensor::SignedLog result =
               tensor::logsumexp_signed(a, c.has(2) ? in.to_tensor(c[2]) : Tensor(), axes_at(in, c, 1), keep);
           return make_tuple({Value(result.log_abs), Value(result.sign)});
         }
         if (c.has(2)) return tensor::logsumexp_weighted(a, in.to_tensor(c[2]), axes_at(in, c, 1), keep);
         if (c.has(5))
           return tensor::logsumexp_weighted(a, tensor::cast(in.to_tensor(c[5]), DType::real), axes_at(in, c, 1), keep);
         return tensor::logsumexp(a, axes_at(in, c, 1), keep);
       }}};
  return rows;
}

const NativeTable& segment_functions() {
  static const NativeTable rows{
      {"segment_sum", "data, segment_ids, num_segments=None, **options", [](Interpreter& in, NativeCall& c) -> Value {
         std::int64_t segments = 0;
         if (c.has(2)) {
           segments = in.to_integer(c[2], "the number of segments");
         } else {
           const Array codes = known_array(in, c[1], "segment_sum");
           for (std::int64_t i = 0; i < codes.size(); ++i)
             segments = std::max(segments, static_cast<std::int64_t>(codes[i]) + 1);
         }
         return tensor::segment_sum(tensor_at(in, c, 0), tensor_at(in, c, 1), segments);
       }}};
  return rows;
}

}  // namespace dolab::lang
