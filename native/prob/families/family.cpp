#include "prob/families/family.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace dolab::prob {

namespace {

Shape slots_batch(const std::vector<Slot>& slots) {
  Shape batch;
  for (const auto& s : slots) {
    if (s.value.defined()) batch = broadcast_shapes(batch, drop_last(s.value.shape(), s.event_dim));
  }
  return batch;
}

std::string number(double v) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", v);
  return text;
}

}  // namespace

Family::Family(Graph& graph, std::string name, std::vector<Slot> slots, Shape event_shape)
    : Distribution(graph, slots_batch(slots), std::move(event_shape)),
      name_(std::move(name)),
      slots_(std::move(slots)) {}

std::vector<Parameter> Family::parameters() const {
  std::vector<Parameter> result;
  for (const auto& s : slots_) {
    if (s.value.defined()) result.push_back({s.name, s.value});
  }
  return result;
}

DistributionPtr Family::with_parameters(const std::vector<Parameter>& replacements) const {
  Arguments arguments;
  arguments.named = extra_arguments();
  for (const auto& p : parameters()) {
    const auto found =
        std::find_if(replacements.begin(), replacements.end(), [&](const Parameter& r) { return r.name == p.name; });
    arguments.named.emplace_back(p.name, found == replacements.end() ? p.value : found->value);
  }
  for (const auto& r : replacements) {
    const bool known =
        std::any_of(slots_.begin(), slots_.end(), [&](const Slot& s) { return s.name == r.name && s.value.defined(); });
    if (!known) throw Error("E204", "`" + name() + "` has no parameter `" + r.name + "`");
  }
  if (extrapolate_) arguments.named.emplace_back("validate_args", false);
  const auto rebuilt = make_distribution(graph(), name(), arguments);
  return rebuilt->expand(broadcast_shapes(batch_shape_, rebuilt->batch_shape()));
}

Tensor Bound::tensor(std::size_t i) const {
  const Argument& value = values_[i];
  if (const auto* t = std::get_if<Tensor>(&value)) return as_real(*t);
  if (const auto* d = std::get_if<double>(&value)) return graph_->scalar(*d);
  if (const auto* n = std::get_if<std::int64_t>(&value)) return graph_->scalar(static_cast<double>(*n));
  if (const auto* b = std::get_if<bool>(&value)) return graph_->scalar(*b ? 1.0 : 0.0);
  if (!given(i)) return {};
  throw Error("E209", "`" + family() + "` needs a number or array for `" + spec_->parameters[i].name + "`");
}

void Bound::invalid(std::size_t i, const std::string& what) const {
  throw Error("E413", "`" + family() + "`: `" + spec_->parameters[i].name + "` " + what);
}

Tensor Bound::require(std::size_t i, const char* what, const std::function<bool(double)>& test) const {
  const Tensor t = tensor(i);
  if (!check_ || !t.defined() || !t.is_constant()) return t;
  const Array& values = t.value();
  for (std::int64_t k = 0; k < values.size(); ++k) {
    // NaN is left to the density, where a mask may hide it.
    if (test(values[k]) || std::isnan(values[k])) continue;
    const std::string where = values.size() > 1 ? " (element " + std::to_string(k) + ")" : "";
    invalid(i, std::string("must be ") + what + ", got " + number(values[k]) + where);
  }
  return t;
}

Tensor Bound::positive(std::size_t i) const {
  return require(i, "positive", [](double v) { return v > 0.0; });
}

Tensor Bound::nonnegative(std::size_t i) const {
  return require(i, "zero or positive", [](double v) { return v >= 0.0; });
}

Tensor Bound::probability(std::size_t i) const {
  return require(i, "between 0 and 1", [](double v) { return v >= 0.0 && v <= 1.0; });
}

std::size_t Bound::one_of(const std::vector<std::size_t>& alternatives) const {
  std::string names;
  std::size_t count = 0, chosen = alternatives.front();
  for (const std::size_t i : alternatives) {
    names += (names.empty() ? "`" : ", `") + spec_->parameters[i].name + "`";
    if (!given(i)) continue;
    ++count;
    chosen = i;
  }
  if (count != 1) {
    throw Error("E205", "`" + family() + "` needs exactly one of " + names + ", got " + std::to_string(count));
  }
  return chosen;
}

DistributionPtr Bound::distribution(std::size_t i) const {
  if (const auto* d = std::get_if<DistributionPtr>(&values_[i])) return *d;
  throw Error("E206", "`" + family() + "` needs a distribution for `" + spec_->parameters[i].name + "`");
}

std::vector<TransformPtr> Bound::transforms(std::size_t i) const {
  if (const auto* t = std::get_if<std::vector<TransformPtr>>(&values_[i])) return *t;
  throw Error("E209",
              "`" + family() + "` needs a transform or a list of transforms for `" + spec_->parameters[i].name + "`");
}

Constraint Bound::constraint(std::size_t i) const {
  if (const auto* c = std::get_if<Constraint>(&values_[i])) return *c;
  throw Error("E209", "`" + family() + "` needs a constraint for `" + spec_->parameters[i].name + "`");
}

Shape Bound::shape(std::size_t i) const {
  if (const auto* s = std::get_if<Shape>(&values_[i])) return *s;
  if (const auto* n = std::get_if<std::int64_t>(&values_[i])) return {*n};
  if (!given(i)) return {};
  throw Error("E303", "`" + family() + "` needs a shape for `" + spec_->parameters[i].name + "`");
}

std::int64_t Bound::integer(std::size_t i) const {
  if (const auto* n = std::get_if<std::int64_t>(&values_[i])) return *n;
  const Tensor t = tensor(i);
  if (t.defined() && t.size() == 1 && t.is_constant() && std::floor(t.value()[0]) == t.value()[0]) {
    return static_cast<std::int64_t>(t.value()[0]);
  }
  throw Error("E303", "`" + family() + "` needs a known integer for `" + spec_->parameters[i].name + "`");
}

ParameterSpec required(std::string name, ParameterKind kind) {
  ParameterSpec spec;
  spec.name = std::move(name);
  spec.kind = kind;
  spec.required = true;
  return spec;
}

ParameterSpec optional(std::string name, double fallback) {
  ParameterSpec spec;
  spec.name = std::move(name);
  spec.fallback = fallback;
  return spec;
}

ParameterSpec none(std::string name, ParameterKind kind) {
  ParameterSpec spec;
  spec.name = std::move(name);
  spec.kind = kind;
  return spec;
}

ParameterSpec keyword(std::string name) {
  ParameterSpec spec = none(std::move(name));
  spec.keyword_only = true;
  return spec;
}

Tensor draw_log_gamma(const SampleKey& key, std::uint32_t k, const Tensor& a, const Shape& shape) {
  const Tensor u = tensor::random_uniform(a.graph(), key.derive(2 * k + 1).site(), shape);
  const Tensor g = tensor::random_gamma(key.derive(2 * k + 2).site(), a + 1.0, shape);
  return tensor::log(g) + tensor::log(u) / a;
}

Tensor draw_beta_logit(const SampleKey& key, const Tensor& a, const Tensor& b, const Shape& shape) {
  return draw_log_gamma(key, 0, a, shape) - draw_log_gamma(key, 1, b, shape);
}

}  // namespace dolab::prob
