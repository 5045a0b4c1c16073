// Statements.
#include "lang/interpret/depth.hpp"
#include "lang/interpret/interpreter.hpp"
#include "lang/library/registry.hpp"

namespace dolab::lang {

Flow Interpreter::run_block(const Block& block, FrameObject* frame) {
  for (const Stmt* statement : block) {
    const Flow flow = run(*statement, frame);
    if (flow != Flow::next) return flow;
  }
  return Flow::next;
}

Flow Interpreter::run(const Stmt& statement, FrameObject* frame) {
  const Depth depth(*this);
  count_steps(1);
  try {
    return run_statement(statement, frame);
  } catch (Error& error) {
    module_.source.place(error, statement.span);
    throw;
  }
}

Flow Interpreter::run_statement(const Stmt& statement, FrameObject* frame) {
  switch (statement.kind) {
    case StmtKind::expression:
      eval(*static_cast<const ExprStmt&>(statement).value, frame);
      break;
    case StmtKind::assign: {
      const auto& s = static_cast<const Assign&>(statement);
      const Value value = eval(*s.value, frame);
      for (const Expr* target : s.targets) assign(*target, value, frame);
      break;
    }
    case StmtKind::augmented:
      run_augmented(static_cast<const Augmented&>(statement), frame);
      break;
    case StmtKind::annotated: {
      const auto& s = static_cast<const Annotated&>(statement);
      if (s.value != nullptr) assign(*s.target, eval(*s.value, frame), frame);
      break;
    }
    case StmtKind::return_: {
      const Expr* value = static_cast<const ExprStmt&>(statement).value;
      frame->result = value == nullptr ? Value::none() : eval(*value, frame);
      return Flow::leave;
    }
    case StmtKind::if_: {
      const auto& s = static_cast<const If&>(statement);
      for (std::size_t i = 0; i < s.tests.size(); ++i) {
        if (truth_at(*s.tests[i], frame, "`if`")) return run_block(s.blocks[i], frame);
      }
      return run_block(s.otherwise, frame);
    }
    case StmtKind::for_:
      return run_for(static_cast<const Loop&>(statement), frame);
    case StmtKind::while_:
      return run_while(static_cast<const Loop&>(statement), frame);
    case StmtKind::with:
      return run_with(static_cast<const With&>(statement), 0, frame);
    case StmtKind::function:
      run_function(static_cast<const FunctionDef&>(statement), frame);
      break;
    case StmtKind::class_:
      run_class(static_cast<const ClassDef&>(statement), frame);
      break;
    case StmtKind::try_:
      return run_try(static_cast<const Try&>(statement), frame);
    case StmtKind::raise:
      run_raise(static_cast<const PairStmt&>(statement), frame);
    case StmtKind::assert_:
      run_assert(static_cast<const PairStmt&>(statement), frame);
      break;
    case StmtKind::pass:
    case StmtKind::scope_declaration:
      break;
    case StmtKind::break_:
      return Flow::break_loop;
    case StmtKind::continue_:
      return Flow::continue_loop;
    case StmtKind::delete_:
      run_delete(*static_cast<const ExprStmt&>(statement).value, frame);
      break;
    case StmtKind::import:
    case StmtKind::import_from:
      run_import(static_cast<const Import&>(statement), frame);
      break;
  }
  return Flow::next;
}

Flow Interpreter::run_for(const Loop& statement, FrameObject* frame) {
  if (statement.is_async) throw Error("E901", "`async` is not available in the model language");
  const Value iterable = eval(*statement.test, frame);
  Values list;
  const RangeObject* range = iterable.is(Kind::range) ? &iterable.as<RangeObject>() : nullptr;
  try {
    if (range == nullptr) list = items(iterable);
    const std::int64_t trips = range != nullptr ? range->count : static_cast<std::int64_t>(list.size());
    if (trips > limits_.loop_trips) {
      throw Error("E905", "this loop has " + std::to_string(trips) + " trips (limit " +
                              std::to_string(limits_.loop_trips) + ")");
    }
  } catch (Error& error) {
    module_.source.place(error, statement.test->span);
    throw;
  }
  const std::int64_t trips = range != nullptr ? range->count : static_cast<std::int64_t>(list.size());
  for (std::int64_t i = 0; i < trips; ++i) {
    count_steps(1);
    assign(*statement.target, range != nullptr ? Value(range->at(i)) : list[static_cast<std::size_t>(i)], frame);
    const Flow flow = run_block(statement.body, frame);
    if (flow == Flow::break_loop) return Flow::next;
    if (flow == Flow::leave) return flow;
  }
  return run_block(statement.otherwise, frame);
}

Flow Interpreter::run_while(const Loop& statement, FrameObject* frame) {
  for (std::int64_t trips = 0; truth_at(*statement.test, frame, "`while`"); ++trips) {
    count_steps(1);
    if (trips >= limits_.loop_trips) {
      throw module_.source.error("E905", "this loop has run " + std::to_string(limits_.loop_trips) + " times", "",
                                 statement.test->span);
    }
    const Flow flow = run_block(statement.body, frame);
    if (flow == Flow::break_loop) return Flow::next;
    if (flow == Flow::leave) return flow;
  }
  return run_block(statement.otherwise, frame);
}

Value Interpreter::enter_context(const Value& context) {
  if (HostObject* host = context.get_if<HostObject>(); host != nullptr && host->is_context()) return host->enter(*this);
  if (context.is(Kind::instance)) {
    const Value* method = context.as<InstanceObject>().type.as<ClassObject>().find("__enter__");
    if (method != nullptr) return call(*method, Values{context});
  }
  std::string hint;
  if (context.is(Kind::native)) hint = "call it: `with " + context.as<NativeObject>().full_name + "(...):`";
  throw Error("E209", describe(context) + " cannot be used in `with`", hint);
}

void Interpreter::exit_context(const Value& context) {
  if (HostObject* host = context.get_if<HostObject>()) return host->exit(*this);
  const Value* method = context.as<InstanceObject>().type.as<ClassObject>().find("__exit__");
  if (method != nullptr) call(*method, Values{context, Value::none(), Value::none(), Value::none()});
}

Flow Interpreter::run_with(const With& statement, std::size_t item, FrameObject* frame) {
  if (statement.is_async) throw Error("E901", "`async` is not available in the model language");
  if (item == statement.items.size()) return run_block(statement.body, frame);
  const Depth depth(*this);
  const WithItem& part = statement.items[item];
  const Value context = eval(*part.context, frame);
  Value entered;
  try {
    mark_position(part.context->span);
    entered = enter_context(context);
  } catch (Error& error) {
    module_.source.place(error, part.context->span);
    throw;
  }
  Flow flow = Flow::next;
  try {
    if (part.target != nullptr) assign(*part.target, entered, frame);
    flow = run_with(statement, item + 1, frame);
  } catch (...) {
    exit_context(context);
    throw;
  }
  exit_context(context);
  return flow;
}

Flow Interpreter::run_try(const Try& statement, FrameObject* frame) {
  Flow flow = Flow::next;
  const auto finish = [&] {
    const Flow last = run_block(statement.finally, frame);
    if (last != Flow::next) flow = last;
  };
  try {
    bool failed = false;
    std::string type, message;
    Value raised;
    try {
      flow = run_block(statement.body, frame);
    } catch (Error& error) {
      type = exception_class(error);
      if (type.empty() || statement.handlers.empty()) throw;
      const auto* own = dynamic_cast<Raised*>(&error);
      raised = own != nullptr ? own->value() : make_exception(type, error.message());
      failed = true;
      const ExceptClause* found = nullptr;
      for (const ExceptClause& clause : statement.handlers) {
        if (clause.type != nullptr && !exception_matches(*this, raised, type, eval(*clause.type, frame))) continue;
        found = &clause;
        break;
      }
      if (found == nullptr) throw;
      if (found->target != nullptr) store(*found->target, raised, frame);
      flow = run_block(found->body, frame);
    }
    if (!failed && flow == Flow::next) flow = run_block(statement.otherwise, frame);
  } catch (...) {
    finish();
    if (flow == Flow::leave) return flow;
    throw;
  }
  finish();
  return flow;
}

void Interpreter::run_augmented(const Augmented& statement, FrameObject* frame) {
  Value object, key;
  Value current;
  if (statement.target->kind == ExprKind::subscript) {
    const auto& s = static_cast<const Subscript&>(*statement.target);
    object = eval(*s.object, frame);
    key = eval_index(*s.index, frame);
    current = subscript(object, key);
  } else {
    current = eval(*statement.target, frame);
  }
  const Value value = eval(*statement.value, frame);
  if (current.is(Kind::list) && statement.op == Op::add) {
    Values more = items(value);
    Values& target = current.as<ListObject>().items;
    check_length(static_cast<std::int64_t>(target.size() + more.size()));
    target.insert(target.end(), more.begin(), more.end());
  } else {
    current = binary(statement.op, current, value);
  }
  if (statement.target->kind == ExprKind::subscript) {
    assign_subscript(object, key, current);
  } else {
    assign(*statement.target, current, frame);
  }
}

void Interpreter::run_function(const FunctionDef& statement, FrameObject* frame) {
  std::vector<Value> decorators;
  for (const Expr* decorator : statement.decorators) decorators.push_back(eval(*decorator, frame));
  Value function = make_function(statement.code, frame);
  for (std::size_t i = decorators.size(); i-- > 0;) {
    try {
      function = call(decorators[i], Values{function}, statement.decorators[i]->span);
    } catch (Error& error) {
      module_.source.place(error, statement.decorators[i]->span);
      throw;
    }
  }
  store(*statement.target, std::move(function), frame);
}

void Interpreter::run_class(const ClassDef& statement, FrameObject* frame) {
  const auto type = make<ClassObject>(*statement.target->name);
  bool named_tuple = false;
  for (const Argument& base : statement.bases) {
    if (base.kind != Argument::Kind::positional)
      throw Error("E901", "metaclasses are not available in the model language");
    const Value value = eval(*base.value, frame);
    if (value.is(Kind::native) && value.as<NativeObject>().full_name == "typing.NamedTuple") {
      named_tuple = true;
      continue;
    }
    if (!value.is(Kind::class_)) {
      throw module_.source.error("E901", describe(value) + " cannot be a base class",
                                 "only classes of this text and exceptions can", base.value->span);
    }
    if (type->base.is_set()) throw Error("E901", "a class may have one base class");
    type->base = value;
    type->is_exception = value.as<ClassObject>().is_exception;
  }
  const auto body = make<FrameObject>(statement.scope, Ref<FrameObject>(frame));
  run_block(statement.body, body.get());
  for (std::size_t i = 0; i < body->slots.size(); ++i) {
    if (!body->slots[i].is_set()) continue;
    if (body->slots[i].is(Kind::function)) body->slots[i].as<FunctionObject>().owner = type;
    type->members.emplace_back(*statement.scope.locals[i], body->slots[i]);
  }
  for (const Stmt* line : statement.body) {
    if (line->kind != StmtKind::annotated) continue;
    const auto& field = static_cast<const Annotated&>(*line);
    if (field.target->kind != ExprKind::name) continue;
    const std::string& name = *static_cast<const NameExpr&>(*field.target).name;
    const Value* value = type->find(name);
    type->fields.emplace_back(name, value == nullptr ? Value() : *value);
  }
  Value result = type;
  if (named_tuple) {
    for (const auto& [name, value] : type->members) {
      if (!value.is(Kind::function)) continue;
      throw Error("E901", "methods of a NamedTuple are not available in the model language", "use @dataclass");
    }
    result = make_named_tuple_class(*statement.target->name, type->fields);
  }
  for (std::size_t i = statement.decorators.size(); i-- > 0;) {
    result = call(eval(*statement.decorators[i], frame), Values{result}, statement.decorators[i]->span);
  }
  store(*statement.target, result, frame);
}

void Interpreter::run_import(const Import& statement, FrameObject* frame) {
  for (const ImportItem& item : statement.items) {
    if (item.member == "*") continue;  // resolved by name when a name is not found otherwise
    Value value;
    if (statement.kind == StmtKind::import) {
      // `import a.b` binds `a`; `import a.b as c` binds the module a.b.
      const std::string path = item.aliased ? item.module : item.module.substr(0, item.module.find('.'));
      value = import_module(path);
    } else {
      value = statement.level > 0 ? Value(make<OpaqueObject>("." + item.module + "." + item.member))
                                  : import_member(*this, item.module, item.member);
    }
    store(*item.target, value, frame);
  }
}

void Interpreter::run_delete(const Expr& target, FrameObject* frame) {
  if (target.kind == ExprKind::tuple || target.kind == ExprKind::list) {
    for (const Expr* element : static_cast<const Sequence&>(target).elements) run_delete(*element, frame);
    return;
  }
  if (target.kind == ExprKind::name) {
    eval(target, frame);
    store(static_cast<const NameExpr&>(target), Value(), frame);
    return;
  }
  if (target.kind != ExprKind::subscript) throw Error("E901", "attributes cannot be deleted");
  const auto& s = static_cast<const Subscript&>(target);
  const Value object = eval(*s.object, frame);
  const Value key = eval_index(*s.index, frame);
  if (object.is(Kind::dict)) {
    if (!object.as<DictObject>().table.erase(key)) throw Error("E405", "the dict has no key " + repr(key));
    return;
  }
  if (!object.is(Kind::list)) throw Error("E209", "cannot delete from " + describe(object));
  Values& list = object.as<ListObject>().items;
  std::int64_t i = to_integer(key, "a list index");
  const auto size = static_cast<std::int64_t>(list.size());
  if (i < 0) i += size;
  if (i < 0 || i >= size)
    throw Error("E405", "list index " + std::to_string(i) + " is out of range for " + std::to_string(size) + " items");
  list.erase(list.begin() + i);
}

void Interpreter::run_raise(const PairStmt& statement, FrameObject* frame) {
  if (statement.value == nullptr) throw Error("E208", "`raise` without an exception");
  Value value = eval(*statement.value, frame);
  if (value.is(Kind::class_) && value.as<ClassObject>().is_exception) value = call(value, Values{}, statement.span);
  const bool exception = value.is(Kind::instance) && value.as<InstanceObject>().type.as<ClassObject>().is_exception;
  if (!exception) throw Error("E209", "`raise` needs an exception, not " + describe(value));
  const std::string type = value.as<InstanceObject>().type.as<ClassObject>().name;
  const std::string text = str(value);
  throw Raised(value, type, type + (text.empty() ? "" : ": " + text));
}

void Interpreter::run_assert(const PairStmt& statement, FrameObject* frame) {
  if (truth_at(*statement.value, frame, "`assert`")) return;
  const std::string text = statement.second == nullptr ? "" : str(eval(*statement.second, frame));
  Raised error(make_exception("AssertionError", text), "AssertionError",
               text.empty() ? "assertion failed" : "assertion failed: " + text);
  module_.source.place(error, statement.value->span);
  throw error;
}

void Interpreter::store(const NameExpr& target, Value value, FrameObject* frame) {
  if (target.slot >= 0) {
    FrameObject* owner = frame;
    for (std::int32_t i = 0; i < target.depth; ++i) owner = owner->parent.get();
    owner->slots[static_cast<std::size_t>(target.slot)] = std::move(value);
    return;
  }
  if (order_ == std::string::npos) {
    latest_[target.name] = std::move(value);
  } else {
    globals_[{target.name, order_}] = std::move(value);
  }
}

void Interpreter::assign(const Expr& target, const Value& value, FrameObject* frame) {
  switch (target.kind) {
    case ExprKind::name:
      store(static_cast<const NameExpr&>(target), value, frame);
      return;
    case ExprKind::tuple:
    case ExprKind::list:
      try {
        assign_sequence(static_cast<const Sequence&>(target), value, frame);
      } catch (Error& error) {
        module_.source.place(error, target.span);
        throw;
      }
      return;
    case ExprKind::subscript: {
      const auto& s = static_cast<const Subscript&>(target);
      const Value object = eval(*s.object, frame);
      const Value key = eval_index(*s.index, frame);
      try {
        assign_subscript(object, key, value);
      } catch (Error& error) {
        module_.source.place(error, target.span);
        throw;
      }
      return;
    }
    case ExprKind::attribute: {
      const auto& a = static_cast<const Attribute&>(target);
      const Value object = eval(*a.object, frame);
      if (is_forbidden_attribute(*a.name)) {
        throw module_.source.error("E901", "attribute `" + *a.name + "` is not available in the model language", "",
                                   a.span);
      }
      if (object.is(Kind::instance)) {
        auto& instance = object.as<InstanceObject>();
        if (Value* member = instance.find(*a.name)) {
          *member = value;
        } else {
          check_length(static_cast<std::int64_t>(instance.members.size()) * 64);
          instance.members.emplace_back(*a.name, value);
        }
        return;
      }
      throw module_.source.error("E209", "attributes of " + describe(object) + " cannot be set", "", a.span);
    }
    default:
      throw Error("E201", "cannot assign to this expression");
  }
}

void Interpreter::assign_sequence(const Sequence& target, const Value& value, FrameObject* frame) {
  const Depth depth(*this);
  if (value.is_number() || value.is_none() || (value.is(Kind::tensor) && value.tensor().rank() == 0)) {
    throw Error("E207",
                describe(value) + " cannot be unpacked into " + std::to_string(target.elements.size()) + " names");
  }
  const Values list = items(value);
  std::size_t star = target.elements.size();
  for (std::size_t i = 0; i < target.elements.size(); ++i) {
    if (target.elements[i]->kind == ExprKind::starred) star = i;
  }
  const bool starred = star < target.elements.size();
  const std::size_t names = target.elements.size() - (starred ? 1 : 0);
  if (list.size() < names || (!starred && list.size() != names)) {
    throw Error("E207", std::to_string(names) + (names == 1 ? " name, " : " names, ") + (starred ? "at least, " : "") +
                            std::to_string(list.size()) + (list.size() == 1 ? " value" : " values"));
  }
  const std::size_t extra = list.size() - names;
  for (std::size_t i = 0; i < target.elements.size(); ++i) {
    const Expr& element = *target.elements[i];
    if (i == star) {
      const auto begin = list.begin() + static_cast<std::ptrdiff_t>(i);
      assign(*static_cast<const Starred&>(element).value,
             make_list(Values(begin, begin + static_cast<std::ptrdiff_t>(extra))), frame);
    } else {
      assign(element, list[i < star ? i : i - 1 + extra], frame);
    }
  }
}

}  // namespace dolab::lang
