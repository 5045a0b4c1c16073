#include "lang/library/inventory.hpp"

#include <cstdio>

#include "lang/library/registry.hpp"
#include "prob/bijection.hpp"
#include "prob/factory.hpp"

namespace dolab::lang {
namespace {

std::string short_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

/// Parameters of a family as a function's would be written.
std::string family_signature(const prob::FamilySpec& family) {
  std::string text;
  bool keywords = false;
  const auto append = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  for (const prob::ParameterSpec& parameter : family.parameters) {
    if (parameter.keyword_only && !keywords) append("*");
    keywords = keywords || parameter.keyword_only;
    std::string part = parameter.name;
    if (parameter.fallback) {
      part += "=" + short_text(*parameter.fallback);
    } else if (!parameter.required) {
      part += "=None";
    }
    append(part);
  }
  return text;
}

/// A member that is not in a table: a family, or a constraint.
ListedName dynamic_name(const std::string& name) {
  if (const prob::FamilySpec* family = prob::find_family(name)) {
    return {name, "distribution", family_signature(*family)};
  }
  const bool takes_bounds = prob::constraint_arity(name) > 0;
  return {name, takes_bounds ? "function" : "value", takes_bounds ? "*bounds" : ""};
}

}  // namespace

std::vector<ListedModule> list_library() {
  std::vector<ListedModule> list;
  for (const LibraryModule& module : library_modules()) {
    ListedModule listed{module.path, module.alias.empty() ? module.path : module.alias, {}};
    for (const NativeTable* table : module.functions) {
      for (const NativeEntry& row : table->rows()) listed.names.push_back({row.name, "function", row.signature});
    }
    for (const auto* values : module.values) {
      for (const LibraryValue& value : *values) listed.names.push_back({value.name, "value", ""});
    }
    for (const auto& submodule : module.submodules) listed.names.push_back({submodule.first, "module", ""});
    if (module.dynamic_names != nullptr) {
      for (const std::string& name : module.dynamic_names()) listed.names.push_back(dynamic_name(name));
    }
    if (!listed.names.empty()) list.push_back(std::move(listed));
  }
  return list;
}

}  // namespace dolab::lang
