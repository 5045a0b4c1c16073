#include "experiment/effect.hpp"

#include <algorithm>
#include <cmath>

#include "base/nearest_name.hpp"
#include "causal/reach.hpp"
#include "experiment/own_data.hpp"
#include "model/simulate.hpp"

namespace dolab::experiment {
namespace {

using causal::Effect;
using causal::EffectSummary;

/// Sites that a prediction simulates: those of the outputs, or, where the data have none, sample sites without values.
/// A site that leads to another of them is a mediator and no outcome.
std::vector<std::string> outcomes_of(const Fitted& fitted, const BoundData& data, const causal::OutputMap& outputs,
                                     const std::map<std::string, Array>& condition) {
  const model::Trace trace = trace_all_rows(fitted.kernel, data.arguments, condition);
  const std::set<std::string> named = output_sites(fitted, outputs);
  std::vector<std::string> names(named.begin(), named.end());
  if (!names.empty() && !fitted.outputs.empty()) return names;
  if (names.empty()) {
    for (const model::Site* site : trace.latents()) {
      if (fitted.posterior.find(site->name) == nullptr && fitted.left_out.count(site->name) == 0)
        names.push_back(site->name);
    }
  }
  if (names.empty()) {
    for (const model::Site* site : trace.observed()) names.push_back(site->name);
  }
  std::vector<std::string> last;
  for (const std::string& name : names) {
    const std::vector<std::string> below = model::descendants(trace, {name});
    const bool leads = std::any_of(below.begin(), below.end(), [&](const std::string& site) {
      return std::find(names.begin(), names.end(), site) != names.end();
    });
    if (!leads) last.push_back(name);
  }
  return last;
}

std::string choose_outcome(const EffectSettings& settings, std::vector<std::string> candidates) {
  if (!settings.outcome.empty()) return settings.outcome;
  const auto changed = [&](const std::string& site) {
    return settings.baseline_changes.count(site) > 0 || settings.intervention_changes.count(site) > 0;
  };
  candidates.erase(std::remove_if(candidates.begin(), candidates.end(), changed), candidates.end());
  if (candidates.size() == 1) return candidates.front();
  std::string listed;
  for (const std::string& name : candidates) listed += (listed.empty() ? "" : ", ") + name;
  throw Error("E1103",
              candidates.empty() ? "the model has no outcome that could be contrasted"
                                 : "several sites could be the outcome: " + listed,
              "name it with --outcome SITE");
}

Json summary_json(const EffectSummary& summary, const std::string& owner, Report& report) {
  Json json = Json::object();
  json["mean"] = report.number(summary.mean, "effect mean", owner);
  json["sd"] = report.number(summary.sd, "effect sd", owner);
  json["hdi_low"] = report.number(summary.hdi_low, "effect hdi_low", owner);
  json["hdi_high"] = report.number(summary.hdi_high, "effect hdi_high", owner);
  json["p_direction"] = report.number(summary.p_direction, "effect p_direction", owner);
  return json;
}

std::string label_of(const EffectRun& run) {
  return run.outcome + ": " + run.settings.intervention + " - " + run.settings.baseline;
}

/// One number for each effect.
void write_by_effect(const std::vector<EffectRun>& effects, const char* name, double EffectSummary::*member,
                     io::StoreWriter& writer) {
  std::vector<double> values;
  for (const EffectRun& run : effects) values.push_back(run.effect.ate.*member);
  writer.array("effects", name, Array::vector(values), {"effect"});
}

/// One number for each effect and row; NaN beyond the rows of an effect. Nothing is written if no effect has it.
void write_by_row(const std::vector<EffectRun>& effects, const char* name, std::vector<double> Effect::*member,
                  io::StoreWriter& writer) {
  std::size_t longest = 0;
  for (const EffectRun& run : effects) longest = std::max(longest, (run.effect.*member).size());
  if (longest == 0) return;
  Array table(DType::real, {static_cast<std::int64_t>(effects.size()), static_cast<std::int64_t>(longest)});
  double* out = table.mutable_data();
  std::fill_n(out, table.size(), std::nan(""));
  for (std::size_t i = 0; i < effects.size(); ++i) {
    const std::vector<double>& row = effects[i].effect.*member;
    std::copy(row.begin(), row.end(), out + i * longest);
  }
  writer.array("effects", name, table, {"effect", "obs"});
}

}  // namespace

std::set<std::string> output_sites(const Fitted& fitted, const causal::OutputMap& outputs) {
  std::set<std::string> named;
  for (const auto& [argument, sites] : outputs) {
    const auto& chosen = fitted.outputs;
    if (chosen.empty() || std::find(chosen.begin(), chosen.end(), argument) != chosen.end()) {
      named.insert(sites.begin(), sites.end());
    }
  }
  return named;
}

std::vector<EffectRun> run_effects(const Fitted& fitted, const BoundData& data,
                                   const std::vector<EffectSettings>& effects, bool by_row, const Workers& workers,
                                   Report& report) {
  const auto condition = condition_values(fitted.condition, data, true);
  const causal::OutputMap outputs =
      causal::find_outputs(fitted.kernel.function, data.arguments, fitted.kernel.optional_data());
  std::vector<EffectRun> runs;
  for (const EffectSettings& settings : effects) {
    EffectRun run;
    run.settings = settings;
    run.outcome = choose_outcome(settings, settings.outcome.empty() ? outcomes_of(fitted, data, outputs, condition)
                                                                    : std::vector<std::string>{});
    causal::EffectOptions options;
    require_site(run.outcome, fitted.sites);
    options.outcome = run.outcome;
    options.expected = settings.expected;
    options.hdi_prob = fitted.hdi_prob;
    options.seed = fitted.seed;
    options.by_row = by_row;
    options.observed = fitted.observed;
    options.compile.flavour = fitted.reproducible ? tensor::Flavour::strict : tensor::Flavour::fast;
    options.progress = &workers.progress;
    if (!settings.by.empty()) {
      RowGroups groups = group_rows(settings.by, data);
      options.groups = std::move(groups.group);
      options.labels = std::move(groups.labels);
    }
    const std::pair<causal::Scenario, causal::Scenario> scenarios{
        make_scenario(settings.baseline_changes, data, condition, fitted.sites),
        make_scenario(settings.intervention_changes, data, condition, fitted.sites)};
    try {
      run.effect =
          causal::estimate_effect(fitted.kernel.function, outputs, scenarios, fitted.posterior, options, workers.pool);
    } catch (const Error& error) {
      if (error.code() == "E503") report_missing_cell(data, fitted.condition);
      throw;
    }
    report.warn(run.effect.warnings);
    runs.push_back(std::move(run));
  }
  return runs;
}

Json effects_json(const std::vector<EffectRun>& effects, Report& report) {
  Json list = Json::array();
  for (const EffectRun& run : effects) {
    const std::string label = label_of(run);
    Json json = {
        {"outcome", run.outcome}, {"baseline", run.settings.baseline}, {"intervention", run.settings.intervention}};
    json["ate"] = summary_json(run.effect.ate, label, report);
    json["rows"] = run.effect.rows;
    json["identified"] = run.effect.identified ? Json(*run.effect.identified) : Json();
    Json by = Json::object();
    for (const causal::EffectGroup& group : run.effect.groups) {
      by[group.label] = summary_json(group.effect, label + ", " + group.label, report);
      by[group.label]["rows"] = group.rows;
    }
    json["by"] = std::move(by);
    list.push_back(std::move(json));
  }
  return list;
}

void write_effects(const std::vector<EffectRun>& effects, io::StoreWriter& writer) {
  if (effects.empty()) return;
  Json descriptions = Json::array();
  std::vector<std::string> labels;
  for (const EffectRun& run : effects) {
    labels.push_back(label_of(run));
    descriptions.push_back({{"outcome", run.outcome},
                            {"baseline", describe(run.settings.baseline_changes)},
                            {"intervention", describe(run.settings.intervention_changes)},
                            {"expected", run.settings.expected}});
    descriptions.back()["identified"] = run.effect.identified ? Json(*run.effect.identified) : Json();
  }
  writer.group("effects", json_text(Json{{"effects", descriptions}}));
  write_by_effect(effects, "ate_mean", &EffectSummary::mean, writer);
  write_by_effect(effects, "ate_sd", &EffectSummary::sd, writer);
  write_by_effect(effects, "ate_hdi_low", &EffectSummary::hdi_low, writer);
  write_by_effect(effects, "ate_hdi_high", &EffectSummary::hdi_high, writer);
  write_by_effect(effects, "ate_p_direction", &EffectSummary::p_direction, writer);
  const Effect& first = effects.front().effect;
  std::vector<double> draws;
  for (const EffectRun& run : effects) draws.insert(draws.end(), run.effect.average.begin(), run.effect.average.end());
  writer.array("effects", "ate",
               Array(DType::real, {static_cast<std::int64_t>(effects.size()), first.chains, first.draws}, draws),
               {"effect", "chain", "draw"});
  write_by_row(effects, "mean", &Effect::row_mean, writer);
  write_by_row(effects, "sd", &Effect::row_sd, writer);
  write_by_row(effects, "hdi_low", &Effect::row_low, writer);
  write_by_row(effects, "hdi_high", &Effect::row_high, writer);
  write_by_row(effects, "p_direction", &Effect::row_direction, writer);
  writer.coordinate("effects", "effect", labels);
}

void drop_outdated(Fitted& fitted, const std::string& store, const BoundData& data, Report& report) {
  std::set<std::int64_t> rows;
  for (const auto& [name, argument] : data.arguments.items()) {
    const Array* array = argument.array();
    if (array != nullptr && array->rank() > 0) rows.insert(array->shape().front());
  }
  const auto by_row = [&](const infer::SiteDraws& site) {
    return !site.deterministic && std::any_of(site.shape.begin(), site.shape.end(),
                                              [&](std::int64_t extent) { return rows.count(extent) > 0; });
  };
  const auto& sites = fitted.posterior.sites;
  if (std::none_of(sites.begin(), sites.end(), by_row)) return;
  const BoundData own = bind_own_data(fitted, store);
  model::Arguments before;
  for (const auto& [name, argument] : data.arguments.items()) {
    const model::Argument* old = own.arguments.find(name);
    if (old == nullptr) continue;
    // A store may have kept whole numbers as real ones: the values count.
    const Array *a = old->array(), *b = argument.array();
    const bool same = a != nullptr && b != nullptr && a->shape() == b->shape() &&
                      std::equal(a->data(), a->data() + a->size(), b->data(),
                                 [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
    before.set(name, same ? argument : *old);
  }
  model::Arguments now;
  for (const auto& [name, argument] : before.items()) now.set(name, *data.arguments.find(name));
  const auto changed = causal::changed_arguments(before, now);
  if (changed.empty()) return;
  const auto traced = [&](const model::Arguments& arguments, const BoundData& bound) {
    return trace_all_rows(fitted.kernel, arguments, condition_values(fitted.condition, bound, true));
  };
  const std::set<std::string> outdated = causal::outdated_latents(traced(before, own), traced(now, data), now, changed);
  for (const std::string& name : outdated) {
    const infer::SiteDraws* site = fitted.posterior.find(name);
    if (site == nullptr) continue;
    report.warn(
        {"W801", "the draws of \"" + name + "\" belong to the rows of the fit: it is drawn for these rows", "", {}});
  }
  fitted.posterior = causal::without_sites(fitted.posterior, outdated);
}

BoundData bind_for_fit(const Fitted& fitted, io::DataFile file) {
  return bind_data(std::move(file), fitted.kernel, {fitted.bindings, fitted.arguments, true});
}

}  // namespace dolab::experiment
