// Supports of distributions and the maps between them and unconstrained space.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/build.hpp"

namespace dolab::prob {

using tensor::Graph;
using tensor::Tensor;

/// A set of values of one event. Vector and matrix kinds own one or two event dims; a larger `event_dim` means that
/// further dims are independent copies (`constraints.independent`).
struct Constraint {
  enum class Kind : std::uint8_t {
    real,
    positive,
    nonnegative,
    greater_than,
    greater_than_eq,
    less_than,
    less_than_eq,
    unit_interval,
    interval,
    circular,
    softplus_positive,
    simplex,
    ordered_vector,
    positive_ordered_vector,
    l1_ball,
    lower_cholesky,
    softplus_lower_cholesky,
    scaled_unit_lower_cholesky,
    corr_cholesky,
    corr_matrix,
    positive_definite,
    boolean,
    integer_interval,
    nonnegative_integer,
    positive_integer,
    integer_greater_than,
    multinomial,
    dependent
  };

  Kind kind = Kind::real;
  Tensor lower, upper;  // of the kinds that have bounds; `multinomial` keeps its total count in `upper`
  int event_dim = 0;

  Constraint() = default;
  explicit Constraint(Kind kind, Tensor lower = {}, Tensor upper = {});

  /// Event dims that the kind itself needs: 0, 1 or 2.
  int natural_event_dim() const noexcept;
  bool is_discrete() const noexcept;
  /// The name in the modelling language: "positive", "interval", ...
  std::string name() const;
  /// Same set over `dims` more event dims.
  Constraint independent(int dims) const;

  /// Boolean tensor: is the value inside? Shape of `value` without its last `event_dim` axes, broadcast with the
  /// bounds. NaN is outside.
  Tensor check(const Tensor& value) const;
  /// True if every value of the right shape is inside, NaN apart.
  bool is_everything() const noexcept;
  /// Some point well inside, broadcastable to `shape` (batch + event).
  Tensor feasible(Graph& graph, const Shape& shape) const;
};

/// A constraint by its name in the modelling language, `bounds` in the order of its arguments
/// (greater_than(lower_bound), interval(lower_bound, upper_bound), ...). Throws E204 for an unknown name,
/// E205 for a wrong number of bounds.
Constraint make_constraint(std::string_view name, const std::vector<Tensor>& bounds = {});
/// Number of bounds that the named constraint takes, or -1 if there is no such constraint.
int constraint_arity(std::string_view name) noexcept;

/// A differentiable map with its log |det Jacobian|: supports to unconstrained space, and the transforms of users.
/// Immutable and shared. Shapes: batch + event; the event dims of argument and result may differ.
class Bijection : public std::enable_shared_from_this<Bijection> {
 public:
  virtual ~Bijection() = default;
  /// Class name in the modelling language: "ExpTransform", ...
  virtual std::string name() const = 0;
  virtual Constraint domain() const = 0;
  virtual Constraint codomain() const = 0;
  int domain_event_dim() const { return domain().event_dim; }
  int codomain_event_dim() const { return codomain().event_dim; }

  /// x = f(u).
  virtual Tensor forward(const Tensor& u) const = 0;
  /// u with f(u) = x.
  virtual Tensor inverse(const Tensor& x) const = 0;
  /// log |det df/du| at u, where x = f(u); batch shape: the event dims are summed.
  virtual Tensor log_abs_det(const Tensor& u, const Tensor& x) const = 0;
  /// Shape of f(u) for a u of this shape, the map's own parameters broadcast. Throws E407 when u cannot have it.
  virtual Shape forward_shape(const Shape& u) const { return u; }
  /// Shape of u for an x of this shape: the unconstrained shape of a site.
  virtual Shape unconstrained_shape(const Shape& x) const { return x; }
  /// Image of a set, `codomain()` unless the map keeps more (affine maps of half lines and intervals).
  virtual Constraint image(const Constraint& set) const;
  /// +1 or -1 if the map is monotone in a scalar (cdf of transformed distributions), 0 otherwise or unknown.
  virtual int direction() const { return 0; }
};
using BijectionPtr = std::shared_ptr<const Bijection>;

/// The map from unconstrained space to a support (language page, section 2.3 and 8). Throws E505 when there is none
/// (`dependent`) and E601 for discrete supports.
BijectionPtr biject_to(const Constraint& constraint);
/// The inverse map, as a bijection of its own.
BijectionPtr invert(const BijectionPtr& map);

}  // namespace dolab::prob
