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
  model::Arguments arguments;               // with changes of inputs already made
  std::map<std::string, Array> condition;   // further observed sites
  std::map<std::string, Change> changes;    // of sites; several make a joint intervention
  std::set<std::string> changed_arguments;  // inputs that differ from the data
};

/// Optional arguments that give sites their observations: argument -> sites that are simulated without it.
using OutputMap = std::map<std::string, std::set<std::string>>;

/// Finds the outputs among `optional` arguments (those with a default of None) by tracing the model without each.
OutputMap find_outputs(const model::ModelFunction& model, const model::Arguments& arguments,
                       const std::vector<std::string>& optional);

/// A model traced for simulation.
struct SimulatedTrace {
  model::Trace trace;
  std::set<std::string> redrawn;  // latent sites that are drawn although the posterior has them
  std::set<std::string> treated;  // sites whose observation is a changed argument
};

/// Traces the model in `scenario` so that `outcomes` (empty: the sites of all outputs) and every observed site that
/// descends from a change are simulated; other observed sites keep their data. Latent descendants of a change are to
/// be drawn again; coefficients (without rows) that read a changed argument are not. Given a `graph`, the trace is
/// made in it, so that two scenarios share work.
SimulatedTrace trace_scenario(const model::ModelFunction& model, const Scenario& scenario, const OutputMap& outputs,
                              const std::set<std::string>& outcomes,
                              const std::shared_ptr<tensor::Graph>& graph = nullptr);

/// The posterior without some sites. Arrays are shared.
infer::Posterior without_sites(const infer::Posterior& posterior, const std::set<std::string>& names);

}  // namespace dolab::causal
