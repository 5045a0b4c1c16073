// AutoNormal: an independent normal for every coordinate of every site. AutoDelta: a point for every site.
#include <cmath>

#include "infer/guides/guide.hpp"
#include "infer/guides/local_rows.hpp"

namespace dolab::infer {
namespace {

using tensor::Tensor;

/// Axis of a block that is the row of its site's innermost plate.
std::int64_t row_axis(const model::Site& site, const model::UnconstrainedBlock& block) {
  const std::int64_t axis = site.row_axis();
  return axis < static_cast<std::int64_t>(block.shape.size()) ? axis : -1;
}

class AutoNormal : public Guide {
 public:
  AutoNormal(const model::Density& density, double init_scale) : Guide(density), init_scale_(init_scale) {
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      if (blocks_[i].is_param) continue;
      add_parameter(blocks_[i].site + "_auto_loc", full_shapes_[i]);
      add_parameter(blocks_[i].site + "_auto_scale", full_shapes_[i], prob::make_constraint("softplus_positive"));
    }
  }

  std::string name() const override { return "AutoNormal"; }

  std::vector<double> initial(const std::vector<double>& u) const override {
    std::vector<double> theta(static_cast<std::size_t>(dimension()), inverse_softplus(init_scale_));
    std::size_t from = 0;
    auto parameter = first_own();
    auto model_param = parameters().begin();
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const auto size = static_cast<std::size_t>(element_count(full_shapes_[i]));
      auto& target = blocks_[i].is_param ? model_param : parameter;
      std::copy_n(u.begin() + static_cast<std::ptrdiff_t>(from), size, theta.begin() + target->offset);
      target += blocks_[i].is_param ? 1 : 2;
      from += size;
    }
    return theta;
  }

  GuideDraw draw(const model::Density& density, const std::vector<Tensor>& parameters) const override {
    tensor::Graph& graph = *density.trace().graph;
    GuideDraw result;
    result.log_density = graph.scalar(0.0);
    fill(
        density, parameters,
        [&](const model::UnconstrainedBlock& block, const Tensor& loc, const Tensor& scale) {
          const model::Site& site = density.trace().site(block.site);
          const Tensor eps = tensor::random_normal(graph, {site.hash, row_axis(site, block)}, block.shape);
          const Tensor log_q = -0.5 * tensor::square(eps) - tensor::log(scale);
          const double constant = kHalfLogTwoPi * static_cast<double>(block.size);
          result.log_density = result.log_density + (tensor::sum(log_q) - constant) * site.plate_scale;
          result.blocks.push_back(loc + scale * eps);
        },
        result.blocks);
    return result;
  }

  GuideDraw quantile(const model::Density& density, const std::vector<Tensor>& parameters,
                     double probability) const override {
    tensor::Graph& graph = *density.trace().graph;
    GuideDraw result;
    result.log_density = graph.scalar(0.0);
    const Tensor z = tensor::ndtri(graph.scalar(probability));
    fill(
        density, parameters,
        [&](const model::UnconstrainedBlock&, const Tensor& loc, const Tensor& scale) {
          result.blocks.push_back(loc + scale * z);
        },
        result.blocks);
    return result;
  }

 private:
  std::vector<GuideParameter>::const_iterator first_own() const {
    auto own = parameters().begin();
    for (const auto& block : blocks_) own += block.is_param ? 1 : 0;
    return own;
  }

  template <class Latent>
  void fill(const model::Density& density, const std::vector<Tensor>& parameters, const Latent& latent,
            std::vector<Tensor>& blocks) const {
    std::size_t own = static_cast<std::size_t>(first_own() - this->parameters().begin()), param = 0;
    for (const model::UnconstrainedBlock& block : density.blocks()) {
      if (block.is_param) {
        blocks.push_back(parameters[param++]);
        continue;
      }
      const Tensor loc = rows_in_use(density.trace(), block, parameters[own]);
      const Tensor scale = tensor::softplus(rows_in_use(density.trace(), block, parameters[own + 1]));
      own += 2;
      latent(block, loc, scale);
    }
  }

  double init_scale_;
};

/// Parameters are the sites' own values; the unconstrained vector of a guide is where they are stored.
class AutoDelta : public Guide {
 public:
  explicit AutoDelta(const model::Density& density) : Guide(density) {
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      if (blocks_[i].is_param) continue;
      const model::Site& site = density.trace().site(blocks_[i].site);
      prob::Constraint support = site.distribution->support();
      const bool constant = (!support.lower.defined() || support.lower.is_constant()) &&
                            (!support.upper.defined() || support.upper.is_constant());
      if (full_shapes_[i] == blocks_[i].shape && constant) {
        add_parameter(blocks_[i].site + "_auto_loc", blocks_[i].value_shape, support);
      } else {
        add_parameter(blocks_[i].site + "_auto_loc", full_shapes_[i]);
      }
    }
  }

  std::string name() const override { return "AutoDelta"; }
  const char* default_init() const override { return "median"; }

  std::vector<double> initial(const std::vector<double>& u) const override {
    std::vector<double> theta;
    for (const bool params : {true, false}) {
      std::ptrdiff_t from = 0;
      for (std::size_t i = 0; i < blocks_.size(); ++i) {
        const std::ptrdiff_t size = element_count(full_shapes_[i]);
        if (blocks_[i].is_param == params) theta.insert(theta.end(), u.begin() + from, u.begin() + from + size);
        from += size;
      }
    }
    return theta;
  }

  GuideDraw draw(const model::Density& density, const std::vector<Tensor>& parameters) const override {
    GuideDraw result;
    result.log_density = density.trace().graph->scalar(0.0);
    result.jacobian = false;
    std::size_t param = 0, own = 0;
    for (const model::UnconstrainedBlock& block : blocks_) own += block.is_param ? 1 : 0;
    for (const model::UnconstrainedBlock& block : density.blocks()) {
      result.blocks.push_back(block.is_param ? parameters[param++]
                                             : rows_in_use(density.trace(), block, parameters[own++]));
    }
    return result;
  }

  GuideDraw quantile(const model::Density& density, const std::vector<Tensor>& parameters, double) const override {
    return draw(density, parameters);
  }
};

}  // namespace

GuidePtr make_auto_normal(const model::Density& density, const GuideOptions& options) {
  return std::make_shared<AutoNormal>(density, options.init_scale);
}
GuidePtr make_auto_delta(const model::Density& density) { return std::make_shared<AutoDelta>(density); }

}  // namespace dolab::infer
