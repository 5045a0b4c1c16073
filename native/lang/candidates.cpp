#include "lang/candidates.hpp"

#include <functional>
#include <map>
#include <vector>

#include "lang/syntax/walk.hpp"

namespace dolab::lang {
namespace {

bool is_statement_name(const std::string& name) {
  for (const char* known : {"sample", "plate", "deterministic", "factor", "param", "plate_stack", "subsample", "module",
                            "flax_module", "random_flax_module", "nnx_module", "random_nnx_module", "scan"}) {
    if (name == known) return true;
  }
  return false;
}

bool is_numpyro(const std::string& module) {
  return module == "numpyro" || module == "numpyro.primitives" || module.rfind("numpyro.contrib", 0) == 0;
}

// What imports anywhere in the program bind.
struct Imports {
  std::set<std::string> modules;     // names of the numpyro module
  std::set<std::string> statements;  // names of its statements

  void add(const Import& import) {
    for (const ImportItem& item : import.items) {
      if (!is_numpyro(item.module)) continue;
      if (import.kind == StmtKind::import_from && item.member == "*") {
        for (const char* name : {"sample", "plate", "deterministic", "factor", "param"}) statements.insert(name);
      } else if (import.kind == StmtKind::import_from && is_statement_name(item.member)) {
        statements.insert(*item.target->name);
      } else if (item.target != nullptr) {
        modules.insert(*item.target->name);
      }
    }
  }
};

struct Use {
  bool statement = false;
  std::set<std::string> mentions;
};

}  // namespace

std::set<std::string> find_models(const Module& module) {
  Imports imports;
  for (const auto& node : module.nodes) {
    if (const auto* import = dynamic_cast<const Import*>(node.get())) imports.add(*import);
  }
  std::map<std::string, Use> uses;
  for (const Stmt* statement : module.body) {
    if (statement->kind != StmtKind::function) continue;
    const auto& definition = static_cast<const FunctionDef&>(*statement);
    Use& use = uses[*definition.code.name];
    walk_function(definition.code, [&](const Expr& e) {
      if (e.kind == ExprKind::name) {
        const std::string& name = *static_cast<const NameExpr&>(e).name;
        use.mentions.insert(name);
        if (imports.statements.count(name) != 0) use.statement = true;
      } else if (e.kind == ExprKind::attribute) {
        const auto& attribute = static_cast<const Attribute&>(e);
        const bool of_module = attribute.object->kind == ExprKind::name &&
                               imports.modules.count(*static_cast<const NameExpr*>(attribute.object)->name) != 0;
        if (of_module && is_statement_name(*attribute.name)) use.statement = true;
      }
    });
  }
  std::set<std::string> result;
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [name, use] : uses) {
      if (result.count(name) != 0) continue;
      bool reaches = use.statement;
      for (const std::string& mention : use.mentions) reaches = reaches || result.count(mention) != 0;
      if (!reaches) continue;
      result.insert(name);
      changed = true;
    }
  }
  return result;
}

}  // namespace dolab::lang
