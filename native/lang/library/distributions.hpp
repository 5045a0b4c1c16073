// Distributions, constraints and transforms as values of the language.
#pragma once

#include <string>
#include <vector>

#include "lang/library/registry.hpp"
#include "prob/distribution.hpp"
#include "prob/transform.hpp"

namespace dolab::lang {

struct DistributionObject : HostObject {
  explicit DistributionObject(prob::DistributionPtr d) : distribution(std::move(d)) {}
  std::string describe() const override { return "a distribution " + distribution->name(); }
  std::string type_name() const override { return "Distribution"; }
  Value attribute(Interpreter& in, const std::string& name) override;
  std::vector<std::string> attribute_names() const override;
  bool callable() const override { return true; }
  Value call(Interpreter& in, CallArguments& arguments) override;
  prob::DistributionPtr distribution;
};

struct ConstraintObject : HostObject {
  explicit ConstraintObject(const prob::Constraint& c) : constraint(c) {}
  std::string describe() const override { return "the constraint " + constraint.name(); }
  std::string type_name() const override { return "Constraint"; }
  Value attribute(Interpreter& in, const std::string& name) override;
  bool callable() const override { return true; }
  Value call(Interpreter& in, CallArguments& arguments) override;
  prob::Constraint constraint;
};

struct TransformObject : HostObject {
  explicit TransformObject(prob::TransformPtr t) : transform(std::move(t)) {}
  std::string describe() const override { return "the transform " + transform->name(); }
  std::string type_name() const override { return "Transform"; }
  Value attribute(Interpreter& in, const std::string& name) override;
  bool callable() const override { return true; }
  Value call(Interpreter& in, CallArguments& arguments) override;
  prob::TransformPtr transform;
};

/// dist.Normal and its like; unset for names that are no family.
Value distribution_class(Interpreter& in, const std::string& name);
std::vector<std::string> distribution_names();
bool is_known_distribution(const std::string& name);
/// constraints.positive, constraints.interval; unset for other names.
Value constraint_member(Interpreter& in, const std::string& name);
std::vector<std::string> constraint_names();
const NativeTable& transform_classes();
const NativeTable& biject_to_function();
const NativeTable& constraint_functions();
const std::vector<LibraryValue>& distribution_values();

}  // namespace dolab::lang
