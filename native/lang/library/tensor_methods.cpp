// Attributes and methods of arrays.
#include "lang/interpret/index_items.hpp"
#include "lang/library/arguments.hpp"
#include "lang/library/array_tables.hpp"
#include "lang/library/tables.hpp"
#include "tensor/functions/index.hpp"
#include "tensor/functions/linear.hpp"
#include "tensor/functions/reduce.hpp"
#include "tensor/functions/shape.hpp"
#include "tensor/functions/special.hpp"

namespace dolab::lang {
namespace {

using tensor::AtMode;

/// x.at[items]: the functional updates.
struct AtItems : HostObject {
  AtItems(const Tensor& t, std::vector<tensor::IndexItem> i) : array(t), items(std::move(i)) {}
  std::string describe() const override { return "x.at[...]"; }
  Value attribute(Interpreter& in, const std::string& name) override;
  std::vector<std::string> attribute_names() const override {
    return {"set", "add", "subtract", "multiply", "mul", "divide", "power", "min", "max", "get", "apply"};
  }
  Tensor array;
  std::vector<tensor::IndexItem> items;
};

struct AtProxy : HostObject {
  explicit AtProxy(const Tensor& t) : array(t) {}
  std::string describe() const override { return "x.at"; }
  Value index(Interpreter& in, const Value& key) override { return make<AtItems>(array, index_items(in, key)); }
  Tensor array;
};

Tensor update(NativeCall& c, const Tensor& value, AtMode mode) {
  const auto& at = c[0].as<AtItems>();
  return tensor::at_update(at.array, at.items, value, mode);
}

template <AtMode M>
Value at_update(Interpreter& in, NativeCall& c) {
  return update(c, in.to_tensor(c[1]), M);
}

const NativeTable& at_methods() {
  constexpr const char* kSignature = "self, values, *, indices_are_sorted=False, unique_indices=False, mode=None";
  static const NativeTable rows{
      {"set", kSignature, at_update<AtMode::set>},
      {"add", kSignature, at_update<AtMode::add>},
      {"subtract", kSignature,
       [](Interpreter& in, NativeCall& c) -> Value { return update(c, -in.to_tensor(c[1]), AtMode::add); }},
      {"multiply", kSignature, at_update<AtMode::multiply>},
      {"mul", kSignature, at_update<AtMode::multiply>},
      {"divide", kSignature, at_update<AtMode::divide>},
      {"min", kSignature, at_update<AtMode::min>},
      {"max", kSignature, at_update<AtMode::max>},
      {"power", kSignature,
       [](Interpreter& in, NativeCall& c) -> Value {
         const auto& at = c[0].as<AtItems>();
         return update(c, tensor::power(tensor::index(at.array, at.items), in.to_tensor(c[1])), AtMode::set);
       }},
      {"apply", kSignature,
       [](Interpreter& in, NativeCall& c) -> Value {
         const auto& at = c[0].as<AtItems>();
         return update(c, in.to_tensor(in.call(c[1], Values{Value(tensor::index(at.array, at.items))})), AtMode::set);
       }},
      {"get", "self, *, mode=None, fill_value=None, indices_are_sorted=False, unique_indices=False",
       [](Interpreter&, NativeCall& c) -> Value {
         const auto& at = c[0].as<AtItems>();
         return tensor::index(at.array, at.items);
       }},
  };
  return rows;
}

Value AtItems::attribute(Interpreter& in, const std::string& name) {
  const NativeEntry* entry = at_methods().find(name);
  if (entry == nullptr) return {};
  return make<BoundObject>(make_native(in, *entry, "x.at[...]"), Values{Value(Ref<AtItems>(this))});
}

Value item(Interpreter& in, NativeCall& c) {
  if (c[0].is_traced()) in.fail_traced("E302", c[0], "is turned into a number by .item()", "keep it a tensor");
  Value value = c[0];
  if (c.has(1)) value = in.subscript(tensor::ravel(value.tensor()), c[1]);
  if (value.tensor().size() != 1)
    throw Error("E209", ".item() needs an array with one element, not shape " + to_string(value.tensor().shape()));
  return as_key(tensor::reshape(value.tensor(), {}));
}

Value nested_list(Interpreter& in, const Tensor& tensor) {
  if (tensor.rank() == 0) return as_key(tensor);
  Values rows;
  in.check_length(tensor.size());
  for (std::int64_t i = 0; i < tensor.extent(0); ++i) rows.push_back(nested_list(in, tensor::take_axis(tensor, 0, i)));
  return make_list(std::move(rows));
}

// A method that is a function of jax.numpy with the array as first argument.
template <const NativeTable& (*Table)()>
Value delegate(Interpreter& in, NativeCall& c) {
  CallArguments arguments;
  arguments.span = c.span;
  arguments.positional = Values{c[0]};
  const Values& rest = c[1].as<TupleObject>().items;
  arguments.positional.insert(arguments.positional.end(), rest.begin(), rest.end());
  for (const auto& entry : c[2].as<DictObject>().table.entries()) {
    if (entry.key.is_set()) arguments.named.emplace_back(entry.key.text(), entry.value);
  }
  return in.call(make_native(in, *Table().find(c.name()), "x"), std::move(arguments));
}

constexpr const char* kRest = "self, /, *args, **kwargs";

}  // namespace

Value tensor_property(const Value& value, const std::string& name) {
  const Tensor& tensor = value.tensor();
  if (name == "shape") return shape_value(tensor.shape());
  if (name == "ndim") return tensor.rank();
  if (name == "size") return tensor.size();
  if (name == "dtype") return make_dtype(tensor.dtype());
  if (name == "at") return make<AtProxy>(tensor);
  if (name == "T") {
    std::vector<std::int64_t> axes;
    for (std::int64_t i = tensor.rank(); i-- > 0;) axes.push_back(i);
    return tensor.rank() < 2 ? tensor : tensor::transpose(tensor, axes);
  }
  if (name == "mT") return tensor::matrix_transpose(tensor);
  if (name == "real") return tensor;
  return {};
}

const std::vector<std::string>& tensor_property_names() {
  static const std::vector<std::string> names{"shape", "ndim", "size", "dtype", "at", "T", "mT", "real"};
  return names;
}

const NativeTable& tensor_methods() {
  static const NativeTable rows{
      {"sum", kRest, delegate<reduction_functions>},
      {"mean", kRest, delegate<reduction_functions>},
      {"max", kRest, delegate<reduction_functions>},
      {"min", kRest, delegate<reduction_functions>},
      {"prod", kRest, delegate<reduction_functions>},
      {"std", kRest, delegate<reduction_functions>},
      {"var", kRest, delegate<reduction_functions>},
      {"any", kRest, delegate<reduction_functions>},
      {"all", kRest, delegate<reduction_functions>},
      {"argmax", kRest, delegate<reduction_functions>},
      {"argmin", kRest, delegate<reduction_functions>},
      {"cumsum", kRest, delegate<reduction_functions>},
      {"cumprod", kRest, delegate<reduction_functions>},
      {"ptp", kRest, delegate<reduction_functions>},
      {"argsort", kRest, delegate<reduction_functions>},
      {"sort", kRest, delegate<reduction_functions>},
      {"searchsorted", kRest, delegate<reduction_functions>},
      {"squeeze", kRest, delegate<shape_functions>},
      {"swapaxes", kRest, delegate<shape_functions>},
      {"ravel", kRest, delegate<shape_functions>},
      {"repeat", kRest, delegate<shape_functions>},
      {"take", kRest, delegate<shape_functions>},
      {"clip", kRest, delegate<elementwise_functions>},
      {"round", kRest, delegate<elementwise_functions>},
      {"dot", kRest, delegate<linear_functions>},
      {"trace", kRest, delegate<linear_functions>},
      {"diagonal", kRest, delegate<linear_functions>},
      {"nonzero", kRest, delegate<host_functions>},
      {"flatten", "self, order=\"C\"",
       [](Interpreter&, NativeCall& c) -> Value { return tensor::ravel(c[0].tensor()); }},
      {"copy", "self", [](Interpreter&, NativeCall& c) -> Value { return c[0]; }},
      {"conj", "self", [](Interpreter&, NativeCall& c) -> Value { return c[0]; }},
      {"block_until_ready", "self", [](Interpreter&, NativeCall& c) -> Value { return c[0]; }},
      {"item", "self, index=None", item},
      {"tolist", "self",
       [](Interpreter& in, NativeCall& c) -> Value {
         if (c[0].is_traced()) in.fail_traced("E302", c[0], "is turned into a list", "keep it a tensor");
         return nested_list(in, c[0].tensor());
       }},
      {"astype", "self, dtype, copy=True",
       [](Interpreter&, NativeCall& c) -> Value { return cast_if(c[0].tensor(), dtype_at(c, 1)); }},
      {"reshape", "self, /, *shape, order=\"C\"",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Values& given = c[1].as<TupleObject>().items;
         return tensor::reshape(c[0].tensor(), in.to_shape(given.size() == 1 ? given[0] : c[1], "a shape"));
       }},
      {"transpose", "self, /, *axes",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Values& given = c[1].as<TupleObject>().items;
         std::vector<std::int64_t> axes = in.to_integers(given.size() == 1 ? given[0] : c[1], "an axis");
         if (given.empty()) {
           for (std::int64_t i = c[0].tensor().rank(); i-- > 0;) axes.push_back(i);
         }
         return tensor::transpose(c[0].tensor(), axes);
       }},
  };
  return rows;
}

}  // namespace dolab::lang
