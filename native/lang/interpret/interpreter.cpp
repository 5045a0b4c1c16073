// Life of an interpreter, limits, notes, and module-level names.
#include "lang/interpret/interpreter.hpp"

#include "lang/interpret/depth.hpp"
#include "lang/library/registry.hpp"

namespace dolab::lang {
namespace {

constexpr std::size_t kNowhere = std::string::npos;
constexpr std::int64_t kCheckInterval = 4096;

bool is_main_guard(const If& statement) {
  const Expr& test = *statement.tests[0];
  if (test.kind != ExprKind::compare) return false;
  for (const Expr* operand : static_cast<const Chain&>(test).operands) {
    if (operand->kind == ExprKind::name && *static_cast<const NameExpr*>(operand)->name == "__name__") return true;
  }
  return false;
}

}  // namespace

Raised::Raised(Value value, std::string type, std::string message)
    : Error("E208", std::move(message)), value_(std::move(value)), type_(std::move(type)) {}

std::string exception_class(const Error& error) {
  if (const auto* raised = dynamic_cast<const Raised*>(&error)) return raised->type();
  const std::string& code = error.code();
  if (code == "E203") return "NameError";
  if (code == "E204") return "AttributeError";
  if (code == "E205" || code == "E206" || code == "E209") return "TypeError";
  if (code == "E207" || code == "E407" || code == "E413") return "ValueError";
  if (code == "E208") return "RuntimeError";
  if (code == "E405") return "LookupError";
  return "";
}

Interpreter::Interpreter(const Module& module, model::Builder& builder, RunLimits limits)
    : module_(module),
      builder_(builder),
      limits_(limits),
      order_(kNowhere),
      started_(std::chrono::steady_clock::now()) {
  index_module(module.body);
}

Interpreter::~Interpreter() {
  natives.clear();
  latest_.clear();
  globals_.clear();
}

void Interpreter::check_budget() {
  if (steps_ > limits_.steps) {
    throw Error("E904", "the model takes more than " + std::to_string(limits_.steps) + " steps to build");
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started_;
  if (elapsed.count() > limits_.seconds) {
    throw Error("E904",
                "the model takes more than " + std::to_string(static_cast<int>(limits_.seconds)) + " seconds to build");
  }
  next_check_ = steps_ + kCheckInterval;
}

void Interpreter::check_length(std::int64_t length) const {
  if (length > limits_.container_items) {
    throw Error("E908", "a string or container would have " + std::to_string(length) + " items (limit " +
                            std::to_string(limits_.container_items) + ")");
  }
}

void Interpreter::note(std::string text) {
  if (notes_.size() < limits_.notes) notes_.push_back(std::move(text));
}

void Interpreter::mark_position(const Span& span) {
  if (span.line > 0) builder_.set_current_span(module_.source.locate(span));
}

// ---- module-level names

void Interpreter::index_binding(const Expr& target, const Stmt& statement) {
  switch (target.kind) {
    case ExprKind::name: {
      std::vector<Binding>& list = bindings_[static_cast<const NameExpr&>(target).name];
      if (list.empty() || list.back().order != order_) list.push_back({&statement, order_});
      return;
    }
    case ExprKind::tuple:
    case ExprKind::list:
      for (const Expr* element : static_cast<const Sequence&>(target).elements) index_binding(*element, statement);
      return;
    case ExprKind::starred:
      return index_binding(*static_cast<const Starred&>(target).value, statement);
    // `config["a"] = 1` changes what `config` stands for.
    case ExprKind::subscript:
      return index_binding(*static_cast<const Subscript&>(target).object, statement);
    case ExprKind::attribute:
      return index_binding(*static_cast<const Attribute&>(target).object, statement);
    default:
      return;
  }
}

void Interpreter::index_module(const Block& block) {
  // Inside a compound statement every name is bound by the whole statement, which then runs as one.
  const bool outermost = &block == &module_.body;
  const Stmt* whole = outermost ? nullptr : module_.body[order_];
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (outermost) order_ = i;
    const Stmt& statement = *block[i];
    const Stmt& owner = whole == nullptr ? statement : *whole;
    switch (statement.kind) {
      case StmtKind::assign:
        for (const Expr* target : static_cast<const Assign&>(statement).targets) index_binding(*target, owner);
        break;
      case StmtKind::augmented:
        index_binding(*static_cast<const Augmented&>(statement).target, owner);
        break;
      case StmtKind::annotated:
        if (static_cast<const Annotated&>(statement).value != nullptr) {
          index_binding(*static_cast<const Annotated&>(statement).target, owner);
        }
        break;
      case StmtKind::function:
        index_binding(*static_cast<const FunctionDef&>(statement).target, owner);
        break;
      case StmtKind::class_:
        index_binding(*static_cast<const ClassDef&>(statement).target, owner);
        break;
      case StmtKind::import:
      case StmtKind::import_from:
        for (const ImportItem& item : static_cast<const Import&>(statement).items) {
          if (item.target != nullptr) index_binding(*item.target, owner);
          if (item.member == "*") star_modules_.push_back(item.module);
        }
        break;
      case StmtKind::if_: {
        const auto& s = static_cast<const If&>(statement);
        if (is_main_guard(s)) break;
        for (const Block& inner : s.blocks) index_module(inner);
        index_module(s.otherwise);
        break;
      }
      case StmtKind::try_: {
        const auto& s = static_cast<const Try&>(statement);
        index_module(s.body);
        for (const ExceptClause& clause : s.handlers) index_module(clause.body);
        index_module(s.otherwise);
        index_module(s.finally);
        break;
      }
      default:
        break;
    }
  }
  if (outermost) order_ = kNowhere;
}

// Value of a name as seen by the module statement number `before` (or by functions: nowhere). The last statement
// before it that binds the name runs now, unless it has run already; it may force earlier statements in turn.
Value Interpreter::force(Name name, std::size_t before) {
  if (before == kNowhere) {
    const auto known = latest_.find(name);
    if (known != latest_.end()) return known->second;
  }
  const auto found = bindings_.find(name);
  if (found == bindings_.end()) {
    for (const std::string& star : star_modules_) {
      Value value = star_member(*this, star, *name);
      if (value.is_set()) return value;
    }
    return {};
  }
  const Depth depth(*this);
  Value result;
  for (std::size_t i = found->second.size(); i-- > 0 && !result.is_set();) {
    const Binding& binding = found->second[i];
    if (before != kNowhere && binding.order >= before) continue;
    const auto state = executed_.find(binding.statement);
    if (state == executed_.end()) {
      executed_[binding.statement] = false;
      const std::size_t outer = std::exchange(order_, binding.order);
      try {
        run(*binding.statement, nullptr);
      } catch (...) {
        order_ = outer;
        executed_.erase(binding.statement);
        throw;
      }
      order_ = outer;
      executed_[binding.statement] = true;
    } else if (!state->second && globals_.count({name, binding.order}) == 0) {
      throw Error("E203", "`" + *name + "` is used before it has a value", "its definition needs itself");
    }
    const auto value = globals_.find({name, binding.order});
    if (value != globals_.end()) result = value->second;
  }
  if (before == kNowhere && result.is_set()) latest_[name] = result;
  return result;
}

Value Interpreter::global(Name name) { return force(name, kNowhere); }

Value Interpreter::global(const std::string& name) {
  for (const Name known : module_.scope.locals) {
    if (*known == name) return force(known, kNowhere);
  }
  return {};
}

}  // namespace dolab::lang
