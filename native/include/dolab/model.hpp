// Writing a model as a C++ callable: expressions, distributions, plates and named sites.
//
//   dolab::Kernel kernel = dolab::make_kernel("regression", {"X", {"y", dolab::kNone}},
//       [](dolab::ModelBuilder& m, const dolab::Arguments& data) {
//         dolab::Value x = data.array("X");
//         dolab::Value slope = m.sample("slope", {"Normal", {0, 1}});
//         dolab::Plate rows = m.plate("rows", x.extent(0));
//         m.sample("y", {"Normal", {slope * x, 0.5}}, m.data(data, "y"));
//       });
//
// A callable runs once for every combination of arguments, on symbols: C++ control flow may depend on arguments, never
// on sampled values. Values, distributions and plates live inside that one run.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dolab/argument.hpp"
#include "dolab/array.hpp"

namespace dolab {

namespace model {
class Builder;
}
namespace tensor {
class Graph;
}
namespace prob {
class Distribution;
}

using model::Argument;
using model::Arguments;

/// A number or array that sites may depend on. Arithmetic broadcasts as in NumPy and throws Error E407 if it cannot.
/// Making or combining values outside a running kernel throws E209.
class Value {
 public:
  /// Nothing: as an observation, the site is latent.
  Value() = default;
  Value(double number);
  Value(const Array& array);

  bool defined() const noexcept { return graph_ != nullptr; }
  const Shape& shape() const;
  /// Extent of an axis; negative axes count from the end. Throws E405.
  std::int64_t extent(std::int64_t axis) const;

 private:
  friend struct ValueAccess;
  tensor::Graph* graph_ = nullptr;
  std::int32_t node_ = -1;
};

Value operator+(const Value& a, const Value& b);
Value operator-(const Value& a, const Value& b);
Value operator*(const Value& a, const Value& b);
Value operator/(const Value& a, const Value& b);
Value operator-(const Value& a);
Value operator<(const Value& a, const Value& b);
Value operator<=(const Value& a, const Value& b);
Value operator>(const Value& a, const Value& b);
Value operator>=(const Value& a, const Value& b);

Value exp(const Value& a);
Value expm1(const Value& a);
Value log(const Value& a);
Value log1p(const Value& a);
Value sqrt(const Value& a);
Value square(const Value& a);
Value abs(const Value& a);
Value tanh(const Value& a);
Value sigmoid(const Value& a);
Value softplus(const Value& a);
Value pow(const Value& a, const Value& b);
Value maximum(const Value& a, const Value& b);
Value minimum(const Value& a, const Value& b);
/// a where the condition holds, else b.
Value where(const Value& condition, const Value& a, const Value& b);
/// NumPy's matmul, vectors included.
Value matmul(const Value& a, const Value& b);
/// Over all axes, or over one.
Value sum(const Value& a, std::optional<std::int64_t> axis = std::nullopt);
Value mean(const Value& a, std::optional<std::int64_t> axis = std::nullopt);
/// table[index] along the first axis; codes run from 0. A known index out of range throws E405.
Value take(const Value& table, const Value& index);
/// The i-th entry of an axis, which is dropped: column(X, j) is X[:, j].
Value entry(const Value& a, std::int64_t axis, std::int64_t i);
inline Value column(const Value& a, std::int64_t j) { return entry(a, 1, j); }
/// One extent may be -1.
Value reshape(const Value& a, const Shape& shape);
/// Joins values of equal shape along a new axis.
Value stack(const std::vector<Value>& parts, std::int64_t axis = 0);

/// A distribution by its NumPyro name. Throws E204 (unknown name), E205 (arguments), E413 (invalid parameter).
class Distribution {
 public:
  /// Parameters by position: {"Normal", {0, 1}}.
  Distribution(const std::string& family, const std::vector<Value>& parameters);
  /// Parameters by name: Distribution::named("Bernoulli", {{"logits", eta}}).
  static Distribution named(const std::string& family, const std::vector<std::pair<std::string, Value>>& parameters);

  /// Independent copies, as NumPyro's expand.
  Distribution expand(const Shape& batch_shape) const;
  /// The rightmost `dims` batch axes become one event (-1: all of them).
  Distribution to_event(int dims = -1) const;
  /// Density zero where the mask is false.
  Distribution mask(const Value& mask) const;

 private:
  friend class ModelBuilder;
  Distribution() = default;
  std::shared_ptr<const prob::Distribution> distribution_;
};

/// Independent rows. The plate is entered when it is made and left when the object ends; plates nest like scopes.
class Plate {
 public:
  Plate(Plate&&) noexcept;
  Plate& operator=(Plate&&) = delete;
  ~Plate();
  /// Indices of the rows in use: 0 .. size-1, or a random subset.
  Value rows() const;

 private:
  friend class ModelBuilder;
  struct Scope;
  explicit Plate(std::unique_ptr<Scope> scope);
  std::unique_ptr<Scope> scope_;
};

/// What a kernel is handed: every statement of a model. Errors are `Error` with the codes of the modelling language.
class ModelBuilder {
 public:
  explicit ModelBuilder(model::Builder& builder) : builder_(builder) {}

  /// A random quantity; observed if `observation` is defined. Throws E101 (name used twice), E401 (does not fit its
  /// plates), E503 (missing value in the observation).
  Value sample(const std::string& name, const Distribution& distribution, const Value& observation = {});
  /// A named function of other values.
  Value deterministic(const std::string& name, const Value& value);
  /// A term of the log density.
  void factor(const std::string& name, const Value& log_factor);
  /// A number or array to be optimised, unconstrained. SVI only.
  Value param(const std::string& name, const Array& initial);
  /// `subsample` < size: that many random rows a step while fitting, likelihood scaled by size / subsample. `dim` is
  /// the axis (-1: the rightmost), the first free one by default. Throws E402, E403.
  [[nodiscard]] Plate plate(const std::string& name, std::int64_t size,
                            std::optional<std::int64_t> subsample = std::nullopt,
                            std::optional<std::int64_t> dim = std::nullopt);
  /// The argument as a value, or nothing if it is absent.
  Value data(const Arguments& arguments, const std::string& name) const;

 private:
  model::Builder& builder_;
};

/// What a kernel parameter stands for when the caller leaves it out.
enum class Fallback : std::uint8_t { required, none, value };
inline constexpr Fallback kNone = Fallback::none;

struct KernelParameter {
  std::string name;
  Fallback fallback = Fallback::required;
  KernelParameter(std::string parameter, Fallback otherwise = Fallback::required)
      : name(std::move(parameter)), fallback(otherwise) {}
  KernelParameter(const char* parameter) : name(parameter) {}
};

/// The arguments that a kernel takes, by name.
struct Signature {
  std::vector<KernelParameter> parameters;
  bool variable_arguments = false;  // *args or **kwargs: refused by ImpactModel

  Signature() = default;
  Signature(std::initializer_list<KernelParameter> list) : parameters(list) {}
  const KernelParameter* find(const std::string& name) const noexcept;
};

/// A model with its signature. `function` is what every front end makes, `make_kernel` among them.
struct Kernel {
  std::string name;
  Signature signature;
  std::function<void(model::Builder&, const Arguments&)> function;
};

using KernelFunction = std::function<void(ModelBuilder&, const Arguments&)>;
Kernel make_kernel(std::string name, Signature signature, KernelFunction function);

}  // namespace dolab
