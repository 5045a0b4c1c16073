// MixtureSameFamily.
#include "prob/families/family.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

/// Components lie along the rightmost batch dim of one distribution.
class MixtureSameFamily final : public Distribution {
 public:
  MixtureSameFamily(const DistributionPtr& mixing, const DistributionPtr& component)
      : Distribution(component->graph(),
                     broadcast_shapes(mixing->batch_shape(), drop_last(component->batch_shape(), 1)),
                     component->event_shape()),
        mixing_(mixing),
        component_(component) {}
  std::string name() const override { return "MixtureSameFamily"; }
  Constraint support() const override { return component_->support(); }
  bool has_rsample() const override { return false; }
  Tensor log_prob(const Tensor& value, bool validate) const override {
    const Tensor each = component_->log_prob(with_component_axis(as_real(value)), validate && !extrapolate_);
    const Tensor mixed = tensor::logsumexp(log_weights() + each, {-1});
    return to_shape(mixed, broadcast_shapes(batch_shape(), drop_last(value.shape(), event_dim())));
  }
  Tensor mean() const override { return full(average(component_->mean())); }
  Tensor variance() const override {
    const Tensor m = component_->mean();
    const Tensor second = average(component_->variance() + tensor::square(m));
    return full(second - tensor::square(average(m)));
  }
  Tensor cdf(const Tensor& value) const override {
    return tensor::sum(weights() * component_->cdf(with_component_axis(as_real(value))), {-1});
  }
  std::vector<Parameter> parameters() const override { return {}; }
  DistributionPtr with_parameters(const std::vector<Parameter>& replacements) const override {
    if (replacements.empty()) return shared_from_this();
    throw Error("E204", "`MixtureSameFamily` has no parameter `" + replacements.front().name + "`");
  }

 protected:
  Tensor density(const Tensor& value) const override { return log_prob(value, false); }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Shape batch = batch_part(shape);
    const auto rank = static_cast<std::ptrdiff_t>(batch.size() - batch_shape().size());
    const Shape sample_shape(batch.begin(), batch.begin() + rank);
    const std::int64_t k = count();
    const Tensor choice = mixing_->expand(batch_shape())->sample(key.derive(1), sample_shape);
    const auto components = component_->expand(concat_shapes(batch_shape(), {k}));
    const Tensor all = as_real(components->sample(key.derive(2), sample_shape));
    const Tensor hit = tensor::equal(append_axes(as_real(choice), 1), real_range(graph(), k));
    const Tensor chosen = tensor::select(append_axes(hit, event_dim()), all, graph().scalar(0.0));
    return tensor::sum(chosen, {-1 - event_dim()});
  }
  DistributionPtr expanded(const Shape& batch_shape) const override {
    auto copy = std::make_shared<MixtureSameFamily>(*this);
    copy->batch_shape_ = batch_shape;
    return copy;
  }

 private:
  std::int64_t count() const { return component_->batch_shape().back(); }
  Tensor log_weights() const { return tensor::log_softmax(mixing_->parameter("logits"), -1); }
  Tensor weights() const { return tensor::exp(log_weights()); }
  Tensor with_component_axis(const Tensor& value) const { return tensor::expand_dims(value, -1 - event_dim()); }
  Tensor average(const Tensor& moment) const {
    return tensor::sum(append_axes(weights(), event_dim()) * moment, {-1 - event_dim()});
  }
  Tensor full(const Tensor& t) const { return to_shape(t, concat_shapes(batch_shape(), event_shape())); }

  DistributionPtr mixing_, component_;
};

DistributionPtr mixture(const Bound& b) {
  const DistributionPtr mixing = b.distribution(0), component = b.distribution(1);
  if (mixing->name() != "Categorical") {
    throw Error("E206", "`MixtureSameFamily` needs a Categorical for `mixing_distribution`, got " + mixing->name());
  }
  if (component->batch_shape().empty()) {
    throw Error("E407", "`MixtureSameFamily`: the components need a batch dim, one entry for each of them");
  }
  const std::int64_t components = component->batch_shape().back();
  const std::int64_t weights = mixing->parameter("logits").extent(-1);
  if (components != weights) {
    throw Error("E407", "`MixtureSameFamily`: " + std::to_string(weights) + " weights for " +
                            std::to_string(components) + " components");
  }
  return std::make_shared<MixtureSameFamily>(mixing, component);
}

}  // namespace

std::vector<FamilyEntry> mixture_families() {
  return {{{"MixtureSameFamily",
            {required("mixing_distribution", ParameterKind::distribution),
             required("component_distribution", ParameterKind::distribution)}},
           mixture}};
}

}  // namespace dolab::prob
