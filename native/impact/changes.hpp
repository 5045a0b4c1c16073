// Interventions of the public interface as changes of sites.
#pragma once

#include <map>
#include <string>

#include "causal/scenario.hpp"
#include "dolab/impact_model.hpp"

namespace dolab::impact {

/// Interventions as changes of sites. Throws E104 for an unknown name (with a hint if it is an argument), E1106 for a
/// value that is not a finite number.
std::map<std::string, causal::Change> changes_of(const std::map<std::string, Intervention>& interventions,
                                                 const Kernel& kernel, const model::Trace& probe);

}  // namespace dolab::impact
