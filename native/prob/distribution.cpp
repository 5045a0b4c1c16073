#include "prob/distribution.hpp"

#include "dolab/error.hpp"
#include "prob/numeric.hpp"
#include "prob/wrappers.hpp"

namespace dolab::prob {

namespace {

void check_event(const Distribution& d, const Tensor& value) {
  const Shape& event = d.event_shape();
  const Shape& shape = value.shape();
  bool fits = shape.size() >= event.size();
  for (std::size_t i = 0; fits && i < event.size(); ++i) fits = shape[shape.size() - event.size() + i] == event[i];
  if (!fits) {
    throw Error("E407",
                "`" + d.name() + "` has event shape " + to_string(event) + ", the value has shape " + to_string(shape));
  }
}

bool all_true(const Tensor& t) {
  return known_and_all(t, [](double v) { return v != 0.0; });
}

}  // namespace

Tensor Distribution::log_prob(const Tensor& given, bool validate) const {
  check_event(*this, given);
  const Tensor value = as_real(given);
  const Shape result = broadcast_shapes(batch_shape_, drop_last(value.shape(), event_dim()));
  const Constraint set = support();
  // A value that is traced and may be any number needs no test: NaN spoils the density by itself.
  const bool test = validate && !extrapolate_ && (value.is_constant() || !set.is_everything());
  const Tensor inside = test ? set.check(value) : Tensor();
  if (!test || all_true(inside)) return to_shape(density(value), result);
  const Tensor safe = tensor::select(append_axes(inside, event_dim()), value, feasible_value());
  const Tensor outside = graph().scalar(-kInfinity);
  return to_shape(tensor::select(inside, density(safe), outside), result);
}

Tensor Distribution::sample(const SampleKey& key, const Shape& sample_shape) const {
  const Shape shape = concat_shapes(concat_shapes(sample_shape, batch_shape_), event_shape_);
  Tensor value = to_shape(draw(key, shape), shape);
  if (!has_rsample()) value = tensor::stop_gradient(value);
  return is_discrete() ? tensor::cast(value, DType::integer) : value;
}

void Distribution::unsupported(const std::string& what) const {
  throw Error("E204", "`" + name() + "` has no " + what + " here: known, not yet supported");
}

Tensor Distribution::mean() const { unsupported("mean"); }
Tensor Distribution::variance() const { unsupported("variance"); }
Tensor Distribution::cdf(const Tensor&) const { unsupported("cdf"); }
Tensor Distribution::icdf(const Tensor&) const { unsupported("icdf"); }

Tensor Distribution::feasible_value() const {
  return support().feasible(graph(), concat_shapes(batch_shape_, event_shape_));
}

Tensor Distribution::parameter(std::string_view parameter_name) const {
  for (const auto& p : parameters()) {
    if (p.name == parameter_name) return p.value;
  }
  return {};
}

DistributionPtr Distribution::expand(const Shape& batch_shape) const {
  if (batch_shape == batch_shape_) return shared_from_this();
  bool fits = batch_shape.size() >= batch_shape_.size();
  for (std::size_t i = 0; fits && i < batch_shape_.size(); ++i) {
    const std::int64_t old_extent = batch_shape_[batch_shape_.size() - 1 - i];
    const std::int64_t new_extent = batch_shape[batch_shape.size() - 1 - i];
    fits = old_extent == new_extent || old_extent == 1;
  }
  for (const std::int64_t extent : batch_shape) fits = fits && extent >= 0;
  if (!fits) {
    throw Error(
        "E407",
        "`" + name() + "` with batch shape " + to_string(batch_shape_) + " cannot expand to " + to_string(batch_shape),
        "only new leading dims and dims of size 1 may grow");
  }
  return expanded(batch_shape);
}

DistributionPtr Distribution::expand_by(const Shape& shape) const { return expand(concat_shapes(shape, batch_shape_)); }

DistributionPtr Distribution::to_event(int dims) const {
  const int available = static_cast<int>(batch_shape_.size());
  const int count = dims < 0 ? available : dims;
  if (count > available) {
    throw Error("E407", "to_event(" + std::to_string(count) + "): `" + name() + "` has only " +
                            std::to_string(available) + " batch dims (batch shape " + to_string(batch_shape_) + ")");
  }
  if (count == 0) return shared_from_this();
  return std::make_shared<Independent>(shared_from_this(), count);
}

DistributionPtr Distribution::mask(const Tensor& mask) const {
  if (mask.dtype() != DType::boolean) {
    throw Error("E412", "the mask of `" + name() + "` is not boolean");
  }
  return std::make_shared<Masked>(shared_from_this(), mask);
}

DistributionPtr Distribution::mask(bool keep) const { return mask(graph().scalar(keep ? 1.0 : 0.0, DType::boolean)); }

DistributionPtr extrapolating(const DistributionPtr& distribution) {
  const auto copy = distribution->expanded(distribution->batch_shape());
  const_cast<Distribution&>(*copy).extrapolate_ = true;
  return copy;
}

}  // namespace dolab::prob
