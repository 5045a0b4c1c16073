// Effects: two predictions contrasted, while they stream or after.
#include "causal/effect.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/nearest_name.hpp"
#include "impact/contract.hpp"
#include "impact/draws.hpp"
#include "impact/predict.hpp"
#include "impact/settings.hpp"

namespace dolab::impact {
namespace {

DrawSummary public_summary(const causal::EffectSummary& summary) {
  return {summary.mean, summary.sd, summary.hdi_low, summary.hdi_high, summary.p_direction};
}

void check_settings(const EffectSettings& settings) {
  if (!(settings.hdi_prob > 0.0 && settings.hdi_prob < 1.0)) {
    throw Error("E1103", "hdi_prob is " + std::to_string(settings.hdi_prob) + ", it must lie between 0 and 1");
  }
  for (const std::int64_t group : settings.groups) {
    if (group < static_cast<std::int64_t>(settings.labels.size())) continue;
    throw Error("E1103", "a row is in group " + std::to_string(group) + ", there are labels for " +
                             std::to_string(settings.labels.size()));
  }
}

[[noreturn]] void not_a_number(const std::string& site) {
  throw Error("E503", "the effect on \"" + site + "\" is not a number: missing or infinite values in the data",
              "mask, drop or impute those rows");
}

const char* group_of_call(const PredictCall& call) {
  return call.settings.in_sample ? "posterior_predictive" : "predictions";
}

// ---- two calls -----------------------------------------------------------------------------------

/// Sites that both calls ask for, or the output.
std::vector<std::string> outcomes_of(const PredictCall& baseline, const PredictCall& intervention,
                                     const EffectSettings& settings, const std::string& output) {
  if (!settings.outcomes.empty()) return distinct(settings.outcomes);
  const auto& first = baseline.settings.return_sites;
  const auto& second = intervention.settings.return_sites;
  if (!first && !second) return {output};
  std::vector<std::string> names = distinct(first ? *first : *second);
  if (first && second) {
    names.erase(std::remove_if(names.begin(), names.end(),
                               [&](const std::string& name) {
                                 return std::find(second->begin(), second->end(), name) == second->end();
                               }),
                names.end());
  }
  return names;
}

SiteEffect public_effect(const std::string& site, causal::Effect effect) {
  SiteEffect result;
  result.site = site;
  result.shape = std::move(effect.shape);
  result.rows = effect.rows;
  result.average = public_summary(effect.ate);
  result.average_draws = std::move(effect.average);
  for (const causal::EffectGroup& group : effect.groups) {
    result.groups.push_back({group.label, group.rows, public_summary(group.effect)});
  }
  result.row_mean = std::move(effect.row_mean);
  result.row_sd = std::move(effect.row_sd);
  result.row_low = std::move(effect.row_low);
  result.row_high = std::move(effect.row_high);
  result.row_direction = std::move(effect.row_direction);
  result.identified = effect.identified;
  return result;
}

ImpactEffect contrast_calls(const ModelState& model, ThreadPool& pool, const PredictCall& baseline,
                            const PredictCall& intervention, const EffectSettings& settings) {
  const std::string group = group_of_call(baseline);
  if (group != group_of_call(intervention)) {
    throw Error("E811", "the intervention has no group \"" + group + "\"", "give both sides the same in_sample");
  }
  const Fitted& fitted = *model.fitted;
  const BoundScenario before = bind_scenario(model, baseline);
  BoundScenario after = bind_scenario(model, intervention);
  // Where the sides differ in an argument, the intervention changes it.
  after.scenario.natural = before.bound.arguments;
  if (before.bound.rows != after.bound.rows) {
    throw Error("E808", "the baseline has " + std::to_string(before.bound.rows) + " rows, the intervention has " +
                            std::to_string(after.bound.rows));
  }
  // What one side has to draw again, the other draws too.
  std::set<std::string> outdated = before.outdated;
  outdated.insert(after.outdated.begin(), after.outdated.end());
  const infer::Posterior posterior = causal::without_sites(fitted.posterior, outdated);
  causal::OutputMap outputs = before.outputs;
  outputs.insert(after.outputs.begin(), after.outputs.end());

  causal::EffectOptions options;
  options.expected = settings.expected;
  options.hdi_prob = settings.hdi_prob;
  options.seed = model.seed_or_own(baseline.settings.seed);
  options.groups = settings.groups;
  options.labels = settings.labels;
  options.by_row = settings.by_row;
  options.block_bytes = settings.block_bytes;
  options.observed = fitted.observed;
  options.compile = compile_options(model.settings);
  options.progress = settings.progress;

  ImpactEffect result;
  for (const std::string& name : outcomes_of(baseline, intervention, settings, model.settings.param_output)) {
    options.outcome = name;
    causal::Effect effect = causal::estimate_effect(before.bound.function, outputs, {before.scenario, after.scenario},
                                                    posterior, options, pool);
    result.chains = effect.chains;
    result.draws = effect.draws;
    result.warnings.insert(result.warnings.end(), effect.warnings.begin(), effect.warnings.end());
    result.sites.push_back(public_effect(name, std::move(effect)));
  }
  return result;
}

// ---- draws ---------------------------------------------------------------------------------------

/// The differences of one site, (chain, draw, shape...).
Array difference(const DrawnSite& baseline, const DrawnSite& intervention) {
  if (baseline.values.shape() != intervention.values.shape()) {
    throw Error("E808", "draws of \"" + baseline.name + "\" have shape " + to_string(baseline.values.shape()) +
                            " in the baseline and " + to_string(intervention.values.shape()) +
                            " in the intervention (chains, draws, values)");
  }
  Array result(DType::real, baseline.values.shape());
  double* values = result.mutable_data();
  const double *before = baseline.values.data(), *after = intervention.values.data();
  for (std::int64_t i = 0; i < result.size(); ++i) values[i] = after[i] - before[i];
  return result;
}

/// Means over all elements of the rows that `member` lists, per draw.
std::vector<double> row_means(const double* values, std::int64_t draws, std::int64_t elements, std::int64_t width,
                              const std::vector<std::int64_t>& member) {
  std::vector<double> means(static_cast<std::size_t>(draws));
  const double count = static_cast<double>(static_cast<std::int64_t>(member.size()) * width);
  for (std::int64_t draw = 0; draw < draws; ++draw) {
    double total = 0.0;
    for (const std::int64_t row : member) {
      for (std::int64_t i = row * width; i < (row + 1) * width; ++i) total += values[draw * elements + i];
    }
    means[static_cast<std::size_t>(draw)] = total / count;
  }
  return means;
}

/// Summaries by element, in blocks of elements so that draws are read along cache lines.
void summarize_rows(const double* values, std::int64_t draws, std::int64_t elements, double hdi_prob, ThreadPool& pool,
                    SiteEffect& effect) {
  for (auto* field : {&effect.row_mean, &effect.row_sd, &effect.row_low, &effect.row_high, &effect.row_direction}) {
    field->resize(static_cast<std::size_t>(elements));
  }
  constexpr std::int64_t kBlock = 64;
  pool.run(static_cast<int>((elements + kBlock - 1) / kBlock), [&](int block) {
    const std::int64_t first = block * kBlock, last = std::min(elements, first + kBlock);
    std::vector<std::vector<double>> columns(static_cast<std::size_t>(last - first));
    for (auto& column : columns) column.reserve(static_cast<std::size_t>(draws));
    for (std::int64_t draw = 0; draw < draws; ++draw) {
      for (std::int64_t i = first; i < last; ++i) {
        columns[static_cast<std::size_t>(i - first)].push_back(values[draw * elements + i]);
      }
    }
    for (std::int64_t i = first; i < last; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const causal::EffectSummary row =
          causal::summarize_effect(columns[static_cast<std::size_t>(i - first)], hdi_prob);
      effect.row_mean[at] = row.mean;
      effect.row_sd[at] = row.sd;
      effect.row_low[at] = row.hdi_low;
      effect.row_high[at] = row.hdi_high;
      effect.row_direction[at] = row.p_direction;
    }
  });
}

SiteEffect summarize_site(const DrawnSite& site, const Array& values, const EffectSettings& settings,
                          ThreadPool& pool) {
  SiteEffect effect;
  effect.site = site.name;
  effect.shape = site.shape;
  const std::int64_t elements = element_count(site.shape);
  const std::int64_t draws = values.shape()[0] * values.shape()[1];
  effect.rows = site.shape.empty() ? 1 : site.shape.front();
  if (elements == 0 || draws == 0) return effect;
  const std::int64_t width = elements / effect.rows;
  std::vector<std::int64_t> all(static_cast<std::size_t>(effect.rows));
  for (std::int64_t row = 0; row < effect.rows; ++row) all[static_cast<std::size_t>(row)] = row;
  effect.average_draws = row_means(values.data(), draws, elements, width, all);
  effect.average = public_summary(causal::summarize_effect(effect.average_draws, settings.hdi_prob));
  if (!std::isfinite(effect.average.mean)) not_a_number(site.name);
  if (!settings.labels.empty() && static_cast<std::int64_t>(settings.groups.size()) != effect.rows) {
    throw Error("E806", "the groups have " + std::to_string(settings.groups.size()) + " rows, \"" + site.name +
                            "\" has " + std::to_string(effect.rows));
  }
  for (std::size_t group = 0; group < settings.labels.size(); ++group) {
    std::vector<std::int64_t> member;
    for (const std::int64_t row : all) {
      if (settings.groups[static_cast<std::size_t>(row)] == static_cast<std::int64_t>(group)) member.push_back(row);
    }
    if (member.empty()) continue;
    const auto means = row_means(values.data(), draws, elements, width, member);
    effect.groups.push_back({settings.labels[group], static_cast<std::int64_t>(member.size()),
                             public_summary(causal::summarize_effect(means, settings.hdi_prob))});
  }
  if (settings.by_row) summarize_rows(values.data(), draws, elements, settings.hdi_prob, pool, effect);
  return effect;
}

ImpactEffect contrast_draws(const DrawTree& baseline, const DrawTree& intervention, const EffectSettings& settings,
                            ThreadPool& pool) {
  if (settings.expected) {
    throw Error("E1103", "expected effects need both sides as calls, not as draws",
                "contrast a deterministic site, or pass the arguments of the predictions");
  }
  const bool predictions = baseline.find("predictions") != nullptr;
  const std::string name = predictions ? "predictions" : "posterior_predictive";
  const DrawGroup& before = baseline.group(name);
  const DrawGroup& after = intervention.group(name);
  std::vector<std::string> outcomes = distinct(settings.outcomes);
  for (const std::string& outcome : outcomes) {
    before.at(outcome);
    after.at(outcome);
  }
  if (outcomes.empty()) {
    for (const DrawnSite& site : before.sites) {
      if (after.find(site.name) != nullptr) outcomes.push_back(site.name);
    }
  }
  ImpactEffect result;
  result.chains = before.chains;
  result.draws = before.draws;
  DrawGroup differences;
  differences.name = name;
  differences.chains = before.chains;
  differences.draws = before.draws;
  for (const std::string& outcome : outcomes) {
    DrawnSite site = *before.find(outcome);
    site.values = difference(*before.find(outcome), *after.find(outcome));
    result.sites.push_back(summarize_site(site, site.values, settings, pool));
    differences.sites.push_back(std::move(site));
  }
  result.differences.groups.push_back(std::move(differences));
  return result;
}

bool one_seed(const ModelState& model, const PredictCall& a, const PredictCall& b) {
  return model.seed_or_own(a.settings.seed) == model.seed_or_own(b.settings.seed);
}

}  // namespace

ImpactEffect ModelState::estimate_effect(const EffectSide& baseline, const EffectSide& intervention,
                                         const EffectSettings& effect) {
  const Fitted& fit = require_fit();
  check_settings(effect);
  for (const auto& [side, name] : {std::pair{&baseline, "baseline"}, {&intervention, "intervention"}}) {
    if (side->draws() == nullptr && side->call() == nullptr) {
      throw Error("E814", std::string("the effect has no ") + name);
    }
  }
  ImpactEffect result;
  if (baseline.call() != nullptr && intervention.call() != nullptr &&
      one_seed(*this, *baseline.call(), *intervention.call())) {
    result = contrast_calls(*this, pool, *baseline.call(), *intervention.call(), effect);
  } else {
    const auto draws_of = [&](const EffectSide& side) {
      const PredictCall* call = side.call();
      return call == nullptr ? *side.draws() : predict_on_batch(call->X, call->extra, call->settings);
    };
    const DrawTree before = draws_of(baseline), after = draws_of(intervention);
    result = contrast_draws(before, after, effect, pool);
    for (const DrawTree* tree : {&before, &after}) {
      result.warnings.insert(result.warnings.end(), tree->warnings.begin(), tree->warnings.end());
    }
  }
  result.hdi_prob = effect.hdi_prob;
  result.differences.groups.push_back(posterior_group(fit.posterior));
  return result;
}

}  // namespace dolab::impact

namespace dolab {

const SiteEffect& ImpactEffect::at(const std::string& site) const& {
  std::vector<std::string> names;
  for (const SiteEffect& effect : sites) {
    if (effect.site == site) return effect;
    names.push_back(effect.site);
  }
  throw Error("E104", "there is no effect on \"" + site + "\"", unknown_name_hint(site, names));
}

}  // namespace dolab
