// Guides over one joint vector: diagonal, full-rank and low-rank normals.
#include <cmath>

#include "infer/guides/guide.hpp"
#include "infer/guides/local_rows.hpp"

namespace dolab::infer {
namespace {

using tensor::Tensor;

/// Common part: latent blocks packed into one vector in the order of the density; params of the model apart.
class JointGuide : public Guide {
 public:
  JointGuide(const model::Density& density, const std::string& guide) : Guide(density) {
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      if (blocks_[i].is_param) {
        ++params_;
        continue;
      }
      if (full_shapes_[i] != blocks_[i].shape) {
        throw Error("E704",
                    guide + " cannot handle \"" + blocks_[i].site + "\", a local latent under a subsampled plate");
      }
      latent_ += blocks_[i].size;
    }
  }

  GuideDraw draw(const model::Density& density, const std::vector<Tensor>& parameters) const override {
    tensor::Graph& graph = *density.trace().graph;
    GuideDraw result;
    unpack(density, parameters, sample(graph, parameters, result.log_density), result.blocks);
    return result;
  }

  GuideDraw quantile(const model::Density& density, const std::vector<Tensor>& parameters,
                     double probability) const override {
    tensor::Graph& graph = *density.trace().graph;
    GuideDraw result;
    result.log_density = graph.scalar(0.0);
    const Tensor z = tensor::ndtri(graph.scalar(probability));
    unpack(density, parameters, parameters[params_] + deviations(parameters) * z, result.blocks);
    return result;
  }

  std::vector<double> initial(const std::vector<double>& u) const override {
    std::vector<double> theta(static_cast<std::size_t>(dimension()), 0.0);
    std::size_t param = 0;
    std::int64_t from = 0, to = parameters()[params_].offset;
    for (const model::UnconstrainedBlock& block : blocks_) {
      std::int64_t& target = to;
      const std::int64_t start = block.is_param ? parameters()[param++].offset : target;
      std::copy_n(u.begin() + from, block.size, theta.begin() + start);
      if (!block.is_param) target += block.size;
      from += block.size;
    }
    start_spread(theta);
    return theta;
  }

 protected:
  /// A draw of the joint vector; log q goes to `log_density`. parameters[params_] is the location.
  virtual Tensor sample(tensor::Graph& graph, const std::vector<Tensor>& parameters, Tensor& log_density) const = 0;
  /// Marginal standard deviations.
  virtual Tensor deviations(const std::vector<Tensor>& parameters) const = 0;
  /// Fills the entries of the spread in the unconstrained parameters; they are zero.
  virtual void start_spread(std::vector<double>& theta) const = 0;

  Tensor noise(tensor::Graph& graph, std::int64_t size, const char* leaf) const {
    return tensor::random_normal(graph, {site_hash(leaf), -1}, {size});
  }
  void fill(std::vector<double>& theta, std::size_t parameter, double value) const {
    const GuideParameter& p = parameters()[parameter];
    std::fill_n(theta.begin() + p.offset, p.size, value);
  }

  std::size_t params_ = 0;
  std::int64_t latent_ = 0;

 private:
  void unpack(const model::Density& density, const std::vector<Tensor>& parameters, const Tensor& joint,
              std::vector<Tensor>& blocks) const {
    std::size_t param = 0;
    std::int64_t offset = 0;
    for (const model::UnconstrainedBlock& block : density.blocks()) {
      if (block.is_param) {
        blocks.push_back(parameters[param++]);
        continue;
      }
      blocks.push_back(tensor::reshape(tensor::slice_axis(joint, 0, offset, block.size), block.shape));
      offset += block.size;
    }
  }
};

class AutoDiagonalNormal : public JointGuide {
 public:
  AutoDiagonalNormal(const model::Density& density, double init_scale)
      : JointGuide(density, "AutoDiagonalNormal"), init_scale_(init_scale) {
    add_parameter("auto_loc", {latent_});
    add_parameter("auto_scale", {latent_}, prob::make_constraint("softplus_positive"));
  }
  std::string name() const override { return "AutoDiagonalNormal"; }

 protected:
  Tensor sample(tensor::Graph& graph, const std::vector<Tensor>& parameters, Tensor& log_density) const override {
    const Tensor eps = noise(graph, latent_, "_auto_latent");
    const Tensor scale = deviations(parameters);
    log_density =
        tensor::sum(-0.5 * tensor::square(eps) - tensor::log(scale)) - kHalfLogTwoPi * static_cast<double>(latent_);
    return parameters[params_] + scale * eps;
  }
  Tensor deviations(const std::vector<Tensor>& parameters) const override {
    return tensor::softplus(parameters[params_ + 1]);
  }
  void start_spread(std::vector<double>& theta) const override {
    fill(theta, params_ + 1, inverse_softplus(init_scale_));
  }

 private:
  double init_scale_;
};

class AutoMultivariateNormal : public JointGuide {
 public:
  AutoMultivariateNormal(const model::Density& density, double init_scale)
      : JointGuide(density, "AutoMultivariateNormal"),
        init_scale_(init_scale),
        factor_(prob::biject_to(prob::make_constraint("scaled_unit_lower_cholesky"))) {
    add_parameter("auto_loc", {latent_});
    add_parameter("auto_scale_tril", {latent_, latent_}, prob::make_constraint("scaled_unit_lower_cholesky"));
  }
  std::string name() const override { return "AutoMultivariateNormal"; }

 protected:
  Tensor sample(tensor::Graph& graph, const std::vector<Tensor>& parameters, Tensor& log_density) const override {
    const Tensor eps = noise(graph, latent_, "_auto_latent");
    const Tensor factor = factor_->forward(parameters[params_ + 1]);
    log_density = tensor::sum(-0.5 * tensor::square(eps)) - tensor::sum(tensor::log(tensor::diagonal(factor))) -
                  kHalfLogTwoPi * static_cast<double>(latent_);
    return parameters[params_] + tensor::matmul(factor, eps);
  }
  Tensor deviations(const std::vector<Tensor>& parameters) const override {
    const Tensor factor = factor_->forward(parameters[params_ + 1]);
    return tensor::sqrt(tensor::sum(tensor::square(factor), {-1}));
  }
  void start_spread(std::vector<double>& theta) const override {
    // The last entries of the unconstrained vector are the scales of the rows (language page, section 8).
    const GuideParameter& p = parameters()[params_ + 1];
    std::fill_n(theta.begin() + p.offset + p.size - latent_, latent_, inverse_softplus(init_scale_));
  }

 private:
  double init_scale_;
  prob::BijectionPtr factor_;
};

/// Covariance diag(s) (I + F F^T) diag(s), with s = auto_scale and F = auto_cov_factor.
class AutoLowRank : public JointGuide {
 public:
  AutoLowRank(const model::Density& density, double init_scale, std::int64_t rank)
      : JointGuide(density, "AutoLowRankMultivariateNormal"), init_scale_(init_scale), rank_(rank) {
    if (rank_ <= 0) rank_ = std::lround(std::sqrt(static_cast<double>(latent_)));
    rank_ = std::min(std::max<std::int64_t>(rank_, 1), latent_);
    add_parameter("auto_loc", {latent_});
    add_parameter("auto_cov_factor", {latent_, rank_});
    add_parameter("auto_scale", {latent_}, prob::make_constraint("softplus_positive"));
  }
  std::string name() const override { return "AutoLowRankMultivariateNormal"; }

 protected:
  Tensor sample(tensor::Graph& graph, const std::vector<Tensor>& parameters, Tensor& log_density) const override {
    const Tensor factor = parameters[params_ + 1], scale = tensor::softplus(parameters[params_ + 2]);
    const Tensor z =
        noise(graph, latent_, "_auto_latent") + tensor::matmul(factor, noise(graph, rank_, "_auto_latent_factor"));
    // log q by the matrix determinant lemma and Woodbury's identity with C = I + F^T F.
    const Tensor transposed = tensor::matrix_transpose(factor);
    const Tensor capacity =
        tensor::cholesky(tensor::identity_matrix(graph, rank_) + tensor::matmul(transposed, factor));
    const Tensor shift = tensor::tri_solve(capacity, tensor::matmul(transposed, z));
    const Tensor distance = tensor::sum(tensor::square(z)) - tensor::sum(tensor::square(shift));
    log_density = -0.5 * distance - tensor::sum(tensor::log(tensor::diagonal(capacity))) -
                  tensor::sum(tensor::log(scale)) - kHalfLogTwoPi * static_cast<double>(latent_);
    return parameters[params_] + scale * z;
  }
  Tensor deviations(const std::vector<Tensor>& parameters) const override {
    const Tensor scale = tensor::softplus(parameters[params_ + 2]);
    return scale * tensor::sqrt(1.0 + tensor::sum(tensor::square(parameters[params_ + 1]), {-1}));
  }
  void start_spread(std::vector<double>& theta) const override {
    fill(theta, params_ + 2, inverse_softplus(init_scale_));
  }

 private:
  double init_scale_;
  std::int64_t rank_;
};

}  // namespace

GuidePtr make_auto_diagonal_normal(const model::Density& density, const GuideOptions& options) {
  return std::make_shared<AutoDiagonalNormal>(density, options.init_scale);
}
GuidePtr make_auto_multivariate_normal(const model::Density& density, const GuideOptions& options) {
  return std::make_shared<AutoMultivariateNormal>(density, options.init_scale);
}
GuidePtr make_auto_low_rank(const model::Density& density, const GuideOptions& options) {
  return std::make_shared<AutoLowRank>(density, options.init_scale, options.rank);
}

}  // namespace dolab::infer
