#include "experiment/run.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "experiment/checkpoint_file.hpp"
#include "experiment/fit_source.hpp"
#include "experiment/predict.hpp"
#include "experiment/store.hpp"
#include "io/file_store.hpp"
#include "io/json.hpp"

namespace dolab::experiment {
namespace {

/// Nothing is lost: a result does not replace the fit that it is made from.
void refuse_own_input(const std::string& fit, const Output& output) {
  std::error_code status;
  if (output.path.empty() || !std::filesystem::equivalent(fit, output.path, status)) return;
  throw Error("E1006", "--out is the fit that this command reads", "choose another --out", {fit, 0, 0, 0, 0});
}

/// Reads the statistics of a stored run of chains.
infer::SamplerHealth stored_health(const io::StoreReader& reader, Json& sampler, Report& report) {
  infer::SamplerHealth health;
  const Array diverging = reader.read("sample_stats", "diverging"), energy = reader.read("sample_stats", "energy");
  const Array saturated = reader.read("sample_stats", "reached_max_treedepth");
  const Array steps = reader.read("sample_stats", "n_steps"), sizes = reader.read("sample_stats", "step_size");
  if (energy.shape().size() != 2) throw Error("E1007", "sample_stats/energy is not (chain, draw)");
  for (const Array* values : {&diverging, &saturated, &steps, &sizes}) {
    if (values->shape() != energy.shape()) throw Error("E1007", "the arrays of sample_stats differ in shape");
  }
  health.chains = energy.shape().at(0);
  health.draws = energy.shape().at(1);
  double leapfrogs = 0.0;
  for (std::int64_t i = 0; i < energy.size(); ++i) {
    health.divergences += diverging[i] != 0.0 ? 1 : 0;
    health.saturated += saturated[i] != 0.0 ? 1 : 0;
    leapfrogs += steps[i];
  }
  Json e_bfmi = Json::array(), step_size = Json::array();
  for (std::int64_t c = 0; c < health.chains; ++c) {
    health.e_bfmi.push_back(infer::e_bfmi(energy.data() + c * health.draws, health.draws));
    health.step_sizes.push_back(health.draws > 0 ? sizes[(c + 1) * health.draws - 1] : std::nan(""));
    e_bfmi.push_back(report.number(health.e_bfmi.back(), "e_bfmi", "chain " + std::to_string(c)));
    step_size.push_back(report.number(health.step_sizes.back(), "step_size", "chain " + std::to_string(c)));
  }
  sampler = {{"divergences", health.divergences}, {"leapfrogs", static_cast<std::int64_t>(leapfrogs)}};
  sampler["step_size"] = std::move(step_size);
  sampler["e_bfmi"] = std::move(e_bfmi);
  sampler["saturated"] = health.saturated;
  return health;
}

}  // namespace

FitCommand::FitCommand(Settings settings, const Output& output, bool declared, const Workers& workers)
    : start_(now_seconds()),
      declared_(declared),
      store_(output.path, output.overwrite, output.bytes),
      fitting_(std::move(settings), workers) {}

Outcome FitCommand::finish(const Workers& workers, const std::string& to_go_on) {
  FitRun run = fitting_.finish(workers, to_go_on);
  double mark = now_seconds();
  std::vector<EffectRun> effects;
  bool complete = run.fitted.complete;
  if (declared_ && complete) {
    try {
      effects = run_effects(run.fitted, run.data, run.settings.effects, true, workers, run.report);
    } catch (const Cancelled&) {
      complete = false;  // the fit is kept
    }
  }
  if (declared_) run.seconds["effects"] = now_seconds() - mark;
  mark = now_seconds();
  write_fit(run, store_.writer());
  write_effects(effects, store_.writer());
  store_.commit(fit_attributes(run));
  run.seconds["write"] = now_seconds() - mark;
  run.seconds["total"] = now_seconds() - start_;
  Json report = {{"store", store_.path()}, {"method", method_name(run.fitted.method)}, {"complete", complete}};
  report["seconds"] = run.seconds;
  report["diagnostics"] = run.diagnostics;
  if (declared_) {
    report["hdi_prob"] = run.fitted.hdi_prob;
    report["effects"] = effects_json(effects, run.report);
  }
  report["warnings"] = run.report.warnings_json();
  return {std::move(report), complete, run.healthy};
}

Outcome fit_command(Settings settings, const Output& output, const Workers& workers) {
  return fit_with_checkpoints(std::move(settings), output, false, workers);
}

Outcome run_command(Settings settings, const Output& output, const Workers& workers) {
  return fit_with_checkpoints(std::move(settings), output, true, workers);
}

Outcome predict_command(const PredictCommand& command, const Output& output, const Workers& workers) {
  const double start = now_seconds();
  refuse_own_input(command.fit, output);
  ResultStore store(output.path, output.overwrite, output.bytes);
  Report report;
  PredictRun run;
  Json attributes;
  if (command.fit.empty()) {
    const Prepared prepared = prepare(command.prior);
    run = run_prior(command.prior, prepared, command.prior.inference.draws, store.writer(), workers, report);
    attributes = {{"kind", "prior"}, {"seed", command.prior.seed}, {"experiment", command.prior.document}};
  } else {
    StoredFit stored = fit_for(command);
    Fitted& fitted = stored.fitted;
    fitted.seed = command.seed.value_or(fitted.seed);
    const BoundData data = data_for(fitted, command);
    if (has_data(command)) drop_outdated(fitted, command.fit, data, report);
    PredictSettings settings;
    settings.changes = command.changes;
    settings.sites = command.sites;
    settings.new_data = has_data(command);
    run = run_predict(fitted, data, settings, store.writer(), workers, report);
    attributes = {{"kind", "prediction"},
                  {"seed", fitted.seed},
                  {"scenario", describe(settings.changes)},
                  {"fit", command.fit},
                  {"kernel", stored.attributes.at("kernel")}};
  }
  const double write_start = now_seconds();
  attributes["complete"] = run.complete;
  store.commit(attributes);
  Outcome outcome;
  outcome.complete = run.complete;
  const double end = now_seconds();
  outcome.report = {
      {"store", store.path()},
      {"seconds", {{"predict", write_start - start}, {"write", end - write_start}, {"total", end - start}}},
      {"groups", run.groups},
      {"sites", run.sites},
      {"chains", run.chains},
      {"draws", run.draws},
      {"complete", run.complete},
      {"warnings", report.warnings_json()}};
  return outcome;
}

EffectOutcome effect_command(const EffectCommand& command, const Output& output, const Workers& workers) {
  refuse_own_input(command.fit, output);
  std::unique_ptr<ResultStore> store;
  if (!output.path.empty()) store = std::make_unique<ResultStore>(output.path, output.overwrite, output.bytes);
  StoredFit stored = fit_for(command);
  Fitted& fitted = stored.fitted;
  fitted.seed = command.seed.value_or(fitted.seed);
  fitted.hdi_prob = command.hdi_prob.value_or(fitted.hdi_prob);
  const BoundData data = data_for(fitted, command);
  EffectSettings settings;
  settings.outcome = command.outcome;
  settings.by = command.by;
  settings.expected = command.expected;
  settings.baseline_changes = command.baseline;
  settings.intervention_changes = command.intervention;
  settings.baseline = describe(settings.baseline_changes);
  settings.intervention = describe(settings.intervention_changes);
  Report report;
  if (has_data(command)) drop_outdated(fitted, command.fit, data, report);
  const bool by_row = command.by_row || store != nullptr;
  auto effects = run_effects(fitted, data, {settings}, by_row, workers, report);
  if (store != nullptr) {
    write_effects(effects, store->writer());
    store->commit({{"kind", "effect"},
                   {"seed", fitted.seed},
                   {"fit", command.fit},
                   {"hdi_prob", fitted.hdi_prob},
                   {"kernel", stored.attributes.at("kernel")},
                   {"complete", true}});
  }
  Outcome outcome;
  outcome.report = {{"hdi_prob", fitted.hdi_prob}, {"effects", effects_json(effects, report)}};
  outcome.report["warnings"] = report.warnings_json();
  if (store != nullptr) outcome.report["store"] = store->path();
  return {std::move(outcome), std::move(effects.front().effect)};
}

Outcome summary_command(const std::string& path, double hdi_prob, const Workers& workers) {
  const std::unique_ptr<ByteStore> store = io::open_store(path);
  const io::StoreReader reader(*store);
  const std::string group = reader.contains("posterior") ? "posterior" : "prior";
  if (!reader.contains(group)) throw Error("E1007", "\"" + path + "\" holds no posterior draws");
  const infer::Posterior posterior = read_draws(reader, group);
  const auto sites = summarize_sites(posterior, {hdi_prob, true, 0}, workers.pool);
  Report report;
  Json sampler = Json::object();
  Outcome outcome;
  if (reader.contains("sample_stats", "energy")) {
    const infer::SamplerHealth health = stored_health(reader, sampler, report);
    const auto warnings = infer::sampler_warnings(health, named_summaries(sites));
    outcome.healthy = warnings.empty();
    report.warn(warnings);
  } else {
    const Json attributes = io::parse_json(reader.attributes(), path);
    if (const auto found = attributes.find("diagnostics"); found != attributes.end()) sampler = *found;
  }
  outcome.report = {{"hdi_prob", hdi_prob}, {"sites", summaries_json(sites, report)}};
  outcome.report["sampler"] = std::move(sampler);
  outcome.report["warnings"] = report.warnings_json();
  return outcome;
}

}  // namespace dolab::experiment
