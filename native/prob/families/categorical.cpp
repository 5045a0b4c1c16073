// Categorical, Multinomial.
#include <cmath>

#include "prob/families/family.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

/// Rows of known probabilities must be nonnegative and sum to one within 1e-6.
Tensor probability_rows(const Bound& b, std::size_t i) {
  const Tensor p = b.nonnegative(i);
  if (!p.defined()) return p;
  if (p.rank() < 1) b.invalid(i, "must be a vector, got a scalar");
  if (b.checks() && p.is_constant() &&
      !known_and_all(tensor::sum(p, {-1}), [](double v) { return std::isnan(v) || std::abs(v - 1.0) < 1e-6; })) {
    b.invalid(i, "must sum to one");
  }
  return p;
}

Tensor logit_rows(const Bound& b, std::size_t i) {
  const Tensor logits = b.require(i, "finite", [](double v) { return v > -kInfinity && v < kInfinity; });
  if (logits.defined() && logits.rank() < 1) b.invalid(i, "must be a vector, got a scalar");
  return logits;
}

/// Known codes beyond the categories become the nearest one: what they stand for is outside the support anyway.
Tensor within(const Tensor& index, std::int64_t k) {
  if (!index.is_constant()) return index;
  const double last = static_cast<double>(k - 1);
  if (known_and_all(index, [last](double v) { return v >= 0.0 && v <= last; })) return index;
  return tensor::minimum(tensor::maximum(index, constant_scalar(index, 0.0)), constant_scalar(index, last));
}

/// t[..., index[...]]: one entry of the last axis for every element of `index`.
Tensor pick_last(const Tensor& t, const Tensor& codes) {
  constexpr std::int64_t kFewCategories = 64;
  const Tensor index = within(codes, t.extent(-1));
  if (t.rank() == 1) return tensor::gather(t, tensor::cast(index, DType::integer));
  const std::int64_t k = t.extent(-1);
  if (k <= kFewCategories) {
    const Tensor hit = tensor::equal(append_axes(index, 1), real_range(t.graph(), k));
    return tensor::sum(tensor::select(hit, t, constant_scalar(t, 0.0)), {-1});
  }
  const Shape batch = broadcast_shapes(index.shape(), drop_last(t.shape(), 1));
  const std::int64_t rows = element_count(batch);
  const Tensor flat = tensor::reshape(to_shape(t, concat_shapes(batch, {k})), {rows * k});
  const Tensor offset = tensor::reshape(real_range(t.graph(), rows, 0.0, static_cast<double>(k)), batch);
  return tensor::gather(flat, tensor::cast(to_shape(index, batch) + offset, DType::integer));
}

/// log p with a zero derivative where p is zero, so that categories that were not picked stay silent.
Tensor log_or_minus_infinity(const Tensor& p) {
  const Tensor positive = p > 0.0;
  const Tensor log_p = tensor::log(tensor::select(positive, p, constant_scalar(p, 1.0)));
  return tensor::select(positive, log_p, constant_scalar(p, -kInfinity));
}

class Categorical final : public Copyable<Categorical> {
 public:
  explicit Categorical(const Bound& b)
      : Copyable(b.graph(), "Categorical", {b.slot(0, probability_rows(b, 0), 1), b.slot(1, logit_rows(b, 1), 1)}) {
    b.one_of({0, 1});
  }
  Constraint support() const override {
    const double last = static_cast<double>(rows().extent(-1) - 1);
    return Constraint(Kind::integer_interval, graph().scalar(0.0), graph().scalar(last));
  }
  Tensor mean() const override { return full_shape(graph().scalar(kNaN)); }
  Tensor variance() const override { return full_shape(graph().scalar(kNaN)); }
  Tensor parameter(std::string_view parameter_name) const override {
    const Tensor given = Family::parameter(parameter_name);
    if (given.defined()) return given;
    if (parameter_name == "probs") return tensor::exp(tensor::log_softmax(slot(1), -1));
    if (parameter_name == "logits") return log_of(slot(0));
    return {};
  }

 protected:
  Tensor density(const Tensor& y) const override {
    if (has(1)) {
      if (slot(1).rank() == 1) return pick_last(tensor::log_softmax(slot(1), -1), y);
      return pick_last(slot(1), y) - tensor::logsumexp(slot(1), {-1});
    }
    if (exp_argument(slot(0))) return pick_last(log_of(slot(0)), y);
    if (slot(0).rank() == 1) return pick_last(log_or_minus_infinity(slot(0)), y);
    return tensor::log(pick_last(slot(0), y));
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Tensor p = parameter("probs");
    const std::int64_t k = p.extent(-1);
    const Tensor cumulative = tensor::cumsum(p, -1);
    const Tensor u = append_axes(tensor::random_uniform(graph(), key.site(), shape), 1);
    if (k < 2) return tensor::full(graph(), shape, 0.0);
    const Tensor level = u * slice_last(cumulative, k - 1, 1);
    return tensor::sum(as_real(level >= slice_last(cumulative, 0, k - 1)), {-1});
  }

 private:
  const Tensor& rows() const { return has(0) ? slot(0) : slot(1); }
};

class Multinomial final : public Copyable<Multinomial> {
 public:
  explicit Multinomial(const Bound& b)
      : Copyable(b.graph(), "Multinomial",
                 {b.slot(0, b.nonnegative(0)), b.slot(1, probability_rows(b, 1), 1), b.slot(2, logit_rows(b, 2), 1)},
                 {categories(b)}) {}
  Constraint support() const override { return Constraint(Kind::multinomial, {}, slot(0)); }
  Tensor mean() const override { return full_shape(append_axes(slot(0), 1) * probabilities()); }
  Tensor variance() const override {
    return full_shape(append_axes(slot(0), 1) * probabilities() * (1.0 - probabilities()));
  }
  Tensor parameter(std::string_view parameter_name) const override {
    const Tensor given = Family::parameter(parameter_name);
    if (given.defined()) return given;
    if (parameter_name == "probs") return probabilities();
    if (parameter_name == "logits") return log_of(slot(1));
    return {};
  }

 protected:
  Tensor density(const Tensor& x) const override {
    const Tensor log_ways = tensor::lgamma(slot(0) + 1.0) - tensor::sum(tensor::lgamma(x + 1.0), {-1});
    if (has(2)) return log_ways + (tensor::sum(x * slot(2), {-1}) - slot(0) * tensor::logsumexp(slot(2), {-1}));
    const auto log_p = exp_argument(slot(1));
    return log_ways + tensor::sum(log_p ? x * *log_p : tensor::xlogy(x, slot(1)), {-1});
  }
  /// Conditional binomials, category by category.
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Tensor p = probabilities();
    const std::int64_t k = p.extent(-1);
    const Tensor rest = tensor::cumsum(p, -1, true);
    const Shape batch = batch_part(shape);
    Tensor left = to_shape(slot(0), batch);
    std::vector<Tensor> counts;
    for (std::int64_t i = 0; i + 1 < k; ++i) {
      const Tensor remaining = tensor::take_axis(rest, -1, i);
      const Tensor ratio =
          tensor::take_axis(p, -1, i) / tensor::select(remaining > 0.0, remaining, graph().scalar(1.0));
      const Tensor share = tensor::minimum(ratio, graph().scalar(1.0));
      const auto number = static_cast<std::uint32_t>(i + 1);
      counts.push_back(as_real(tensor::random_binomial(key.derive(number).site(), left, share, batch)));
      left = left - counts.back();
    }
    counts.push_back(left);
    return tensor::stack(counts, -1);
  }

 private:
  static std::int64_t categories(const Bound& b) {
    return (b.one_of({1, 2}) == 1 ? probability_rows(b, 1) : logit_rows(b, 2)).extent(-1);
  }
  Tensor probabilities() const { return has(1) ? slot(1) : tensor::exp(tensor::log_softmax(slot(2), -1)); }
};

template <bool logits>
DistributionPtr categorical_by(const Bound& b) {
  Arguments a;
  a.named = {{logits ? "logits" : "probs", b.tensor(0)}};
  return make_distribution(b.graph(), "Categorical", a);
}
template <bool logits>
DistributionPtr multinomial_by(const Bound& b) {
  Arguments a;
  a.named = {{logits ? "logits" : "probs", b.tensor(0)}, {"total_count", b.tensor(1)}};
  return make_distribution(b.graph(), "Multinomial", a);
}

}  // namespace

std::vector<FamilyEntry> categorical_families() {
  return {
      {{"Categorical", {none("probs"), none("logits")}}, build<Categorical>},
      {{"CategoricalProbs", {required("probs")}}, categorical_by<false>},
      {{"CategoricalLogits", {required("logits")}}, categorical_by<true>},
      {{"Multinomial", {optional("total_count", 1.0), none("probs"), none("logits"), keyword("total_count_max")}},
       build<Multinomial>},
      {{"MultinomialProbs", {required("probs"), optional("total_count", 1.0)}}, multinomial_by<false>},
      {{"MultinomialLogits", {required("logits"), optional("total_count", 1.0)}}, multinomial_by<true>},
  };
}

}  // namespace dolab::prob
