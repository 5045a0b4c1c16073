// Reparametrisations of single sites.
#include <algorithm>

#include "model/builder.hpp"

namespace dolab::model {
namespace {

[[noreturn]] void unsuitable(const Site& site, const std::string& why) {
  throw Error("E411",
              "site \"" + site.name + "\" (" + site.distribution->name() + ") cannot be reparametrised: " + why);
}

class LocScaleReparam : public Reparam {
 public:
  LocScaleReparam(std::optional<double> constant, Tensor centered, std::vector<std::string> shape_params)
      : constant_(constant), centered_(centered), shape_params_(std::move(shape_params)) {}

  Tensor apply(Builder& builder, const Site& site) const override {
    if (constant_ && (*constant_ < 0.0 || *constant_ > 1.0)) unsuitable(site, "centered is not between 0 and 1");
    if (constant_ && *constant_ == 1.0) return {};
    const prob::Distribution& distribution = *site.distribution;
    if (!distribution.support().is_everything()) unsuitable(site, "its support is not the real line");
    const Tensor loc = distribution.parameter("loc"), scale = distribution.parameter("scale");
    if (!loc.defined() || !scale.defined()) unsuitable(site, "it has no loc and scale");
    for (const prob::Parameter& parameter : distribution.parameters()) {
      const bool shape = std::find(shape_params_.begin(), shape_params_.end(), parameter.name) != shape_params_.end();
      if (parameter.name != "loc" && parameter.name != "scale" && !shape) {
        unsuitable(site, "parameter \"" + parameter.name + "\" is not listed in shape_params");
      }
    }
    tensor::Graph& graph = builder.graph();
    if (constant_ && *constant_ == 0.0) {
      const auto standard = distribution.with_parameters({{"loc", graph.scalar(0.0)}, {"scale", graph.scalar(1.0)}});
      return loc + scale * builder.sample(site.name + "_decentered", standard);
    }
    Tensor centered = centered_;
    if (constant_) centered = graph.scalar(*constant_);
    if (!centered.defined()) {
      centered = builder.param(site.name + "_centered", tensor::full(graph, distribution.event_shape(), 0.5),
                               prob::make_constraint("unit_interval"));
    }
    const Tensor centre = centered * loc;
    const auto partial = distribution.with_parameters({{"loc", centre}, {"scale", tensor::power(scale, centered)}});
    const Tensor auxiliary = builder.sample(site.name + "_decentered", partial);
    return loc + tensor::power(scale, 1.0 - centered) * (auxiliary - centre);
  }

 private:
  std::optional<double> constant_;
  Tensor centered_;
  std::vector<std::string> shape_params_;
};

class TransformReparam : public Reparam {
 public:
  Tensor apply(Builder& builder, const Site& site) const override {
    const prob::Decomposition parts = site.distribution->decompose();
    if (parts.base == nullptr) unsuitable(site, "it is not a transformed distribution");
    Tensor value = builder.sample(site.name + "_base", parts.base);
    for (const prob::TransformPtr& transform : parts.transforms) value = transform->forward(value);
    return value;
  }
};

}  // namespace

ReparamPtr loc_scale_reparam(std::optional<double> centered, std::vector<std::string> shape_params) {
  return std::make_shared<LocScaleReparam>(centered, Tensor(), std::move(shape_params));
}
ReparamPtr loc_scale_reparam(const Tensor& centered, std::vector<std::string> shape_params) {
  return std::make_shared<LocScaleReparam>(std::nullopt, centered, std::move(shape_params));
}
ReparamPtr transform_reparam() { return std::make_shared<TransformReparam>(); }

}  // namespace dolab::model
