// Guides: parametrised families of distributions over the latent sites, as expressions of their parameters.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/density.hpp"

namespace dolab::infer {

/// One parameter array of a guide (or a param of the model), stored in unconstrained space in one vector.
struct GuideParameter {
  std::string name;  // NumPyro's key: "beta_auto_loc", "auto_scale_tril", ...
  Shape shape;       // constrained
  Shape free_shape;  // unconstrained
  std::int64_t offset = 0;
  std::int64_t size = 0;
  prob::Constraint constraint;
};

/// One draw of a guide.
struct GuideDraw {
  std::vector<tensor::Tensor> blocks;  // unconstrained, one for each block of the density
  tensor::Tensor log_density;          // log q, scaled by size/extent of subsampled plates; a scalar
  bool jacobian = true;                // false: a point in constrained space (AutoDelta)
};

/// A guide over the blocks of a density. Rows of subsampled plates index parameters of full size.
class Guide {
 public:
  virtual ~Guide() = default;

  virtual std::string name() const = 0;
  const std::vector<GuideParameter>& parameters() const noexcept { return parameters_; }
  std::int64_t dimension() const noexcept { return dimension_; }
  /// What the location starts from, unless the user says otherwise.
  virtual const char* default_init() const { return "uniform"; }

  /// Unconstrained parameters for a start at u (full size, blocks of `full_blocks` in order).
  virtual std::vector<double> initial(const std::vector<double>& u) const = 0;

  /// A draw for the rows in use of `density`, which has the sites of the one that the guide was made for.
  /// `parameters` are the unconstrained pieces in order; random leaves are drawn at addresses of their own.
  virtual GuideDraw draw(const model::Density& density, const std::vector<tensor::Tensor>& parameters) const = 0;
  /// The draw with every coordinate at the given quantile of its marginal; 0.5 is the median. Throws E204 without one.
  virtual GuideDraw quantile(const model::Density& density, const std::vector<tensor::Tensor>& parameters,
                             double probability) const = 0;

  /// Cuts a vector (dimension) into pieces in the order of `parameters`.
  std::vector<tensor::Tensor> split(const tensor::Tensor& vector) const;
  /// Constrained values of the parameters by name.
  std::map<std::string, Array> constrained(const std::vector<double>& vector) const;
  /// Unconstrained vector from constrained values; names that are missing keep `start`.
  std::vector<double> unconstrained(const std::map<std::string, Array>& values, std::vector<double> start) const;

  /// Shapes of the blocks over all rows, in order: the layout of `initial`.
  const std::vector<Shape>& full_shapes() const noexcept { return full_shapes_; }

 protected:
  explicit Guide(const model::Density& density);
  void add_parameter(std::string name, Shape shape, prob::Constraint constraint = {});

  std::vector<model::UnconstrainedBlock> blocks_;
  std::vector<Shape> full_shapes_;

 private:
  std::vector<GuideParameter> parameters_;
  std::int64_t dimension_ = 0;
};
using GuidePtr = std::shared_ptr<const Guide>;

struct GuideOptions {
  double init_scale = 0.1;
  std::int64_t rank = 0;  // of AutoLowRankMultivariateNormal; 0: round(sqrt(dimension))
};

/// AutoNormal, AutoDelta, AutoDiagonalNormal, AutoMultivariateNormal, AutoLowRankMultivariateNormal. Throws E204 for
/// another name, E704 if a guide over one joint vector meets a local latent under a subsampled plate.
GuidePtr make_guide(const std::string& name, const model::Density& density, const GuideOptions& options = {});
std::vector<std::string> guide_names();

inline constexpr double kHalfLogTwoPi = 0.91893853320467274178;
/// log(expm1(s)): what softplus maps to s > 0.
inline double inverse_softplus(double s) { return s + std::log(-std::expm1(-s)); }

/// One guide per family; used by make_guide.
GuidePtr make_auto_normal(const model::Density& density, const GuideOptions& options);
GuidePtr make_auto_delta(const model::Density& density);
GuidePtr make_auto_diagonal_normal(const model::Density& density, const GuideOptions& options);
GuidePtr make_auto_multivariate_normal(const model::Density& density, const GuideOptions& options);
GuidePtr make_auto_low_rank(const model::Density& density, const GuideOptions& options);

}  // namespace dolab::infer
