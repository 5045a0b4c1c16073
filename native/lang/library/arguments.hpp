// Reading the arguments of array functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lang/library/registry.hpp"

namespace dolab::lang {

/// Argument i as a tensor (lists are arrays here, as in NumPy).
inline Tensor tensor_at(Interpreter& in, NativeCall& c, std::size_t i) { return in.to_tensor(c[i]); }
/// axis=None is the empty list: all axes.
std::vector<std::int64_t> axes_at(Interpreter& in, NativeCall& c, std::size_t i);
std::optional<std::int64_t> axis_at(Interpreter& in, NativeCall& c, std::size_t i);
bool flag_at(Interpreter& in, NativeCall& c, std::size_t i);
/// A sequence of tensors; an array gives its entries along axis 0.
std::vector<Tensor> tensors_at(Interpreter& in, NativeCall& c, std::size_t i);
/// dtype=: None gives nothing. Accepts jnp.float32, float, "int32", ...
std::optional<DType> dtype_at(NativeCall& c, std::size_t i);
std::optional<DType> to_dtype(const Value& value);
/// The dtype that jnp.float32, float, "int32" ... stand for; nothing for other values.
std::optional<DType> dtype_of(const Value& value);
/// Cast if a dtype is given.
Tensor cast_if(const Tensor& tensor, std::optional<DType> dtype);
/// The known value of an array; E302 if it is traced.
Array known_array(Interpreter& in, const Value& value, const char* what);
/// Throws E907 before an array of known values gets larger than 2 GiB.
void check_elements(double count);
Value to_tuple(const std::vector<Tensor>& tensors);
Value to_list(const std::vector<Tensor>& tensors);
Value shape_value(const Shape& shape);

/// A dtype as a value: jnp.float32.
struct DTypeObject : HostObject {
  DTypeObject(std::string n, DType d) : name(std::move(n)), dtype(d) {}
  std::string describe() const override { return "the dtype " + name; }
  std::string type_name() const override { return "dtype"; }
  bool callable() const override { return true; }
  Value call(Interpreter& in, CallArguments& arguments) override;
  Value attribute(Interpreter& in, const std::string& attribute_name) override;
  bool has_instance(const Value& value) const override;
  bool equals(const HostObject& other) const override;
  bool equals_value(const Value& other) const override;
  std::string name;
  DType dtype;
};
Value make_dtype(DType dtype);

/// A type that isinstance() knows and that cannot be called: jnp.ndarray, jax.Array.
struct TypeTag : HostObject {
  TypeTag(std::string n, bool (*t)(const Value&)) : name(std::move(n)), test(t) {}
  std::string describe() const override { return "the type `" + name + "`"; }
  bool has_instance(const Value& value) const override { return test(value); }
  Value index(Interpreter&, const Value&) override { return Value::none(); }  // ArrayLike[...] in annotations
  std::string name;
  bool (*test)(const Value&);
};

template <Tensor (*F)(const Tensor&)>
Value elementwise(Interpreter& in, NativeCall& c) {
  return F(in.to_tensor(c[0]));
}
template <Tensor (*F)(const Tensor&, const Tensor&)>
Value elementwise2(Interpreter& in, NativeCall& c) {
  return F(in.to_tensor(c[0]), in.to_tensor(c[1]));
}
template <tensor::Unary K>
Value unary_of(Interpreter& in, NativeCall& c) {
  return tensor::unary(K, in.to_tensor(c[0]));
}
template <tensor::Binary K>
Value binary_of(Interpreter& in, NativeCall& c) {
  return tensor::binary(K, in.to_tensor(c[0]), in.to_tensor(c[1]));
}
template <Op O>
Value operator_of(Interpreter& in, NativeCall& c) {
  return in.binary(O, in.to_tensor(c[0]), in.to_tensor(c[1]));
}
template <Op O>
Value relation_of(Interpreter& in, NativeCall& c) {
  return in.compare(O, in.to_tensor(c[0]), in.to_tensor(c[1]));
}

}  // namespace dolab::lang
