// Expressions.
#include <cmath>

#include "base/nearest_name.hpp"
#include "lang/interpret/depth.hpp"
#include "lang/interpret/interpreter.hpp"
#include "lang/library/registry.hpp"

namespace dolab::lang {

Value Interpreter::eval(const Expr& e, FrameObject* frame) {
  const Depth depth(*this);
  count_steps(1);
  try {
    switch (e.kind) {
      case ExprKind::constant:
        return eval_constant(static_cast<const Constant&>(e));
      case ExprKind::name:
        return eval_name(static_cast<const NameExpr&>(e), frame);
      case ExprKind::fstring:
        return eval_fstring(static_cast<const FString&>(e), frame);
      case ExprKind::unary: {
        const auto& u = static_cast<const Unary&>(e);
        if (u.op == Op::logical_not) return !truth_at(*u.operand, frame, "not");
        return unary(u.op, eval(*u.operand, frame));
      }
      case ExprKind::arithmetic:
        return eval_arithmetic(static_cast<const Chain&>(e), frame);
      case ExprKind::compare:
        return eval_compare(static_cast<const Chain&>(e), frame);
      case ExprKind::boolean:
        return eval_boolean(static_cast<const Chain&>(e), frame);
      case ExprKind::ternary: {
        const auto& t = static_cast<const Ternary&>(e);
        return eval(truth_at(*t.test, frame, "conditional expression") ? *t.if_true : *t.if_false, frame);
      }
      case ExprKind::lambda:
        return make_function(static_cast<const Lambda&>(e).code, frame);
      case ExprKind::call:
        return eval_call(static_cast<const Call&>(e), frame);
      case ExprKind::attribute: {
        const auto& a = static_cast<const Attribute&>(e);
        const Value object = eval(*a.object, frame);
        return attribute(object, *a.name);
      }
      case ExprKind::subscript:
        return eval_subscript(static_cast<const Subscript&>(e), frame);
      case ExprKind::slice:
        return eval_index(e, frame);
      case ExprKind::starred:
        throw Error("E201", "a starred expression is not allowed here");
      case ExprKind::tuple:
        return make_tuple(eval_elements(static_cast<const Sequence&>(e).elements, frame));
      case ExprKind::list:
        return make_list(eval_elements(static_cast<const Sequence&>(e).elements, frame));
      case ExprKind::set: {
        const auto set = make<SetObject>();
        for (const Value& item : eval_elements(static_cast<const Sequence&>(e).elements, frame)) {
          set->table.set(item, Value::none());
        }
        return set;
      }
      case ExprKind::dict:
        return eval_dict(static_cast<const DictExpr&>(e), frame);
      case ExprKind::comprehension:
        return eval_comprehension(static_cast<const Comprehension&>(e), frame);
      case ExprKind::named: {
        const auto& n = static_cast<const Named&>(e);
        Value value = eval(*n.value, frame);
        store(*n.target, value, frame);
        return value;
      }
      case ExprKind::unsupported:
        throw Error(
            "E901",
            std::string("`") + static_cast<const Unsupported&>(e).what + "` is not available in the model language",
            "return a list instead");
    }
  } catch (Error& error) {
    module_.source.place(error, e.span);
    throw;
  }
  return {};
}

Value Interpreter::eval_constant(const Constant& e) {
  switch (e.type) {
    case ConstantKind::none:
      return Value::none();
    case ConstantKind::boolean:
      return e.integer != 0;
    case ConstantKind::integer:
      return e.integer;
    case ConstantKind::real:
      return e.real;
    case ConstantKind::ellipsis:
      return Value::ellipsis();
    case ConstantKind::string:
      return e.text;
    case ConstantKind::bytes: {
      const auto bytes = make<StringObject>(e.text);
      bytes->kind = Kind::bytes;
      return bytes;
    }
    case ConstantKind::big_integer:
      throw Error("E908", "this whole number needs more than 64 bits", "write it as a float");
    case ConstantKind::imaginary:
      throw Error("E901", "complex numbers are not available in the model language");
  }
  return {};
}

Value Interpreter::eval_name(const NameExpr& e, FrameObject* frame) {
  if (e.slot >= 0) {
    FrameObject* owner = frame;
    for (std::int32_t i = 0; i < e.depth; ++i) owner = owner->parent.get();
    const Value& value = owner->slots[static_cast<std::size_t>(e.slot)];
    if (value.is_set()) return value;
    // In a class body a name that is not bound yet means the one outside.
    if (owner->scope->kind != ScopeKind::class_body) {
      throw Error("E203", "`" + *e.name + "` is used before it has a value", "assign it on every path that leads here");
    }
  }
  Value value = force(e.name, order_);
  if (value.is_set()) return value;
  value = find_builtin(*this, *e.name);
  if (value.is_set()) return value;
  fail_unknown_name(e, frame);
}

void Interpreter::fail_unknown_name(const NameExpr& e, FrameObject* frame) {
  const std::string& name = *e.name;
  if (is_forbidden_name(name)) {
    throw Error("E901", "`" + name + "` is not available in the model language", "pass data as an argument");
  }
  std::string hint = missing_import_hint(name);
  if (hint.empty()) {
    std::vector<std::string> known;
    for (const FrameObject* f = frame; f != nullptr; f = f->parent.get()) {
      for (std::size_t i = 0; i < f->slots.size(); ++i) {
        if (f->slots[i].is_set()) known.push_back(*f->scope->locals[i]);
      }
    }
    for (const Name global : module_.scope.locals) known.push_back(*global);
    for (const std::string& builtin : builtin_names()) known.push_back(builtin);
    const std::string nearest = nearest_name(name, known);
    if (!nearest.empty()) hint = "did you mean `" + nearest + "`?";
  }
  throw Error("E203", "name `" + name + "` is not defined", hint);
}

Value Interpreter::eval_fstring(const FString& e, FrameObject* frame) {
  std::string result;
  append_parts(e.parts, frame, result);
  return result;
}

void Interpreter::append_parts(const std::vector<FStringPart>& parts, FrameObject* frame, std::string& out) {
  for (const FStringPart& part : parts) {
    out += part.text;
    if (part.value != nullptr) {
      const Value value = eval(*part.value, frame);
      try {
        if (value.is_traced())
          fail_traced("E306", value, "is written into a string", "use a static value, or a site of its own");
        std::string spec;
        append_parts(part.format, frame, spec);
        if (part.conversion == 0) {
          out += format(value, spec);
        } else {
          out += format(part.conversion == 's' ? str(value) : repr(value), spec);
        }
      } catch (Error& error) {
        module_.source.place(error, part.value->span);
        throw;
      }
    }
    check_length(static_cast<std::int64_t>(out.size()));
  }
}

Value Interpreter::eval_arithmetic(const Chain& e, FrameObject* frame) {
  Value left = eval(*e.operands[0], frame);
  for (std::size_t i = 0; i < e.ops.size(); ++i) {
    const Value right = eval(*e.operands[i + 1], frame);
    try {
      left = binary(e.ops[i], left, right);
    } catch (Error& error) {
      module_.source.place(error, join(e.span, e.operands[i + 1]->span));
      throw;
    }
    if (i > 0) count_steps(1);
  }
  return left;
}

Value Interpreter::eval_compare(const Chain& e, FrameObject* frame) {
  Value left = eval(*e.operands[0], frame);
  for (std::size_t i = 0; i < e.ops.size(); ++i) {
    const Value right = eval(*e.operands[i + 1], frame);
    Value result = compare(e.ops[i], left, right);
    if (i + 1 == e.ops.size()) return result;
    if (result.is_traced()) {
      fail_traced("E301", result, "decides a chained comparison", "write (a < b) & (b < c)");
    }
    if (!truth(result)) return result;
    left = right;
  }
  return left;
}

Value Interpreter::eval_boolean(const Chain& e, FrameObject* frame) {
  const bool stop_at = e.ops[0] == Op::logical_or;
  for (std::size_t i = 0; i + 1 < e.operands.size(); ++i) {
    Value value = eval(*e.operands[i], frame);
    if (value.is_traced()) {
      try {
        fail_traced("E301", value, stop_at ? "decides `or`" : "decides `and`",
                    stop_at ? "use jnp.logical_or(a, b) or a | b" : "use jnp.logical_and(a, b) or a & b");
      } catch (Error& error) {
        module_.source.place(error, e.operands[i]->span);
        throw;
      }
    }
    if (truth(value) == stop_at) return value;
  }
  return eval(*e.operands.back(), frame);
}

bool Interpreter::truth_at(const Expr& e, FrameObject* frame, const char* statement) {
  const Value value = eval(e, frame);
  if (value.is(Kind::boolean)) return value.boolean();
  try {
    if (value.is_traced()) {
      const std::string use =
          std::string("decides ") + (std::string(statement) == "not" ? "`not`" : "this " + std::string(statement));
      fail_traced("E301", value, use,
                  std::string(statement) == "not" ? "use jnp.logical_not(a) or ~a"
                                                  : "jnp.where(c, a, b) chooses without a branch");
    }
    return truth(value);
  } catch (Error& error) {
    module_.source.place(error, e.span);
    throw;
  }
}

Values Interpreter::eval_elements(const std::vector<const Expr*>& elements, FrameObject* frame) {
  Values result;
  result.reserve(elements.size());
  for (const Expr* element : elements) {
    if (element->kind != ExprKind::starred) {
      result.push_back(eval(*element, frame));
      continue;
    }
    for (Value& item : items(eval(*static_cast<const Starred&>(*element).value, frame))) {
      result.push_back(std::move(item));
    }
    check_length(static_cast<std::int64_t>(result.size()));
  }
  return result;
}

Value Interpreter::eval_dict(const DictExpr& e, FrameObject* frame) {
  const auto dict = make<DictObject>();
  for (std::size_t i = 0; i < e.keys.size(); ++i) {
    if (e.keys[i] == nullptr) {
      const Value other = eval(*e.values[i], frame);
      if (!other.is(Kind::dict)) throw Error("E209", "`**` needs a dict, not " + describe(other));
      for (const auto& entry : other.as<DictObject>().table.entries()) {
        if (entry.key.is_set()) dict->table.set(entry.key, entry.value);
      }
      continue;
    }
    const Value key = eval(*e.keys[i], frame);
    dict->table.set(key, eval(*e.values[i], frame));
  }
  return dict;
}

Value Interpreter::eval_comprehension(const Comprehension& e, FrameObject* frame) {
  FrameObject* outer = frame != nullptr && frame->scope->kind == ScopeKind::class_body ? frame->parent.get() : frame;
  const auto inner = make<FrameObject>(e.scope, Ref<FrameObject>(outer));
  if (e.result_kind == ExprKind::dict) {
    const auto dict = make<DictObject>();
    run_clause(e, 0, inner.get(), frame, [&] {
      const Value key = eval(*e.element, inner.get());
      dict->table.set(key, eval(*e.value, inner.get()));
      check_length(static_cast<std::int64_t>(dict->table.size()));
    });
    return dict;
  }
  if (e.result_kind == ExprKind::set) {
    const auto set = make<SetObject>();
    run_clause(e, 0, inner.get(), frame, [&] { set->table.set(eval(*e.element, inner.get()), Value::none()); });
    return set;
  }
  Values result;
  run_clause(e, 0, inner.get(), frame, [&] {
    result.push_back(eval(*e.element, inner.get()));
    check_length(static_cast<std::int64_t>(result.size()));
  });
  if (e.result_kind == ExprKind::list) return make_list(std::move(result));
  return make<IteratorObject>(std::move(result));
}

void Interpreter::run_clause(const Comprehension& e, std::size_t clause, FrameObject* inner, FrameObject* outer,
                             const std::function<void()>& emit) {
  if (clause == e.clauses.size()) return emit();
  const Depth depth(*this);
  const ComprehensionClause& part = e.clauses[clause];
  if (part.is_async) throw Error("E901", "`async` is not available in the model language");
  const Value iterable = eval(*part.iterable, clause == 0 ? outer : inner);
  Values list;
  try {
    list = items(iterable);
  } catch (Error& error) {
    module_.source.place(error, part.iterable->span);
    throw;
  }
  for (const Value& item : list) {
    count_steps(1);
    assign(*part.target, item, inner);
    bool keep = true;
    for (const Expr* condition : part.conditions) keep = keep && truth_at(*condition, inner, "`if`");
    if (keep) run_clause(e, clause + 1, inner, outer, emit);
  }
}

// The index of a subscript: slices and tuples that hold slices.
Value Interpreter::eval_index(const Expr& e, FrameObject* frame) {
  if (e.kind == ExprKind::slice) {
    const auto& s = static_cast<const SliceExpr&>(e);
    const auto bound = [&](const Expr* part) {
      if (part == nullptr) return Value::none();
      Value value = eval(*part, frame);
      if (value.is_traced()) {
        try {
          fail_traced("E303", value, "is used as a slice bound",
                      "use jax.lax.dynamic_slice for a moving window of fixed size");
        } catch (Error& error) {
          module_.source.place(error, part->span);
          throw;
        }
      }
      return value;
    };
    Value lower = bound(s.lower), upper = bound(s.upper), step = bound(s.step);
    return make<SliceObject>(std::move(lower), std::move(upper), std::move(step));
  }
  if (e.kind != ExprKind::tuple) return eval(e, frame);
  Values parts;
  for (const Expr* element : static_cast<const Sequence&>(e).elements) {
    if (element->kind == ExprKind::starred) {
      for (Value& item : items(eval(*static_cast<const Starred&>(*element).value, frame)))
        parts.push_back(std::move(item));
    } else {
      parts.push_back(eval_index(*element, frame));
    }
  }
  return make_tuple(std::move(parts));
}

Value Interpreter::eval_subscript(const Subscript& e, FrameObject* frame) {
  const Value object = eval(*e.object, frame);
  const Value key = eval_index(*e.index, frame);
  return subscript(object, key);
}

void Interpreter::eval_arguments(const std::vector<Argument>& list, FrameObject* frame, CallArguments& arguments) {
  for (const Argument& argument : list) {
    Value value = eval(*argument.value, frame);
    switch (argument.kind) {
      case Argument::Kind::positional:
        arguments.positional.push_back(std::move(value));
        arguments.positional_spans.push_back(argument.value->span);
        break;
      case Argument::Kind::keyword:
        arguments.named.emplace_back(*argument.name, std::move(value));
        arguments.named_spans.push_back(argument.name_span);
        break;
      case Argument::Kind::star:
        for (Value& item : items(value)) {
          arguments.positional.push_back(std::move(item));
          arguments.positional_spans.push_back(argument.value->span);
        }
        break;
      case Argument::Kind::double_star:
        if (!value.is(Kind::dict)) throw Error("E209", "`**` needs a dict, not " + describe(value));
        for (const auto& entry : value.as<DictObject>().table.entries()) {
          if (!entry.key.is_set()) continue;
          if (!entry.key.is(Kind::string)) throw Error("E209", "`**` needs a dict whose keys are strings");
          arguments.named.emplace_back(entry.key.text(), entry.value);
          arguments.named_spans.push_back(argument.value->span);
        }
        break;
    }
  }
}

Value Interpreter::eval_call(const Call& e, FrameObject* frame) {
  const Value function = eval(*e.function, frame);
  CallArguments arguments;
  arguments.span = e.span;
  arguments.positional.reserve(e.arguments.size());
  if (function.is(Kind::native) && is_super(function) && e.arguments.empty()) return make_super(*this, frame);
  eval_arguments(e.arguments, frame, arguments);
  return call(function, std::move(arguments));
}

Value Interpreter::make_function(const FunctionCode& code, FrameObject* frame) {
  FrameObject* closure = frame;
  if (closure != nullptr && closure->scope->kind == ScopeKind::class_body) closure = closure->parent.get();
  const auto function = make<FunctionObject>(code, Ref<FrameObject>(closure));
  for (const lang::Parameter& parameter : code.parameters) {
    function->defaults.push_back(parameter.default_value == nullptr ? Value() : eval(*parameter.default_value, frame));
  }
  return function;
}

}  // namespace dolab::lang
