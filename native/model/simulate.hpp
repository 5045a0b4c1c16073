// Forward simulation: a trace with posterior values, imposed values and fresh draws in the place of its sites.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "model/trace.hpp"

namespace dolab::model {

struct SimulationOptions {
  std::vector<std::string> sites;      // what to compute: own values of sites (natural, not imposed)
  std::map<std::string, Shape> given;  // sites that have posterior values, and the shape of one value
  /// Descendants of intervened sites are drawn again although they are given (else they keep factual values).
  bool resimulate_descendants = true;
  std::set<std::string> expected;  // sample sites reported by their conditional mean instead of a draw
};

/// One simulated world, as expressions of the values that are given.
struct Simulation {
  std::vector<std::string> given;  // sites whose values are read, in trace order
  std::vector<Tensor> inputs;      // their inputs, one value each
  std::vector<Tensor> outputs;     // options.sites in order
  std::vector<std::string> drawn;  // latent sites that are drawn
  std::vector<Warning> warnings;
};

/// Latent sites that are given keep their values, unless they descend from an intervened site; all others are drawn
/// in trace order, each at its own address (site hash, row of the innermost plate, draw): numbers do not depend on
/// chunking, nor on the scenario. A given site that has another number of rows along its plates is drawn from its
/// conditional prior (W801 says so); any other difference of shape is E808. Params are given or keep their initial
/// values. Trace with subsampling off. Throws E104 for an unknown site, E506 for an improper prior that is not given,
/// E204 for an expected site whose mean has no closed form.
Simulation simulate(const Trace& trace, const SimulationOptions& options);

/// Names of the sites that a simulation reports by default: sample sites that are not given, and deterministic ones.
std::vector<std::string> default_sites(const Trace& trace, const std::map<std::string, Shape>& given);

}  // namespace dolab::model
