// A fit and what an experiment asks of it, in one store.
#pragma once

#include "experiment/run.hpp"

namespace dolab::experiment {

struct SaveCommand {
  std::string fit, data;                    // as in EffectCommand
  io::GivenData given;                      // as above
  std::shared_ptr<const StoredFit> opened;  // as above
  Json experiment;  // whose title, question, labels, layout, scenarios, effects and hdi_prob count
};

/// The store that `dolab run` writes for that experiment: draws and data of the fit as they are, bit for bit, and the
/// effects. Everything else of the fit's own experiment stays. Throws what `read_settings` and `run_effects` throw.
Outcome save_command(const SaveCommand& command, const Output& output, const Workers& workers);

}  // namespace dolab::experiment
