// Gradients of densities and maps by reverse mode against five-point differences, near boundaries too.
#include <catch2/catch.hpp>

#include "prob_checks.hpp"

using namespace dolab;
using namespace dolab::prob;
using namespace dolab::prob::checks;

namespace {

/// A scalar function of the inputs of a Maker.
struct Function {
  std::vector<Tensor> inputs;
  Tensor output;

  double operator()(const std::vector<Array>& values) const {
    return tensor::evaluate({output}, inputs, values)[0].item();
  }
};

Array moved(const Array& a, const std::vector<std::int64_t>& at, double step) {
  std::vector<double> values = a.to_vector();
  for (const auto i : at) values[static_cast<std::size_t>(i)] += step;
  return Array(a.dtype(), a.shape(), values);
}

/// f' by (8 (f1 - f-1) - (f2 - f-2)) / 12 h.
double difference(const Function& f, std::vector<Array> values, std::size_t which, const std::vector<std::int64_t>& at,
                  double h) {
  const Array origin = values[which];
  const auto shifted = [&](double step) {
    values[which] = moved(origin, at, step);
    return f(values);
  };
  return (8.0 * (shifted(h) - shifted(-h)) - (shifted(2.0 * h) - shifted(-2.0 * h))) / (12.0 * h);
}

/// Groups of elements that move together: symmetric pairs of a matrix, the lower part of a factor, else single ones.
std::vector<std::vector<std::int64_t>> directions(const Array& a) {
  std::vector<std::vector<std::int64_t>> groups;
  const auto rank = a.shape().size();
  if (rank < 2 || a.shape()[rank - 1] != a.shape()[rank - 2]) {
    for (std::int64_t i = 0; i < a.size(); ++i) groups.push_back({i});
    return groups;
  }
  const std::int64_t n = a.shape().back();
  const bool factor = n > 1 && a[1] == 0.0 && a[n] != 0.0;
  for (std::int64_t start = 0; start < a.size(); start += n * n) {
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j <= i; ++j) {
        groups.push_back({start + i * n + j});
        if (i != j && !factor) groups.back().push_back(start + j * n + i);
      }
    }
  }
  return groups;
}

void check_gradient(const Function& f, const std::vector<Array>& values) {
  const double center = f(values);
  if (!std::isfinite(center)) return;
  const auto gradients = tensor::evaluate(tensor::gradient(f.output, f.inputs), f.inputs, values);
  for (std::size_t k = 0; k < values.size(); ++k) {
    for (const auto& group : directions(values[k])) {
      double got = 0.0;
      for (const auto i : group) got += gradients[k][i];
      const double at = values[k][group.front()];
      // Steep functions need short steps, flat ones long steps; each has its own rounding error.
      bool close = false;
      double want = 0.0;
      for (const double step : {2e-4, 1e-5, 5e-7}) {
        const double h = at == 0.0 ? 0.1 * step : step * std::fmin(std::abs(at), 20.0);
        want = difference(f, values, k, group, h);
        // Not finite: the stencil leaves the support.
        close = !std::isfinite(want) ||
                std::abs(got - want) <= 2e-6 * std::max(1.0, std::abs(want)) + 1e-13 * std::abs(center) / h;
        if (close) break;
      }
      INFO("input " << k << " element " << group.front() << " at " << at << ": got " << got << ", want " << want);
      CHECK(close);
    }
  }
}

/// Points without a derivative: |x - loc| at loc, and probabilities on the edge where they are clamped.
bool is_kink(const Json& entry) {
  const Json& args = entry["args"];
  if (entry["distribution"] == "Laplace") return entry["value"] == args.value("loc", 0.0);
  return args.contains("probs") && (args["probs"] == 0.0 || args["probs"] == 1.0);
}

}  // namespace

TEST_CASE("gradients of log densities agree with differences", "[prob]") {
  for (const Json& entry : read_table("tests/data/distributions.json")) {
    const std::string family = entry["distribution"];
    if (family == "Delta" || family == "ImproperUniform" || family == "TransformedDistribution" || is_kink(entry))
      continue;
    INFO(entry.dump());
    Graph graph;
    Maker make{graph, true, {}, {}};
    const DistributionPtr d = build(make, entry);
    const bool smooth_value = !d->is_discrete() && d->event_dim() == 0;
    const Array given = array_of(entry["value"]);
    const Tensor value = smooth_value ? make(given) : graph.constant(given);
    check_gradient({make.inputs, tensor::sum(d->log_prob(value))}, make.values);
  }
}

TEST_CASE("a value outside the support has density zero and no gradient", "[prob]") {
  Graph graph;
  const Tensor scale = graph.input({});
  const Tensor value = graph.input({3});
  const std::vector<Tensor> inputs{scale, value};
  const std::vector<Array> at{Array::scalar(2.0), Array::vector({-1.0, NAN, 1.5})};
  for (const char* family : {"HalfNormal", "Exponential", "HalfCauchy"}) {
    const Tensor lp = make_distribution(graph, family, {scale})->log_prob(value);
    const auto values = tensor::evaluate({lp}, inputs, at)[0];
    CHECK(values[0] == -INFINITY);
    CHECK(values[1] == -INFINITY);
    CHECK(std::isfinite(values[2]));
    const auto g = tensor::evaluate(tensor::gradient(tensor::sum(lp), inputs), inputs, at);
    CHECK(std::isfinite(g[0].item()));
    CHECK(g[1][0] == 0.0);
    CHECK(g[1][1] == 0.0);
    CHECK(g[1][2] < 0.0);
  }
}

TEST_CASE("gradients of bijections and their determinants agree with differences", "[prob]") {
  for (const Json& entry : read_table("tests/data/bijections.json")) {
    INFO(entry.dump());
    Graph graph;
    Maker make{graph, true, {}, {}};
    std::vector<Tensor> bounds;
    for (const char* name : {"lower_bound", "upper_bound"}) {
      if (entry["args"].contains(name)) bounds.push_back(make(array_of(entry["args"][name])));
    }
    const BijectionPtr map = biject_to(make_constraint(entry["constraint"].get<std::string>(), bounds));
    const Tensor u = make(array_of(entry["u"]));
    const Tensor x = map->forward(u);
    std::vector<double> weights;
    for (std::int64_t i = 0; i < x.size(); ++i) weights.push_back(0.3 + 0.1 * static_cast<double>(i));
    const Tensor w = graph.constant(Array(DType::real, x.shape(), weights));
    check_gradient({make.inputs, tensor::sum(x * w)}, make.values);
    check_gradient({make.inputs, tensor::sum(map->log_abs_det(u, x))}, make.values);
  }
}

TEST_CASE("latents are seen through their bijection: logarithms never cancel", "[prob]") {
  Graph graph;
  const Tensor u = graph.input({});
  const auto at = [&](const Tensor& t, double value) {
    return tensor::evaluate({t, tensor::gradient(t, {u})[0]}, {u}, {Array::scalar(value)});
  };
  // x rounds to 1, yet log(1 - x) is known: density of Beta(2, 3) plus Jacobian is 2 log s(u) + 3 log s(-u) + log 12.
  const Tensor x = biject_to(Constraint(Constraint::Kind::unit_interval))->forward(u);
  const auto beta = make_distribution(graph, "Beta", {graph.scalar(2.0), graph.scalar(3.0)});
  auto result = at(beta->log_prob(x, false), 50.0);
  CHECK(result[0].item() == Approx(-100.0 + std::log(12.0)).epsilon(1e-14));
  CHECK(result[1].item() == Approx(-2.0).epsilon(1e-14));
  // exp(u) underflows, its logarithm does not.
  const Tensor y = biject_to(Constraint(Constraint::Kind::positive))->forward(u);
  const auto gamma = make_distribution(graph, "Gamma", {graph.scalar(0.5), graph.scalar(1.0)});
  result = at(gamma->log_prob(y, false), -800.0);
  CHECK(result[0].item() == Approx(400.0 - 0.5 * std::log(3.14159265358979323846)).epsilon(1e-14));
  CHECK(result[1].item() == Approx(-0.5).epsilon(1e-14));
  // A probability that is a sigmoid becomes a logit.
  Arguments arguments;
  arguments.named = {{"probs", tensor::sigmoid(u)}};
  result = at(make_distribution(graph, "Bernoulli", arguments)->log_prob(graph.scalar(0.0)), 100.0);
  CHECK(result[0].item() == -100.0);
  CHECK(result[1].item() == -1.0);
}
