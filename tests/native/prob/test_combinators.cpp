// expand, to_event, mask, transformed distributions, and what constructors refuse.
#include <catch2/catch.hpp>

#include "dolab/error.hpp"
#include "prob_checks.hpp"

using namespace dolab;
using namespace dolab::prob;
using namespace dolab::prob::checks;

namespace {

std::string code_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.code();
  }
  return "";
}

std::string text_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.render();
  }
  return "";
}

struct Fixture {
  Graph graph;
  Tensor vector(const std::vector<double>& v) { return graph.constant(Array::vector(v)); }
  DistributionPtr make(const char* family, const std::vector<Argument>& positional,
                       const std::vector<std::pair<std::string, Argument>>& named = {}) {
    return make_distribution(graph, family, Arguments{positional, named});
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "to_event sums, expand broadcasts, shapes as in NumPyro", "[prob]") {
  const Tensor loc = vector({0.0, 1.0, 2.0});
  const auto normal = make("Normal", {loc, 2.0});
  const Tensor x = graph.constant(Array(DType::real, {4, 3}, std::vector<double>(12, 0.7)));
  const Array each = normal->log_prob(x).value();
  CHECK(each.shape() == Shape{4, 3});
  const auto event = normal->to_event(1);
  CHECK(event->batch_shape() == Shape{});
  CHECK(event->event_shape() == Shape{3});
  CHECK(event->support().event_dim == 1);
  const Array joint = event->log_prob(x).value();
  CHECK(joint.shape() == Shape{4});
  CHECK(joint[1] == Approx(each[3] + each[4] + each[5]).epsilon(1e-14));
  CHECK(event->expand({5})->log_prob(x.graph().constant(Array::vector({0.1, 0.2, 0.3}))).shape() == Shape{5});
  CHECK(event->expand({5, 2})->sample({1, -1}, {6}).shape() == Shape{6, 5, 2, 3});
  const auto column = make("Normal", {graph.constant(Array(DType::real, {3, 1}, {0.0, 1.0, 2.0})), 1.0});
  CHECK(column->expand({3, 4})->sample({1, -1}).shape() == Shape{3, 4});
  CHECK(column->expand({3, 4})->to_event()->event_shape() == Shape{3, 4});
  CHECK(code_of([&] { column->expand({4, 4}); }) == "E407");
  CHECK(code_of([&] { column->expand({-1, 4}); }) == "E407");
  CHECK(code_of([&] { column->expand({3}); }) == "E407");
  CHECK(code_of([&] { normal->to_event(2); }) == "E407");
  CHECK(code_of([&] { event->log_prob(vector({1.0, 2.0})); }) == "E407");
}

TEST_CASE_METHOD(Fixture, "a mask hides values and their gradients", "[prob]") {
  const Tensor scale = graph.input({});
  const Tensor value = graph.input({3});
  const Tensor mask = graph.constant(Array(DType::boolean, {3}, {1.0, 0.0, 1.0}));
  const auto d = make("LogNormal", {0.0, scale})->mask(mask);
  const Tensor lp = d->log_prob(value);
  const std::vector<Tensor> inputs{scale, value};
  const std::vector<Array> at{Array::scalar(1.5), Array::vector({2.0, NAN, 0.4})};
  const Array values = tensor::evaluate({lp}, inputs, at)[0];
  CHECK(values[1] == 0.0);
  CHECK(std::isfinite(values[0]));
  const auto g = tensor::evaluate(tensor::gradient(tensor::sum(lp), inputs), inputs, at);
  CHECK(std::isfinite(g[0].item()));
  CHECK(g[1][1] == 0.0);
  CHECK(std::isfinite(g[1][2]));
  // Order matters: masked before the sum, or the sum masked.
  const Tensor x = vector({0.5, 1.0, 2.0});
  const auto base = make("LogNormal", {0.0, 1.0})->expand({3});
  const Array each = base->log_prob(x).value();
  CHECK(base->mask(mask)->to_event(1)->log_prob(x).value().item() == Approx(each[0] + each[2]));
  CHECK(base->to_event(1)->mask(false)->log_prob(x).value().item() == 0.0);
  CHECK(base->to_event(1)->mask(true)->log_prob(x).value().item() == Approx(each[0] + each[1] + each[2]));
  const auto wide = make("Normal", {})->mask(graph.constant(Array(DType::boolean, {2, 1}, {1.0, 0.0})));
  CHECK(wide->batch_shape() == Shape{2, 1});
  CHECK(wide->log_prob(x).shape() == Shape{2, 3});
  CHECK(code_of([&] { base->mask(vector({1.0, 0.0, 1.0})); }) == "E412");
}

TEST_CASE_METHOD(Fixture, "densities sum and integrate to one", "[prob]") {
  const auto total = [&](const DistributionPtr& d, double from, double to, std::int64_t cells) {
    // Midpoint rule; the interval holds all but 1e-9 of the mass.
    const double h = (to - from) / static_cast<double>(cells);
    std::vector<double> x;
    for (std::int64_t i = 0; i < cells; ++i) x.push_back(from + (static_cast<double>(i) + 0.5) * h);
    return tensor::sum(tensor::exp(d->log_prob(vector(x)))).value().item() * h;
  };
  CHECK(total(make("StudentT", {5.0, 1.0, 2.0}), -400.0, 400.0, 80000) == Approx(1.0).epsilon(1e-6));
  CHECK(total(make("InverseGamma", {6.0, 3.0}), 0.0, 200.0, 200000) == Approx(1.0).epsilon(1e-6));
  CHECK(total(make("Beta", {2.5, 3.5}), 0.0, 1.0, 4000) == Approx(1.0).epsilon(1e-6));
  CHECK(total(make("TruncatedNormal", {0.0, 1.0}, {{"low", 5.0}, {"high", 5.2}}), 5.0, 5.2, 2000) ==
        Approx(1.0).epsilon(1e-6));
  CHECK(total(make("Gumbel", {0.0, 1.0}), -6.0, 30.0, 20000) == Approx(1.0).epsilon(1e-6));
  const auto mass = [&](const DistributionPtr& d, std::int64_t top) {
    return tensor::sum(tensor::exp(d->log_prob(tensor::arange(graph, top)))).value().item();
  };
  CHECK(mass(make("BetaBinomial", {0.6, 2.0, 20.0}), 21) == Approx(1.0).epsilon(1e-12));
  CHECK(mass(make("NegativeBinomial2", {4.0, 0.8}), 400) == Approx(1.0).epsilon(1e-10));
  CHECK(mass(make("ZeroInflatedPoisson", {0.3, 5.0}), 100) == Approx(1.0).epsilon(1e-12));
  CHECK(mass(make("Binomial", {200000.0, 0.001}), 1000) == Approx(1.0).epsilon(1e-9));
  CHECK(mass(make("OrderedLogistic", {0.3, vector({-1.0, 0.2, 2.0})}), 4) == Approx(1.0).epsilon(1e-12));
  CHECK(make("Poisson", {3.0})->log_prob(graph.scalar(1.5)).value().item() == -INFINITY);
}

TEST_CASE_METHOD(Fixture, "transformed distributions: density, shapes, decomposition", "[prob]") {
  const auto base = make("Normal", {0.3, 0.8});
  const auto by_hand = make("TransformedDistribution", {base, std::vector<TransformPtr>{exp_transform()}});
  const Tensor x = vector({0.2, 1.0, 7.0});
  const Array a = by_hand->log_prob(x).value(), b = make("LogNormal", {0.3, 0.8})->log_prob(x).value();
  for (int i = 0; i < 3; ++i) CHECK(a[i] == Approx(b[i]).epsilon(1e-14));
  CHECK(by_hand->log_prob(graph.scalar(-1.0)).value().item() == -INFINITY);
  // Parameters of a transform enlarge the batch; a transform of vectors takes batch dims as event.
  const TransformPtr shift = affine_transform(vector({1.0, 2.0}), graph.scalar(3.0));
  CHECK(make("TransformedDistribution", {base, std::vector<TransformPtr>{shift}})->batch_shape() == Shape{2});
  const auto ordered =
      make("TransformedDistribution", {base->expand({5, 4}), std::vector<TransformPtr>{ordered_transform()}});
  CHECK(ordered->batch_shape() == Shape{5});
  CHECK(ordered->event_shape() == Shape{4});
  CHECK(ordered->support().name() == "ordered_vector");
  CHECK(ordered->expand({2, 5})->sample({3, -1}).shape() == Shape{2, 5, 4});
  const auto parts = make("LogNormal", {vector({0.0, 1.0}), 2.0})->expand({3, 2})->to_event(1)->decompose();
  REQUIRE(parts.base != nullptr);
  CHECK(parts.base->name() == "Normal");
  CHECK(parts.base->batch_shape() == Shape{3});
  CHECK(parts.base->event_shape() == Shape{2});
  REQUIRE(parts.transforms.size() == 1);
  CHECK(base->decompose().base == nullptr);
  const Tensor gamma = graph.scalar(2.0);
  const auto inverse = make("InverseGamma", {3.0, 2.0})->decompose();
  const Tensor u = inverse.transforms[0]->inverse(gamma);
  const double density =
      inverse.base->log_prob(u).value().item() - inverse.transforms[0]->log_abs_det(u, gamma).value().item();
  CHECK(density == Approx(make("InverseGamma", {3.0, 2.0})->log_prob(gamma).value().item()).epsilon(1e-13));
  CHECK(code_of([&] { by_hand->mean(); }) == "E204");
}

TEST_CASE_METHOD(Fixture, "parameters can be read and replaced through wrappers", "[prob]") {
  const auto d = make("StudentT", {4.0, vector({0.0, 1.0}), 2.0})->expand({3, 2})->to_event(1);
  REQUIRE(d->parameters().size() == 3);
  CHECK(d->parameters()[0].name == "df");
  CHECK(d->parameter("scale").value().item() == 2.0);
  CHECK_FALSE(d->parameter("rate").defined());
  const auto standard = d->with_parameters({{"loc", graph.scalar(0.0)}, {"scale", graph.scalar(1.0)}});
  CHECK(standard->batch_shape() == Shape{3});
  CHECK(standard->event_shape() == Shape{2});
  CHECK(standard->parameter("loc").value().item() == 0.0);
  CHECK(standard->parameter("df").value().item() == 4.0);
  CHECK(code_of([&] { d->with_parameters({{"rate", graph.scalar(1.0)}}); }) == "E204");
  const auto coin = make("Bernoulli", {}, {{"logits", 0.0}});
  CHECK(coin->parameter("probs").value().item() == 0.5);
  CHECK(make("LKJCholesky", {std::int64_t{3}, 2.0})
            ->with_parameters({{"concentration", graph.scalar(5.0)}})
            ->event_shape() == Shape{3, 3});
}

TEST_CASE_METHOD(Fixture, "constructors say what is wrong", "[prob]") {
  CHECK(text_of([&] { make("Normal", {}, {{"sigma", 1.0}}); }).find("use `scale`") != std::string::npos);
  CHECK(text_of([&] { make("Gamma", {}, {{"rate", 1.0}}); }).find("needs `concentration`") != std::string::npos);
  CHECK(text_of([&] { make("Nornal", {}); }).find("did you mean `Normal`?") != std::string::npos);
  CHECK(text_of([&] { make("VonMises", {0.0, 1.0}); }).find("known, not yet supported") != std::string::npos);
  CHECK(code_of([&] { make("Normal", {0.0, 1.0, 2.0}); }) == "E205");
  CHECK(code_of([&] { make("Normal", {0.0}, {{"loc", 1.0}}); }) == "E205");
  CHECK(code_of([&] { make("TruncatedNormal", {0.0, 1.0, 2.0}); }) == "E205");
  CHECK(code_of([&] { make("Bernoulli", {}); }) == "E205");
  CHECK(code_of([&] { make("MultivariateNormal", {0.0}); }) == "E205");
  CHECK(text_of([&] { make("Normal", {0.0, -1.0}); }).find("`scale` must be positive, got -1") != std::string::npos);
  CHECK(text_of([&] { make("Exponential", {vector({1.0, 0.0})}); }).find("(element 1)") != std::string::npos);
  CHECK(code_of([&] { make("Categorical", {vector({0.5, 0.6})}); }) == "E413");
  CHECK(code_of([&] { make("Categorical", {}, {{"logits", vector({0.0, -INFINITY})}}); }) == "E413");
  CHECK(code_of([&] { make("Uniform", {1.0, 1.0}); }) == "E413");
  CHECK(code_of([&] { make("OrderedLogistic", {0.0, vector({1.0, 0.0})}); }) == "E413");
  const Tensor indefinite = graph.constant(Array(DType::real, {2, 2}, {1.0, 2.0, 2.0, 1.0}));
  CHECK(code_of([&] { make("MultivariateNormal", {0.0, indefinite}); }) == "E413");
  CHECK(code_of([&] { make("MultivariateNormal", {vector({0.0, 0.0, 0.0}), indefinite}); }) == "E407");
  CHECK(code_of([&] { make("Dirichlet", {1.0}); }) == "E413");
  CHECK(code_of([&] { make("MixtureSameFamily", {1.0, 2.0}); }) == "E206");
  CHECK(code_of([&] { biject_to(Constraint(Constraint::Kind::boolean)); }) == "E601");
  CHECK(code_of([&] { biject_to(make("Delta", {1.0})->support()); }) == "E505");
  CHECK(code_of([&] { biject_to(Constraint(Constraint::Kind::corr_cholesky))->forward_shape({4}); }) == "E407");
  // Unchecked on request: NaN, and an extrapolated density.
  const auto odd = make("Normal", {0.0, -1.0}, {{"validate_args", false}});
  CHECK(std::isnan(odd->log_prob(graph.scalar(0.0)).value().item()));
  const auto loose = make("Exponential", {1.0}, {{"validate_args", false}});
  CHECK(loose->log_prob(graph.scalar(-1.0)).value().item() == 1.0);
  CHECK(make("Normal", {graph.input({}), graph.input({})})->log_prob(graph.scalar(0.0)).shape() == Shape{});
}
