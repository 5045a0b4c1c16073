#include <algorithm>

#include "dolab/error.hpp"
#include "prob/bijection.hpp"
#include "prob/numeric.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

struct KindEntry {
  Kind kind;
  const char* name;
  int event_dim;
  int bounds;  // arguments of the constructor in the modelling language
};

constexpr KindEntry kKinds[] = {
    {Kind::real, "real", 0, 0},
    {Kind::positive, "positive", 0, 0},
    {Kind::nonnegative, "nonnegative", 0, 0},
    {Kind::greater_than, "greater_than", 0, 1},
    {Kind::greater_than_eq, "greater_than_eq", 0, 1},
    {Kind::less_than, "less_than", 0, 1},
    {Kind::less_than_eq, "less_than_eq", 0, 1},
    {Kind::unit_interval, "unit_interval", 0, 0},
    {Kind::interval, "interval", 0, 2},
    {Kind::interval, "open_interval", 0, 2},
    {Kind::circular, "circular", 0, 0},
    {Kind::softplus_positive, "softplus_positive", 0, 0},
    {Kind::simplex, "simplex", 1, 0},
    {Kind::ordered_vector, "ordered_vector", 1, 0},
    {Kind::positive_ordered_vector, "positive_ordered_vector", 1, 0},
    {Kind::l1_ball, "l1_ball", 1, 0},
    {Kind::lower_cholesky, "lower_cholesky", 2, 0},
    {Kind::softplus_lower_cholesky, "softplus_lower_cholesky", 2, 0},
    {Kind::scaled_unit_lower_cholesky, "scaled_unit_lower_cholesky", 2, 0},
    {Kind::corr_cholesky, "corr_cholesky", 2, 0},
    {Kind::corr_matrix, "corr_matrix", 2, 0},
    {Kind::positive_definite, "positive_definite", 2, 0},
    {Kind::boolean, "boolean", 0, 0},
    {Kind::integer_interval, "integer_interval", 0, 2},
    {Kind::nonnegative_integer, "nonnegative_integer", 0, 0},
    {Kind::positive_integer, "positive_integer", 0, 0},
    {Kind::integer_greater_than, "integer_greater_than", 0, 1},
    {Kind::multinomial, "multinomial", 1, 1},
    {Kind::dependent, "dependent", 0, 0},
};

const KindEntry& entry_of(Kind kind) {
  return *std::find_if(std::begin(kKinds), std::end(kKinds), [&](const KindEntry& e) { return e.kind == kind; });
}

const KindEntry* entry_named(std::string_view name) {
  const auto found =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const KindEntry& e) { return name == e.name; });
  return found == std::end(kKinds) ? nullptr : &*found;
}

bool is_vector_alias(std::string_view name) { return name == "real_vector" || name == "real_matrix"; }

Tensor is_whole(const Tensor& v) { return tensor::equal(tensor::unary(tensor::Unary::floor, v), v); }

Tensor both(const Tensor& a, const Tensor& b) { return tensor::logical_and(a, b); }

/// x[1:] > x[:-1] along the last axis; true for vectors of one element that are not NaN.
Tensor increasing(const Tensor& v) {
  const std::int64_t n = v.extent(-1);
  const Tensor numbers = all_rightmost(tensor::equal(v, v), 1);
  if (n < 2) return numbers;
  return both(numbers, all_rightmost(slice_last(v, 1, n - 1) > slice_last(v, 0, n - 1), 1));
}

/// Upper triangle zero and diagonal positive.
Tensor lower_triangular(const Tensor& v) {
  const Tensor zero_above = all_rightmost(tensor::equal(tensor::lower_triangle(v), v), 2);
  return both(zero_above, all_rightmost(tensor::diagonal(v) > 0.0, 1));
}

Tensor unit_rows(const Tensor& v) {
  const double tolerance = 10.0 * std::numeric_limits<double>::epsilon() * static_cast<double>(v.extent(-1)) + 1e-9;
  return all_rightmost(tensor::abs(tensor::sum(tensor::square(v), {-1}) - 1.0) <= tolerance, 1);
}

Tensor symmetric_definite(const Tensor& v) {
  const Tensor symmetric = all_rightmost(tensor::abs(v - tensor::matrix_transpose(v)) <= 1e-6, 2);
  return both(symmetric, all_rightmost(tensor::diagonal(tensor::cholesky(v)) > 0.0, 1));
}

Tensor unit_diagonal(const Tensor& v) { return all_rightmost(tensor::abs(tensor::diagonal(v) - 1.0) <= 1e-6, 1); }

}  // namespace

Constraint::Constraint(Kind k, Tensor low, Tensor high)
    : kind(k), lower(low), upper(high), event_dim(entry_of(k).event_dim) {}

int Constraint::natural_event_dim() const noexcept { return entry_of(kind).event_dim; }

bool Constraint::is_discrete() const noexcept {
  switch (kind) {
    case Kind::boolean:
    case Kind::integer_interval:
    case Kind::nonnegative_integer:
    case Kind::positive_integer:
    case Kind::integer_greater_than:
    case Kind::multinomial:
      return true;
    default:
      return false;
  }
}

std::string Constraint::name() const { return entry_of(kind).name; }

Constraint Constraint::independent(int dims) const {
  Constraint copy = *this;
  copy.event_dim += dims;
  return copy;
}

bool Constraint::is_everything() const noexcept { return kind == Kind::real || kind == Kind::dependent; }

namespace {

/// The test of one kind, over its natural event dims.
Tensor check_kind(const Constraint& c, const Tensor& v) {
  switch (c.kind) {
    case Kind::real:
    case Kind::dependent:
      return tensor::equal(v, v);
    case Kind::positive:
    case Kind::softplus_positive:
      return v > 0.0;
    case Kind::nonnegative:
      return v >= 0.0;
    case Kind::greater_than:
      return v > c.lower;
    case Kind::greater_than_eq:
      return v >= c.lower;
    case Kind::less_than:
      return v < c.upper;
    case Kind::less_than_eq:
      return v <= c.upper;
    case Kind::unit_interval:
      return both(v >= 0.0, v <= 1.0);
    case Kind::interval:
      return both(v >= c.lower, v <= c.upper);
    case Kind::circular:
      return both(v >= -kPi, v <= kPi);
    case Kind::simplex:
      return both(all_rightmost(v >= 0.0, 1), tensor::abs(tensor::sum(v, {-1}) - 1.0) < 1e-6);
    case Kind::ordered_vector:
      return increasing(v);
    case Kind::positive_ordered_vector:
      return both(increasing(v), all_rightmost(v > 0.0, 1));
    case Kind::l1_ball:
      return tensor::sum(tensor::abs(v), {-1}) <= 1.0 + 1e-6;
    case Kind::lower_cholesky:
    case Kind::softplus_lower_cholesky:
    case Kind::scaled_unit_lower_cholesky:
      return lower_triangular(v);
    case Kind::corr_cholesky:
      return both(lower_triangular(v), unit_rows(v));
    case Kind::corr_matrix:
      return both(symmetric_definite(v), unit_diagonal(v));
    case Kind::positive_definite:
      return symmetric_definite(v);
    case Kind::boolean:
      return tensor::logical_or(tensor::equal(v, constant_scalar(v, 0.0)), tensor::equal(v, constant_scalar(v, 1.0)));
    case Kind::integer_interval:
      return both(both(v >= c.lower, v <= c.upper), is_whole(v));
    case Kind::nonnegative_integer:
      return both(v >= 0.0, is_whole(v));
    case Kind::positive_integer:
      return both(v >= 1.0, is_whole(v));
    case Kind::integer_greater_than:
      return both(v > c.lower, is_whole(v));
    case Kind::multinomial:
      return both(all_rightmost(both(v >= 0.0, is_whole(v)), 1), tensor::equal(tensor::sum(v, {-1}), c.upper));
  }
  return tensor::equal(v, v);
}

}  // namespace

Tensor Constraint::check(const Tensor& value) const {
  const Tensor v = as_real(value);
  return all_rightmost(check_kind(*this, v), event_dim - natural_event_dim());
}

namespace {

Tensor feasible_vector(const Constraint& c, Graph& graph, std::int64_t n) {
  switch (c.kind) {
    case Kind::simplex:
      return tensor::full(graph, {n}, 1.0 / static_cast<double>(n));
    case Kind::l1_ball:
      return tensor::full(graph, {n}, 0.5 / static_cast<double>(n));
    case Kind::multinomial: {
      std::vector<double> first(static_cast<std::size_t>(n), 0.0);
      first[0] = 1.0;
      return append_axes(c.upper, 1) * graph.constant(Array::vector(first));
    }
    default:
      return real_range(graph, n, 1.0);
  }
}

}  // namespace

Tensor Constraint::feasible(Graph& graph, const Shape& shape) const {
  switch (kind) {
    case Kind::real:
    case Kind::circular:
    case Kind::boolean:
    case Kind::dependent:
    case Kind::nonnegative_integer:
      return graph.scalar(0.0);
    case Kind::positive:
    case Kind::nonnegative:
    case Kind::softplus_positive:
    case Kind::positive_integer:
      return graph.scalar(1.0);
    case Kind::greater_than:
    case Kind::greater_than_eq:
    case Kind::integer_greater_than:
      return lower + 1.0;
    case Kind::less_than:
    case Kind::less_than_eq:
      return upper - 1.0;
    case Kind::unit_interval:
      return graph.scalar(0.5);
    case Kind::interval:
      return 0.5 * (lower + upper);
    case Kind::integer_interval:
      return lower;
    case Kind::simplex:
    case Kind::ordered_vector:
    case Kind::positive_ordered_vector:
    case Kind::l1_ball:
    case Kind::multinomial:
      return feasible_vector(*this, graph, shape.back());
    default:
      return tensor::identity_matrix(graph, shape.back());
  }
}

int constraint_arity(std::string_view name) noexcept {
  if (is_vector_alias(name)) return 0;
  const KindEntry* entry = entry_named(name);
  return entry == nullptr ? -1 : entry->bounds;
}

Constraint make_constraint(std::string_view name, const std::vector<Tensor>& bounds) {
  if (is_vector_alias(name)) return Constraint(Kind::real).independent(name == "real_vector" ? 1 : 2);
  const KindEntry* entry = entry_named(name);
  if (entry == nullptr) throw Error("E204", "there is no constraint `" + std::string(name) + "`");
  if (static_cast<int>(bounds.size()) != entry->bounds) {
    throw Error("E205", "constraint `" + std::string(name) + "` takes " + std::to_string(entry->bounds) +
                            " bounds, got " + std::to_string(bounds.size()));
  }
  switch (entry->kind) {
    case Kind::greater_than:
    case Kind::greater_than_eq:
    case Kind::integer_greater_than:
      return Constraint(entry->kind, as_real(bounds[0]));
    case Kind::less_than:
    case Kind::less_than_eq:
    case Kind::multinomial:
      return Constraint(entry->kind, {}, as_real(bounds[0]));
    case Kind::interval:
    case Kind::integer_interval:
      return Constraint(entry->kind, as_real(bounds[0]), as_real(bounds[1]));
    default:
      return Constraint(entry->kind);
  }
}

}  // namespace dolab::prob
