// Distributions around distributions: event dims and masks.
#pragma once

#include "prob/distribution.hpp"

namespace dolab::prob {

/// Reads the `dims` rightmost batch dims of `base` as event dims.
class Independent final : public Distribution {
 public:
  Independent(DistributionPtr base, int dims);
  std::string name() const override { return base_->name(); }
  Constraint support() const override { return base_->support().independent(dims_); }
  bool has_rsample() const override { return base_->has_rsample(); }
  Tensor log_prob(const Tensor& value, bool validate) const override;
  Tensor mean() const override;
  Tensor variance() const override;
  Tensor feasible_value() const override { return base_->feasible_value(); }
  std::vector<Parameter> parameters() const override { return base_->parameters(); }
  Tensor parameter(std::string_view parameter_name) const override { return base_->parameter(parameter_name); }
  DistributionPtr with_parameters(const std::vector<Parameter>& replacements) const override;
  Decomposition decompose() const override;
  const DistributionPtr& base() const noexcept { return base_; }
  int dims() const noexcept { return dims_; }

 protected:
  Tensor density(const Tensor& value) const override;
  Tensor draw(const SampleKey& key, const Shape& shape) const override;
  DistributionPtr expanded(const Shape& batch_shape) const override;

 private:
  DistributionPtr base_;
  int dims_;
};

/// Zero density where the mask is false.
class Masked final : public Distribution {
 public:
  Masked(DistributionPtr base, const Tensor& mask);
  std::string name() const override { return base_->name(); }
  Constraint support() const override { return base_->support(); }
  bool has_rsample() const override { return base_->has_rsample(); }
  Tensor log_prob(const Tensor& value, bool validate) const override;
  Tensor mean() const override { return base_->mean(); }
  Tensor variance() const override { return base_->variance(); }
  Tensor cdf(const Tensor& value) const override { return base_->cdf(value); }
  Tensor icdf(const Tensor& probability) const override { return base_->icdf(probability); }
  Tensor feasible_value() const override { return base_->feasible_value(); }
  std::vector<Parameter> parameters() const override { return base_->parameters(); }
  Tensor parameter(std::string_view parameter_name) const override { return base_->parameter(parameter_name); }
  DistributionPtr with_parameters(const std::vector<Parameter>& replacements) const override;
  Decomposition decompose() const override;
  const DistributionPtr& base() const noexcept { return base_; }
  const Tensor& mask_tensor() const noexcept { return mask_; }

 protected:
  Tensor density(const Tensor& value) const override;
  Tensor draw(const SampleKey& key, const Shape& shape) const override;
  DistributionPtr expanded(const Shape& batch_shape) const override;

 private:
  DistributionPtr base_;
  Tensor mask_;
};

}  // namespace dolab::prob
