// TransformedDistribution, and the constructors of wrappers: Independent, ExpandedDistribution, MaskedDistribution.
#include <algorithm>

#include "prob/families/family.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

/// `base` pushed through a chain of transforms.
class Transformed final : public Distribution {
 public:
  static DistributionPtr make(DistributionPtr base, const std::vector<TransformPtr>& transforms) {
    const TransformPtr chain = compose_transform(transforms);
    // Parameters of the transforms may enlarge the batch; event dims they need are taken from it.
    const Shape base_shape = concat_shapes(base->batch_shape(), base->event_shape());
    if (static_cast<int>(base_shape.size()) < chain->domain_event_dim()) {
      throw Error("E407", "`TransformedDistribution`: the transform needs " +
                              std::to_string(chain->domain_event_dim()) + " event dims, the base has shape " +
                              to_string(base_shape));
    }
    const Shape image = chain->forward_shape(base_shape);
    base = base->expand(drop_last(chain->unconstrained_shape(image), base->event_dim()));
    const int turned = chain->domain_event_dim() - base->event_dim();
    if (turned > 0) base = base->to_event(turned);
    const int event_dim = chain->codomain_event_dim() + std::max(-turned, 0);
    return std::make_shared<Transformed>(base, transforms, image, event_dim);
  }
  Transformed(const DistributionPtr& base, std::vector<TransformPtr> transforms, const Shape& shape, int event_dim)
      : Distribution(base->graph(), drop_last(shape, event_dim), last_extents(shape, event_dim)),
        base_(base),
        transforms_(std::move(transforms)) {}

  std::string name() const override { return "TransformedDistribution"; }
  Constraint support() const override {
    Constraint set = base_->support();
    for (const auto& t : transforms_) set = t->image(set);
    return set;
  }
  bool has_rsample() const override { return base_->has_rsample(); }
  Tensor cdf(const Tensor& value) const override {
    const TransformPtr chain = compose_transform(transforms_);
    if (chain->direction() == 0) unsupported("cdf");
    const Tensor below = base_->cdf(chain->inverse(as_real(value)));
    return chain->direction() > 0 ? below : 1.0 - below;
  }
  Tensor icdf(const Tensor& probability) const override {
    const TransformPtr chain = compose_transform(transforms_);
    if (chain->direction() == 0) unsupported("icdf");
    const Tensor p = as_real(probability);
    return chain->forward(base_->icdf(chain->direction() > 0 ? p : 1.0 - p));
  }
  Tensor feasible_value() const override {
    const Tensor inner = to_shape(base_->feasible_value(), concat_shapes(base_->batch_shape(), base_->event_shape()));
    return compose_transform(transforms_)->forward(inner);
  }
  std::vector<Parameter> parameters() const override { return {}; }
  DistributionPtr with_parameters(const std::vector<Parameter>& replacements) const override {
    if (replacements.empty()) return shared_from_this();
    throw Error("E204", "`TransformedDistribution` has no parameter `" + replacements.front().name + "`");
  }
  Decomposition decompose() const override { return {base_, transforms_}; }

 protected:
  Tensor density(const Tensor& value) const override {
    Tensor log_det, y = value;
    int dims = event_dim();
    for (auto t = transforms_.rbegin(); t != transforms_.rend(); ++t) {
      const Tensor x = (*t)->inverse(y);
      const Tensor term = sum_rightmost((*t)->log_abs_det(x, y), dims - (*t)->codomain_event_dim());
      log_det = log_det.defined() ? log_det + term : term;
      dims += (*t)->domain_event_dim() - (*t)->codomain_event_dim();
      y = x;
    }
    // Where the image of the base's support is not known, the base tests its own value.
    const bool test = !extrapolate_ && support().is_everything() && !base_->support().is_everything();
    const Tensor base = sum_rightmost(base_->log_prob(y, test), dims - base_->event_dim());
    return log_det.defined() ? base - log_det : base;
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const auto rank = static_cast<std::ptrdiff_t>(shape.size() - batch_shape().size() - event_shape().size());
    return compose_transform(transforms_)->forward(base_->sample(key, Shape(shape.begin(), shape.begin() + rank)));
  }
  DistributionPtr expanded(const Shape& batch_shape) const override {
    auto copy = std::make_shared<Transformed>(*this);
    copy->base_ = base_->expand(batch_shape);  // event dims the chain needs are already event dims of the base
    copy->batch_shape_ = batch_shape;
    return copy;
  }

 private:
  DistributionPtr base_;
  std::vector<TransformPtr> transforms_;
};

DistributionPtr transformed(const Bound& b) { return Transformed::make(b.distribution(0), b.transforms(1)); }

DistributionPtr independent(const Bound& b) { return b.distribution(0)->to_event(static_cast<int>(b.integer(1))); }

DistributionPtr expanded_distribution(const Bound& b) { return b.distribution(0)->expand(b.shape(1)); }

DistributionPtr masked(const Bound& b) {
  const DistributionPtr base = b.distribution(0);
  return base->mask(tensor::cast(b.tensor(1), DType::boolean));
}

}  // namespace

std::vector<FamilyEntry> transformed_families() {
  const ParameterSpec base = required("base_dist", ParameterKind::distribution);
  return {
      {{"TransformedDistribution",
        {required("base_distribution", ParameterKind::distribution),
         required("transforms", ParameterKind::transforms)}},
       transformed},
      {{"Independent", {base, required("reinterpreted_batch_ndims", ParameterKind::integer)}}, independent},
      {{"ExpandedDistribution", {base, required("batch_shape", ParameterKind::shape)}}, expanded_distribution},
      {{"MaskedDistribution", {base, required("mask")}}, masked},
  };
}

}  // namespace dolab::prob
