#include "prob_checks.hpp"

namespace dolab::prob::checks {

namespace {

Constraint constraint_of(Maker& make, const Json& j) {
  if (j.is_string()) return make_constraint(j.get<std::string>());
  const Json args = j.value("args", Json::object());
  std::vector<Tensor> bounds;
  for (const char* name : {"lower_bound", "upper_bound"}) {
    if (args.contains(name)) bounds.push_back(make(array_of(args[name])));
  }
  return make_constraint(j["constraint"].get<std::string>(), bounds);
}

TransformPtr transform_of(Maker& make, const Json& j) {
  const std::string name = j["transform"];
  const Json args = j.value("args", Json::object());
  if (name == "ExpTransform") return exp_transform();
  if (name == "SigmoidTransform") return sigmoid_transform();
  if (name == "SoftplusTransform") return softplus_transform();
  if (name == "PowerTransform") return power_transform(make(array_of(args["exponent"])));
  if (name == "OrderedTransform") return ordered_transform();
  if (name == "StickBreakingTransform") return stick_breaking_transform();
  if (name == "CorrCholeskyTransform") return corr_cholesky_transform();
  if (name == "AffineTransform") return affine_transform(make(array_of(args["loc"])), make(array_of(args["scale"])));
  if (name == "SimplexToOrderedTransform") {
    return simplex_to_ordered(args.contains("anchor_point") ? make(array_of(args["anchor_point"]))
                                                            : make.graph.scalar(0.0));
  }
  if (name == "LowerCholeskyAffine") {
    return lower_cholesky_affine(make(array_of(args["loc"])), make(array_of(args["scale_tril"])));
  }
  throw std::runtime_error("transform " + name + " of the table is not known to the test");
}

Shape shape_of(const Json& j) {
  Shape shape;
  for (const auto& n : j) shape.push_back(n.get<std::int64_t>());
  return shape;
}

/// Several argument sets, one for each component, become arrays.
Json stacked(const Json& sets) {
  Json joined = Json::object();
  for (const auto& [key, value] : sets.front().items()) {
    joined[key] = Json::array();
    for (const auto& set : sets) joined[key].push_back(set[key]);
  }
  return joined;
}

Argument argument_of(Maker& make, ParameterKind kind, const Json& j) {
  switch (kind) {
    case ParameterKind::distribution:
      return build(make, j);
    case ParameterKind::constraint:
      return constraint_of(make, j);
    case ParameterKind::shape:
      return shape_of(j);
    case ParameterKind::integer:
      return j.get<std::int64_t>();
    case ParameterKind::text:
      return j.get<std::string>();
    case ParameterKind::transforms: {
      std::vector<TransformPtr> chain;
      for (const auto& t : j) chain.push_back(transform_of(make, t));
      return chain;
    }
    case ParameterKind::tensor:
      break;
  }
  return make(array_of(j));
}

}  // namespace

DistributionPtr build(Maker& make, const Json& entry) {
  const std::string family = entry["distribution"];
  const Json args = entry["args"].is_array() ? stacked(entry["args"]) : entry["args"];
  const FamilySpec* spec = find_family(family);
  if (spec == nullptr) throw std::runtime_error("no distribution " + family);
  Arguments arguments;
  for (const auto& p : spec->parameters) {
    // The tables shorten the names of parts.
    std::string key = p.name;
    for (const char* alias : {"mixing", "component", "base"}) {
      if (!args.contains(key) && args.contains(alias) && p.name.rfind(alias, 0) == 0) key = alias;
    }
    if (p.name == "total_count" && args.contains(key)) {  // a size, never traced
      arguments.named.emplace_back(p.name, make.graph.constant(array_of(args[key])));
      continue;
    }
    if (args.contains(key)) arguments.named.emplace_back(p.name, argument_of(make, p.kind, args[key]));
  }
  if (family == "ImproperUniform") {
    for (const char* name : {"batch_shape", "event_shape"}) {
      if (!args.contains(name)) arguments.named.emplace_back(name, Shape{});
    }
  }
  return make_distribution(make.graph, family, arguments);
}

}  // namespace dolab::prob::checks
