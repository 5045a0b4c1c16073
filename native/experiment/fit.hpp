// From an experiment to a posterior, and the fit as other commands use it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "experiment/data.hpp"
#include "experiment/kernel.hpp"
#include "experiment/settings.hpp"
#include "experiment/summary.hpp"
#include "infer/nuts.hpp"
#include "infer/svi.hpp"

namespace dolab::experiment {

/// Draws of a site with a value for each row are left out where they take more than this and nobody asked for them.
inline constexpr std::int64_t kLargestSiteBytes = std::int64_t{256} << 20;

/// What the work runs on.
struct Workers {
  ThreadPool& pool;
  Progress& progress;
};

/// A posterior with everything needed to use it; a store gives it back.
struct Fitted {
  Kernel kernel;
  std::vector<Binding> bindings;
  Json arguments = Json::object();
  ChangeSpecs condition;
  std::vector<std::string> outputs;  // arguments that give outcomes; empty: found by tracing
  std::set<std::string> observed;    // sites observed while fitting
  std::set<std::string> sites;       // that can be intervened on
  std::set<std::string> left_out;    // latent sites whose draws were not kept
  Method method = Method::svi;
  std::uint64_t seed = 0;
  double hdi_prob = 0.94;
  bool reproducible = false;
  bool complete = true;
  infer::Posterior posterior;
};

/// One finished fit with what its store and report hold.
struct FitRun {
  Settings settings;
  Fitted fitted;
  BoundData data;
  std::shared_ptr<const model::Trace> trace;  // over all rows, observations included
  std::vector<infer::ChainResult> chains;     // NUTS and HMC
  std::unique_ptr<infer::Svi> svi;
  infer::SviState state;  // SVI
  Json seconds = Json::object();
  Json diagnostics = Json::object();
  Report report;
  bool healthy = true;  // no diagnostic failed
};

class InferenceRun;

/// A fit in pieces. Making it loads model and data, traces and compiles; throws what the parts throw: language, data
/// (E503 names row and column), E504, E601, E1103 ...
class Fitting {
 public:
  Fitting(Settings settings, const Workers& workers);
  ~Fitting();

  /// Infers until the inference is complete, or `workers.progress` pauses or is cancelled; true if it is complete.
  bool go_on(const Workers& workers);
  /// The fit, with what there is; once. Throws Cancelled if that is nothing. `to_go_on` tells how, if it was cancelled.
  FitRun finish(const Workers& workers, const std::string& to_go_on = {});
  void warn(Warning warning);

  /// Until `finish`.
  const FitRun& run() const noexcept { return *run_; }
  InferenceRun& inference() noexcept { return *inference_; }

 private:
  double start_ = 0.0;
  std::unique_ptr<FitRun> run_;
  std::unique_ptr<InferenceRun> inference_;  // of *run_
};

/// Throws E104, with the nearest of `sites`, unless `name` is one of them.
void require_site(const std::string& name, const std::set<std::string>& sites);

/// Model text of the settings, read from its file if need be, and the file's name.
std::pair<std::string, std::string> model_source(const Settings& settings);

/// Parses the text, reads and binds the data.
struct Prepared {
  Kernel kernel;
  BoundData data;
};
Prepared prepare(const Settings& settings);

/// A trace over all rows, with the given sites observed.
model::Trace trace_all_rows(const Kernel& kernel, const model::Arguments& arguments,
                            std::map<std::string, Array> condition);

/// Traces the model with the data of the settings, over all rows; errors about missing values name row and column.
model::Trace trace_prepared(const Prepared& prepared, const Settings& settings);

}  // namespace dolab::experiment
