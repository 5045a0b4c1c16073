// Calls: binding of arguments, functions of the text, functions of the library, classes.
#include "base/nearest_name.hpp"
#include "lang/interpret/depth.hpp"
#include "lang/interpret/interpreter.hpp"
#include "lang/library/registry.hpp"

namespace dolab::lang {
namespace {

std::string plural(std::size_t n, const char* word) { return std::to_string(n) + " " + word + (n == 1 ? "" : "s"); }

std::string signature_of(const NativeObject& function) {
  return function.full_name + "(" + function.entry->signature + ")";
}

const Span& span_or(const std::vector<Span>& spans, std::size_t i, const Span& otherwise) {
  return i < spans.size() ? spans[i] : otherwise;
}

// Puts the arguments that a method or partial carries in front; gives the function inside.
Value unwrap(const BoundObject& bound, CallArguments& arguments) {
  arguments.positional.insert(arguments.positional.begin(), bound.arguments.begin(), bound.arguments.end());
  arguments.positional_spans.insert(arguments.positional_spans.begin(), bound.arguments.size(), arguments.span);
  for (const auto& [name, value] : bound.named) {
    bool given = false;
    for (const auto& other : arguments.named) given = given || other.first == name;
    if (given) continue;
    arguments.named.emplace_back(name, value);
    arguments.named_spans.push_back(arguments.span);
  }
  return bound.function;
}

}  // namespace

Value Interpreter::call(const Value& function, Values positional, const Span& span) {
  CallArguments arguments;
  arguments.positional = std::move(positional);
  arguments.span = span.line > 0 ? span : span_;
  return call(function, std::move(arguments));
}

Value Interpreter::call(const Value& callee, CallArguments arguments) {
  const Depth depth(*this);
  const Span outer = span_;
  if (arguments.span.line > 0) span_ = arguments.span;
  struct Restore {
    Span& span;
    Span value;
    ~Restore() { span = value; }
  } restore{span_, outer};
  Value function = callee;
  for (int layers = 0; function.is(Kind::bound); ++layers) {
    if (layers >= limits_.call_depth) throw Error("E903", "functools.partial is nested too deep");
    function = unwrap(function.as<BoundObject>(), arguments);
  }
  switch (function.kind()) {
    case Kind::native:
      return call_native(function.as<NativeObject>(), arguments);
    case Kind::function:
      return call_function(function.as<FunctionObject>(), arguments);
    case Kind::class_:
      return call_class(function, arguments);
    case Kind::host:
      return function.as<HostObject>().call(*this, arguments);
    case Kind::instance: {
      const Value* method = function.as<InstanceObject>().type.as<ClassObject>().find("__call__");
      if (method != nullptr) return call_method(function, *method, arguments);
      break;
    }
    case Kind::opaque:
      fail_opaque(function);
    default:
      break;
  }
  throw Error("E209", describe(function) + " cannot be called",
              function.is(Kind::tensor) ? "use [ ] to index an array, `*` to multiply" : "");
}

Value Interpreter::call_method(const Value& self, const Value& method, CallArguments& arguments) {
  arguments.positional.insert(arguments.positional.begin(), self);
  arguments.positional_spans.insert(arguments.positional_spans.begin(), arguments.span);
  return call(method, std::move(arguments));
}

// ---- functions of the text

void Interpreter::bind_parameters(const FunctionObject& function, CallArguments& arguments, FrameObject& frame) {
  using ParameterKind = lang::Parameter::Kind;
  const FunctionCode& code = *function.code;
  const std::string name = "`" + *code.name + "`";
  const auto slot = [&](const lang::Parameter& p) -> Value& {
    return frame.slots[static_cast<std::size_t>(p.target->slot)];
  };
  std::size_t next = 0;
  Ref<DictObject> rest;
  for (const lang::Parameter& p : code.parameters) {
    if (p.kind == ParameterKind::var_positional) {
      Values extra(
          arguments.positional.begin() + static_cast<std::ptrdiff_t>(std::min(next, arguments.positional.size())),
          arguments.positional.end());
      next = arguments.positional.size();
      slot(p) = make_tuple(std::move(extra));
    } else if (p.kind == ParameterKind::var_keyword) {
      rest = make<DictObject>();
      slot(p) = rest;
    } else if (p.kind != ParameterKind::keyword_only && next < arguments.positional.size()) {
      slot(p) = arguments.positional[next++];
    }
  }
  if (next < arguments.positional.size()) {
    Error error("E205", name + " takes " + plural(next, "positional argument") + ", but " +
                            std::to_string(arguments.positional.size()) + " are given");
    module_.source.place(error, span_or(arguments.positional_spans, next, arguments.span));
    throw error;
  }
  for (std::size_t i = 0; i < arguments.named.size(); ++i) {
    const auto& [key, value] = arguments.named[i];
    const lang::Parameter* target = nullptr;
    for (const lang::Parameter& p : code.parameters) {
      const bool named = p.kind == ParameterKind::positional || p.kind == ParameterKind::keyword_only;
      if (named && *p.target->name == key) target = &p;
    }
    if (target == nullptr && rest) {
      rest->table.set(Value(key), value);
      continue;
    }
    if (target == nullptr || slot(*target).is_set()) {
      std::vector<std::string> known;
      for (const lang::Parameter& p : code.parameters) known.push_back(*p.target->name);
      Error error(target == nullptr ? "E204" : "E205",
                  target == nullptr ? name + " has no parameter `" + key + "`" : name + " gets `" + key + "` twice",
                  target == nullptr ? unknown_name_hint(key, known) : "");
      module_.source.place(error, span_or(arguments.named_spans, i, arguments.span));
      throw error;
    }
    slot(*target) = value;
  }
  std::string missing;
  for (std::size_t i = 0; i < code.parameters.size(); ++i) {
    const lang::Parameter& p = code.parameters[i];
    if (slot(p).is_set()) continue;
    if (function.defaults[i].is_set()) {
      slot(p) = function.defaults[i];
    } else {
      missing += (missing.empty() ? "`" : ", `") + *p.target->name + "`";
    }
  }
  if (missing.empty()) return;
  std::string known;
  for (const lang::Parameter& p : code.parameters) known += (known.empty() ? "" : ", ") + *p.target->name;
  throw Error("E205", name + " needs " + missing, "its parameters are " + known);
}

Value Interpreter::call_function(const FunctionObject& function, CallArguments& arguments) {
  const FunctionCode& code = *function.code;
  if (code.is_async) throw Error("E901", "`async` is not available in the model language", "write a plain `def`");
  if (code.is_generator) {
    Error error("E901", "`yield` is not available in the model language", "return a list instead");
    module_.source.place(error, code.yield_span);
    throw error;
  }
  if (call_depth_ >= limits_.call_depth) {
    throw Error("E903", "`" + *code.name + "` is called " + std::to_string(limits_.call_depth) + " levels deep",
                "use a loop instead of recursion");
  }
  const auto frame = make<FrameObject>(code.scope, function.closure);
  frame->self_class = function.owner;
  const Span span = arguments.span;
  bind_parameters(function, arguments, *frame);
  ++call_depth_;
  const std::size_t outer_order = std::exchange(order_, std::string::npos);
  const auto restore = [&] {
    --call_depth_;
    order_ = outer_order;
  };
  try {
    if (code.expression != nullptr) {
      frame->result = eval(*code.expression, frame.get());
    } else {
      run_block(code.body, frame.get());
    }
  } catch (Error& error) {
    restore();
    constexpr std::size_t kMaxTrail = 5;
    if (span.line > 0 && error.related().size() < kMaxTrail) {
      const std::string message = "`" + *code.name + "` called here";
      const bool again = !error.related().empty() && error.related().back().message == message &&
                         error.related().back().span.line == span.line;  // recursion: once
      if (!again) error.with_related(module_.source.locate(span), message);
    }
    throw;
  } catch (...) {
    restore();
    throw;
  }
  restore();
  return frame->result.is_set() ? frame->result : Value::none();
}

// ---- functions of the library

Value Interpreter::call_native(const NativeObject& function, CallArguments& arguments) {
  using ParameterKind = lang::Parameter::Kind;
  const std::vector<NativeParameter>& parameters = function.parameters;
  NativeCall bound{function, Values(parameters.size()), {}, arguments.span};
  bound.spans.resize(parameters.size(), arguments.span);
  std::size_t next = 0, positional_limit = 0;
  Ref<DictObject> rest;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const NativeParameter& p = parameters[i];
    if (p.kind == ParameterKind::var_positional) {
      const auto from = static_cast<std::ptrdiff_t>(std::min(next, arguments.positional.size()));
      bound.values[i] = make_tuple(Values(arguments.positional.begin() + from, arguments.positional.end()));
      next = arguments.positional.size();
    } else if (p.kind == ParameterKind::var_keyword) {
      rest = make<DictObject>();
      bound.values[i] = rest;
    } else if (p.kind != ParameterKind::keyword_only) {
      ++positional_limit;
      if (next >= arguments.positional.size()) continue;
      bound.spans[i] = span_or(arguments.positional_spans, next, arguments.span);
      bound.values[i] = std::move(arguments.positional[next++]);
    }
  }
  if (next < arguments.positional.size()) {
    Error error("E205",
                "`" + function.full_name + "` takes at most " + plural(positional_limit, "positional argument") +
                    ", but " + std::to_string(arguments.positional.size()) + " are given",
                "form: " + signature_of(function));
    module_.source.place(error, span_or(arguments.positional_spans, next, arguments.span));
    throw error;
  }
  for (std::size_t k = 0; k < arguments.named.size(); ++k) {
    auto& [key, value] = arguments.named[k];
    std::size_t target = parameters.size();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const ParameterKind kind = parameters[i].kind;
      if ((kind == ParameterKind::positional || kind == ParameterKind::keyword_only) && parameters[i].name == key)
        target = i;
    }
    if (target == parameters.size() && rest) {
      rest->table.set(Value(key), value);
      continue;
    }
    if (target == parameters.size() || bound.values[target].is_set()) {
      std::vector<std::string> known;
      for (const NativeParameter& p : parameters) known.push_back(p.name);
      const bool unknown = target == parameters.size();
      std::string hint = unknown ? keyword_hint(key, known) : "";
      if (unknown && hint.empty()) hint = "form: " + signature_of(function);
      Error error(unknown ? "E204" : "E205",
                  unknown ? "`" + function.full_name + "` has no parameter \"" + key + "\""
                          : "`" + function.full_name + "` gets \"" + key + "\" twice",
                  hint);
      module_.source.place(error, span_or(arguments.named_spans, k, arguments.span));
      throw error;
    }
    bound.values[target] = std::move(value);
    bound.spans[target] = span_or(arguments.named_spans, k, arguments.span);
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (bound.values[i].is_set()) continue;
    if (parameters[i].required) {
      throw Error("E205", "`" + function.full_name + "` needs `" + parameters[i].name + "`",
                  "form: " + signature_of(function));
    }
    bound.values[i] = parameters[i].fallback;
  }
  return function.entry->code(*this, bound);
}

// ---- classes

Value Interpreter::call_class(const Value& type, CallArguments& arguments) {
  const auto& definition = type.as<ClassObject>();
  const auto instance = make<InstanceObject>(type);
  const Value* init = definition.find("__init__");
  if (init != nullptr) {
    call_method(instance, *init, arguments);
    return instance;
  }
  if (definition.is_exception) {
    instance->members.emplace_back("args", make_tuple(std::move(arguments.positional)));
    return instance;
  }
  std::vector<std::pair<std::string, Value>> fields;
  std::vector<const ClassObject*> chain;
  for (const ClassObject* c = &definition; c != nullptr;
       c = c->base.is(Kind::class_) ? &c->base.as<ClassObject>() : nullptr) {
    if (c->is_dataclass) chain.push_back(c);
  }
  for (std::size_t i = chain.size(); i-- > 0;)
    fields.insert(fields.end(), chain[i]->fields.begin(), chain[i]->fields.end());
  std::size_t next = 0;
  for (auto& [field, fallback] : fields) {
    Value value = fallback;
    if (next < arguments.positional.size()) value = arguments.positional[next++];
    for (auto& [key, given] : arguments.named) {
      if (key == field) {
        value = given;
        key.clear();
      }
    }
    if (!value.is_set()) throw Error("E205", "`" + definition.name + "` needs `" + field + "`");
    instance->members.emplace_back(field, value);
  }
  if (next < arguments.positional.size())
    throw Error("E205", "`" + definition.name + "` takes " + plural(fields.size(), "argument"));
  for (const auto& [key, given] : arguments.named) {
    if (!key.empty()) throw Error("E204", "`" + definition.name + "` has no parameter `" + key + "`");
  }
  return instance;
}

}  // namespace dolab::lang
