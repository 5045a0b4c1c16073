#include "prob/wrappers.hpp"

#include "prob/numeric.hpp"

namespace dolab::prob {

namespace {

/// The leading extents of a draw that neither batch nor event explain.
Shape sample_part(const Shape& shape, const Distribution& d) {
  return drop_last(shape, static_cast<int>(d.batch_shape().size() + d.event_shape().size()));
}

}  // namespace

Independent::Independent(DistributionPtr base, int dims)
    : Distribution(base->graph(), drop_last(base->batch_shape(), dims),
                   concat_shapes(last_extents(base->batch_shape(), dims), base->event_shape())),
      base_(std::move(base)),
      dims_(dims) {}

Tensor Independent::log_prob(const Tensor& value, bool validate) const {
  return sum_rightmost(base_->log_prob(value, validate && !extrapolate_), dims_);
}

Tensor Independent::density(const Tensor& value) const { return sum_rightmost(base_->log_prob(value, false), dims_); }

Tensor Independent::mean() const { return base_->mean(); }
Tensor Independent::variance() const { return base_->variance(); }

Tensor Independent::draw(const SampleKey& key, const Shape& shape) const {
  return base_->sample(key, sample_part(shape, *this));
}

DistributionPtr Independent::expanded(const Shape& batch_shape) const {
  const Shape inner = last_extents(base_->batch_shape(), dims_);
  return std::make_shared<Independent>(base_->expand(concat_shapes(batch_shape, inner)), dims_);
}

DistributionPtr Independent::with_parameters(const std::vector<Parameter>& replacements) const {
  return std::make_shared<Independent>(base_->with_parameters(replacements), dims_);
}

Decomposition Independent::decompose() const {
  Decomposition inner = base_->decompose();
  if (inner.base == nullptr) return inner;
  // The base of the chain needs as many batch dims turned as leave the same batch shape.
  const int turned = static_cast<int>(inner.base->batch_shape().size() - batch_shape_.size());
  inner.base = inner.base->to_event(turned);
  return inner;
}

Masked::Masked(DistributionPtr base, const Tensor& mask)
    : Distribution(base->graph(), broadcast_shapes(base->batch_shape(), mask.shape()), base->event_shape()),
      base_(base->expand(broadcast_shapes(base->batch_shape(), mask.shape()))),
      mask_(mask) {}

Tensor Masked::log_prob(const Tensor& value, bool validate) const {
  const bool test = validate && !extrapolate_;
  if (known_and_all(mask_, [](double v) { return v != 0.0; })) return base_->log_prob(value, test);
  const Shape result = broadcast_shapes(batch_shape_, drop_last(value.shape(), event_dim()));
  if (known_and_all(mask_, [](double v) { return v == 0.0; })) return tensor::full(graph(), result, 0.0);
  Tensor safe = as_real(value);
  // Where the mask is false the density sees a point of the support, so that nothing odd reaches the gradient.
  if (test) safe = tensor::select(append_axes(mask_, event_dim()), safe, feasible_value());
  return tensor::select(mask_, base_->log_prob(safe, test), graph().scalar(0.0));
}

Tensor Masked::density(const Tensor& value) const { return log_prob(value, false); }

Tensor Masked::draw(const SampleKey& key, const Shape& shape) const {
  return base_->sample(key, sample_part(shape, *this));
}

DistributionPtr Masked::expanded(const Shape& batch_shape) const {
  return std::make_shared<Masked>(base_->expand(batch_shape), mask_);
}

DistributionPtr Masked::with_parameters(const std::vector<Parameter>& replacements) const {
  return std::make_shared<Masked>(base_->with_parameters(replacements), mask_);
}

Decomposition Masked::decompose() const {
  Decomposition inner = base_->decompose();
  if (inner.base != nullptr) inner.base = inner.base->mask(mask_);
  return inner;
}

}  // namespace dolab::prob
