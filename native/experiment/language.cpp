#include "experiment/language.hpp"

#include "lang/library/inventory.hpp"
#include "lang/library/registry.hpp"

namespace dolab::experiment {

Json language_report() {
  Json modules = Json::array();
  for (const lang::ListedModule& module : lang::list_library()) {
    Json names = Json::array();
    for (const lang::ListedName& name : module.names) {
      const bool called = name.kind == "function" || name.kind == "distribution";
      names.push_back(
          {{"name", name.name}, {"kind", name.kind}, {"signature", called ? Json(name.signature) : Json()}});
    }
    modules.push_back({{"path", module.path}, {"alias", module.alias}, {"names", std::move(names)}});
  }
  return {{"modules", std::move(modules)}, {"builtins", lang::builtin_names()}};
}

}  // namespace dolab::experiment
