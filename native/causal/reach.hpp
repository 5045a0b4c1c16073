// What a scenario moves: the one rule for sites that are simulated again, for every door.
//
// A change is declared: `do` of a site, or an input that differs from the data (Scenario::natural).
// - Whatever descends from a change is simulated again: latent sites of single rows and observed ones alike. Their
//   posterior draws and their columns belong to the world without the change.
// - A site that is observed at a changed argument keeps what the scenario gives it, and so does one that is set: to
//   hold a mediator fixed is an intervention on it.
// - All other sites keep their data or their draws; coefficients (sites without rows) that merely read a changed input
//   through their prior do too.
// - Two scenarios that are contrasted simulate the same sites, with the same random numbers, so that noise cancels.
// New rows without a declared change keep all their data; only draws that belong to other rows are outdated.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "causal/scenario.hpp"

namespace dolab::causal {

/// Equal values; arrays bit for bit, or with `identity` by their storage.
bool same_argument(const model::Argument& a, const model::Argument& b, bool identity = false);
/// Arguments of `now` that `before` lacks or has with other values.
std::set<std::string> changed_arguments(const model::Arguments& before, const model::Arguments& now);

/// What one scenario moves.
struct Moved {
  std::set<std::string> below;      // descendants of the changes
  std::set<std::string> redrawn;    // the sample sites among them: draws of them are of no use
  std::set<std::string> treated;    // observed at a changed argument
  std::set<std::string> arguments;  // that are changed
  std::vector<Warning> warnings;    // W1108: a change that reaches none of the outcomes
};
/// `outcomes` are what the scenario is made for; empty: anything.
Moved moved_by(const model::ModelFunction& model, const Scenario& scenario, const std::set<std::string>& outcomes);

/// Latent sites of `now` with a value per row whose draws belong to other data: their distributions differ from
/// `before`, or they descend from a site whose values do. Sites with data of their own pass nothing on. `changed` are
/// those of the `arguments` that differ.
std::set<std::string> outdated_latents(const model::Trace& before, const model::Trace& now,
                                       const model::Arguments& arguments, const std::set<std::string>& changed);

}  // namespace dolab::causal
