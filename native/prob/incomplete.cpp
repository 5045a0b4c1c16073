#include "prob/incomplete.hpp"

#include <cmath>

#include "prob/numeric.hpp"

namespace dolab::prob {

namespace {

/// Double exponential quadrature (Takahasi, Mori 1974) with 113 nodes. It always integrates the side of the density
/// that falls away from x, where the nodes cluster, so that a fixed rule serves sharp and flat densities.
struct Rule {
  Tensor log_w, log_weight;   // (0, 1): w = 1 / (1 + exp(-pi sinh t)), weight = dw / (w dt) h
  Tensor v, log_tail_weight;  // (0, inf): v = exp(pi / 2 sinh t), weight = dv / dt h
};

Rule make_rule(Graph& graph) {
  constexpr double kStep = 1.0 / 16;
  constexpr int kHalf = 56;
  std::vector<double> log_w, log_weight, v, log_tail;
  for (int j = -kHalf; j <= kHalf; ++j) {
    const double t = kStep * j, s = kPi * std::sinh(t);
    const double log_complement = s > 0.0 ? -s - std::log1p(std::exp(-s)) : -std::log1p(std::exp(s));
    log_w.push_back(log_complement + s);
    log_weight.push_back(std::log(kStep * kPi * std::cosh(t)) + log_complement);
    v.push_back(std::exp(0.5 * s));
    log_tail.push_back(std::log(kStep * 0.5 * kPi * std::cosh(t)) + 0.5 * s);
  }
  const auto row = [&](const std::vector<double>& values) { return graph.constant(Array::vector(values)); };
  return {row(log_w), row(log_weight), row(v), row(log_tail)};
}

Tensor total(const Tensor& log_terms) { return tensor::sum(tensor::exp(log_terms), {-1}); }

Tensor safe_log(const Tensor& x) { return tensor::log(tensor::maximum(x, constant_scalar(x, kTiny))); }

/// Log density of log t, where t is gamma distributed and r = log(t / a): a log t - t and lgamma(a) grow as a log a and
/// would cancel, which costs ten digits for a = 1e5.
Tensor gamma_log_density(const Tensor& a, const Tensor& r) { return a * (r - tensor::expm1(r)) - lgamma_rest(a); }

/// Integral of the gamma density over (0, x).
Tensor gamma_below(const Tensor& a, const Tensor& x) {
  const Rule rule = make_rule(a.graph());
  const Tensor width = append_axes(tensor::minimum(a, tensor::sqrt(a)), 1), shape = append_axes(a, 1);
  const Tensor r = append_axes(safe_log(x / a), 1) + rule.log_w / width;
  return total(rule.log_weight + gamma_log_density(shape, r) - tensor::log(width));
}

/// Integral of the gamma density over (x, inf).
Tensor gamma_above(const Tensor& a, const Tensor& x) {
  const Rule rule = make_rule(a.graph());
  const Tensor scale = append_axes(1.0 + tensor::sqrt(a), 1), shape = append_axes(a, 1);
  const Tensor t = append_axes(x, 1) + scale * rule.v;
  return total(rule.log_tail_weight + gamma_log_density(shape, tensor::log(t / shape)) + tensor::log(scale / t));
}

/// Integral of the beta density over (0, x).
Tensor beta_below(const Tensor& a, const Tensor& b, const Tensor& x) {
  const Rule rule = make_rule(a.graph());
  const Tensor width = tensor::minimum(a, tensor::sqrt(a * (a + b) / b));
  const Tensor log_t = append_axes(safe_log(x), 1) + rule.log_w / append_axes(width, 1);
  const Tensor norm = append_axes(tensor::log(width) + log_beta(a, b), 1);
  const Tensor rest = tensor::xlog1py(append_axes(b - 1.0, 1), -tensor::exp(log_t));
  return total(rule.log_weight + append_axes(a, 1) * log_t + rest - norm);
}

Tensor at_most_one(const Tensor& p) { return tensor::minimum(p, constant_scalar(p, 1.0)); }

}  // namespace

Tensor gamma_lower(const Tensor& a, const Tensor& x) {
  const Tensor x0 = half_line_part(x);
  return at_most_one(tensor::select(x0 < a, gamma_below(a, x0), 1.0 - gamma_above(a, x0)));
}

Tensor gamma_upper(const Tensor& a, const Tensor& x) {
  const Tensor x0 = half_line_part(x);
  return at_most_one(tensor::select(x0 < a, 1.0 - gamma_below(a, x0), gamma_above(a, x0)));
}

Tensor beta_lower(const Tensor& a, const Tensor& b, const Tensor& x, const Tensor& y) {
  const Tensor below = x * (a + b) < a;
  // Each branch sees a harmless argument where the other one is taken.
  const Tensor half = constant_scalar(x, 0.5);
  const Tensor lower = beta_below(a, b, tensor::select(below, half_line_part(x), half));
  const Tensor upper = beta_below(b, a, tensor::select(below, half, half_line_part(y)));
  return at_most_one(tensor::select(below, lower, 1.0 - upper));
}

}  // namespace dolab::prob
