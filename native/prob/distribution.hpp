// Distributions: immutable values made of tensors, with density, sampler, support and moments.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/philox.hpp"
#include "prob/bijection.hpp"
#include "prob/transform.hpp"

namespace dolab::prob {

class Distribution;
using DistributionPtr = std::shared_ptr<const Distribution>;

/// Address of the random leaves of one draw. A distribution that needs several leaves derives one key for each:
/// the derived hash is the high xor the low half of splitmix64(hash | k << 32), k = 1, 2, ... (k = 0 is the key
/// itself). The first key derived from hash 0x12345678 has hash 0x86705d9f.
struct SampleKey {
  std::uint32_t hash = 0;
  std::int64_t row_axis = -1;  // axis of the drawn shape (sample + batch + event) that is the row, or -1

  SampleKey derive(std::uint32_t k) const noexcept {
    if (k == 0) return *this;
    const std::uint64_t mixed = splitmix64(hash | (std::uint64_t{k} << 32));
    return {static_cast<std::uint32_t>(mixed ^ (mixed >> 32)), row_axis};
  }
  tensor::RandomSite site() const noexcept { return {hash, row_axis}; }
};

struct Parameter {
  std::string name;
  Tensor value;
};

/// A distribution seen as `base` pushed through `transforms` (TransformReparam).
struct Decomposition {
  DistributionPtr base;
  std::vector<TransformPtr> transforms;
};

/// Shapes as in NumPyro: a value is sample + batch + event. `batch_shape` may be larger than the broadcast of the
/// parameters (`expand`): draws are then independent, densities are broadcast.
class Distribution : public std::enable_shared_from_this<Distribution> {
 public:
  virtual ~Distribution() = default;

  /// Class name in the modelling language; of wrappers, the name of what they wrap.
  virtual std::string name() const = 0;
  Graph& graph() const noexcept { return *graph_; }
  const Shape& batch_shape() const noexcept { return batch_shape_; }
  const Shape& event_shape() const noexcept { return event_shape_; }
  int event_dim() const noexcept { return static_cast<int>(event_shape_.size()); }
  virtual Constraint support() const = 0;
  bool is_discrete() const { return support().is_discrete(); }
  /// True if gradients pass through `sample` to the parameters.
  virtual bool has_rsample() const { return !is_discrete(); }

  /// Log density, shape broadcast(batch shape, batch part of value). With `validate`, a value outside the support
  /// (NaN included) gives -inf with zero gradient; without it the value is trusted (latents, inside by construction).
  /// Throws E407 when the event part of `value` does not fit.
  virtual Tensor log_prob(const Tensor& value, bool validate = true) const;
  /// Draws of shape sample_shape + batch + event. Throws E506 for improper distributions.
  Tensor sample(const SampleKey& key, const Shape& sample_shape = {}) const;

  /// Moments, shape batch + event. Throw E204 where they have no closed form here.
  virtual Tensor mean() const;
  virtual Tensor variance() const;
  virtual Tensor cdf(const Tensor& value) const;
  virtual Tensor icdf(const Tensor& probability) const;
  /// A point inside the support, broadcastable to batch + event.
  virtual Tensor feasible_value() const;

  /// Parameters as given, in constructor order (of what a wrapper wraps).
  virtual std::vector<Parameter> parameters() const = 0;
  /// One parameter, also those that follow from the given ones (probs from logits); undefined if there is none.
  virtual Tensor parameter(std::string_view parameter_name) const;
  /// Same family and wrapping with some parameters replaced; the batch shape is the broadcast of the old one and
  /// theirs. Throws E204 for a name it does not have.
  virtual DistributionPtr with_parameters(const std::vector<Parameter>& replacements) const = 0;
  /// As base and transforms, if it is of that kind (TransformedDistribution, LogNormal, InverseGamma); else base null.
  virtual Decomposition decompose() const { return {}; }

  /// New batch shape; only new leading dims and dims of size 1 may grow. Throws E407.
  DistributionPtr expand(const Shape& batch_shape) const;
  /// `expand(shape + batch_shape)`.
  DistributionPtr expand_by(const Shape& shape) const;
  /// The `dims` rightmost batch dims become event dims (-1: all of them). Throws E407.
  DistributionPtr to_event(int dims = -1) const;
  /// Density zero where the mask is false, with no gradient from there. The mask may enlarge the batch shape.
  DistributionPtr mask(const Tensor& mask) const;
  DistributionPtr mask(bool keep) const;

 protected:
  Distribution(Graph& graph, Shape batch_shape, Shape event_shape)
      : graph_(&graph), batch_shape_(std::move(batch_shape)), event_shape_(std::move(event_shape)) {}
  Distribution(const Distribution& other) = default;
  Distribution& operator=(const Distribution&) = delete;

  /// The density inside the support; any shape that broadcasts to the result.
  virtual Tensor density(const Tensor& value) const = 0;
  /// Draws of exactly sample + batch + event; `shape` is that.
  virtual Tensor draw(const SampleKey& key, const Shape& shape) const = 0;
  /// Copy with another batch shape, already checked.
  virtual DistributionPtr expanded(const Shape& batch_shape) const = 0;

  /// Parts of a draw's shape.
  Shape batch_part(const Shape& shape) const { return Shape(shape.begin(), shape.end() - event_dim()); }
  [[noreturn]] void unsupported(const std::string& what) const;

  Graph* graph_;
  Shape batch_shape_;
  Shape event_shape_;
  bool extrapolate_ = false;  // validate_args=False

  friend DistributionPtr extrapolating(const DistributionPtr& distribution);
};

/// Copy whose density is not tested against the support (validate_args=False).
DistributionPtr extrapolating(const DistributionPtr& distribution);

}  // namespace dolab::prob
