// Bernoulli, Binomial, BetaBinomial, Geometric.
#include <cmath>

#include "prob/families/family.hpp"
#include "prob/incomplete.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

/// Counts from here on cancel too many digits in y log p + (n - y) log(1 - p).
constexpr double kManyTrials = 1e5;

/// Families with a success probability given as `probs` or as `logits`.
class Success : public Family {
 public:
  Tensor parameter(std::string_view parameter_name) const override {
    const Tensor given = Family::parameter(parameter_name);
    if (given.defined()) return given;
    if (parameter_name == "probs") return probability();
    if (parameter_name == "logits") {
      if (const auto known = logits()) return *known;
      return log_of(probs_) - log1m_of(probs_);
    }
    return {};
  }

 protected:
  Success(Graph& graph, std::string name, std::vector<Slot> slots, Tensor probs, Tensor logits)
      : Family(graph, std::move(name), std::move(slots)), probs_(probs), logits_(logits) {}
  Success(const Success&) = default;

  /// The logits if they were given, or if the probability is a sigmoid of something.
  std::optional<Tensor> logits() const {
    if (logits_.defined()) return logits_;
    return sigmoid_argument(probs_);
  }
  Tensor probability() const { return probs_.defined() ? probs_ : tensor::sigmoid(logits_); }
  /// For densities of Bernoulli and binomial counts: [tiny, 1 - eps].
  Tensor clamped_probability() const { return clip(probs_, kTiny, kOneMinusEps); }

 private:
  Tensor probs_, logits_;
};

Tensor finite_logits(const Bound& b, std::size_t i) {
  return b.require(i, "finite", [](double v) { return v > -kInfinity && v < kInfinity; });
}

class Bernoulli final : public Copyable<Bernoulli, Success> {
 public:
  explicit Bernoulli(const Bound& b)
      : Copyable(b.graph(), "Bernoulli", {b.slot(0, b.probability(0)), b.slot(1, finite_logits(b, 1))}, b.tensor(0),
                 b.tensor(1)) {
    b.one_of({0, 1});
  }
  Constraint support() const override { return Constraint(Kind::boolean); }
  Tensor mean() const override { return full_shape(probability()); }
  Tensor variance() const override { return full_shape(probability() * (1.0 - probability())); }
  Tensor cdf(const Tensor& value) const override {
    const Tensor x = as_real(value), one = graph().scalar(1.0);
    return tensor::select(x < 0.0, graph().scalar(0.0), tensor::select(x < 1.0, 1.0 - probability(), one));
  }

 protected:
  Tensor density(const Tensor& y) const override {
    if (const auto eta = logits()) return y * *eta - tensor::softplus(*eta);
    const Tensor p = clamped_probability();
    return tensor::xlogy(y, p) + tensor::xlog1py(1.0 - y, -p);
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return as_real(tensor::random_uniform(graph(), key.site(), shape) < probability());
  }
};

Tensor whole_count(const Bound& b, std::size_t i) {
  return b.require(i, "a whole number >= 0",
                   [](double v) { return v >= 0.0 && std::isfinite(v) && v == std::floor(v); });
}

/// log k! - (k + 1/2) log k + k - log(2 pi) / 2.
Tensor stirling_error(const Tensor& k) {
  const Tensor large = tensor::maximum(k, constant_scalar(k, 16.0)),
               small = tensor::minimum(k, constant_scalar(k, 16.0));
  const Tensor r = tensor::reciprocal(large), s = tensor::square(r);
  const Tensor series = r * (1.0 / 12 + s * (-1.0 / 360 + s * (1.0 / 1260 + s * (-1.0 / 1680 + s * (1.0 / 1188)))));
  const Tensor direct = tensor::lgamma(small + 1.0) - tensor::xlogy(small + 0.5, small) + small - kHalfLog2Pi;
  return tensor::select(k > 16.0, series, direct);
}

/// k log(k / m) + m - k, accurate for k near m.
Tensor deviance(const Tensor& k, const Tensor& m) {
  const Tensor v = (k - m) / tensor::maximum(k + m, constant_scalar(k, kTiny)), v2 = tensor::square(v);
  Tensor tail = constant_scalar(k, 1.0 / 21);
  for (int j = 19; j >= 3; j -= 2) tail = 1.0 / j + v2 * tail;
  const Tensor near = (k - m) * v + 2.0 * k * v * v2 * tail;
  const Tensor direct = tensor::xlogy(k, k / m) + (m - k);
  return tensor::select(tensor::abs(v) < 0.1, near, direct);
}

/// Binomial density for large n without cancellation (Loader 2000, "Fast and accurate computation of binomial
/// probabilities"); q = 1 - p.
Tensor saddle_point_density(const Tensor& n, const Tensor& y, const Tensor& p, const Tensor& q) {
  const Tensor failures = n - y;
  const Tensor inside = tensor::logical_and(y > 0.0, failures > 0.0);
  const Tensor product = tensor::select(inside, 2.0 * kPi * y * (failures / n), constant_scalar(y, 1.0));
  const Tensor errors = stirling_error(n) - stirling_error(y) - stirling_error(failures);
  const Tensor norm = tensor::select(inside, errors - 0.5 * tensor::log(product), constant_scalar(y, 0.0));
  return norm - deviance(y, n * p) - deviance(failures, n * q);
}

class Binomial final : public Copyable<Binomial, Success> {
 public:
  explicit Binomial(const Bound& b)
      : Copyable(b.graph(), "Binomial",
                 {b.slot(0, whole_count(b, 0)), b.slot(1, b.probability(1)), b.slot(2, finite_logits(b, 2))},
                 b.tensor(1), b.tensor(2)) {
    b.one_of({1, 2});
  }
  Constraint support() const override { return Constraint(Kind::integer_interval, graph().scalar(0.0), slot(0)); }
  Tensor mean() const override { return full_shape(slot(0) * probability()); }
  Tensor variance() const override { return full_shape(slot(0) * probability() * (1.0 - probability())); }
  Tensor cdf(const Tensor& value) const override {
    const Tensor k = tensor::unary(tensor::Unary::floor, as_real(value));
    const Tensor inside = tensor::logical_and(k >= 0.0, k < slot(0));
    const Tensor safe = tensor::select(inside, k, graph().scalar(0.0));
    const Tensor failures = tensor::maximum(slot(0) - safe, graph().scalar(1.0));
    const Tensor p = probability();
    const Tensor outside = tensor::select(k < 0.0, graph().scalar(0.0), graph().scalar(1.0));
    return tensor::select(inside, beta_lower(failures, safe + 1.0, 1.0 - p, p), outside);
  }

 protected:
  Tensor density(const Tensor& y) const override {
    if (slot(0).is_constant() && !known_and_all(slot(0), [](double n) { return n <= kManyTrials; })) {
      const auto eta = logits();
      const Tensor p = eta ? tensor::sigmoid(*eta) : clamped_probability();
      return saddle_point_density(slot(0), y, p, eta ? tensor::sigmoid(-*eta) : 1.0 - p);
    }
    const Tensor log_ways = log_choose(slot(0), y);
    if (const auto eta = logits()) return log_ways + (y * *eta - slot(0) * tensor::softplus(*eta));
    const Tensor p = clamped_probability();
    return log_ways + (tensor::xlogy(y, p) + tensor::xlog1py(slot(0) - y, -p));
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return as_real(tensor::random_binomial(key.site(), slot(0), probability(), shape));
  }
};

class BetaBinomial final : public Copyable<BetaBinomial> {
 public:
  explicit BetaBinomial(const Bound& b)
      : Copyable(b.graph(), "BetaBinomial",
                 {b.slot(0, b.positive(0)), b.slot(1, b.positive(1)), b.slot(2, whole_count(b, 2))}) {}
  Constraint support() const override { return Constraint(Kind::integer_interval, graph().scalar(0.0), slot(2)); }
  Tensor mean() const override { return full_shape(slot(2) * slot(0) / (slot(0) + slot(1))); }
  Tensor variance() const override {
    const Tensor total = slot(0) + slot(1);
    return full_shape(slot(2) * slot(0) * slot(1) * (total + slot(2)) / (tensor::square(total) * (total + 1.0)));
  }

 protected:
  Tensor density(const Tensor& y) const override {
    const Tensor& a = slot(0);
    const Tensor& b = slot(1);
    const Tensor& n = slot(2);
    // B(y + a, n - y + b) / B(a, b) in rising factorials: each is free of cancellation.
    return log_choose(n, y) + log_rising(a, y) + log_rising(b, n - y) - log_rising(a + b, n);
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Tensor p = tensor::sigmoid(draw_beta_logit(key, slot(0), slot(1), shape));
    return as_real(tensor::random_binomial(key.site(), slot(2), p, shape));
  }
};

class Geometric final : public Copyable<Geometric, Success> {
 public:
  explicit Geometric(const Bound& b)
      : Copyable(b.graph(), "Geometric", {b.slot(0, b.probability(0)), b.slot(1, finite_logits(b, 1))}, b.tensor(0),
                 b.tensor(1)) {
    b.one_of({0, 1});
  }
  Constraint support() const override { return Constraint(Kind::nonnegative_integer); }
  Tensor mean() const override { return full_shape(1.0 / probability() - 1.0); }
  Tensor variance() const override { return full_shape((1.0 / probability() - 1.0) / probability()); }
  Tensor cdf(const Tensor& value) const override {
    const Tensor trials = tensor::unary(tensor::Unary::floor, as_real(value)) + 1.0;
    return tensor::select(trials >= 1.0, -tensor::expm1(tensor::xlog1py(trials, -probability())), graph().scalar(0.0));
  }

 protected:
  Tensor density(const Tensor& x) const override {
    if (const auto eta = logits()) return tensor::log_sigmoid(*eta) - x * tensor::softplus(*eta);
    const Tensor p = probability();
    return tensor::xlog1py(x, -p) + tensor::log(p);
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Tensor log_failure = logits() ? -tensor::softplus(*logits()) : tensor::log1p(-probability());
    const Tensor log_u = tensor::log(tensor::random_uniform(graph(), key.site(), shape));
    return tensor::unary(tensor::Unary::floor, log_u / log_failure);
  }
};

/// Names of NumPyro's one-parametrisation classes: arguments go to the common class.
template <bool logits>
DistributionPtr bernoulli_by(const Bound& b) {
  Arguments a;
  a.named = {{logits ? "logits" : "probs", b.tensor(0)}};
  return make_distribution(b.graph(), "Bernoulli", a);
}
template <bool logits>
DistributionPtr geometric_by(const Bound& b) {
  Arguments a;
  a.named = {{logits ? "logits" : "probs", b.tensor(0)}};
  return make_distribution(b.graph(), "Geometric", a);
}
template <bool logits>
DistributionPtr binomial_by(const Bound& b) {
  Arguments a;
  a.named = {{logits ? "logits" : "probs", b.tensor(0)}, {"total_count", b.tensor(1)}};
  return make_distribution(b.graph(), "Binomial", a);
}

}  // namespace

std::vector<FamilyEntry> bernoulli_families() {
  return {
      {{"Bernoulli", {none("probs"), none("logits")}}, build<Bernoulli>},
      {{"BernoulliProbs", {required("probs")}}, bernoulli_by<false>},
      {{"BernoulliLogits", {required("logits")}}, bernoulli_by<true>},
      {{"Binomial", {optional("total_count", 1.0), none("probs"), none("logits")}}, build<Binomial>},
      {{"BinomialProbs", {required("probs"), optional("total_count", 1.0)}}, binomial_by<false>},
      {{"BinomialLogits", {required("logits"), optional("total_count", 1.0)}}, binomial_by<true>},
      {{"BetaBinomial", {required("concentration1"), required("concentration0"), optional("total_count", 1.0)}},
       build<BetaBinomial>},
      {{"Geometric", {none("probs"), none("logits")}}, build<Geometric>},
      {{"GeometricProbs", {required("probs")}}, geometric_by<false>},
      {{"GeometricLogits", {required("logits")}}, geometric_by<true>},
  };
}

}  // namespace dolab::prob
