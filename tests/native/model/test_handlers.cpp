// Effect handlers: what they fix, hide, scale and rename.
#include <catch2/catch.hpp>

#include "model/simulate.hpp"
#include "tests/native/model/example_models.hpp"

using namespace dolab;
using namespace dolab::example;

namespace {

double total_at(const ModelFunction& model, const std::map<std::string, Array>& values,
                const Arguments& arguments = {}) {
  return model::log_density_at(*traced(model, arguments), values).total;
}

}  // namespace

TEST_CASE("condition observes, substitute only fixes, do cuts", "[model]") {
  const ModelFunction chain = [](Builder& b, const Arguments&) {
    const Tensor a = b.sample("a", normal(b, 0.0, 1.0));
    b.sample("b", normal(b, 2.0 * a, number(b, 1.0)));
  };
  const double at_a = normal_log_density(0.3, 0, 1), at_b = normal_log_density(1.0, 0.6, 1);

  const auto conditioned = traced([&](Builder& b, const Arguments& arguments) {
    Scoped inside(b, model::condition({{"a", number(b, 0.3)}, {"b", Tensor()}}));
    chain(b, arguments);
  });
  CHECK(conditioned->site("a").observed);
  CHECK(conditioned->site("b").latent());
  CHECK(model::log_density_at(*conditioned, {{"b", Array::scalar(1.0)}}).total == Approx(at_a + at_b).epsilon(1e-14));

  const auto fixed = traced([&](Builder& b, const Arguments& arguments) {
    Scoped inside(b, model::substitute({{"a", number(b, 0.3)}}));
    chain(b, arguments);
  });
  CHECK_FALSE(fixed->site("a").observed);
  CHECK_FALSE(fixed->site("a").latent());
  CHECK(model::log_density_at(*fixed, {{"b", Array::scalar(1.0)}}).total == Approx(at_a + at_b).epsilon(1e-14));

  TraceOptions options;
  options.intervene["a"] = model::impose(Array::scalar(5.0));
  const auto cut = traced(chain, {}, options);
  CHECK(cut->site("a").latent());
  // The density of a is that of its own value; b sees the imposed one.
  const auto report = model::log_density_at(*cut, {{"a", Array::scalar(0.3)}, {"b", Array::scalar(9.0)}});
  CHECK(report.sites[0].second == Approx(at_a).epsilon(1e-14));
  CHECK(report.sites[1].second == Approx(normal_log_density(9, 10, 1)).epsilon(1e-14));
}

TEST_CASE("an intervention may read the natural value", "[model]") {
  TraceOptions options;
  options.intervene["a"] = [](const Tensor& natural) { return natural + 1.0; };
  const auto trace = traced(
      [](Builder& b, const Arguments&) {
        const Tensor a = b.sample("a", normal(b, 0.0, 1.0));
        b.sample("b", normal(b, a, number(b, 1.0)));
      },
      {}, options);
  const auto report = model::log_density_at(*trace, {{"a", Array::scalar(0.3)}, {"b", Array::scalar(1.3)}});
  CHECK(report.sites[1].second == Approx(normal_log_density(0, 0, 1)).epsilon(1e-14));
}

TEST_CASE("deterministic sites can be intervened on, however the model goes on", "[model]") {
  for (const bool returned : {true, false}) {
    TraceOptions options;
    options.intervene["d"] = model::impose(Array::scalar(7.0));
    const auto trace = traced(
        [returned](Builder& b, const Arguments&) {
          const Tensor a = b.sample("a", normal(b, 0.0, 1.0));
          const Tensor expression = 3.0 * a;
          const Tensor d = b.deterministic("d", expression);
          b.sample("b", normal(b, returned ? d : expression, number(b, 1.0)));
        },
        {}, options);
    const auto report = model::log_density_at(*trace, {{"a", Array::scalar(0.3)}, {"b", Array::scalar(7.0)}});
    CHECK(report.sites[1].second == Approx(normal_log_density(0, 0, 1)).epsilon(1e-14));
    model::Simulation world = model::simulate(*trace, {{"d"}, {{"a", {}}}, true, {}});
    CHECK(tensor::evaluate(world.outputs, world.inputs, {Array::scalar(0.3)})[0][0] == Approx(0.9));
  }
}

TEST_CASE("interventions are checked", "[model]") {
  const ModelFunction one = [](Builder& b, const Arguments&) { b.sample("a", normal(b, 0.0, 1.0)->expand({3})); };
  TraceOptions unknown;
  unknown.intervene["aa"] = model::impose(Array::scalar(1.0));
  CHECK_THROWS_WITH(model::trace_model(one, {}, unknown), Catch::Contains("aa"));
  TraceOptions shaped;
  shaped.intervene["a"] = model::impose(Array::vector({1.0, 2.0}));
  CHECK_THROWS_WITH(model::trace_model(one, {}, shaped), Catch::Contains("shape"));
}

TEST_CASE("scales multiply and masks join", "[model]") {
  const std::map<std::string, Array> at = {{"a", Array::vector({0.3, -1.0, 2.0})}};
  const double d0 = normal_log_density(0.3, 0, 1), d1 = normal_log_density(-1, 0, 1);
  const double value = total_at(
      [](Builder& b, const Arguments&) {
        Scoped outer(b, model::scale(number(b, 2.0)));
        Scoped masked(b, model::mask(vector(b, {1, 1, 0}, DType::boolean)));
        Scoped inner(b, model::scale(vector(b, {1.0, 3.0, 5.0})));
        b.sample("a", normal(b, 0.0, 1.0)->expand({3}));
      },
      at);
  CHECK(value == Approx(2.0 * (d0 + 3.0 * d1)).epsilon(1e-14));
}

TEST_CASE("factors count in the plates, scales and masks around them", "[model]") {
  const double value = total_at(
      [](Builder& b, const Arguments&) {
        b.factor("plain", vector(b, {1.0, 2.0}));
        Scoped scaled(b, model::scale(number(b, 10.0)));
        Scoped masked(b, model::mask(vector(b, {1, 0}, DType::boolean)));
        b.factor("kept", vector(b, {3.0, 100.0}));
      },
      {});
  CHECK(value == Approx(3.0 + 30.0));
}

TEST_CASE("scope renames sites and plates, block hides", "[model]") {
  const auto trace = traced([](Builder& b, const Arguments&) {
    Scoped outer(b, model::scope("out"));
    Scoped inner(b, model::scope("in", "."));
    Scoped rows(b, b.plate("p", 2));
    b.sample("a", normal(b, 0.0, 1.0));
    model::BlockOptions hide;
    hide.hide = {"hidden"};
    hide.hide_given = true;
    Scoped blocked(b, model::block(hide));
    b.sample("hidden", normal(b, 0.0, 1.0));
    b.sample("seen", normal(b, 0.0, 1.0));
  });
  CHECK(trace->find("out/in.a") != nullptr);
  CHECK(trace->find("out/in.p") != nullptr);
  CHECK(trace->site("out/in.a").plates.front().name == "out/in.p");
  CHECK(trace->find("out/in.seen") != nullptr);
  CHECK(trace->find("out/in.hidden") == nullptr);
  CHECK(trace->find("hidden") == nullptr);
}

TEST_CASE("reparametrisation keeps the density of the original site", "[model]") {
  // log p(theta) of the centred site = log p(auxiliary) + log |d auxiliary / d theta|.
  const double mu = 0.4, tau = 1.7;
  for (const double centered : {0.0, 0.3, 1.0}) {
    const auto trace = traced([&](Builder& b, const Arguments&) {
      Scoped handler(b, model::reparam({{"theta", model::loc_scale_reparam(centered, {"df"})}}));
      Scoped rows(b, b.plate("J", 3));
      b.sample("theta", make(b, "StudentT", {number(b, 5.0), number(b, mu), number(b, tau)})->expand({3}));
    });
    if (centered == 1.0) {
      CHECK(trace->site("theta").latent());
      continue;
    }
    CHECK(trace->site("theta").kind == model::SiteKind::deterministic);
    const std::vector<double> aux = {0.1, -1.2, 2.0};
    const double power = std::pow(tau, 1.0 - centered);
    std::vector<double> theta;
    for (const double a : aux) theta.push_back(mu + power * (a - centered * mu));
    const double there = model::log_density_at(*trace, {{"theta_decentered", Array::vector(aux)}}).total;
    const double here = total_at(
        [&](Builder& b, const Arguments&) {
          b.sample("theta", make(b, "StudentT", {number(b, 5.0), number(b, mu), number(b, tau)})->expand({3}));
        },
        {{"theta", Array::vector(theta)}});
    CHECK(there == Approx(here + 3.0 * std::log(power)).epsilon(1e-12));
  }
}

TEST_CASE("a transformed site can be sampled by its base", "[model]") {
  const auto trace = traced([](Builder& b, const Arguments&) {
    Scoped handler(b, model::reparam({{"x", model::transform_reparam()}}));
    b.sample("x", make(b, "LogNormal", {number(b, 0.5), number(b, 2.0)}));
  });
  CHECK(model::log_density_at(*trace, {{"x_base", Array::scalar(1.1)}}).total ==
        Approx(normal_log_density(1.1, 0.5, 2.0)).epsilon(1e-13));
  model::Simulation world = model::simulate(*trace, {{"x"}, {{"x_base", {}}}, true, {}});
  CHECK(tensor::evaluate(world.outputs, world.inputs, {Array::scalar(1.1)})[0][0] == Approx(std::exp(1.1)));
}

TEST_CASE("observed and unsuitable sites cannot be reparametrised", "[model]") {
  const auto code = [](const ModelFunction& model) {
    try {
      model::trace_model(model, {});
    } catch (const Error& error) {
      return error.code();
    }
    return std::string();
  };
  CHECK(code([](Builder& b, const Arguments&) {
          Scoped handler(b, model::reparam({{"x", model::loc_scale_reparam(0.0)}}));
          b.sample("x", normal(b, 0.0, 1.0), {number(b, 1.0), {}, {}, {}});
        }) == "E411");
  CHECK(code([](Builder& b, const Arguments&) {
          Scoped handler(b, model::reparam({{"x", model::transform_reparam()}}));
          b.sample("x", normal(b, 0.0, 1.0));
        }) == "E411");
}
