// The constructors of distributions by name: parameters, defaults and binding of arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "prob/distribution.hpp"

namespace dolab::prob {

/// What may be passed to a constructor. `monostate` is None.
using Argument = std::variant<std::monostate, Tensor, double, std::int64_t, bool, std::string, DistributionPtr,
                              std::vector<TransformPtr>, Constraint, Shape>;

enum class ParameterKind : std::uint8_t { tensor, distribution, transforms, constraint, shape, integer, text };

struct ParameterSpec {
  std::string name;
  ParameterKind kind = ParameterKind::tensor;
  bool required = false;           // no default
  std::optional<double> fallback;  // default value; absent and not required: None
  bool keyword_only = false;
};

struct FamilySpec {
  std::string name;
  std::vector<ParameterSpec> parameters;  // in positional order; keyword-only ones last
};

/// Positional arguments first, then named ones.
struct Arguments {
  std::vector<Argument> positional;
  std::vector<std::pair<std::string, Argument>> named;
};

/// Constructor of that name, or nullptr.
const FamilySpec* find_family(std::string_view name);
/// Names of all constructors, sorted.
const std::vector<std::string>& family_names();
/// True for names of NumPyro that are known but not supported yet.
bool is_known_family(std::string_view name);

/// Builds a distribution. `validate_args` is accepted everywhere; false switches the parameter checks off and
/// makes densities extrapolate. Throws E204 (unknown family or keyword, with the nearest name), E205 (missing,
/// surplus or repeated argument), E413 (a known parameter value is invalid), E407 (shapes do not fit).
DistributionPtr make_distribution(Graph& graph, std::string_view family, const Arguments& arguments);
/// Shorthand: all arguments are tensors by position.
DistributionPtr make_distribution(Graph& graph, std::string_view family, const std::vector<Tensor>& positional);

}  // namespace dolab::prob
