// Scenarios in terms of a model: what is imposed, what is observed, and what must be simulated again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "infer/posterior.hpp"
#include "model/trace.hpp"

namespace dolab::causal {

/// What happens to a site's value.
struct Change {
  enum class Kind : std::uint8_t { set, shift, scale };
  Kind kind = Kind::set;
  Array value;  // one number, or one for each element

  model::Intervention intervention() const;
};

/// One scenario on one set of rows.
struct Scenario {
  model::Arguments arguments;              // with changes of inputs already made
  model::Arguments natural;                // as the data have them; empty: no input is changed
  std::map<std::string, Array> condition;  // further observed sites
  std::map<std::string, Change> changes;   // of sites; several make a joint intervention
};
std::map<std::string, model::Intervention> interventions_of(const Scenario& scenario);

/// Optional arguments that give sites their observations: argument -> sites that are simulated without it.
using OutputMap = std::map<std::string, std::set<std::string>>;

/// Finds the outputs among `optional` arguments (those with a default of None) by tracing the model without each.
OutputMap find_outputs(const model::ModelFunction& model, const model::Arguments& arguments,
                       const std::vector<std::string>& optional);

/// What a scenario is simulated for.
struct Wanted {
  std::set<std::string> outcomes;  // empty: the sites of all outputs
  std::set<std::string> moved;     // further sites that a change reaches, here or in the scenario to contrast with
  std::set<std::string> treated;   // sites that keep their observation all the same
};

/// Traces the model in `scenario` so that what is wanted is simulated; other observed sites keep their data. Given a
/// `graph`, the trace is made in it, so that two scenarios share work.
model::Trace trace_scenario(const model::ModelFunction& model, const Scenario& scenario, const OutputMap& outputs,
                            const Wanted& wanted, const std::shared_ptr<tensor::Graph>& graph = nullptr);

/// The posterior without some sites. Arrays are shared.
infer::Posterior without_sites(const infer::Posterior& posterior, const std::set<std::string>& names);

}  // namespace dolab::causal
