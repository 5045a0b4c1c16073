#include "lang/library/arguments.hpp"

#include <cstdio>

namespace dolab::lang {

std::vector<std::int64_t> axes_at(Interpreter& in, NativeCall& c, std::size_t i) {
  if (!c.has(i)) return {};
  return in.to_integers(c[i], "an axis");
}

std::optional<std::int64_t> axis_at(Interpreter& in, NativeCall& c, std::size_t i) {
  if (!c.has(i)) return std::nullopt;
  const std::vector<std::int64_t> axes = in.to_integers(c[i], "an axis");
  if (axes.size() != 1) throw Error("E209", std::string("`") + c.name() + "` takes one axis");
  return axes[0];
}

bool flag_at(Interpreter& in, NativeCall& c, std::size_t i) { return c[i].is_set() && in.truth(c[i]); }

std::vector<Tensor> tensors_at(Interpreter& in, NativeCall& c, std::size_t i) {
  std::vector<Tensor> result;
  for (const Value& item : in.items(c[i])) result.push_back(in.to_tensor(item));
  return result;
}

std::optional<DType> dtype_of(const Value& value) {
  std::string name;
  if (const auto* dtype = value.get_if<DTypeObject>()) return dtype->dtype;
  if (value.is(Kind::native)) name = value.as<NativeObject>().entry->name;
  if (value.is(Kind::string)) name = value.text();
  if (name.rfind("float", 0) == 0 || name.rfind("double", 0) == 0 || name == "f4" || name == "f8") return DType::real;
  if (name.rfind("int", 0) == 0 || name.rfind("uint", 0) == 0 || name == "i4" || name == "i8") return DType::integer;
  if (name.rfind("bool", 0) == 0) return DType::boolean;
  return std::nullopt;
}

std::optional<DType> to_dtype(const Value& value) {
  if (!value.is_set() || value.is_none()) return std::nullopt;
  const std::optional<DType> dtype = dtype_of(value);
  if (!dtype) throw Error("E209", describe(value) + " is not a dtype", "use jnp.float32, jnp.int32 or bool");
  return dtype;
}

std::optional<DType> dtype_at(NativeCall& c, std::size_t i) { return to_dtype(c[i]); }

Tensor cast_if(const Tensor& tensor, std::optional<DType> dtype) {
  return dtype.has_value() && *dtype != tensor.dtype() ? tensor::cast(tensor, *dtype) : tensor;
}

Array known_array(Interpreter& in, const Value& value, const char* what) {
  if (value.is_traced()) {
    in.fail_traced("E302", value, std::string("is passed to ") + what,
                   "its result has a shape that depends on the values");
  }
  return in.to_tensor(value).value();
}

void check_elements(double count) {
  constexpr double kMaxElements = 268435456.0;
  if (count > kMaxElements) {
    char text[32];
    std::snprintf(text, sizeof text, "%.0f", count);
    throw Error("E907", std::string("an array of ") + text + " known elements is too large (limit 268435456)",
                "use fewer elements");
  }
}

Value to_tuple(const std::vector<Tensor>& tensors) { return make_tuple(Values(tensors.begin(), tensors.end())); }
Value to_list(const std::vector<Tensor>& tensors) { return make_list(Values(tensors.begin(), tensors.end())); }

Value shape_value(const Shape& shape) { return make_tuple(Values(shape.begin(), shape.end())); }

bool DTypeObject::equals_value(const Value& other) const { return dtype_of(other) == dtype; }

Value make_dtype(DType dtype) {
  return make<DTypeObject>(dtype == DType::real ? "float64" : dtype == DType::integer ? "int64" : "bool", dtype);
}

Value DTypeObject::call(Interpreter& in, CallArguments& arguments) {
  if (arguments.positional.size() != 1) throw Error("E205", "`" + name + "` takes one argument");
  return tensor::cast(in.to_tensor(arguments.positional[0]), dtype);
}

Value DTypeObject::attribute(Interpreter&, const std::string& attribute_name) {
  if (attribute_name == "name") return name;
  if (attribute_name == "kind") return dtype == DType::real ? "f" : dtype == DType::integer ? "i" : "b";
  return {};
}

bool DTypeObject::has_instance(const Value& value) const {
  return value.is(Kind::tensor) && value.tensor().rank() == 0 && value.tensor().dtype() == dtype;
}

bool DTypeObject::equals(const HostObject& other) const {
  const auto* dtype_object = dynamic_cast<const DTypeObject*>(&other);
  return dtype_object != nullptr && dtype_object->dtype == dtype;
}

}  // namespace dolab::lang
