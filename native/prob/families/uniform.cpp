// Uniform, ImproperUniform, Delta.
#include "prob/families/family.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

class Uniform final : public Copyable<Uniform> {
 public:
  explicit Uniform(const Bound& b) : Copyable(b.graph(), "Uniform", {b.slot(0, b.tensor(0)), b.slot(1, b.tensor(1))}) {
    if (!b.checks() || !slot(0).is_constant() || !slot(1).is_constant()) return;
    if (known_and_all(slot(1) - slot(0), [](double v) { return !(v <= 0.0); })) return;
    b.invalid(1, "must be greater than `low`");
  }
  Constraint support() const override { return Constraint(Kind::interval, slot(0), slot(1)); }
  Tensor mean() const override { return full_shape(0.5 * (slot(0) + slot(1))); }
  Tensor variance() const override { return full_shape(tensor::square(slot(1) - slot(0)) * (1.0 / 12)); }
  Tensor cdf(const Tensor& x) const override { return clip((as_real(x) - slot(0)) / (slot(1) - slot(0)), 0.0, 1.0); }
  Tensor icdf(const Tensor& p) const override { return slot(0) + (slot(1) - slot(0)) * as_real(p); }

 protected:
  Tensor density(const Tensor&) const override { return -tensor::log(slot(1) - slot(0)); }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return icdf(tensor::random_uniform(graph(), key.site(), shape));
  }
};

/// Density one on its support; no sampler.
class ImproperUniform final : public Copyable<ImproperUniform> {
 public:
  explicit ImproperUniform(const Bound& b)
      : Copyable(b.graph(), "ImproperUniform", {}, b.shape(2)), set_(b.constraint(0)) {
    batch_shape_ = b.shape(1);
    const int own = static_cast<int>(event_shape().size());
    if (own < set_.event_dim) {
      throw Error("E407", "`ImproperUniform`: support `" + set_.name() + "` needs " + std::to_string(set_.event_dim) +
                              " event dims, `event_shape` is " + to_string(event_shape()));
    }
    set_ = set_.independent(own - set_.event_dim);
  }
  Constraint support() const override { return set_; }
  DistributionPtr with_parameters(const std::vector<Parameter>& replacements) const override {
    if (replacements.empty()) return shared_from_this();
    throw Error("E204", "`ImproperUniform` has no parameter `" + replacements.front().name + "`");
  }

 protected:
  Tensor density(const Tensor&) const override { return graph().scalar(0.0); }
  Tensor draw(const SampleKey&, const Shape&) const override {
    throw Error("E506", "`ImproperUniform` cannot be sampled: it has no finite mass",
                "give a proper prior, or pass values for this site");
  }

 private:
  Constraint set_;
};

/// All mass at v.
class Delta final : public Copyable<Delta> {
 public:
  explicit Delta(const Bound& b) : Delta(b, static_cast<int>(b.integer(2))) {}
  Constraint support() const override { return Constraint(Kind::dependent).independent(event_dim()); }
  bool has_rsample() const override { return true; }
  Tensor mean() const override { return full_shape(slot(0)); }
  Tensor variance() const override { return full_shape(graph().scalar(0.0)); }
  Tensor feasible_value() const override { return slot(0); }

 protected:
  Tensor density(const Tensor& x) const override {
    if (x.id() == slot(0).id()) return slot(1);
    const Tensor same = all_rightmost(tensor::equal(x, slot(0)), event_dim());
    return tensor::select(same, slot(1), graph().scalar(-kInfinity));
  }
  Tensor draw(const SampleKey&, const Shape& shape) const override { return to_shape(slot(0), shape); }
  std::vector<std::pair<std::string, Argument>> extra_arguments() const override {
    return {{"event_dim", static_cast<std::int64_t>(event_dim())}};
  }

 private:
  Delta(const Bound& b, int dims)
      : Copyable(b.graph(), "Delta", {b.slot(0, b.tensor(0), checked(b, dims)), b.slot(1, b.tensor(1))},
                 last_extents(b.tensor(0).shape(), checked(b, dims))) {}
  static int checked(const Bound& b, int dims) {
    if (dims < 0 || dims > b.tensor(0).rank()) {
      throw Error("E407", "`Delta`: event_dim " + std::to_string(dims) + " for a value of shape " +
                              to_string(b.tensor(0).shape()));
    }
    return dims;
  }
};

}  // namespace

std::vector<FamilyEntry> uniform_families() {
  FamilySpec improper{"ImproperUniform",
                      {required("support", ParameterKind::constraint), required("batch_shape", ParameterKind::shape),
                       required("event_shape", ParameterKind::shape)}};
  ParameterSpec event_dim = optional("event_dim", 0.0);
  event_dim.kind = ParameterKind::integer;
  return {
      {{"Uniform", {optional("low", 0.0), optional("high", 1.0)}}, build<Uniform>},
      {improper, build<ImproperUniform>},
      {{"Delta", {optional("v", 0.0), optional("log_density", 0.0), event_dim}}, build<Delta>},
  };
}

}  // namespace dolab::prob
