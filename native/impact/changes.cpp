#include "impact/changes.hpp"

#include <cmath>

namespace dolab::impact {

std::map<std::string, causal::Change> changes_of(const std::map<std::string, Intervention>& interventions,
                                                 const Kernel& kernel, const model::Trace& probe) {
  std::map<std::string, causal::Change> changes;
  for (const auto& [name, intervention] : interventions) {
    if (probe.find(name) == nullptr && kernel.signature.find(name) != nullptr) {
      throw Error("E104", "\"" + name + "\" is an argument of the kernel and no site",
                  "pass other values for it instead of an intervention");
    }
    probe.site(name);
    const Array& value = intervention.value;
    for (std::int64_t i = 0; i < value.size(); ++i) {
      if (std::isfinite(value[i])) continue;
      throw Error("E1106",
                  "the value imposed on \"" + name + "\" is missing or infinite (element " + std::to_string(i) + ")",
                  "impose finite numbers");
    }
    causal::Change change;
    change.kind = intervention.kind == Intervention::Kind::set     ? causal::Change::Kind::set
                  : intervention.kind == Intervention::Kind::shift ? causal::Change::Kind::shift
                                                                   : causal::Change::Kind::scale;
    change.value = value;
    changes.emplace(name, std::move(change));
  }
  return changes;
}

}  // namespace dolab::impact
