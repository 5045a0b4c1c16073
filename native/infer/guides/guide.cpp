#include "infer/guides/guide.hpp"

#include "base/nearest_name.hpp"
#include "infer/guides/local_rows.hpp"

namespace dolab::infer {

using tensor::Tensor;

Guide::Guide(const model::Density& density) : blocks_(density.blocks()) {
  for (const model::UnconstrainedBlock& block : blocks_) {
    full_shapes_.push_back(full_shape(density.trace(), block));
    if (block.is_param) add_parameter(block.site, block.value_shape, density.trace().site(block.site).constraint);
  }
}

void Guide::add_parameter(std::string name, Shape shape, prob::Constraint constraint) {
  GuideParameter parameter;
  parameter.name = std::move(name);
  parameter.free_shape = prob::biject_to(constraint)->unconstrained_shape(shape);
  parameter.shape = std::move(shape);
  parameter.offset = dimension_;
  parameter.size = element_count(parameter.free_shape);
  parameter.constraint = std::move(constraint);
  dimension_ += parameter.size;
  parameters_.push_back(std::move(parameter));
}

std::vector<Tensor> Guide::split(const Tensor& vector) const {
  std::vector<Tensor> pieces;
  for (const GuideParameter& parameter : parameters_) {
    pieces.push_back(
        tensor::reshape(tensor::slice_axis(vector, 0, parameter.offset, parameter.size), parameter.free_shape));
  }
  return pieces;
}

std::map<std::string, Array> Guide::constrained(const std::vector<double>& vector) const {
  std::map<std::string, Array> values;
  for (const GuideParameter& parameter : parameters_) {
    const auto begin = vector.begin() + parameter.offset;
    tensor::Graph graph;
    const Tensor free =
        graph.constant(Array(DType::real, parameter.free_shape, std::vector<double>(begin, begin + parameter.size)));
    // Params of a model may have bounds that live in the model's graph; they are numbers there.
    prob::Constraint constraint = parameter.constraint;
    if (constraint.lower.defined()) constraint.lower = graph.constant(constraint.lower.value());
    if (constraint.upper.defined()) constraint.upper = graph.constant(constraint.upper.value());
    values.emplace(parameter.name, prob::biject_to(constraint)->forward(free).value());
  }
  return values;
}

std::vector<double> Guide::unconstrained(const std::map<std::string, Array>& values, std::vector<double> start) const {
  for (const GuideParameter& parameter : parameters_) {
    const auto found = values.find(parameter.name);
    if (found == values.end()) continue;
    if (found->second.shape() != parameter.shape) {
      throw Error("E702", "parameter \"" + parameter.name + "\" has shape " + to_string(found->second.shape()) +
                              ", the guide needs " + to_string(parameter.shape));
    }
    tensor::Graph graph;
    prob::Constraint constraint = parameter.constraint;
    if (constraint.lower.defined()) constraint.lower = graph.constant(constraint.lower.value());
    if (constraint.upper.defined()) constraint.upper = graph.constant(constraint.upper.value());
    const Array free = prob::biject_to(constraint)->inverse(graph.constant(found->second)).value();
    for (std::int64_t i = 0; i < parameter.size; ++i) start[static_cast<std::size_t>(parameter.offset + i)] = free[i];
  }
  return start;
}

std::vector<std::string> guide_names() {
  return {"AutoNormal", "AutoDelta", "AutoDiagonalNormal", "AutoMultivariateNormal", "AutoLowRankMultivariateNormal"};
}

GuidePtr make_guide(const std::string& name, const model::Density& density, const GuideOptions& options) {
  if (name == "AutoNormal") return make_auto_normal(density, options);
  if (name == "AutoDelta") return make_auto_delta(density);
  if (name == "AutoDiagonalNormal") return make_auto_diagonal_normal(density, options);
  if (name == "AutoMultivariateNormal") return make_auto_multivariate_normal(density, options);
  if (name == "AutoLowRankMultivariateNormal") return make_auto_low_rank(density, options);
  throw Error("E204", "unknown guide \"" + name + "\"", unknown_name_hint(name, guide_names()));
}

}  // namespace dolab::infer
