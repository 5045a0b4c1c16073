#include "experiment/save.hpp"

#include <algorithm>
#include <iterator>

#include "experiment/fit_source.hpp"
#include "io/file_store.hpp"

namespace dolab::experiment {
namespace {

/// What may change after a fit without making it another one.
constexpr const char* kAsked[] = {"title", "question", "labels", "layout", "scenarios", "effects", "hdi_prob"};

/// The experiment of a fit with the question of another one, in whose order it is.
Json asking(const Json& fitted, const Json& other) {
  const auto asked = [](const std::string& key) {
    return std::find(std::begin(kAsked), std::end(kAsked), key) != std::end(kAsked);
  };
  Json experiment = Json::object();
  for (const auto& [key, value] : other.items()) {
    const auto own = fitted.find(key);
    if (asked(key))
      experiment[key] = value;
    else if (own != fitted.end())
      experiment[key] = *own;
  }
  for (const auto& [key, value] : fitted.items()) {
    if (!asked(key) && !experiment.contains(key)) experiment[key] = value;
  }
  return experiment;
}

/// Warnings of the fit, then those that it has not had.
Json joined(Json warnings, const Json& further) {
  for (const Json& warning : further) {
    if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) warnings.push_back(warning);
  }
  return warnings;
}

}  // namespace

Outcome save_command(const SaveCommand& command, const Output& output, const Workers& workers) {
  ResultStore store(output.path, output.overwrite, output.bytes);
  StoredFit stored = fit_for(command);
  const double start = now_seconds();
  const Settings settings = read_settings(asking(own_experiment(stored), command.experiment), "", "");
  Json& attributes = stored.attributes;
  Fitted& fitted = stored.fitted;
  fitted.hdi_prob = settings.hdi_prob;
  Report report;
  std::vector<EffectRun> effects;
  if (!settings.effects.empty()) {
    const BoundData data = data_for(fitted, command);
    if (has_data(command)) drop_outdated(fitted, command.fit, data, report);
    effects = run_effects(fitted, data, settings.effects, true, workers, report);
  }
  store.writer().copy(*io::open_store(command.fit), "effects");
  write_effects(effects, store.writer());
  attributes["hdi_prob"] = fitted.hdi_prob;
  attributes["experiment"] = asking(attributes["experiment"], command.experiment);
  attributes["seconds"]["effects"] = now_seconds() - start;
  Outcome outcome;
  outcome.report = {{"hdi_prob", fitted.hdi_prob}, {"effects", effects_json(effects, report)}};
  outcome.report["warnings"] = joined(attributes.value("warnings", Json::array()), report.warnings_json());
  attributes["warnings"] = outcome.report["warnings"];
  store.commit(attributes);
  return outcome;
}

}  // namespace dolab::experiment
