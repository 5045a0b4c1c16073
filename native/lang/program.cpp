#include "lang/program.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/nearest_name.hpp"
#include "lang/candidates.hpp"
#include "lang/library/registry.hpp"
#include "lang/syntax/parser.hpp"

namespace dolab::lang {
namespace {

Value to_value(tensor::Graph& graph, const model::Argument& argument) {
  struct Convert {
    tensor::Graph& graph;
    Value operator()(std::monostate) const { return Value::none(); }
    Value operator()(bool value) const { return value; }
    Value operator()(std::int64_t value) const { return value; }
    Value operator()(double value) const { return value; }
    Value operator()(const std::string& value) const { return value; }
    Value operator()(const Array& value) const { return graph.constant(value); }
    Value operator()(const model::Argument::List& list) const {
      Values items;
      for (const model::Argument& item : list) items.push_back(to_value(graph, item));
      return make_list(std::move(items));
    }
  };
  return std::visit(Convert{graph}, argument.value);
}

std::vector<KernelParameter> describe_parameters(const FunctionCode& code) {
  std::vector<KernelParameter> result;
  for (const lang::Parameter& p : code.parameters) {
    KernelParameter parameter;
    parameter.name = *p.target->name;
    parameter.has_default = p.default_value != nullptr;
    const auto* constant = parameter.has_default && p.default_value->kind == ExprKind::constant
                               ? static_cast<const Constant*>(p.default_value)
                               : nullptr;
    parameter.default_is_none = constant != nullptr && constant->type == ConstantKind::none;
    parameter.keyword_only = p.kind == lang::Parameter::Kind::keyword_only;
    parameter.variadic =
        p.kind == lang::Parameter::Kind::var_positional || p.kind == lang::Parameter::Kind::var_keyword;
    result.push_back(std::move(parameter));
  }
  return result;
}

Kernel describe_function(const Module& module, const FunctionDef& definition) {
  Kernel kernel;
  kernel.name = *definition.code.name;
  kernel.span = module.source.locate(definition.code.name_span);
  kernel.parameters = describe_parameters(definition.code);
  return kernel;
}

/// The functions of a text by name: what is called, and what a factory gives back.
struct KnownFunctions {
  std::map<std::string, std::vector<KernelParameter>> parameters;
  std::map<std::string, const FunctionCode*> definitions;
};
using FoundParameters = std::optional<std::vector<KernelParameter>>;

// `factory(...)` of a `def` that ends in `return inner`, with `inner` defined in it.
FoundParameters factory_parameters(const FunctionCode& factory) {
  FoundParameters result;
  for (const Stmt* statement : factory.body) {
    if (statement->kind != StmtKind::return_) continue;
    const Expr* value = static_cast<const ExprStmt*>(statement)->value;
    if (value == nullptr || value->kind != ExprKind::name) continue;
    for (const Stmt* inner : factory.body) {
      if (inner->kind != StmtKind::function) continue;
      const FunctionCode& code = static_cast<const FunctionDef*>(inner)->code;
      if (*code.name == *static_cast<const NameExpr*>(value)->name) result = describe_parameters(code);
    }
  }
  return result;
}

// What `partial(function, ...)` leaves open: positions are used up, names become defaults.
void take_bound(const Call& call, std::vector<KernelParameter>& parameters) {
  std::size_t positions = 0;
  for (const Argument& argument : call.arguments) {
    if (argument.kind == Argument::Kind::positional) ++positions;
    if (argument.kind != Argument::Kind::keyword) continue;
    for (KernelParameter& parameter : parameters) {
      if (parameter.name != *argument.name) continue;
      parameter.has_default = parameter.keyword_only = true;
      parameter.default_is_none = false;
    }
  }
  for (std::size_t i = 1; i < positions && !parameters.empty() && !parameters.front().keyword_only; ++i) {
    if (parameters.front().variadic) break;
    parameters.erase(parameters.begin());
  }
}

bool is_partial(const Expr& function) {
  if (function.kind == ExprKind::name) return *static_cast<const NameExpr&>(function).name == "partial";
  return function.kind == ExprKind::attribute && *static_cast<const Attribute&>(function).name == "partial";
}

// Parameters of the function inside `wrapper(function, ...)`, `wrapper(...)(function)`, `partial(function, ...)`,
// `factory(...)` or `other = function`.
FoundParameters wrapped_parameters(const Expr* value, const KnownFunctions& known) {
  if (value->kind == ExprKind::name) {
    const auto found = known.parameters.find(*static_cast<const NameExpr*>(value)->name);
    return found == known.parameters.end() ? FoundParameters() : found->second;
  }
  if (value->kind != ExprKind::call) return {};
  const Call& call = *static_cast<const Call*>(value);
  if (call.function->kind == ExprKind::name) {
    const auto factory = known.definitions.find(*static_cast<const NameExpr*>(call.function)->name);
    const FoundParameters made =
        factory == known.definitions.end() ? FoundParameters() : factory_parameters(*factory->second);
    // `def inner(*args, **kwargs)` passes on to the function that the factory was given.
    if (made && std::any_of(made->begin(), made->end(), [](const KernelParameter& p) { return !p.variadic; }))
      return made;
  }
  for (const Argument& argument : call.arguments) {
    FoundParameters parameters = wrapped_parameters(argument.value, known);
    if (!parameters) continue;
    if (is_partial(*call.function)) take_bound(call, *parameters);
    return parameters;
  }
  return {};
}

// Names at the top level that stand for a function without being its definition.
std::vector<Kernel> find_values(const Module& module, const std::vector<Kernel>& functions) {
  KnownFunctions known;
  for (const Kernel& kernel : functions) known.parameters[kernel.name] = kernel.parameters;
  std::vector<Kernel> result;
  for (const Stmt* statement : module.body) {
    if (statement->kind == StmtKind::function) {
      const FunctionCode& code = static_cast<const FunctionDef*>(statement)->code;
      known.definitions[*code.name] = &code;
    }
    if (statement->kind != StmtKind::assign) continue;
    const auto& assign = static_cast<const Assign&>(*statement);
    const bool plain = assign.targets.size() == 1 && assign.targets[0]->kind == ExprKind::name;
    if (!plain) continue;
    Kernel kernel;
    const auto& target = static_cast<const NameExpr&>(*assign.targets[0]);
    kernel.name = *target.name;
    kernel.span = module.source.locate(target.span);
    kernel.is_value = true;
    if (assign.value->kind == ExprKind::lambda) {
      kernel.parameters = describe_parameters(static_cast<const Lambda*>(assign.value)->code);
    } else if (const FoundParameters parameters = wrapped_parameters(assign.value, known)) {
      kernel.parameters = *parameters;
    } else {
      continue;
    }
    known.parameters[kernel.name] = kernel.parameters;
    result.push_back(std::move(kernel));
  }
  return result;
}

void note_unknown_imports(const Module& module, const Import& import, std::vector<ProgramNote>& notes) {
  for (const ImportItem& item : import.items) {
    if (import.level == 0 && find_module(item.module) != nullptr) continue;
    notes.push_back({module.source.locate(item.span),
                     "`" + item.module + "` is not available in models; using it there is an error"});
  }
}

bool is_docstring(const Stmt& statement) {
  const Expr* value = static_cast<const ExprStmt&>(statement).value;
  return value->kind == ExprKind::constant;
}

// The order in which Python would pass them: positional-only parameters by position, everything else by name.
CallArguments bind(Interpreter& interpreter, const Kernel& kernel, const FunctionCode* code,
                   const model::Arguments& given) {
  CallArguments arguments;
  std::set<std::string> used;
  if (code != nullptr) {
    for (const lang::Parameter& p : code->parameters) {
      if (p.kind != lang::Parameter::Kind::positional_only) break;
      const model::Argument* argument = given.find(*p.target->name);
      if (argument == nullptr) break;
      arguments.positional.push_back(to_value(interpreter.graph(), *argument));
      used.insert(*p.target->name);
    }
  }
  const bool open = std::any_of(kernel.parameters.begin(), kernel.parameters.end(),
                                [](const KernelParameter& p) { return p.variadic; });
  for (const auto& [name, argument] : given.items()) {
    if (used.count(name) != 0) continue;
    if (!open && kernel.find(name) < 0) {
      std::vector<std::string> known;
      for (const KernelParameter& p : kernel.parameters) known.push_back(p.name);
      throw Error("E204", "`" + kernel.name + "` has no parameter `" + name + "`", unknown_name_hint(name, known),
                  kernel.span);
    }
    arguments.named.emplace_back(name, to_value(interpreter.graph(), argument));
  }
  return arguments;
}

}  // namespace

int Kernel::find(const std::string& parameter) const noexcept {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].name == parameter) return static_cast<int>(i);
  }
  return -1;
}

const std::string& Program::text() const noexcept { return module_->source.text(); }
const std::string& Program::file() const noexcept { return module_->source.file(); }

const Kernel& Program::kernel(const std::string& name) const {
  for (const auto* list : {&kernels_, &others_}) {
    for (const Kernel& kernel : *list) {
      if (kernel.name == name) return kernel;
    }
  }
  std::vector<std::string> known;
  for (const Kernel& kernel : kernels_) known.push_back(kernel.name);
  throw Error("E1104", "there is no function `" + name + "` in " + file(), unknown_name_hint(name, known));
}

model::ModelFunction Program::model(const std::string& name, RunLimits limits,
                                    std::function<void(const std::string&)> printed) const {
  const Kernel& known = kernel(name);
  return [module = module_, known, limits, printed](model::Builder& builder, const model::Arguments& given) {
    Interpreter interpreter(*module, builder, limits);
    try {
      const Value function = interpreter.global(known.name);
      const FunctionCode* code = function.is(Kind::function) ? function.as<FunctionObject>().code : nullptr;
      interpreter.call(function, bind(interpreter, known, code, given));
    } catch (Error& error) {
      error.at(known.span);
      module->source.place(error, Span{});
      throw;
    }
    if (printed) {
      for (const std::string& note : interpreter.notes()) printed(note);
    }
  };
}

Program parse_program(std::string text, std::string file) {
  Program program;
  const auto module = std::make_shared<Module>(parse_module(std::move(text), std::move(file)));
  program.module_ = module;
  const std::set<std::string> models = find_models(*module);
  std::map<std::string, std::size_t> last;  // a later definition replaces an earlier one
  std::vector<Kernel> all;
  for (const SyntaxNote& note : module->notes)
    program.notes_.push_back({module->source.locate(note.span), note.message});
  for (const Stmt* statement : module->body) {
    switch (statement->kind) {
      case StmtKind::function: {
        Kernel kernel = describe_function(*module, static_cast<const FunctionDef&>(*statement));
        kernel.is_model = models.count(kernel.name) != 0;
        kernel.is_guide = kernel.is_model && kernel.name.find("guide") != std::string::npos;
        const auto [place, fresh] = last.emplace(kernel.name, all.size());
        if (fresh) {
          all.push_back(std::move(kernel));
        } else {
          all[place->second] = std::move(kernel);
        }
        break;
      }
      case StmtKind::import:
      case StmtKind::import_from:
        note_unknown_imports(*module, static_cast<const Import&>(*statement), program.notes_);
        break;
      case StmtKind::expression:
        if (is_docstring(*statement)) break;
        [[fallthrough]];
      case StmtKind::for_:
      case StmtKind::while_:
      case StmtKind::with:
      case StmtKind::raise:
      case StmtKind::assert_:
      case StmtKind::delete_:
        program.notes_.push_back({module->source.locate(statement->span), "not executed"});
        break;
      default:
        break;
    }
  }
  for (Kernel& value : find_values(*module, all)) {
    const bool fresh = std::none_of(all.begin(), all.end(), [&](const Kernel& k) { return k.name == value.name; });
    if (fresh) program.others_.push_back(std::move(value));
  }
  for (Kernel& kernel : all) (kernel.is_model ? program.kernels_ : program.others_).push_back(std::move(kernel));
  return program;
}

void trace(const Program& program, const std::string& kernel, model::Builder& builder,
           const model::Arguments& arguments, RunLimits limits) {
  program.model(kernel, limits)(builder, arguments);
}

}  // namespace dolab::lang
