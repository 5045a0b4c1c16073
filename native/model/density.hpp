// Log densities of a traced model: per site at given values, and in total on unconstrained space.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/trace.hpp"
#include "tensor/execute.hpp"

namespace dolab::model {

/// Log density of one sample or factor site at its own value: not summed, without scale, masked elements zero.
/// With `validate`, a latent value outside the support gives minus infinity; observations are always validated.
Tensor pointwise_log_density(const Site& site, bool validate = false);
/// Sum of scale * mask * log_prob, a scalar.
Tensor site_log_density(const Site& site, bool validate = false);

/// Log densities at given constrained values (no Jacobians).
struct LogDensityReport {
  double total = 0.0;
  std::vector<std::pair<std::string, double>> sites;    // sample and factor sites in trace order
  std::vector<std::pair<std::string, Array>> gradient;  // of the total, for each latent; if asked for
  double max_relative_error = 0.0;                      // of the gradient against central differences
};
/// `values` must hold every latent site (E104 names what is missing); params may be given. Relative error is
/// |g - d| / max(1, |g|, |d|) with d the central difference along each coordinate that stays in the support.
LogDensityReport log_density_at(const Trace& trace, const std::map<std::string, Array>& values,
                                bool with_gradient = false);

/// One block of the unconstrained vector.
struct UnconstrainedBlock {
  std::string site;
  std::int64_t offset = 0;
  std::int64_t size = 0;
  Shape shape;        // of the unconstrained value
  Shape value_shape;  // of the site
  bool is_param = false;
};

/// Everything about a model as expressions of its unconstrained blocks.
struct UnconstrainedModel {
  Tensor log_density;                       // scalar: sum of scale * mask * log_prob over sites
  Tensor potential_jacobian;                // scalar: sum of scale * mask * log|J| (samplers)
  Tensor plate_jacobian;                    // scalar: sum of size/extent * log|J| (guides)
  std::map<std::string, Tensor> densities;  // log density of each sample and factor site, a scalar
  std::map<std::string, Tensor> sites;      // own value of every site, undefined for plates over all rows
};

/// Packing of the latent sites (and, if asked, of the params) of a trace into one vector: trace order, row-major.
/// Throws E601 for a discrete latent site, E505 for one without a bijection, E507 if there is nothing to infer.
class Density {
 public:
  explicit Density(std::shared_ptr<const Trace> trace, bool with_params = false);

  const Trace& trace() const noexcept { return *trace_; }
  const std::shared_ptr<const Trace>& shared_trace() const noexcept { return trace_; }
  std::int64_t dimension() const noexcept { return dimension_; }
  const std::vector<UnconstrainedBlock>& blocks() const noexcept { return blocks_; }
  /// Inputs of the trace that hold the rows of subsampled plates, in trace order.
  std::vector<Tensor> plate_inputs() const;
  /// Names like beta[1] for every coordinate.
  std::vector<std::string> coordinate_names() const;

  /// The model with block i in the place of its site.
  UnconstrainedModel at(const std::vector<Tensor>& blocks) const;
  /// Cuts a vector (dimension) into blocks.
  std::vector<Tensor> split(const Tensor& u) const;

  /// Program u -> (log density with Jacobian, gradient). Subsampled plates are fixed to rows drawn with `seed`.
  std::shared_ptr<const tensor::Program> potential(std::uint64_t seed,
                                                   const tensor::CompileOptions& options = {}) const;
  /// Fixes subsampled plates to rows drawn with `seed`, in every expression of `model`.
  void fix_rows(UnconstrainedModel& model, std::uint64_t seed) const;
  /// Unconstrained vector of constrained values (all latents). Throws E104 (missing), E407 (shape), E504 (outside
  /// the support).
  std::vector<double> unconstrain(const std::map<std::string, Array>& values) const;

 private:
  std::shared_ptr<const Trace> trace_;
  bool with_params_;
  std::int64_t dimension_ = 0;
  std::vector<UnconstrainedBlock> blocks_;
};

/// `count` distinct rows of [0, size), uniform, as a function of the key alone: the first images of a keyed
/// Feistel permutation on the row index with cycle walking; O(count), no table.
void random_rows(std::uint64_t key, std::int64_t size, std::int64_t count, double* rows) noexcept;

}  // namespace dolab::model
