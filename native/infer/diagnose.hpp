// Convergence diagnostics of Markov chains, and the quality of importance weights.
// Sources: Vehtari, Gelman, Simpson, Carpenter, Buerkner (2021), "Rank-normalization, folding, and localization";
// Geyer (1992) for the truncation of autocorrelations; Betancourt (2016) for E-BFMI;
// Zhang and Stephens (2009) and Vehtari et al. (2024) for the generalised Pareto fit.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

namespace dolab::infer {

/// Draws of one scalar: chains x draws, row-major. Statistics are NaN if a draw is not finite or if a chain is too
/// short (4 draws for R-hat and effective sample sizes). All functions are thread-safe.
struct ChainView {
  const double* values = nullptr;
  std::int64_t chains = 0;
  std::int64_t draws = 0;
};

/// Max of the rank-normalised split R-hat of x and of |x - median|. NaN for constant draws.
double r_hat(ChainView x);
double r_hat_bulk(ChainView x);
double r_hat_folded(ChainView x);

/// Effective sample sizes: of the rank-normalised draws, of the worse of the 5% and 95% quantiles, of the mean, of
/// the standard deviation, of the quantile p in (0, 1). Constant draws count fully.
double ess_bulk(ChainView x);
double ess_tail(ChainView x);
double ess_mean(ChainView x);
double ess_sd(ChainView x);
double ess_quantile(ChainView x, double p);

/// Monte-Carlo standard errors, in the unit of x.
double mcse_mean(ChainView x);
double mcse_sd(ChainView x);
double mcse_quantile(ChainView x, double p);

/// Energy Bayesian fraction of missing information of one chain; below 0.3 the momentum resampling is too timid.
double e_bfmi(const double* energy, std::int64_t draws);

/// Quantile of type 7 (linear interpolation) of `count` values in any order, p in [0, 1].
double quantile(const double* values, std::int64_t count, double p);

/// Narrowest interval that spans floor(probability * count) steps of the sorted values; the first of equals.
std::pair<double, double> hdi(const double* values, std::int64_t count, double probability);

/// Shape k of the generalised Pareto distribution fitted to the ceil(min(S/5, 3 sqrt(S/relative_efficiency))) largest
/// of S importance weights given by their logs. < 0.5 good, < 0.7 usable, above: the weights hide the tail.
/// NaN for fewer than 25 weights or a log weight that is NaN or plus infinity; minus infinity if the tail is constant.
double pareto_k(const double* log_weights, std::int64_t count, double relative_efficiency = 1.0);

/// One row of a summary table. sd has ddof 1; the interval is the HDI with the probability asked for.
struct Summary {
  double mean, sd, median, hdi_low, hdi_high;
  double mcse_mean, mcse_sd, ess_bulk, ess_tail, r_hat;
};

/// Reusable scratch memory for many summaries; one per thread.
class Summarizer {
 public:
  Summarizer();
  ~Summarizer();
  /// All statistics of one scalar with a single sort. The same values as the functions above.
  Summary summarize(ChainView x, double probability = 0.94);

 private:
  struct Scratch;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace dolab::infer
