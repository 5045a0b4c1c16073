#include "infer/sampler_health.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace dolab::infer {

namespace {

constexpr double kLowestEbfmi = 0.3, kHighestRhat = 1.01, kLowestEssPerChain = 100, kSaturatedShare = 0.01;
constexpr double kStepSpread = 0.5;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

double log_spread(const std::vector<double>& x) {
  if (x.size() < 2) return 0.0;
  double mean = 0, squares = 0;
  for (const double v : x) mean += std::log(v) / static_cast<double>(x.size());
  for (const double v : x) squares += (std::log(v) - mean) * (std::log(v) - mean);
  return std::sqrt(squares / static_cast<double>(x.size() - 1));
}

/// The worst quantities of one statistic and how many fail.
struct Worst {
  std::int64_t count = 0;
  double value = 0.0;
  std::string name;
  void note(const std::string& candidate, double badness, double shown) {
    if (count++ == 0 || badness > badness_) {
      badness_ = badness;
      value = shown;
      name = candidate;
    }
  }
  std::string text() const {
    std::string out = number(value) + " for '" + name + "'";
    if (count > 1) out += " and " + std::to_string(count - 1) + " more";
    return out;
  }

 private:
  double badness_ = 0.0;
};

}  // namespace

SamplerHealth sampler_health(const std::vector<ChainResult>& chains) {
  SamplerHealth out;
  out.chains = static_cast<std::int64_t>(chains.size());
  for (const ChainResult& chain : chains) {
    out.draws = std::max(out.draws, chain.kept());
    out.divergences += chain.divergences;
    out.saturated += std::count(chain.stats.reached_max_treedepth.begin(), chain.stats.reached_max_treedepth.end(), 1);
    out.e_bfmi.push_back(e_bfmi(chain.stats.energy.data(), chain.kept()));
    out.step_sizes.push_back(chain.step_size);
  }
  return out;
}

std::vector<Warning> sampler_warnings(const SamplerHealth& health, const std::vector<NamedSummary>& summaries) {
  std::vector<Warning> out;
  const auto warn = [&out](std::string message, std::string hint) {
    out.push_back({"W504", std::move(message), std::move(hint), {}});
  };
  const double total = static_cast<double>(health.chains * health.draws);
  if (health.divergences > 0) {
    warn(std::to_string(health.divergences) + " divergent transition" + (health.divergences == 1 ? "" : "s"),
         "raise --target-accept, or reparameterise scale parameters");
  }
  if (static_cast<double>(health.saturated) > kSaturatedShare * total) {
    warn(number(100 * static_cast<double>(health.saturated) / total) + "% of the draws reached the largest tree depth",
         "raise --max-depth, rescale or reparameterise strongly correlated sites");
  }
  const auto low_energy =
      std::count_if(health.e_bfmi.begin(), health.e_bfmi.end(), [](double v) { return v < kLowestEbfmi; });
  if (low_energy > 0) {
    warn("E-BFMI below 0.3 in " + std::to_string(low_energy) + " of " + std::to_string(health.chains) + " chains",
         "heavy tails or a funnel: reparameterise");
  }
  Worst r_hats, sizes;
  const double fewest = kLowestEssPerChain * static_cast<double>(health.chains);
  for (const auto& [name, s] : summaries) {
    if (!std::isfinite(s.r_hat)) continue;
    const double ess = std::min(s.ess_bulk, s.ess_tail);
    if (s.r_hat > kHighestRhat) r_hats.note(name, s.r_hat, s.r_hat);
    if (ess < fewest) sizes.note(name, -ess, ess);
  }
  if (r_hats.count > 0)
    warn("R-hat " + r_hats.text() + " is above 1.01", "the chains disagree: run longer or reparameterise");
  if (sizes.count > 0) {
    warn("effective sample size " + sizes.text() + " is below 100 per chain", "draw more, or reparameterise");
  }
  if (log_spread(health.step_sizes) > kStepSpread) {
    warn("the chains adapted to very different step sizes", "lengthen the warm-up");
  }
  return out;
}

}  // namespace dolab::infer
