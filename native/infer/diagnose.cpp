#include "infer/diagnose.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

#include "infer/autocovariance.hpp"
#include "infer/scalar_math.hpp"
#include "infer/sort_draws.hpp"

namespace dolab::infer {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLowerSigma = 0.1586553, kUpperSigma = 0.8413447;  // normal probabilities of -1 and +1 sd
// Not in long double, whose width is the platform's: 80 bits or 128, emulated in WebAssembly and 40 times slower.
using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

/// Quantile of type 7 of sorted values.
double sorted_quantile(const double* x, std::int64_t count, double p) {
  const double position = p * static_cast<double>(count - 1);
  const auto below = std::min(static_cast<std::int64_t>(position), count - 1);
  const auto above = std::min(below + 1, count - 1);
  const double fraction = position - static_cast<double>(below);
  const double low = x[below], high = x[above];
  return fraction == 0 || low == high ? low : low + fraction * (high - low);
}

double basic_r_hat(const double* x, std::int64_t m, std::int64_t n) {
  double within = 0, mean_of_means = 0;
  std::vector<double> means(static_cast<std::size_t>(m));
  for (std::int64_t c = 0; c < m; ++c) {
    double sum = 0, squares = 0;
    for (std::int64_t i = 0; i < n; ++i) sum += x[c * n + i];
    const double mean = sum / static_cast<double>(n);
    for (std::int64_t i = 0; i < n; ++i) squares += (x[c * n + i] - mean) * (x[c * n + i] - mean);
    within += squares / static_cast<double>(n - 1);
    means[static_cast<std::size_t>(c)] = mean;
    mean_of_means += mean;
  }
  within /= static_cast<double>(m);
  mean_of_means /= static_cast<double>(m);
  double between_over_n = 0;
  for (const double mean : means) between_over_n += (mean - mean_of_means) * (mean - mean_of_means);
  between_over_n /= static_cast<double>(m - 1);
  const double n_real = static_cast<double>(n);
  return within > 0 ? std::sqrt(((n_real - 1) / n_real * within + between_over_n) / within) : kNan;
}

/// Effective sample size of m chains of n values, Geyer's initial monotone sequence.
double effective_sample_size(Autocovariance& autocovariance, const double* x, std::int64_t m, std::int64_t n) {
  const double total = static_cast<double>(m * n);
  if (std::all_of(x, x + m * n, [x](double v) { return v == x[0]; })) return total;
  autocovariance.reset(x, m, n);
  const double n_real = static_cast<double>(n);
  const double mean_variance = autocovariance.at(0) * n_real / (n_real - 1);
  double variance_plus = mean_variance * (n_real - 1) / n_real;
  if (m > 1) {
    double centre = 0, spread = 0;
    for (const double mean : autocovariance.chain_means()) centre += mean / static_cast<double>(m);
    for (const double mean : autocovariance.chain_means()) spread += (mean - centre) * (mean - centre);
    variance_plus += spread / static_cast<double>(m - 1);
  }
  const auto correlation = [&](std::int64_t lag) {
    return 1.0 - (mean_variance - autocovariance.at(lag)) / variance_plus;
  };

  std::vector<double> rho{1.0, correlation(1)};
  double even = rho[0], odd = rho[1];
  std::int64_t t = 0;
  while (t < n - 5 && even + odd > 0) {
    t += 2;
    even = correlation(t);
    odd = correlation(t + 1);
    const bool stored = even + odd >= 0;
    rho.push_back(stored ? even : 0.0);
    rho.push_back(stored ? odd : 0.0);
  }
  const auto last = static_cast<std::size_t>(t);
  if (even > 0) rho[last] = even;
  for (std::size_t i = 2; i + 2 <= last; i += 2) {
    const double previous = rho[i - 2] + rho[i - 1];
    if (rho[i] + rho[i + 1] > previous) rho[i] = rho[i + 1] = previous / 2;
  }
  double sum = 0;
  for (std::size_t i = 0; i < last; ++i) sum += rho[i];
  const double tau = std::max(-1.0 + 2.0 * sum + rho[last], 1.0 / std::log10(total));
  return std::isfinite(tau) ? total / tau : kNan;
}

/// Fits k of the generalised Pareto distribution to ascending exceedances: posterior mean of Zhang and Stephens (2009),
/// then shrunk towards 1/2 with the weight of ten observations.
double fit_pareto_shape(const std::vector<double>& x) {
  const auto n = x.size();
  const double n_real = static_cast<double>(n);
  const auto grid = static_cast<std::size_t>(30 + std::floor(std::sqrt(n_real)));
  const double quartile = x[static_cast<std::size_t>(std::floor(n_real / 4 + 0.5)) - 1];
  std::vector<double> b(grid), log_likelihood(grid);
  const auto shape = [&](double theta) {
    double sum = 0;
    for (const double v : x) sum += std::log1p(-theta * v);
    return sum / n_real;
  };
  for (std::size_t j = 0; j < grid; ++j) {
    const double position = static_cast<double>(j) + 0.5;
    b[j] = (1 - std::sqrt(static_cast<double>(grid) / position)) / (3 * quartile) + 1 / x[n - 1];
    const double k = shape(b[j]);
    log_likelihood[j] = n_real * (std::log(-(b[j] / k)) - k - 1);
  }
  double mean = 0, total = 0;
  for (std::size_t j = 0; j < grid; ++j) {
    double inverse = 0;
    for (const double other : log_likelihood) inverse += std::exp(other - log_likelihood[j]);
    if (1 / inverse < 10 * std::numeric_limits<double>::epsilon()) continue;
    total += 1 / inverse;
    mean += b[j] / inverse;
  }
  return (n_real * shape(mean / total) + 5) / (n_real + 10);
}

/// One series, sorted once; every statistic is derived from it.
struct Series {
  ChainView view;
  std::int64_t half = 0, halves = 0;  // draws per half chain and their number
  double mean = 0, squares = 0;       // squares: sum of squared deviations
  bool finite = true;
  std::vector<double> sorted, split, work, scores, score_table;
  std::vector<Ranked> order;  // of the split series
  std::vector<Ranked> folded;
  Autocovariance autocovariance;

  std::int64_t count() const { return view.chains * view.draws; }
  std::int64_t split_count() const { return half * halves; }
  bool usable() const { return finite && half >= 2; }

  void load(ChainView x) {
    view = x;
    half = x.draws / 2;
    halves = 2 * x.chains;
    double sum = 0;
    for (std::int64_t i = 0; i < count(); ++i) sum += x.values[i];
    finite = count() > 0 && std::isfinite(sum);
    mean = sum / static_cast<double>(count());
    squares = 0;
    for (std::int64_t i = 0; i < count(); ++i) squares += (x.values[i] - mean) * (x.values[i] - mean);
    split_into(split, [](double v) { return v; });
  }

  /// First and last floor(N/2) draws of each chain as chains of their own.
  template <class Map>
  void split_into(std::vector<double>& out, const Map& map) const {
    out.resize(static_cast<std::size_t>(split_count()));
    double* to = out.data();
    for (std::int64_t c = 0; c < view.chains; ++c) {
      const double* chain = view.values + c * view.draws;
      for (std::int64_t i = 0; i < half; ++i) *to++ = map(chain[i]);
      for (std::int64_t i = view.draws - half; i < view.draws; ++i) *to++ = map(chain[i]);
    }
  }

  void sort_values() {
    order.resize(split.size());
    for (std::size_t i = 0; i < split.size(); ++i) order[i] = {split[i], static_cast<std::int64_t>(i)};
    sort_draws(order, folded);
    if (split_count() == count()) {
      sorted.resize(order.size());
      for (std::size_t i = 0; i < order.size(); ++i) sorted[i] = order[i].first;
    } else {
      sorted.assign(view.values, view.values + count());
      std::sort(sorted.begin(), sorted.end());
    }
  }

  double value_quantile(double p) const { return sorted_quantile(sorted.data(), count(), p); }

  /// Half the distance of the order statistics at the ends of the beta interval of the quantile's rank.
  double quantile_error(double p) {
    const double ess = ess_of_quantile(p), size = static_cast<double>(count());
    const double a = ess * p + 1, b = ess * (1 - p) + 1;
    const double low = std::max(std::floor(boost::math::ibeta_inv(a, b, kLowerSigma, InDouble()) * size), 1.0);
    const double high = std::min(std::ceil(boost::math::ibeta_inv(a, b, kUpperSigma, InDouble()) * size), size);
    return (sorted[static_cast<std::size_t>(high) - 1] - sorted[static_cast<std::size_t>(low) - 1]) / 2;
  }

  /// Normal scores of average ranks: Phi^-1((r - 3/8) / (S + 1/4)).
  void rank_normalise(const std::vector<Ranked>& ranked) {
    const auto size = ranked.size();
    if (score_table.size() != size) {
      score_table.resize(size);
      for (std::size_t i = 0; i < size; ++i) score_table[i] = score(static_cast<double>(i + 1), size);
    }
    scores.resize(size);
    for (std::size_t i = 0; i < size;) {
      std::size_t end = i + 1;
      while (end < size && ranked[end].first == ranked[i].first) ++end;
      const double z = end == i + 1 ? score_table[i] : score(0.5 * static_cast<double>(i + 1 + end), size);
      for (; i < end; ++i) scores[static_cast<std::size_t>(ranked[i].second)] = z;
    }
  }

  static double score(double rank, std::size_t size) {
    return normal_quantile((rank - 0.375) / (static_cast<double>(size) + 0.25));
  }

  /// |x - median| in ascending order by merging outwards from the median; needs the values sorted.
  void fold() {
    const auto size = order.size();
    const double median = 0.5 * (order[(size - 1) / 2].first + order[size / 2].first);
    folded.resize(size);
    auto above = std::lower_bound(order.begin(), order.end(), Ranked{median, -1});
    auto below = above;
    for (auto& entry : folded) {
      const bool take_above =
          below == order.begin() ||
          (above != order.end() && std::fabs(above->first - median) <= std::fabs((below - 1)->first - median));
      const Ranked& source = take_above ? *above++ : *--below;
      entry = {std::fabs(source.first - median), source.second};
    }
  }

  double scored_r_hat() const { return basic_r_hat(scores.data(), halves, half); }
  double ess(const std::vector<double>& x) { return effective_sample_size(autocovariance, x.data(), halves, half); }

  double ess_of_quantile(double p) {
    const double bound = value_quantile(p);
    split_into(work, [bound](double v) { return v <= bound ? 1.0 : 0.0; });
    return ess(work);
  }

  double ess_of_sd() {
    split_into(work, [this](double v) { return std::fabs(v - mean); });
    return ess(work);
  }

  double sd() const { return std::sqrt(squares / static_cast<double>(count() - 1)); }

  double sd_error(double ess_sd) const {
    const double variance = squares / static_cast<double>(count());
    double fourth = 0;
    for (std::int64_t i = 0; i < count(); ++i) {
      const double square = (view.values[i] - mean) * (view.values[i] - mean);
      fourth += square * square;
    }
    fourth /= static_cast<double>(count());
    return variance > 0 ? std::sqrt((fourth - variance * variance) / ess_sd / variance / 4) : 0.0;
  }
};

/// Statistic of one loaded series, or NaN.
template <class Statistic>
double of_series(ChainView x, bool sorted, const Statistic& statistic) {
  Series s;
  s.load(x);
  if (!s.usable()) return kNan;
  if (sorted) s.sort_values();
  return statistic(s);
}

std::pair<double, double> sorted_hdi(const double* x, std::int64_t count, double probability) {
  const auto span = std::min(static_cast<std::int64_t>(probability * static_cast<double>(count)), count - 1);
  std::int64_t best = 0;
  for (std::int64_t i = 1; i + span < count; ++i) {
    if (x[i + span] - x[i] < x[best + span] - x[best]) best = i;
  }
  return {x[best], x[best + span]};
}

bool all_finite(const double* x, std::int64_t count) {
  return count > 0 && std::all_of(x, x + count, [](double v) { return std::isfinite(v); });
}

}  // namespace

double r_hat(ChainView x) { return std::max(r_hat_bulk(x), r_hat_folded(x)); }

double r_hat_bulk(ChainView x) {
  return of_series(x, true, [](Series& s) {
    s.rank_normalise(s.order);
    return s.scored_r_hat();
  });
}

double r_hat_folded(ChainView x) {
  return of_series(x, true, [](Series& s) {
    s.fold();
    s.rank_normalise(s.folded);
    return s.scored_r_hat();
  });
}

double ess_bulk(ChainView x) {
  return of_series(x, true, [](Series& s) {
    s.rank_normalise(s.order);
    return s.ess(s.scores);
  });
}

double ess_tail(ChainView x) {
  return of_series(x, true, [](Series& s) { return std::min(s.ess_of_quantile(0.05), s.ess_of_quantile(0.95)); });
}

double ess_mean(ChainView x) {
  return of_series(x, false, [](Series& s) { return s.ess(s.split); });
}

double ess_sd(ChainView x) {
  return of_series(x, false, [](Series& s) { return s.ess_of_sd(); });
}

double ess_quantile(ChainView x, double p) {
  return of_series(x, true, [p](Series& s) { return s.ess_of_quantile(p); });
}

double mcse_mean(ChainView x) {
  return of_series(x, false, [](Series& s) { return s.sd() / std::sqrt(s.ess(s.split)); });
}

double mcse_sd(ChainView x) {
  return of_series(x, false, [](Series& s) { return s.sd_error(s.ess_of_sd()); });
}

double mcse_quantile(ChainView x, double p) {
  return of_series(x, true, [p](Series& s) { return s.quantile_error(p); });
}

double e_bfmi(const double* energy, std::int64_t draws) {
  double mean = 0, steps = 0, squares = 0;
  for (std::int64_t i = 0; i < draws; ++i) mean += energy[i];
  mean /= static_cast<double>(draws);
  for (std::int64_t i = 0; i < draws; ++i) {
    squares += (energy[i] - mean) * (energy[i] - mean);
    if (i > 0) steps += (energy[i] - energy[i - 1]) * (energy[i] - energy[i - 1]);
  }
  return squares > 0 ? steps / squares : kNan;
}

double quantile(const double* values, std::int64_t count, double p) {
  if (!all_finite(values, count)) return kNan;
  std::vector<double> sorted(values, values + count);
  std::sort(sorted.begin(), sorted.end());
  return sorted_quantile(sorted.data(), count, p);
}

std::pair<double, double> hdi(const double* values, std::int64_t count, double probability) {
  if (!all_finite(values, count)) return {kNan, kNan};
  std::vector<double> sorted(values, values + count);
  std::sort(sorted.begin(), sorted.end());
  return sorted_hdi(sorted.data(), count, probability);
}

double pareto_k(const double* log_weights, std::int64_t count, double relative_efficiency) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr std::int64_t kFewest = 25;  // five tail weights
  const bool valid = std::all_of(log_weights, log_weights + count, [](double w) { return w < kInfinity; });
  if (count < kFewest || !valid) return kNan;
  const double size = static_cast<double>(count);
  const auto tail = static_cast<std::int64_t>(
      std::ceil(std::min(size / 5, 3 * std::sqrt(size / std::max(relative_efficiency, 1e-12)))));
  std::vector<double> sorted(log_weights, log_weights + count);
  std::sort(sorted.begin(), sorted.end());
  const double largest = sorted.back();
  const double cutoff = std::max(std::exp(sorted[static_cast<std::size_t>(count - tail - 1)] - largest),
                                 std::numeric_limits<double>::min());
  std::vector<double> exceedances;
  for (std::int64_t i = count - tail; i < count; ++i) {
    const double excess = std::exp(sorted[static_cast<std::size_t>(i)] - largest) - cutoff;
    if (excess > 0) exceedances.push_back(excess);
  }
  if (exceedances.size() < 5) return largest == sorted.front() ? -kInfinity : kInfinity;
  return fit_pareto_shape(exceedances);
}

struct Summarizer::Scratch : Series {};

Summarizer::Summarizer() : scratch_(std::make_unique<Scratch>()) {}
Summarizer::~Summarizer() = default;

Summary Summarizer::summarize(ChainView x, double probability) {
  Scratch& s = *scratch_;
  s.load(x);
  if (!s.finite) return {kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan};
  s.sort_values();
  Summary out{s.mean, s.sd(), s.value_quantile(0.5), kNan, kNan, kNan, kNan, kNan, kNan, kNan};
  std::tie(out.hdi_low, out.hdi_high) = sorted_hdi(s.sorted.data(), s.count(), probability);
  if (!s.usable()) return out;
  s.rank_normalise(s.order);
  out.r_hat = s.scored_r_hat();
  out.ess_bulk = s.ess(s.scores);
  s.fold();
  s.rank_normalise(s.folded);
  out.r_hat = std::max(out.r_hat, s.scored_r_hat());
  out.ess_tail = std::min(s.ess_of_quantile(0.05), s.ess_of_quantile(0.95));
  out.mcse_mean = out.sd / std::sqrt(s.ess(s.split));
  out.mcse_sd = s.sd_error(s.ess_of_sd());
  return out;
}

}  // namespace dolab::infer
