// object.name
#include "base/nearest_name.hpp"
#include "lang/interpret/interpreter.hpp"
#include "lang/library/registry.hpp"

namespace dolab::lang {
namespace {

Value class_member(Interpreter& in, const Value& self, const Value& type, const Value& member) {
  if (!member.is(Kind::function)) return member;
  const auto& function = member.as<FunctionObject>();
  if (function.is_static) return member;
  if (function.is_class_method) return make<BoundObject>(member, Values{type});
  if (!self.is_set()) return member;
  if (function.is_property) return in.call(member, Values{self});
  return make<BoundObject>(member, Values{self});
}

Value plain_attribute(Interpreter& in, const Value& object, const std::string& name) {
  switch (object.kind()) {
    case Kind::module:
      return module_member(in, *object.as<ModuleObject>().library, name);
    case Kind::opaque:
      return make<OpaqueObject>(object.as<OpaqueObject>().path + "." + name, object.as<OpaqueObject>().known);
    case Kind::host:
      return object.as<HostObject>().attribute(in, name);
    case Kind::instance: {
      auto& instance = object.as<InstanceObject>();
      if (const Value* member = instance.find(name)) return *member;
      if (const Value* member = instance.type.as<ClassObject>().find(name))
        return class_member(in, object, instance.type, *member);
      return {};
    }
    case Kind::class_: {
      if (name == "__name__") return object.as<ClassObject>().name;
      if (const Value* member = object.as<ClassObject>().find(name)) return class_member(in, {}, object, *member);
      return {};
    }
    case Kind::function:
      if (name == "__name__") return *object.as<FunctionObject>().code->name;
      return {};
    case Kind::tuple: {
      const auto& tuple = object.as<TupleObject>();
      for (std::size_t i = 0; i < tuple.names.size(); ++i) {
        if (tuple.names[i] == name) return tuple.items[i];
      }
      break;
    }
    case Kind::range: {
      const auto& range = object.as<RangeObject>();
      if (name == "start") return range.start;
      if (name == "stop") return range.at(range.count);
      if (name == "step") return range.step;
      break;
    }
    case Kind::slice: {
      const auto& slice = object.as<SliceObject>();
      if (name == "start") return slice.start;
      if (name == "stop") return slice.stop;
      if (name == "step") return slice.step;
      return {};
    }
    default:
      break;
  }
  return type_member(in, object, name);
}

std::vector<std::string> known_attributes(const Value& object) {
  if (const auto* host = object.get_if<HostObject>()) return host->attribute_names();
  if (object.is(Kind::module)) return module_names(*object.as<ModuleObject>().library);
  std::vector<std::string> names = type_member_names(object);
  const ClassObject* type = nullptr;
  if (object.is(Kind::instance)) {
    for (const auto& member : object.as<InstanceObject>().members) names.push_back(member.first);
    type = &object.as<InstanceObject>().type.as<ClassObject>();
  } else if (object.is(Kind::class_)) {
    type = &object.as<ClassObject>();
  }
  for (; type != nullptr; type = type->base.is(Kind::class_) ? &type->base.as<ClassObject>() : nullptr) {
    for (const auto& member : type->members) names.push_back(member.first);
  }
  return names;
}

}  // namespace

Value Interpreter::attribute(const Value& object, const std::string& name) {
  if (is_forbidden_attribute(name)) {
    throw Error("E901", "attribute `" + name + "` is not available in the model language");
  }
  Value value = plain_attribute(*this, object, name);
  if (value.is_set()) return value;
  if (object.is_none()) {
    throw Error("E204", "None has no attribute `" + name + "`",
                "is an argument missing, or a default None not handled with `is None`?");
  }
  if (object.is(Kind::module)) fail_unknown_member(*object.as<ModuleObject>().library, name);
  const std::vector<std::string> known = known_attributes(object);
  throw Error("E204", describe(object) + " has no attribute `" + name + "`",
              known.empty() ? "" : unknown_name_hint(name, known));
}

bool Interpreter::has_attribute(const Value& object, const std::string& name) {
  if (is_forbidden_attribute(name)) return false;
  return plain_attribute(*this, object, name).is_set();
}

}  // namespace dolab::lang
