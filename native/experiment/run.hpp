// The commands as functions: settings in, one JSON report out. Doors print what these return.
#pragma once

#include <string>
#include <vector>

#include "experiment/effect.hpp"
#include "experiment/fit.hpp"
#include "experiment/store.hpp"

namespace dolab::experiment {

/// What a command has to say.
struct Outcome {
  Json report;
  bool complete = true;  // false: cancelled, partial results kept
  bool healthy = true;   // false: a diagnostic failed
};

/// Checkpoints of a fit, in a file beside its store.
struct Checkpoints {
  double every = 0.0;   // seconds; 0: none
  bool resume = false;  // goes on from the one that is there
};

struct Output {
  std::string path;  // of the store
  bool overwrite = false;
  ByteStore* bytes = nullptr;  // where there are no files: takes the store, which `path` only names
  Checkpoints checkpoints{};
};

/// `fit` and `run` in pieces.
class FitCommand {
 public:
  /// `declared`: with the effects that the experiment declares. Loads, traces and compiles.
  FitCommand(Settings settings, const Output& output, bool declared, const Workers& workers);

  /// Infers until the inference is complete, or `workers.progress` pauses or is cancelled; true if it is complete.
  bool go_on(const Workers& workers) { return fitting_.go_on(workers); }
  /// Effects and store of what there is, once. Throws Cancelled if that is nothing.
  Outcome finish(const Workers& workers, const std::string& to_go_on = {});

  /// See experiment/checkpoint.hpp; between pieces.
  Fitting& fitting() noexcept { return fitting_; }

 private:
  double start_;
  bool declared_;
  ResultStore store_;
  Fitting fitting_;
};

/// Fits and writes the store. With checkpoints, a fit that is cancelled or killed leaves one from which the same
/// command goes on, bit for bit, and a complete fit leaves none. Throws what `resume_checkpoint` throws, and E1006 for
/// a checkpoint that would be lost.
Outcome fit_command(Settings settings, const Output& output, const Workers& workers);

/// Everything that an experiment declares: fit, effects, one store.
Outcome run_command(Settings settings, const Output& output, const Workers& workers);

struct PredictCommand {
  std::string fit;                          // store; empty: `prior`
  Settings prior;                           // model and data of a prior prediction
  std::string data;                         // empty: the data of the fit
  io::GivenData given;                      // data that are in memory, instead of `data`
  std::shared_ptr<const StoredFit> opened;  // what `fit` holds, if it was read before
  ChangeSpecs changes;
  std::vector<std::string> sites;
  std::optional<std::uint64_t> seed;
};
Outcome predict_command(const PredictCommand& command, const Output& output, const Workers& workers);

struct EffectCommand {
  std::string fit, data;
  io::GivenData given;                      // as above
  std::shared_ptr<const StoredFit> opened;  // as above
  ChangeSpecs baseline, intervention;
  std::string outcome, by;
  bool expected = false;
  bool by_row = false;  // summarise each row too; a store has that in any case
  std::optional<double> hdi_prob;
  std::optional<std::uint64_t> seed;
};
struct EffectOutcome {
  Outcome outcome;
  causal::Effect effect;  // draws of the average, and rows
};
/// An empty output path writes no store.
EffectOutcome effect_command(const EffectCommand& command, const Output& output, const Workers& workers);

/// {"hdi_prob", "sites", "sampler", "warnings"}: of the group posterior, else prior.
Outcome summary_command(const std::string& store, double hdi_prob, const Workers& workers);

}  // namespace dolab::experiment
