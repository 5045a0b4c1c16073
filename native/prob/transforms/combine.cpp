// Composition, inversion, independence, reordering; and the choice of a map for a support.
#include <algorithm>

#include "dolab/error.hpp"
#include "prob/numeric.hpp"
#include "prob/support_maps.hpp"
#include "prob/transform.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

Constraint Bijection::image(const Constraint& set) const {
  return codomain().independent(std::max(0, set.event_dim - domain_event_dim()));
}

namespace {

class Compose final : public Bijection {
 public:
  explicit Compose(std::vector<TransformPtr> parts) : parts_(std::move(parts)) {
    int dims = parts_.back()->codomain_event_dim();
    for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
      dims = std::max(dims + (*part)->domain_event_dim() - (*part)->codomain_event_dim(), (*part)->domain_event_dim());
    }
    event_dim_ = dims;
  }
  std::string name() const override { return "ComposeTransform"; }
  Constraint domain() const override {
    const Constraint first = parts_.front()->domain();
    return first.independent(event_dim_ - first.event_dim);
  }
  Constraint codomain() const override { return image(domain()); }
  Constraint image(const Constraint& set) const override {
    Constraint current = set;
    for (const auto& part : parts_) current = part->image(current);
    return current;
  }
  Tensor forward(const Tensor& u) const override {
    Tensor x = u;
    for (const auto& part : parts_) x = part->forward(x);
    return x;
  }
  Tensor inverse(const Tensor& x) const override {
    Tensor u = x;
    for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) u = (*part)->inverse(u);
    return u;
  }
  Tensor log_abs_det(const Tensor& u, const Tensor& x) const override {
    Tensor total, current = u;
    int dims = event_dim_;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const auto& part = parts_[i];
      const Tensor next = i + 1 == parts_.size() ? x : part->forward(current);
      const Tensor term = sum_rightmost(part->log_abs_det(current, next), dims - part->domain_event_dim());
      total = total.defined() ? total + term : term;
      dims += part->codomain_event_dim() - part->domain_event_dim();
      current = next;
    }
    return total;
  }
  Shape forward_shape(const Shape& u) const override {
    Shape shape = u;
    for (const auto& part : parts_) shape = part->forward_shape(shape);
    return shape;
  }
  Shape unconstrained_shape(const Shape& x) const override {
    Shape shape = x;
    for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) shape = (*part)->unconstrained_shape(shape);
    return shape;
  }
  int direction() const override {
    int sign = 1;
    for (const auto& part : parts_) sign *= part->direction();
    return sign;
  }

 private:
  std::vector<TransformPtr> parts_;
  int event_dim_ = 0;
};

class Independent final : public Bijection {
 public:
  Independent(TransformPtr base, int dims) : base_(std::move(base)), dims_(dims) {}
  std::string name() const override { return "IndependentTransform"; }
  Constraint domain() const override { return base_->domain().independent(dims_); }
  Constraint codomain() const override { return base_->codomain().independent(dims_); }
  Constraint image(const Constraint& set) const override { return base_->image(set); }
  Tensor forward(const Tensor& u) const override { return base_->forward(u); }
  Tensor inverse(const Tensor& x) const override { return base_->inverse(x); }
  Tensor log_abs_det(const Tensor& u, const Tensor& x) const override {
    const Tensor each = base_->log_abs_det(u, x);
    return sum_rightmost(
        to_shape(each, broadcast_shapes(each.shape(), drop_last(u.shape(), base_->domain_event_dim()))), dims_);
  }
  Shape forward_shape(const Shape& u) const override { return base_->forward_shape(u); }
  Shape unconstrained_shape(const Shape& x) const override { return base_->unconstrained_shape(x); }

 private:
  TransformPtr base_;
  int dims_;
};

class Inverted final : public Bijection {
 public:
  explicit Inverted(TransformPtr base) : base_(std::move(base)) {}
  std::string name() const override { return "_InverseTransform"; }
  Constraint domain() const override { return base_->codomain(); }
  Constraint codomain() const override { return base_->domain(); }
  Tensor forward(const Tensor& u) const override { return base_->inverse(u); }
  Tensor inverse(const Tensor& x) const override { return base_->forward(x); }
  Tensor log_abs_det(const Tensor& u, const Tensor& x) const override { return -base_->log_abs_det(x, u); }
  Shape forward_shape(const Shape& u) const override { return base_->unconstrained_shape(u); }
  Shape unconstrained_shape(const Shape& x) const override { return base_->forward_shape(x); }
  int direction() const override { return base_->direction(); }
  const TransformPtr& base() const { return base_; }

 private:
  TransformPtr base_;
};

class Permute final : public Bijection {
 public:
  explicit Permute(const std::vector<std::int64_t>& permutation)
      : forward_(permutation), inverse_(permutation.size(), -1) {
    for (std::size_t i = 0; i < forward_.size(); ++i) {
      const std::int64_t at = forward_[i];
      if (at < 0 || at >= static_cast<std::int64_t>(forward_.size()) || inverse_[static_cast<std::size_t>(at)] != -1) {
        throw Error("E413", "PermuteTransform needs a permutation of 0 .. " + std::to_string(forward_.size() - 1));
      }
      inverse_[static_cast<std::size_t>(at)] = static_cast<std::int64_t>(i);
    }
  }
  std::string name() const override { return "PermuteTransform"; }
  Constraint domain() const override { return Constraint(Kind::real).independent(1); }
  Constraint codomain() const override { return Constraint(Kind::real).independent(1); }
  Tensor forward(const Tensor& u) const override { return take_last(u, index(forward_)); }
  Tensor inverse(const Tensor& x) const override { return take_last(x, index(inverse_)); }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override {
    return tensor::full(u.graph(), drop_last(u.shape(), 1), 0.0);
  }

 private:
  static Array index(const std::vector<std::int64_t>& positions) {
    return Array::vector(std::vector<double>(positions.begin(), positions.end()), DType::integer);
  }
  std::vector<std::int64_t> forward_, inverse_;
};

class Reshape final : public Bijection {
 public:
  Reshape(Shape forward_event, Shape inverse_event) : to_(std::move(forward_event)), from_(std::move(inverse_event)) {
    if (element_count(to_) != element_count(from_)) {
      throw Error("E407",
                  "ReshapeTransform: shapes " + to_string(from_) + " and " + to_string(to_) + " differ in size");
    }
  }
  std::string name() const override { return "ReshapeTransform"; }
  Constraint domain() const override { return Constraint(Kind::real).independent(static_cast<int>(from_.size())); }
  Constraint codomain() const override { return Constraint(Kind::real).independent(static_cast<int>(to_.size())); }
  Constraint image(const Constraint& set) const override {
    Constraint result = set;
    result.event_dim += static_cast<int>(to_.size()) - static_cast<int>(from_.size());
    return set.natural_event_dim() == 0 ? result : codomain();
  }
  Tensor forward(const Tensor& u) const override { return tensor::reshape(u, forward_shape(u.shape())); }
  Tensor inverse(const Tensor& x) const override { return tensor::reshape(x, unconstrained_shape(x.shape())); }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override {
    return tensor::full(u.graph(), drop_last(u.shape(), static_cast<int>(from_.size())), 0.0);
  }
  Shape forward_shape(const Shape& u) const override { return exchange(u, from_, to_); }
  Shape unconstrained_shape(const Shape& x) const override { return exchange(x, to_, from_); }

 private:
  static Shape exchange(const Shape& shape, const Shape& old_event, const Shape& new_event) {
    if (shape.size() < old_event.size() || !std::equal(old_event.rbegin(), old_event.rend(), shape.rbegin())) {
      throw Error("E407", "ReshapeTransform: shape " + to_string(shape) + " does not end in " + to_string(old_event));
    }
    return concat_shapes(drop_last(shape, static_cast<int>(old_event.size())), new_event);
  }
  Shape to_, from_;
};

[[noreturn]] void refuse(const Constraint& constraint) {
  if (constraint.is_discrete()) {
    throw Error("E601", "a latent with discrete support `" + constraint.name() + "` has no unconstrained form",
                "observe it, or sum it out, for example with MixtureSameFamily");
  }
  throw Error("E505", "support `" + constraint.name() + "` has no map to unconstrained space");
}

BijectionPtr natural_map(const Constraint& c) {
  switch (c.kind) {
    case Kind::real:
      return identity_transform();
    case Kind::positive:
    case Kind::nonnegative:
      return exp_transform();
    case Kind::greater_than:
    case Kind::greater_than_eq:
      return half_line_map(c.lower, 1);
    case Kind::less_than:
    case Kind::less_than_eq:
      return half_line_map(c.upper, -1);
    case Kind::unit_interval:
      return sigmoid_transform();
    case Kind::interval:
      if (known_and_all(c.lower, [](double v) { return v == 0.0; }) &&
          known_and_all(c.upper, [](double v) { return v == 1.0; })) {
        return sigmoid_transform();
      }
      return interval_map(c.lower, c.upper);
    case Kind::circular:
      return interval_map({}, {});
    case Kind::softplus_positive:
      return softplus_transform();
    case Kind::simplex:
      return stick_breaking_transform();
    case Kind::ordered_vector:
      return ordered_transform();
    case Kind::positive_ordered_vector:
      return compose_transform({ordered_transform(), exp_transform()});
    case Kind::l1_ball:
      return l1_ball_transform();
    case Kind::lower_cholesky:
      return lower_cholesky_transform();
    case Kind::softplus_lower_cholesky:
      return softplus_lower_cholesky_transform();
    case Kind::scaled_unit_lower_cholesky:
      return scaled_unit_lower_cholesky_transform();
    case Kind::corr_cholesky:
      return corr_cholesky_transform();
    case Kind::corr_matrix:
      return compose_transform({corr_cholesky_transform(), invert(corr_matrix_cholesky_transform())});
    case Kind::positive_definite:
      return compose_transform({lower_cholesky_transform(), invert(cholesky_transform())});
    default:
      refuse(c);
  }
}

}  // namespace

TransformPtr compose_transform(const std::vector<TransformPtr>& parts) {
  if (parts.empty()) return identity_transform();
  return parts.size() == 1 ? parts.front() : std::make_shared<Compose>(parts);
}

TransformPtr independent_transform(const TransformPtr& base, int dims) {
  return dims <= 0 ? base : std::make_shared<Independent>(base, dims);
}

TransformPtr permute_transform(const std::vector<std::int64_t>& permutation) {
  return std::make_shared<Permute>(permutation);
}

TransformPtr reshape_transform(const Shape& forward_event, const Shape& inverse_event) {
  return std::make_shared<Reshape>(forward_event, inverse_event);
}

BijectionPtr invert(const BijectionPtr& map) {
  if (const auto* inverted = dynamic_cast<const Inverted*>(map.get())) return inverted->base();
  return std::make_shared<Inverted>(map);
}

BijectionPtr biject_to(const Constraint& constraint) {
  const int extra = constraint.event_dim - constraint.natural_event_dim();
  if (constraint.kind == Kind::real) return identity_of(constraint);
  return independent_transform(natural_map(constraint), extra);
}

}  // namespace dolab::prob
