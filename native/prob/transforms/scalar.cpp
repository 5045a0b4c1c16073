// Maps of single numbers.
#include "dolab/error.hpp"
#include "prob/numeric.hpp"
#include "prob/support_maps.hpp"
#include "prob/transform.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

/// Adds the shape of u to a log determinant that came out smaller.
Tensor like(const Tensor& log_det, const Tensor& u) {
  return to_shape(log_det, broadcast_shapes(log_det.shape(), u.shape()));
}

class Identity final : public Bijection {
 public:
  explicit Identity(Constraint set) : set_(set) {}
  std::string name() const override { return "IdentityTransform"; }
  Constraint domain() const override { return set_; }
  Constraint codomain() const override { return set_; }
  Tensor forward(const Tensor& u) const override { return u; }
  Tensor inverse(const Tensor& x) const override { return x; }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override {
    return tensor::full(u.graph(), drop_last(u.shape(), set_.event_dim), 0.0);
  }
  Constraint image(const Constraint& set) const override { return set; }
  int direction() const override { return 1; }

 private:
  Constraint set_;
};

/// Sign of a tensor that is known and of one sign; 0 otherwise.
int known_sign(const Tensor& t) {
  if (known_and_all(t, [](double v) { return v > 0.0; })) return 1;
  if (known_and_all(t, [](double v) { return v < 0.0; })) return -1;
  return 0;
}

struct Bounds {
  Tensor lower, upper;
};

/// Bounds of a half line or interval; both undefined for anything else.
Bounds bounds_of(const Constraint& set, Graph& graph) {
  switch (set.kind) {
    case Kind::positive:
    case Kind::nonnegative:
    case Kind::softplus_positive:
      return {graph.scalar(0.0), {}};
    case Kind::greater_than:
    case Kind::greater_than_eq:
      return {set.lower, {}};
    case Kind::less_than:
    case Kind::less_than_eq:
      return {{}, set.upper};
    case Kind::unit_interval:
      return {graph.scalar(0.0), graph.scalar(1.0)};
    case Kind::circular:
      return {graph.scalar(-kPi), graph.scalar(kPi)};
    case Kind::interval:
      return {set.lower, set.upper};
    default:
      return {};
  }
}

/// The set with these bounds, simplified where they are the usual ones.
Constraint set_between(const Tensor& lower, const Tensor& upper, int event_dim) {
  const auto is = [](const Tensor& t, double v) { return known_and_all(t, [v](double x) { return x == v; }); };
  Constraint set;
  if (lower.defined() && upper.defined()) {
    set = is(lower, 0.0) && is(upper, 1.0) ? Constraint(Kind::unit_interval) : Constraint(Kind::interval, lower, upper);
  } else if (lower.defined()) {
    set = is(lower, 0.0) ? Constraint(Kind::positive) : Constraint(Kind::greater_than, lower);
  } else if (upper.defined()) {
    set = Constraint(Kind::less_than, {}, upper);
  }
  return set.independent(event_dim);
}

class Affine final : public Bijection {
 public:
  Affine(const Tensor& loc, const Tensor& scale, Constraint domain)
      : loc_(as_real(loc)), scale_(as_real(scale)), domain_(domain) {}
  std::string name() const override { return "AffineTransform"; }
  Constraint domain() const override { return domain_; }
  Constraint codomain() const override { return image(domain_); }
  Tensor forward(const Tensor& u) const override { return loc_ + scale_ * u; }
  Tensor inverse(const Tensor& x) const override { return (x - loc_) / scale_; }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override {
    const Tensor magnitude = known_sign(scale_) == 1 || exp_argument(scale_) ? scale_ : tensor::abs(scale_);
    return sum_rightmost(like(log_of(magnitude), u), domain_.event_dim);
  }
  Constraint image(const Constraint& set) const override {
    const Bounds bounds = bounds_of(set, scale_.graph());
    const int sign = exp_argument(scale_) ? 1 : known_sign(scale_);
    if (sign == 0 || (!bounds.lower.defined() && !bounds.upper.defined())) {
      return Constraint(Kind::real).independent(set.event_dim);
    }
    const Tensor low = bounds.lower.defined() ? forward(bounds.lower) : Tensor();
    const Tensor high = bounds.upper.defined() ? forward(bounds.upper) : Tensor();
    return sign > 0 ? set_between(low, high, set.event_dim) : set_between(high, low, set.event_dim);
  }
  int direction() const override { return known_sign(scale_); }
  Shape forward_shape(const Shape& u) const override {
    return broadcast_shapes(u, broadcast_shapes(loc_.shape(), scale_.shape()));
  }
  Shape unconstrained_shape(const Shape& x) const override { return forward_shape(x); }

 private:
  Tensor loc_, scale_;
  Constraint domain_;
};

class Exp final : public Bijection {
 public:
  explicit Exp(Constraint domain) : domain_(domain) {}
  std::string name() const override { return "ExpTransform"; }
  Constraint domain() const override { return domain_; }
  Constraint codomain() const override { return image(domain_); }
  Tensor forward(const Tensor& u) const override { return tensor::exp(u); }
  Tensor inverse(const Tensor& x) const override { return log_of(x); }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override { return sum_rightmost(u, domain_.event_dim); }
  Constraint image(const Constraint& set) const override {
    if (set.kind == Kind::ordered_vector) {
      return Constraint(Kind::positive_ordered_vector).independent(set.event_dim - 1);
    }
    if (set.kind == Kind::greater_than || set.kind == Kind::greater_than_eq) {
      return set_between(tensor::exp(set.lower), {}, set.event_dim);
    }
    if (set.kind == Kind::interval) return set_between(tensor::exp(set.lower), tensor::exp(set.upper), set.event_dim);
    return Constraint(Kind::positive).independent(set.event_dim);
  }
  int direction() const override { return 1; }

 private:
  Constraint domain_;
};

class Sigmoid final : public Bijection {
 public:
  std::string name() const override { return "SigmoidTransform"; }
  Constraint domain() const override { return Constraint(Kind::real); }
  Constraint codomain() const override { return Constraint(Kind::unit_interval); }
  Tensor forward(const Tensor& u) const override { return clipped_sigmoid(u); }
  Tensor inverse(const Tensor& x) const override {
    if (const auto u = sigmoid_argument(x)) return *u;
    return log_of(x) - log1m_of(x);
  }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override {
    return tensor::log_sigmoid(u) + tensor::log_sigmoid(-u);
  }
  int direction() const override { return 1; }
};

class Softplus final : public Bijection {
 public:
  std::string name() const override { return "SoftplusTransform"; }
  Constraint domain() const override { return Constraint(Kind::real); }
  Constraint codomain() const override { return Constraint(Kind::softplus_positive); }
  Tensor forward(const Tensor& u) const override { return tensor::softplus(u); }
  Tensor inverse(const Tensor& x) const override { return x + tensor::log1mexp(x); }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override { return tensor::log_sigmoid(u); }
  int direction() const override { return 1; }
};

class Power final : public Bijection {
 public:
  explicit Power(const Tensor& exponent) : exponent_(as_real(exponent)) {}
  std::string name() const override { return "PowerTransform"; }
  Constraint domain() const override { return Constraint(Kind::positive); }
  Constraint codomain() const override { return Constraint(Kind::positive); }
  Tensor forward(const Tensor& u) const override { return tensor::power(u, exponent_); }
  Tensor inverse(const Tensor& x) const override { return tensor::exp(log_of(x) / exponent_); }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override {
    return like(tensor::log(tensor::abs(exponent_)) + (exponent_ - 1.0) * log_of(u), u);
  }
  int direction() const override { return known_sign(exponent_); }
  Shape forward_shape(const Shape& u) const override { return broadcast_shapes(u, exponent_.shape()); }
  Shape unconstrained_shape(const Shape& x) const override { return forward_shape(x); }

 private:
  Tensor exponent_;
};

class Abs final : public Bijection {
 public:
  std::string name() const override { return "AbsTransform"; }
  Constraint domain() const override { return Constraint(Kind::real); }
  Constraint codomain() const override { return Constraint(Kind::positive); }
  Tensor forward(const Tensor& u) const override { return tensor::abs(u); }
  Tensor inverse(const Tensor& x) const override { return x; }
  Tensor log_abs_det(const Tensor&, const Tensor&) const override {
    throw Error("E204", "AbsTransform has no log density: two points have one image",
                "use HalfNormal or HalfCauchy for the absolute value of a centred variable");
  }
};

/// bound + sign * exp(u).
class HalfLine final : public Bijection {
 public:
  HalfLine(Tensor bound, int sign) : bound_(bound), sign_(sign) {}
  std::string name() const override { return "HalfLineTransform"; }
  Constraint domain() const override { return Constraint(Kind::real); }
  Constraint codomain() const override {
    return sign_ > 0 ? Constraint(Kind::greater_than, bound_) : Constraint(Kind::less_than, {}, bound_);
  }
  Tensor forward(const Tensor& u) const override {
    return sign_ > 0 ? bound_ + tensor::exp(u) : bound_ - tensor::exp(u);
  }
  Tensor inverse(const Tensor& x) const override { return tensor::log(sign_ > 0 ? x - bound_ : bound_ - x); }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override { return u; }
  int direction() const override { return sign_; }
  Shape forward_shape(const Shape& u) const override { return broadcast_shapes(u, bound_.shape()); }
  Shape unconstrained_shape(const Shape& x) const override { return forward_shape(x); }

 private:
  Tensor bound_;
  int sign_;
};

/// lower + (upper - lower) sigmoid(u); without bounds the circle [-pi, pi].
class Interval final : public Bijection {
 public:
  Interval(Tensor lower, Tensor upper) : lower_(lower), upper_(upper) {}
  std::string name() const override { return "IntervalTransform"; }
  Constraint domain() const override { return Constraint(Kind::real); }
  Constraint codomain() const override {
    return lower_.defined() ? Constraint(Kind::interval, lower_, upper_) : Constraint(Kind::circular);
  }
  Tensor forward(const Tensor& u) const override { return low(u) + (high(u) - low(u)) * clipped_sigmoid(u); }
  Tensor inverse(const Tensor& x) const override { return tensor::log(x - low(x)) - tensor::log(high(x) - x); }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override {
    return tensor::log(high(u) - low(u)) + (tensor::log_sigmoid(u) + tensor::log_sigmoid(-u));
  }
  int direction() const override { return 1; }
  Shape forward_shape(const Shape& u) const override {
    return lower_.defined() ? broadcast_shapes(u, broadcast_shapes(lower_.shape(), upper_.shape())) : u;
  }
  Shape unconstrained_shape(const Shape& x) const override { return forward_shape(x); }

 private:
  Tensor low(const Tensor& like) const { return lower_.defined() ? lower_ : constant_scalar(like, -kPi); }
  Tensor high(const Tensor& like) const { return upper_.defined() ? upper_ : constant_scalar(like, kPi); }
  Tensor lower_, upper_;
};

}  // namespace

TransformPtr identity_transform() { return std::make_shared<Identity>(Constraint{}); }
TransformPtr identity_of(const Constraint& set) { return std::make_shared<Identity>(set); }
TransformPtr affine_transform(const Tensor& loc, const Tensor& scale, const Constraint& domain) {
  return std::make_shared<Affine>(loc, scale, domain);
}
TransformPtr exp_transform(const Constraint& domain) { return std::make_shared<Exp>(domain); }
TransformPtr sigmoid_transform() { return std::make_shared<Sigmoid>(); }
TransformPtr softplus_transform() { return std::make_shared<Softplus>(); }
TransformPtr power_transform(const Tensor& exponent) { return std::make_shared<Power>(exponent); }
TransformPtr abs_transform() { return std::make_shared<Abs>(); }
TransformPtr half_line_map(const Tensor& bound, int sign) { return std::make_shared<HalfLine>(bound, sign); }
TransformPtr interval_map(const Tensor& lower, const Tensor& upper) { return std::make_shared<Interval>(lower, upper); }

}  // namespace dolab::prob
