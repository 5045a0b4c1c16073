// What differs between a scenario and the data of the fit.
#pragma once

#include <map>
#include <set>
#include <string>

#include "causal/scenario.hpp"
#include "dolab/impact_model.hpp"

namespace dolab::impact {

/// Interventions as changes of sites. Throws E104 for an unknown name (with a hint if it is an argument), E1106 for a
/// value that is not a finite number.
std::map<std::string, causal::Change> changes_of(const std::map<std::string, Intervention>& interventions,
                                                 const Kernel& kernel, const model::Trace& probe);

/// Latent sites with a value per row whose draws belong to other data: they read a changed argument, or descend from a
/// site that does or that is observed at one. Sites with data of their own pass no change on. Coefficients stay.
std::set<std::string> outdated_latents(const model::Trace& trace, const Arguments& arguments,
                                       const std::set<std::string>& changed, std::int64_t rows);

/// Sites that are observed at a changed argument: passing other data for one is an intervention on it.
std::set<std::string> sites_observed_at(const model::Trace& trace, const Arguments& arguments,
                                        const std::set<std::string>& changed);

}  // namespace dolab::impact
