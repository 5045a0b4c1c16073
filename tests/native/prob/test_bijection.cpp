// Maps of supports: round trips, numeric Jacobians, shapes, batches.
#include <Eigen/Dense>
#include <catch2/catch.hpp>

#include "prob/numeric.hpp"
#include "prob_checks.hpp"

using namespace dolab;
using namespace dolab::prob;
using namespace dolab::prob::checks;

namespace {

struct Case {
  const char* constraint;
  std::vector<double> bounds;
  Shape unconstrained;
};

const std::vector<Case> kCases{{"real", {}, {}},
                               {"positive", {}, {}},
                               {"greater_than", {-2.0}, {}},
                               {"less_than", {3.0}, {}},
                               {"unit_interval", {}, {}},
                               {"interval", {-1.0, 4.0}, {}},
                               {"circular", {}, {}},
                               {"softplus_positive", {}, {}},
                               {"simplex", {}, {4}},
                               {"ordered_vector", {}, {4}},
                               {"positive_ordered_vector", {}, {3}},
                               {"l1_ball", {}, {3}},
                               {"lower_cholesky", {}, {6}},
                               {"softplus_lower_cholesky", {}, {6}},
                               {"scaled_unit_lower_cholesky", {}, {6}},
                               {"corr_cholesky", {}, {6}},
                               {"corr_matrix", {}, {3}},
                               {"positive_definite", {}, {6}}};

BijectionPtr map_of(Graph& graph, const Case& c) {
  std::vector<Tensor> bounds;
  for (const double b : c.bounds) bounds.push_back(graph.scalar(b));
  return biject_to(make_constraint(c.constraint, bounds));
}

std::vector<double> point(std::int64_t n, double scale) {
  std::vector<double> u;
  for (std::int64_t i = 0; i < n; ++i) u.push_back(scale * std::sin(1.7 * static_cast<double>(i) + 0.9));
  return u;
}

/// Elements of x that are free coordinates of the set, in order.
std::vector<std::int64_t> free_elements(const std::string& constraint, const Shape& x) {
  const std::int64_t n = x.empty() ? 1 : x.back();
  std::vector<std::int64_t> at;
  if (x.size() < 2) {
    for (std::int64_t i = 0; i < n - (constraint == "simplex" ? 1 : 0); ++i) at.push_back(i);
    return at;
  }
  const bool unit_rows = constraint.rfind("corr", 0) == 0;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < i + (unit_rows ? 0 : 1); ++j) at.push_back(i * n + j);
  }
  return at;
}

}  // namespace

TEST_CASE("maps go there and back, land inside, and keep their shapes", "[prob]") {
  for (const auto& c : kCases) {
    for (const double scale : {0.3, 1.5, 4.0}) {
      Graph graph;
      const auto map = map_of(graph, c);
      const Tensor u =
          graph.constant(Array(DType::real, c.unconstrained, point(element_count(c.unconstrained), scale)));
      const Tensor x = map->forward(u);
      INFO(c.constraint << " scale " << scale);
      CHECK(map->forward_shape(u.shape()) == x.shape());
      CHECK(map->unconstrained_shape(x.shape()) == u.shape());
      CHECK(known_and_all(make_constraint(c.constraint,
                                          [&] {
                                            std::vector<Tensor> b;
                                            for (const double v : c.bounds) b.push_back(graph.scalar(v));
                                            return b;
                                          }())
                              .check(x),
                          [](double v) { return v == 1.0; }));
      const Array back = map->inverse(x).value(), again = map->forward(graph.constant(map->inverse(x).value())).value();
      const Array there = x.value();
      for (std::int64_t i = 0; i < back.size(); ++i) CHECK(back[i] == Approx(u.value()[i]).epsilon(1e-7).margin(1e-7));
      for (std::int64_t i = 0; i < there.size(); ++i) CHECK(again[i] == Approx(there[i]).epsilon(1e-9).margin(1e-12));
    }
  }
}

TEST_CASE("log determinants agree with the numeric Jacobian", "[prob]") {
  for (const auto& c : kCases) {
    Graph graph;
    const auto map = map_of(graph, c);
    const std::int64_t n = element_count(c.unconstrained);
    const std::vector<double> at = point(n, 0.8);
    const Tensor u = graph.input(c.unconstrained);
    const Tensor x = map->forward(u);
    const auto f = [&](const std::vector<double>& v) {
      return tensor::evaluate({x, map->log_abs_det(u, x)}, {u}, {Array(DType::real, c.unconstrained, v)});
    };
    const auto rows = free_elements(c.constraint, x.shape());
    REQUIRE(static_cast<std::int64_t>(rows.size()) == n);
    Eigen::MatrixXd jacobian(n, n);
    const double h = 1e-5;
    for (std::int64_t j = 0; j < n; ++j) {
      std::vector<double> up = at, down = at;
      up[static_cast<std::size_t>(j)] += h;
      down[static_cast<std::size_t>(j)] -= h;
      const Array high = f(up)[0], low = f(down)[0];
      for (std::int64_t i = 0; i < n; ++i) {
        const std::int64_t row = rows[static_cast<std::size_t>(i)];
        jacobian(i, j) = (high[row] - low[row]) / (2.0 * h);
      }
    }
    INFO(c.constraint);
    CHECK(f(at)[1].item() == Approx(std::log(std::abs(jacobian.determinant()))).epsilon(1e-7).margin(1e-7));
  }
}

TEST_CASE("maps of a batch are the maps of its rows", "[prob]") {
  for (const auto& c : kCases) {
    Graph graph;
    const auto map = map_of(graph, c);
    const std::int64_t n = element_count(c.unconstrained);
    Shape shape{2, 3};
    shape.insert(shape.end(), c.unconstrained.begin(), c.unconstrained.end());
    const std::vector<double> values = point(6 * n, 1.1);
    const Tensor u = graph.constant(Array(DType::real, shape, values));
    const Tensor x = map->forward(u);
    const Array all = x.value(), dets = map->log_abs_det(u, x).value(), back = map->inverse(x).value();
    INFO(c.constraint);
    REQUIRE(dets.shape() == Shape{2, 3});
    REQUIRE(back.shape() == shape);
    const std::int64_t width = all.size() / 6;
    for (std::int64_t r = 0; r < 6; ++r) {
      const Tensor row =
          graph.constant(Array(DType::real, c.unconstrained, {values.begin() + r * n, values.begin() + (r + 1) * n}));
      const Tensor image = map->forward(row);
      for (std::int64_t i = 0; i < width; ++i)
        CHECK(all[r * width + i] == Approx(image.value()[i]).epsilon(1e-13).margin(1e-15));
      CHECK(dets[r] == Approx(map->log_abs_det(row, image).value().item()).epsilon(1e-13).margin(1e-14));
    }
  }
}

TEST_CASE("independent sums the determinant over more dims, inversion negates it", "[prob]") {
  Graph graph;
  const Constraint positive(Constraint::Kind::positive);
  const auto map = biject_to(positive.independent(2));
  const Tensor u = graph.constant(Array(DType::real, {2, 3}, point(6, 1.0)));
  const Tensor x = map->forward(u);
  CHECK(map->log_abs_det(u, x).value().item() == Approx(tensor::sum(u).value().item()));
  CHECK(positive.independent(1).check(x).shape() == Shape{2});
  const auto inverse = invert(map);
  CHECK(inverse->log_abs_det(x, inverse->forward(x)).value().item() == Approx(-tensor::sum(u).value().item()));
  CHECK(invert(inverse) == map);
}

TEST_CASE("user transforms: affine images, power, permutation, composition", "[prob]") {
  Graph graph;
  const auto scalar = [&](double v) { return graph.scalar(v); };
  const Constraint positive(Constraint::Kind::positive);
  CHECK(affine_transform(scalar(1.0), scalar(2.0))->image(positive).name() == "greater_than");
  CHECK(affine_transform(scalar(0.0), scalar(2.0))->image(positive).name() == "positive");
  CHECK(affine_transform(scalar(0.0), scalar(-2.0))->image(positive).name() == "less_than");
  CHECK(affine_transform(scalar(0.0), graph.input({}))->image(positive).name() == "real");
  CHECK(affine_transform(scalar(0.0), scalar(2.0))->codomain().name() == "real");
  const auto chain =
      compose_transform({affine_transform(scalar(1.0), scalar(0.5)), exp_transform(), power_transform(scalar(2.0))});
  const Tensor u = scalar(0.3), x = chain->forward(u);
  CHECK(x.value().item() == Approx(std::exp(2.3)).epsilon(1e-14));
  CHECK(chain->log_abs_det(u, x).value().item() == Approx(2.3).epsilon(1e-14));
  CHECK(chain->inverse(x).value().item() == Approx(0.3).epsilon(1e-13));
  CHECK(chain->direction() == 1);
  const auto permute = permute_transform({2, 0, 1});
  const Tensor v = graph.constant(Array::vector({10.0, 20.0, 30.0}));
  CHECK(permute->forward(v).value().to_vector() == std::vector<double>{30.0, 10.0, 20.0});
  CHECK(permute->inverse(permute->forward(v)).value().to_vector() == v.value().to_vector());
  const auto cuts = simplex_to_ordered(scalar(0.5));
  const Tensor p = graph.constant(Array::vector({0.2, 0.5, 0.3}));
  CHECK(cuts->forward(p).value()[0] == Approx(0.5 + std::log(0.25)).epsilon(1e-14));
  CHECK(cuts->inverse(cuts->forward(p)).value()[1] == Approx(0.5).epsilon(1e-13));
}

TEST_CASE("the cutpoints of a simplex keep their digits and have the derivative of logit(cumsum)", "[prob]") {
  Graph graph;
  const Tensor p = graph.input({3});
  const Tensor cutpoints = simplex_to_ordered(graph.scalar(0.0))->forward(p);
  const Tensor slope = tensor::gradient(tensor::sum(cutpoints), {p})[0];
  const auto out = tensor::evaluate({cutpoints, slope}, {p}, {Array::vector({0.2, 0.3, 0.5})});
  CHECK(out[0][0] == Approx(std::log(0.2 / 0.8)).epsilon(1e-14));
  CHECK(out[0][1] == Approx(0.0).margin(1e-15));
  CHECK(out[1][0] == Approx(1 / (0.2 * 0.8) + 1 / (0.5 * 0.5)).epsilon(1e-14));
  CHECK(out[1][1] == Approx(1 / (0.5 * 0.5)).epsilon(1e-14));
  CHECK(out[1][2] == 0.0);
  const auto edge = tensor::evaluate({cutpoints}, {p}, {Array::vector({0.25, 0.75, 1e-30})});
  CHECK(edge[0][1] == Approx(-std::log(1e-30)).epsilon(1e-14));
}
