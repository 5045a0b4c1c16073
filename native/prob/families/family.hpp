// What all families share: parameters, copies, checks of known values, and the table of constructors.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dolab/error.hpp"
#include "prob/distribution.hpp"
#include "prob/factory.hpp"
#include "prob/numeric.hpp"

namespace dolab::prob {

/// A parameter with the number of its own event dims.
struct Slot {
  std::string name;
  Tensor value;
  int event_dim = 0;
};

/// A distribution that is described by tensors.
class Family : public Distribution {
 public:
  std::string name() const override { return name_; }
  std::vector<Parameter> parameters() const override;
  DistributionPtr with_parameters(const std::vector<Parameter>& replacements) const override;

 protected:
  /// Batch shape is the broadcast of the batch parts of the defined slots.
  Family(Graph& graph, std::string name, std::vector<Slot> slots, Shape event_shape = {});
  Family(const Family&) = default;

  const Tensor& slot(std::size_t i) const noexcept { return slots_[i].value; }
  bool has(std::size_t i) const noexcept { return slots_[i].value.defined(); }
  /// A moment, broadcast to batch + event.
  Tensor full_shape(const Tensor& t) const { return to_shape(t, concat_shapes(batch_shape_, event_shape_)); }
  /// Arguments of the constructor besides the slots (for `with_parameters`).
  virtual std::vector<std::pair<std::string, Argument>> extra_arguments() const { return {}; }

 private:
  std::string name_;
  std::vector<Slot> slots_;
};

/// Gives `Derived` its copy with another batch shape.
template <class Derived, class Base = Family>
class Copyable : public Base {
 protected:
  using Base::Base;
  DistributionPtr expanded(const Shape& batch_shape) const override {
    auto copy = std::make_shared<Derived>(static_cast<const Derived&>(*this));
    static_cast<Copyable&>(*copy).batch_shape_ = batch_shape;
    return copy;
  }
};

/// Arguments of one call, in the order of the family's parameters, with defaults filled in.
class Bound {
 public:
  Bound(Graph& graph, const FamilySpec& spec, std::vector<Argument> values, bool check)
      : graph_(&graph), spec_(&spec), values_(std::move(values)), check_(check) {}

  Graph& graph() const noexcept { return *graph_; }
  const std::string& family() const noexcept { return spec_->name; }
  bool given(std::size_t i) const noexcept { return !std::holds_alternative<std::monostate>(values_[i]); }
  /// The argument as a real tensor; undefined if it is None.
  Tensor tensor(std::size_t i) const;
  /// The same with a test of every known element; E413 "`Normal` needs `scale` positive, got -1".
  Tensor positive(std::size_t i) const;
  Tensor nonnegative(std::size_t i) const;
  Tensor probability(std::size_t i) const;
  Tensor require(std::size_t i, const char* what, const std::function<bool(double)>& test) const;
  /// Which of two alternatives was given; E205 unless exactly one.
  std::size_t one_of(const std::vector<std::size_t>& alternatives) const;
  DistributionPtr distribution(std::size_t i) const;
  std::vector<TransformPtr> transforms(std::size_t i) const;
  Constraint constraint(std::size_t i) const;
  Shape shape(std::size_t i) const;
  std::int64_t integer(std::size_t i) const;
  Slot slot(std::size_t i, const Tensor& value, int event_dim = 0) const {
    return {spec_->parameters[i].name, value, event_dim};
  }
  bool checks() const noexcept { return check_; }
  [[noreturn]] void invalid(std::size_t i, const std::string& what) const;

 private:
  Graph* graph_;
  const FamilySpec* spec_;
  std::vector<Argument> values_;
  bool check_;
};

using FamilyBuilder = DistributionPtr (*)(const Bound&);

struct FamilyEntry {
  FamilySpec spec;
  FamilyBuilder build;
};

template <class D>
DistributionPtr build(const Bound& b) {
  return std::make_shared<D>(b);
}

// Shorthands of the tables.
ParameterSpec required(std::string name, ParameterKind kind = ParameterKind::tensor);
ParameterSpec optional(std::string name, double fallback);
ParameterSpec none(std::string name, ParameterKind kind = ParameterKind::tensor);
ParameterSpec keyword(std::string name);

/// Draws that several families share: log of a Gamma(a, 1) variable, safe for small a
/// (Gamma(a) = Gamma(a + 1) U^(1/a)); uses keys 2k+1 and 2k+2 of `key`.
Tensor draw_log_gamma(const SampleKey& key, std::uint32_t k, const Tensor& a, const Shape& shape);
/// log(x / (1 - x)) of a Beta(a, b) variable; uses keys 1 to 4.
Tensor draw_beta_logit(const SampleKey& key, const Tensor& a, const Tensor& b, const Shape& shape);

std::vector<FamilyEntry> normal_families();
std::vector<FamilyEntry> truncated_families();
std::vector<FamilyEntry> heavy_tail_families();
std::vector<FamilyEntry> gamma_families();
std::vector<FamilyEntry> location_scale_families();
std::vector<FamilyEntry> beta_families();
std::vector<FamilyEntry> dirichlet_families();
std::vector<FamilyEntry> uniform_families();
std::vector<FamilyEntry> bernoulli_families();
std::vector<FamilyEntry> count_families();
std::vector<FamilyEntry> categorical_families();
std::vector<FamilyEntry> ordered_families();
std::vector<FamilyEntry> multivariate_normal_families();
std::vector<FamilyEntry> lkj_families();
std::vector<FamilyEntry> mixture_families();
std::vector<FamilyEntry> transformed_families();

}  // namespace dolab::prob
