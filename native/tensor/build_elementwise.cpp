// Elementwise operations: dtype rules, broadcasting and local simplification.
#include <cmath>

#include "dolab/error.hpp"
#include "tensor/build.hpp"

namespace dolab::tensor {

namespace {

constexpr std::int64_t kSharedDivisor = 8;

Tensor add_node(Graph& graph, Op op, std::uint8_t kind, DType dtype, Shape shape, std::vector<NodeId> inputs) {
  Node node;
  node.op = op;
  node.kind = kind;
  node.dtype = dtype;
  node.shape = std::move(shape);
  node.inputs = std::move(inputs);
  return {&graph, graph.add(std::move(node))};
}

bool gives_boolean(Unary kind) {
  return kind == Unary::logical_not || kind == Unary::is_nan || kind == Unary::is_finite;
}

bool keeps_kind(Unary kind) {
  return kind == Unary::copy || kind == Unary::negate || kind == Unary::abs || kind == Unary::sign ||
         kind == Unary::square;
}

bool is_comparison(Binary kind) {
  return kind == Binary::equal || kind == Binary::not_equal || kind == Binary::less || kind == Binary::less_equal;
}

bool is_logical(Binary kind) {
  return kind == Binary::logical_and || kind == Binary::logical_or || kind == Binary::logical_xor;
}

bool keeps_integers(Binary kind) {
  switch (kind) {
    case Binary::add:
    case Binary::subtract:
    case Binary::multiply:
    case Binary::modulo:
    case Binary::floor_divide:
    case Binary::minimum:
    case Binary::maximum:
    case Binary::power:
      return true;
    default:
      return false;
  }
}

DType promote(DType a, DType b) { return a > b ? a : b; }

DType binary_dtype(Binary kind, DType a, DType b) {
  if (is_comparison(kind) || is_logical(kind)) return DType::boolean;
  if (!keeps_integers(kind)) return DType::real;
  const DType joint = promote(a, b);
  const bool lattice = kind == Binary::minimum || kind == Binary::maximum;
  return joint == DType::boolean && !lattice ? DType::integer : joint;
}

/// The value of a uniform scalar constant, if `a` is one.
std::optional<double> known_scalar(const Tensor& a) {
  const Node& node = a.node();
  if (node.op != Op::constant || node.value.size() != 1) return std::nullopt;
  return node.value[0];
}

bool is_unary(const Tensor& a, Unary kind) {
  return a.node().op == Op::unary && a.node().kind == static_cast<std::uint8_t>(kind);
}

/// (x s) t with scalars s and t and a larger x: x (s t), one pass fewer over x.
std::optional<Tensor> join_scalar_factors(const Tensor& a, const Tensor& t) {
  if (t.size() != 1 || a.size() == 1 || a.node().op != Op::binary || a.dtype() != DType::real) return std::nullopt;
  if (a.node().kind != static_cast<std::uint8_t>(Binary::multiply)) return std::nullopt;
  const Tensor x = operand(a, 0), y = operand(a, 1);
  if (y.size() == 1 && x.shape() == a.shape()) return x * (y * t);
  if (x.size() == 1 && y.shape() == a.shape()) return y * (x * t);
  return std::nullopt;
}

/// Rewrites that are exact (or more accurate) for every argument.
std::optional<Tensor> simplify_unary(Unary kind, const Tensor& a) {
  switch (kind) {
    case Unary::negate:
      if (is_unary(a, Unary::negate)) return operand(a, 0);
      if (const auto joined = join_scalar_factors(a, a.graph().scalar(-1.0))) return *joined;
      break;
    case Unary::log:
      if (is_unary(a, Unary::exp)) return operand(a, 0);
      if (is_unary(a, Unary::sigmoid)) return log_sigmoid(operand(a, 0));
      break;
    case Unary::sqrt:
      if (is_unary(a, Unary::square)) return abs(operand(a, 0));
      break;
    case Unary::square:
      if (is_unary(a, Unary::negate) || is_unary(a, Unary::abs)) return square(operand(a, 0));
      break;
    case Unary::abs:
      if (is_unary(a, Unary::abs) || is_unary(a, Unary::exp) || is_unary(a, Unary::square)) return a;
      break;
    case Unary::log1p:
      if (is_unary(a, Unary::negate) && is_unary(operand(a, 0), Unary::sigmoid)) {
        return -softplus(operand(operand(a, 0), 0));
      }
      break;
    case Unary::logical_not:
      if (is_unary(a, Unary::logical_not) && operand(a, 0).dtype() == DType::boolean) return operand(a, 0);
      break;
    default:
      break;
  }
  return std::nullopt;
}

/// `a` with the dtype and shape that the operation would have had.
Tensor conform(const Tensor& a, DType dtype, const Shape& shape) { return broadcast_to(cast(a, dtype), shape); }

std::optional<Tensor> simplify_binary(Binary kind, const Tensor& a, const Tensor& b, DType dtype, const Shape& shape) {
  const auto ka = known_scalar(a);
  const auto kb = known_scalar(b);
  switch (kind) {
    case Binary::add:
      if (kb && *kb == 0.0) return conform(a, dtype, shape);
      if (ka && *ka == 0.0) return conform(b, dtype, shape);
      if (is_unary(b, Unary::negate)) return a - operand(b, 0);
      if (is_unary(a, Unary::negate)) return b - operand(a, 0);
      break;
    case Binary::subtract:
      if (kb && *kb == 0.0) return conform(a, dtype, shape);
      if (ka && *ka == 0.0) return conform(-b, dtype, shape);
      if (is_unary(b, Unary::negate)) return a + operand(b, 0);
      break;
    case Binary::multiply:
      if (kb && *kb == 1.0) return conform(a, dtype, shape);
      if (ka && *ka == 1.0) return conform(b, dtype, shape);
      if (kb && *kb == -1.0) return conform(-a, dtype, shape);
      if (ka && *ka == -1.0) return conform(-b, dtype, shape);
      if (a.id() == b.id() && dtype != DType::boolean) return conform(square(a), dtype, shape);
      if (const auto joined = join_scalar_factors(a, b)) return conform(*joined, dtype, shape);
      if (const auto joined = join_scalar_factors(b, a)) return conform(*joined, dtype, shape);
      break;
    case Binary::divide: {
      if (!kb) {
        // One division and many products (one more rounding) where a scalar divides an array.
        if (b.size() == 1 && a.size() >= kSharedDivisor && !b.is_constant())
          return a * reciprocal(cast(b, DType::real));
        break;
      }
      if (*kb == 1.0) return conform(a, dtype, shape);
      int exponent = 0;
      if (std::isfinite(*kb) && std::frexp(*kb, &exponent) == 0.5 && exponent > -1000 && exponent < 1000) {
        return cast(a, DType::real) * (1.0 / *kb);  // exact: a power of two
      }
      break;
    }
    case Binary::power:
      if (!kb) break;
      if (*kb == 1.0) return conform(a, dtype, shape);
      if (*kb == 2.0) return conform(square(a), dtype, shape);
      if (*kb == 0.5 && a.dtype() == DType::real) return conform(sqrt(a), dtype, shape);
      if (*kb == -1.0 && a.dtype() == DType::real) return conform(reciprocal(a), dtype, shape);
      break;
    default:
      break;
  }
  return std::nullopt;
}

/// Broadcasts float up: work is done on what was broadcast, where it is smaller.
Tensor before_broadcast(const Tensor& a) { return a.node().op == Op::broadcast ? operand(a, 0) : a; }

void require_numeric_order(Tensor& a, Tensor& b) {
  // Commutative operations keep one order, so that equal expressions share a node.
  if (a.id() > b.id()) std::swap(a, b);
}

}  // namespace

Tensor unary(Unary kind, const Tensor& a) {
  const DType dtype = gives_boolean(kind) ? DType::boolean
                      : keeps_kind(kind)  ? (a.dtype() == DType::boolean ? DType::integer : a.dtype())
                                          : DType::real;
  if (a.node().op == Op::broadcast) return broadcast_to(unary(kind, operand(a, 0)), a.shape());
  if (const auto simple = simplify_unary(kind, a)) return *simple;
  if ((kind == Unary::floor || kind == Unary::ceil || kind == Unary::round) && a.dtype() != DType::real) {
    return cast(a, DType::real);
  }
  return add_node(a.graph(), Op::unary, static_cast<std::uint8_t>(kind), dtype, a.shape(), {a.id()});
}

Tensor binary(Binary kind, const Tensor& left, const Tensor& right) {
  Tensor a = left, b = right;
  if (&a.graph() != &b.graph()) throw Error("E209", "tensors of two different models meet");
  const DType dtype = binary_dtype(kind, a.dtype(), b.dtype());
  const Shape shape = broadcast_shapes(a.shape(), b.shape());
  if (a.node().op == Op::broadcast || b.node().op == Op::broadcast) {
    return broadcast_to(binary(kind, before_broadcast(a), before_broadcast(b)), shape);
  }
  if (a.dtype() == DType::boolean && b.dtype() == DType::boolean) {
    if (kind == Binary::add) return binary(Binary::logical_or, a, b);
    if (kind == Binary::multiply) return binary(Binary::logical_and, a, b);
    if (kind == Binary::subtract) throw Error("E209", "boolean - boolean is not defined", "use logical_xor or ~");
  }
  if (const auto simple = simplify_binary(kind, a, b, dtype, shape)) return *simple;
  if (kind == Binary::add || kind == Binary::multiply || kind == Binary::equal || kind == Binary::not_equal ||
      kind == Binary::logaddexp || is_logical(kind)) {
    require_numeric_order(a, b);
  }
  return add_node(a.graph(), Op::binary, static_cast<std::uint8_t>(kind), dtype, shape, {a.id(), b.id()});
}

Tensor select(const Tensor& condition, const Tensor& a, const Tensor& b) {
  const Shape shape = broadcast_shapes(condition.shape(), broadcast_shapes(a.shape(), b.shape()));
  const DType dtype = promote(a.dtype(), b.dtype());
  if (a.id() == b.id()) return conform(a, dtype, shape);
  if (condition.node().op == Op::broadcast || a.node().op == Op::broadcast || b.node().op == Op::broadcast) {
    return broadcast_to(select(before_broadcast(condition), before_broadcast(a), before_broadcast(b)), shape);
  }
  if (condition.is_constant()) {
    const Array& known = condition.value();
    bool all = true, none = true;
    for (std::int64_t i = 0; i < known.size(); ++i) (known[i] != 0.0 ? none : all) = false;
    if (all) return conform(a, dtype, shape);
    if (none) return conform(b, dtype, shape);
  }
  return add_node(condition.graph(), Op::select, 0, dtype, shape, {condition.id(), a.id(), b.id()});
}

Tensor cast(const Tensor& a, DType dtype) {
  if (a.dtype() == dtype) return a;
  if (a.node().op == Op::constant && a.dtype() < dtype) return a.graph().constant(a.node().value.with_dtype(dtype));
  if (dtype == DType::boolean) return not_equal(a, a.graph().scalar(0.0, a.dtype()));
  if (dtype == DType::integer && a.dtype() == DType::real) {
    // Truncation toward zero, as an integer node.
    const Tensor magnitude = unary(Unary::floor, abs(a));
    const Tensor truncated = unary(Unary::sign, a) * magnitude;
    return add_node(a.graph(), Op::unary, static_cast<std::uint8_t>(Unary::copy), dtype, a.shape(), {truncated.id()});
  }
  return add_node(a.graph(), Op::unary, static_cast<std::uint8_t>(Unary::copy), dtype, a.shape(), {a.id()});
}

Tensor stop_gradient(const Tensor& a) {
  if (a.is_constant() || a.dtype() != DType::real) return a;
  return add_node(a.graph(), Op::stop_gradient, 0, a.dtype(), a.shape(), {a.id()});
}

Tensor operator+(const Tensor& a, const Tensor& b) { return binary(Binary::add, a, b); }
Tensor operator-(const Tensor& a, const Tensor& b) { return binary(Binary::subtract, a, b); }
Tensor operator*(const Tensor& a, const Tensor& b) { return binary(Binary::multiply, a, b); }
Tensor operator/(const Tensor& a, const Tensor& b) { return binary(Binary::divide, a, b); }
Tensor operator-(const Tensor& a) { return unary(Unary::negate, a); }
Tensor operator+(const Tensor& a, double b) { return a + a.graph().scalar(b); }
Tensor operator+(double a, const Tensor& b) { return b.graph().scalar(a) + b; }
Tensor operator-(const Tensor& a, double b) { return a - a.graph().scalar(b); }
Tensor operator-(double a, const Tensor& b) { return b.graph().scalar(a) - b; }
Tensor operator*(const Tensor& a, double b) { return a * a.graph().scalar(b); }
Tensor operator*(double a, const Tensor& b) { return b.graph().scalar(a) * b; }
Tensor operator/(const Tensor& a, double b) { return a / a.graph().scalar(b); }
Tensor operator/(double a, const Tensor& b) { return b.graph().scalar(a) / b; }
Tensor operator<(const Tensor& a, const Tensor& b) { return binary(Binary::less, a, b); }
Tensor operator<=(const Tensor& a, const Tensor& b) { return binary(Binary::less_equal, a, b); }
Tensor operator>(const Tensor& a, const Tensor& b) { return binary(Binary::less, b, a); }
Tensor operator>=(const Tensor& a, const Tensor& b) { return binary(Binary::less_equal, b, a); }
Tensor operator<(const Tensor& a, double b) { return a < a.graph().scalar(b); }
Tensor operator<=(const Tensor& a, double b) { return a <= a.graph().scalar(b); }
Tensor operator>(const Tensor& a, double b) { return a > a.graph().scalar(b); }
Tensor operator>=(const Tensor& a, double b) { return a >= a.graph().scalar(b); }
Tensor equal(const Tensor& a, const Tensor& b) { return binary(Binary::equal, a, b); }
Tensor not_equal(const Tensor& a, const Tensor& b) { return binary(Binary::not_equal, a, b); }
Tensor logical_and(const Tensor& a, const Tensor& b) { return binary(Binary::logical_and, a, b); }
Tensor logical_or(const Tensor& a, const Tensor& b) { return binary(Binary::logical_or, a, b); }
Tensor logical_not(const Tensor& a) { return unary(Unary::logical_not, a); }
Tensor exp(const Tensor& a) { return unary(Unary::exp, a); }
Tensor expm1(const Tensor& a) { return unary(Unary::expm1, a); }
Tensor log(const Tensor& a) { return unary(Unary::log, a); }
Tensor log1p(const Tensor& a) { return unary(Unary::log1p, a); }
Tensor sqrt(const Tensor& a) { return unary(Unary::sqrt, a); }
Tensor square(const Tensor& a) { return unary(Unary::square, a); }
Tensor reciprocal(const Tensor& a) { return unary(Unary::reciprocal, a); }
Tensor abs(const Tensor& a) { return unary(Unary::abs, a); }
Tensor tanh(const Tensor& a) { return unary(Unary::tanh, a); }
Tensor sigmoid(const Tensor& a) { return unary(Unary::sigmoid, a); }
Tensor log_sigmoid(const Tensor& a) { return unary(Unary::log_sigmoid, a); }
Tensor softplus(const Tensor& a) { return unary(Unary::softplus, a); }
Tensor lgamma(const Tensor& a) { return unary(Unary::lgamma, a); }
Tensor digamma(const Tensor& a) { return unary(Unary::digamma, a); }
Tensor log_ndtr(const Tensor& a) { return unary(Unary::log_ndtr, a); }
Tensor ndtri(const Tensor& a) { return unary(Unary::ndtri, a); }
Tensor erf(const Tensor& a) { return unary(Unary::erf, a); }
Tensor erfc(const Tensor& a) { return unary(Unary::erfc, a); }
Tensor log1mexp(const Tensor& a) { return unary(Unary::log1mexp, a); }
Tensor power(const Tensor& a, const Tensor& b) { return binary(Binary::power, a, b); }
Tensor maximum(const Tensor& a, const Tensor& b) { return binary(Binary::maximum, a, b); }
Tensor minimum(const Tensor& a, const Tensor& b) { return binary(Binary::minimum, a, b); }
Tensor logaddexp(const Tensor& a, const Tensor& b) { return binary(Binary::logaddexp, a, b); }
Tensor xlogy(const Tensor& a, const Tensor& b) { return binary(Binary::xlogy, a, b); }
Tensor xlog1py(const Tensor& a, const Tensor& b) { return binary(Binary::xlog1py, a, b); }

}  // namespace dolab::tensor
