// Maps of vectors: ordered vectors, simplexes, the l1 ball.
#include <cmath>

#include "dolab/error.hpp"
#include "prob/numeric.hpp"
#include "prob/transform.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

std::int64_t last_extent(const Shape& shape, const char* who) {
  if (shape.empty()) throw Error("E407", std::string(who) + " maps vectors, got a scalar");
  return shape.back();
}

Shape with_last(Shape shape, std::int64_t extent) {
  shape.back() = extent;
  return shape;
}

Tensor zeros_column(const Tensor& like) { return tensor::full(like.graph(), with_last(like.shape(), 1), 0.0); }

class Ordered final : public Bijection {
 public:
  std::string name() const override { return "OrderedTransform"; }
  Constraint domain() const override { return real_vector(); }
  Constraint codomain() const override { return Constraint(Kind::ordered_vector); }
  Tensor forward(const Tensor& u) const override {
    const std::int64_t n = last_extent(u.shape(), "OrderedTransform");
    if (n < 2) return u;
    const Tensor steps = tensor::exp(slice_last(u, 1, n - 1));
    return tensor::cumsum(tensor::concat({slice_last(u, 0, 1), steps}, -1), -1);
  }
  Tensor inverse(const Tensor& x) const override {
    const std::int64_t n = last_extent(x.shape(), "OrderedTransform");
    if (n < 2) return x;
    const Tensor steps = tensor::log(slice_last(x, 1, n - 1) - slice_last(x, 0, n - 1));
    return tensor::concat({slice_last(x, 0, 1), steps}, -1);
  }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override {
    const std::int64_t n = last_extent(u.shape(), "OrderedTransform");
    if (n < 2) return tensor::full(u.graph(), drop_last(u.shape(), 1), 0.0);
    return tensor::sum(slice_last(u, 1, n - 1), {-1});
  }
};

/// v_i = u_i - log(K - i), z = sigmoid(v), y_i = z_i prod_{j < i} (1 - z_j), all in logarithms (Stan reference manual,
/// "simplex transform").
class StickBreaking final : public Bijection {
 public:
  std::string name() const override { return "StickBreakingTransform"; }
  Constraint domain() const override { return real_vector(); }
  Constraint codomain() const override { return Constraint(Kind::simplex); }
  Tensor forward(const Tensor& u) const override {
    last_extent(u.shape(), "StickBreakingTransform");
    const Tensor v = centred(u);
    const Tensor remaining = tensor::cumsum(tensor::log_sigmoid(-v), -1);
    const Tensor zero = zeros_column(u);
    return tensor::exp(tensor::concat({tensor::log_sigmoid(v), zero}, -1) + tensor::concat({zero, remaining}, -1));
  }
  Tensor inverse(const Tensor& x) const override {
    const std::int64_t k = last_extent(x.shape(), "StickBreakingTransform");
    const Tensor rest = slice_last(tensor::cumsum(x, -1, true), 1, k - 1);
    return log_of(slice_last(x, 0, k - 1)) - tensor::log(rest) + offsets(x.graph(), k - 1);
  }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override {
    const Tensor v = centred(u);
    return tensor::sum(tensor::log_sigmoid(v) + tensor::cumsum(tensor::log_sigmoid(-v), -1), {-1});
  }
  Shape forward_shape(const Shape& u) const override {
    return with_last(u, last_extent(u, "StickBreakingTransform") + 1);
  }
  Shape unconstrained_shape(const Shape& x) const override {
    const std::int64_t k = last_extent(x, "StickBreakingTransform");
    if (k < 2) throw Error("E407", "a simplex needs at least two components, got " + std::to_string(k));
    return with_last(x, k - 1);
  }

 private:
  static Tensor offsets(Graph& graph, std::int64_t breaks) {
    std::vector<double> values;
    for (std::int64_t i = 0; i < breaks; ++i) values.push_back(std::log(static_cast<double>(breaks - i)));
    return graph.constant(Array::vector(values));
  }
  static Tensor centred(const Tensor& u) { return u - offsets(u.graph(), u.extent(-1)); }
};

/// t = tanh(u), x_i = t_i prod_{j < i} (1 - |t_j|).
class L1Ball final : public Bijection {
 public:
  std::string name() const override { return "L1BallTransform"; }
  Constraint domain() const override { return real_vector(); }
  Constraint codomain() const override { return Constraint(Kind::l1_ball); }
  Tensor forward(const Tensor& u) const override { return tensor::tanh(u) * tensor::exp(log_before(u)); }
  Tensor inverse(const Tensor& x) const override {
    const std::int64_t n = last_extent(x.shape(), "L1BallTransform");
    const Tensor zero = zeros_column(x);
    const Tensor used =
        n < 2 ? zero : tensor::concat({zero, tensor::cumsum(tensor::abs(slice_last(x, 0, n - 1)), -1)}, -1);
    const Tensor t = x / (1.0 - used);
    return 0.5 * (tensor::log1p(t) - tensor::log1p(-t));
  }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override {
    const Tensor log_slope = 2.0 * (kLog2 - u - tensor::softplus(-2.0 * u));
    return tensor::sum(log_slope + log_before(u), {-1});
  }

 private:
  /// log prod_{j < i} (1 - |tanh u_j|), with 1 - tanh|u| = 2 sigmoid(-2|u|).
  static Tensor log_before(const Tensor& u) {
    const std::int64_t n = last_extent(u.shape(), "L1BallTransform");
    const Tensor zero = zeros_column(u);
    if (n < 2) return zero;
    const Tensor log_rest = kLog2 + tensor::log_sigmoid(-2.0 * tensor::abs(slice_last(u, 0, n - 1)));
    return tensor::concat({zero, tensor::cumsum(log_rest, -1)}, -1);
  }
};

/// c_k = anchor + logit(p_1 + ... + p_k), k < K.
class SimplexToOrdered final : public Bijection {
 public:
  explicit SimplexToOrdered(const Tensor& anchor) : anchor_(as_real(anchor)) {}
  std::string name() const override { return "SimplexToOrderedTransform"; }
  Constraint domain() const override { return Constraint(Kind::simplex); }
  Constraint codomain() const override { return Constraint(Kind::ordered_vector); }
  Tensor forward(const Tensor& p) const override {
    const std::int64_t k = last_extent(p.shape(), "SimplexToOrderedTransform");
    const Tensor below = slice_last(tensor::cumsum(p, -1), 0, k - 1);
    // The value 1 - below is summed from the other end, where it keeps its digits; the derivative is that of 1 - below,
    // so that each entry of p as a free coordinate gets the derivative of logit(cumsum(p)).
    const Tensor above = tensor::stop_gradient(slice_last(tensor::cumsum(p, -1, true), 1, k - 1)) +
                         (tensor::stop_gradient(below) - below);
    return append_axes(anchor_, anchor_.rank() > 0 ? 1 : 0) + (tensor::log(below) - tensor::log(above));
  }
  Tensor inverse(const Tensor& c) const override {
    const Tensor s = centred(c);
    const Tensor below = tensor::sigmoid(s);
    const std::int64_t n = c.extent(-1);
    const Tensor first = slice_last(below, 0, 1), last = tensor::sigmoid(-slice_last(s, n - 1, 1));
    if (n < 2) return tensor::concat({first, last}, -1);
    return tensor::concat({first, slice_last(below, 1, n - 1) - slice_last(below, 0, n - 1), last}, -1);
  }
  Tensor log_abs_det(const Tensor&, const Tensor& c) const override {
    const Tensor s = centred(c);
    return -tensor::sum(tensor::log_sigmoid(s) + tensor::log_sigmoid(-s), {-1});
  }
  Shape forward_shape(const Shape& p) const override {
    return with_last(p, last_extent(p, "SimplexToOrderedTransform") - 1);
  }
  Shape unconstrained_shape(const Shape& c) const override {
    return with_last(c, last_extent(c, "SimplexToOrderedTransform") + 1);
  }

 private:
  Tensor centred(const Tensor& c) const { return c - append_axes(anchor_, anchor_.rank() > 0 ? 1 : 0); }
  Tensor anchor_;
};

}  // namespace

TransformPtr ordered_transform() { return std::make_shared<Ordered>(); }
TransformPtr stick_breaking_transform() { return std::make_shared<StickBreaking>(); }
TransformPtr l1_ball_transform() { return std::make_shared<L1Ball>(); }
TransformPtr simplex_to_ordered(const Tensor& anchor) { return std::make_shared<SimplexToOrdered>(anchor); }

}  // namespace dolab::prob
