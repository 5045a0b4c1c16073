// Posterior and prior predictive draws, streamed into a store.
#pragma once

#include <string>
#include <vector>

#include "experiment/fit.hpp"
#include "io/zarr.hpp"

namespace dolab::experiment {

struct PredictSettings {
  ChangeSpecs changes;             // the scenario; empty: observed
  std::vector<std::string> sites;  // empty: what is simulated, and deterministic sites
  bool new_data = true;            // group predictions, else posterior_predictive
};

struct PredictRun {
  std::vector<std::string> groups, sites;
  std::int64_t chains = 1, draws = 0;
  bool complete = true;
};

/// Predicts for `data` in one scenario. Deterministic sites with more than 256 MiB of draws are left out (W907) unless
/// named. A cancelled run keeps whole draws. Throws E104, E503 (missing cells), E808.
PredictRun run_predict(const Fitted& fitted, const BoundData& data, const PredictSettings& settings,
                       io::StoreWriter& writer, const Workers& workers, Report& report);

/// Draws of the prior: groups prior (latent and deterministic sites) and prior_predictive (outcomes).
PredictRun run_prior(const Settings& settings, const Prepared& prepared, std::int64_t draws, io::StoreWriter& writer,
                     const Workers& workers, Report& report);

}  // namespace dolab::experiment
