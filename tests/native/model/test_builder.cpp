// Statements and plates: shapes, scales, names and what users get wrong.
#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>

#include "tests/native/model/example_models.hpp"

using namespace dolab;
using namespace dolab::example;

namespace {

std::string code_of(const ModelFunction& model) {
  try {
    model::trace_model(model, {});
  } catch (const Error& error) {
    return error.code();
  }
  return "";
}

bool warns(const Trace& trace, const std::string& code) {
  return std::any_of(trace.warnings.begin(), trace.warnings.end(),
                     [&](const Warning& warning) { return warning.code == code; });
}

}  // namespace

TEST_CASE("plates give dims from the right and expand distributions", "[model]") {
  const auto trace = traced([](Builder& b, const Arguments&) {
    const auto rows = b.plate("rows", 3);
    Scoped outer(b, rows);
    b.sample("a", normal(b, 0.0, 1.0));
    const auto columns = b.plate("columns", 4);
    CHECK(columns->frame().dim == -2);
    Scoped inner(b, columns);
    b.sample("b", normal(b, 0.0, 1.0));
    b.sample("c", normal(b, 0.0, 1.0)->expand({5})->to_event(1));
  });
  CHECK(trace->site("a").value.shape() == Shape{3});
  CHECK(trace->site("b").value.shape() == Shape{4, 3});
  CHECK(trace->site("c").value.shape() == Shape{4, 3, 5});
  CHECK(trace->site("b").plates.front().name == "rows");
  CHECK(trace->site("b").row_axis() == 0);
  CHECK(trace->site("a").row_axis() == 0);
}

TEST_CASE("a plate stack counts sizes from the right", "[model]") {
  Builder builder;
  const auto plates = builder.plate_stack("p", {2, 3, 4}, -2);
  REQUIRE(plates.size() == 3);
  CHECK(plates[0]->frame().size == 4);
  CHECK(plates[0]->frame().dim == -2);
  CHECK(plates[2]->frame().size == 2);
  CHECK(plates[2]->frame().dim == -4);
}

TEST_CASE("the same plate may be entered again, and made again with the same rows", "[model]") {
  const auto trace = traced([](Builder& b, const Arguments&) {
    const auto plate = b.plate("rows", 100, 10);
    Tensor first;
    {
      first = b.enter(plate);
      b.sample("a", normal(b, 0.0, 1.0));
      b.exit(plate);
    }
    const auto same = b.plate("rows", 100, 10);
    CHECK(b.enter(same).id() == first.id());
    b.sample("b", normal(b, 0.0, 1.0));
    b.exit(same);
  });
  CHECK(trace->subsampled_plates().size() == 1);
  CHECK(trace->site("b").plate_scale == 10.0);
  CHECK(trace->site("b").value.shape() == Shape{10});
}

TEST_CASE("subsampling can be switched off", "[model]") {
  TraceOptions options;
  options.subsampling = false;
  const auto trace = traced(
      [](Builder& b, const Arguments&) {
        const auto plate = b.plate("rows", 100, 10);
        Scoped inside(b, plate);
        CHECK(b.subsample(tensor::full(b.graph(), {100, 2}, 1.0), 1).shape() == Shape{100, 2});
        b.sample("a", normal(b, 0.0, 1.0));
      },
      {}, options);
  CHECK(trace->subsampled_plates().empty());
  CHECK(trace->site("a").value.shape() == Shape{100});
  CHECK(trace->site("a").plate_scale == 1.0);
}

TEST_CASE("subsample cuts the axis of the plate", "[model]") {
  traced([](Builder& b, const Arguments&) {
    Scoped inside(b, b.plate("rows", 100, 10));
    CHECK(b.subsample(tensor::full(b.graph(), {100, 2}, 1.0), 1).shape() == Shape{10, 2});
    CHECK(b.subsample(tensor::full(b.graph(), {7, 100}, 1.0), 0).shape() == Shape{7, 10});
    CHECK(b.subsample(tensor::full(b.graph(), {1, 2}, 1.0), 1).shape() == Shape{1, 2});
    CHECK_THROWS_AS(b.subsample(tensor::full(b.graph(), {99}, 1.0), 0), Error);
  });
}

TEST_CASE("what users get wrong has its code", "[model]") {
  CHECK(code_of([](Builder& b, const Arguments&) {
          b.sample("w", normal(b, 0.0, 1.0));
          b.sample("w", normal(b, 0.0, 1.0));
        }) == "E101");
  CHECK(code_of([](Builder& b, const Arguments&) {
          b.plate("p", 3);
          b.plate("p", 4);
        }) == "E102");
  CHECK(code_of([](Builder& b, const Arguments&) { b.sample("w", nullptr); }) == "E206");
  CHECK(code_of([](Builder& b, const Arguments&) {
          Scoped inside(b, b.plate("p", 4));
          b.sample("w", normal(b, 0.0, 1.0)->expand({3}));
        }) == "E401");
  CHECK(code_of([](Builder& b, const Arguments&) {
          Scoped inside(b, b.plate("p", 2));
          b.sample("y", normal(b, 0.0, 1.0), {vector(b, {1.0, 2.0, 3.0}), {}, {}, {}});
        }) == "E401");
  CHECK(code_of([](Builder& b, const Arguments&) { b.plate("p", 0); }) == "E402");
  CHECK(code_of([](Builder& b, const Arguments&) { b.plate("p", 3, 4); }) == "E402");
  CHECK(code_of([](Builder& b, const Arguments&) {
          const auto p = b.plate("p", 3), q = b.plate("q", 3);
          Scoped outer(b, p), inner(b, q);
        }) == "E403");
  CHECK(code_of([](Builder& b, const Arguments&) { b.plate("p", 3, std::nullopt, 1); }) == "E403");
  CHECK(code_of([](Builder& b, const Arguments&) { model::scale(number(b, 0.0)); }) == "E410");
  CHECK(code_of([](Builder& b, const Arguments&) { model::mask(number(b, 1.0)); }) == "E412");
  CHECK(code_of([](Builder& b, const Arguments&) {
          const Tensor y = vector(b, {1.0, std::numeric_limits<double>::quiet_NaN()});
          b.sample("y", normal(b, 0.0, 1.0), {y, {}, {}, {}});
        }) == "E503");
}

TEST_CASE("a plate mismatch names the plate and where it was opened", "[model]") {
  try {
    traced([](Builder& b, const Arguments&) {
      b.set_current_span({"m.py", 3, 1, 3, 20});
      Scoped inside(b, b.plate("obs", 4));
      b.set_current_span({"m.py", 4, 5, 4, 40});
      b.sample("y", normal(b, 0.0, 1.0)->expand({3}));
    });
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.span().line == 4);
    REQUIRE(error.related().size() == 1);
    CHECK(error.related()[0].span.line == 3);
    CHECK(error.message().find("\"obs\"") != std::string::npos);
  }
}

TEST_CASE("missing observations are fine under a mask of either kind", "[model]") {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  const auto trace = traced([missing](Builder& b, const Arguments&) {
    const Tensor y = vector(b, {1.0, missing}), keep = vector(b, {1.0, 0.0}, DType::boolean);
    b.sample("a", normal(b, 0.0, 1.0)->mask(keep), {y, {}, {}, {}});
    Scoped inside(b, model::mask(keep));
    b.sample("b", normal(b, 0.0, 1.0), {y, {}, {}, {}});
  });
  const auto report = model::log_density_at(*trace, {});
  CHECK(report.sites[0].second == Approx(normal_log_density(1, 0, 1)).epsilon(1e-14));
  CHECK(report.sites[1].second == Approx(normal_log_density(1, 0, 1)).epsilon(1e-14));
}

TEST_CASE("suspicious shapes and values are warned about", "[model]") {
  const auto trace = traced([](Builder& b, const Arguments&) {
    const Tensor y = vector(b, {1.0, -2.0, 3.0});
    b.sample("wide", normal(b, 0.0, 1.0)->expand({3, 1}), {y, {}, {}, {}});
    b.sample("loose", normal(b, 0.0, 1.0)->expand({3}));
    b.sample("outside", make(b, "LogNormal", {number(b, 0.0), number(b, 1.0)}), {y, {}, {}, {}});
    Scoped inside(b, b.plate("p", 2));
    b.sample("fine", normal(b, 0.0, 1.0));
  });
  CHECK(warns(*trace, "W401"));
  CHECK(warns(*trace, "W402"));
  CHECK(warns(*trace, "W403"));
  CHECK_FALSE(warns(*trace, "W103"));
}

TEST_CASE("codes that start at 1 are outside the support, not an index error", "[model]") {
  const auto trace = traced([](Builder& b, const Arguments&) {
    const Tensor p = vector(b, {0.2, 0.3, 0.5});
    b.sample("y", make(b, "Categorical", {p}), {vector(b, {1.0, 2.0, 3.0}), {}, {}, {}});
  });
  CHECK(warns(*trace, "W403"));
  CHECK(trace->warnings.front().hint.find("subtract 1") != std::string::npos);
  CHECK(log_density_at(*trace, {}).total == -INFINITY);
}

TEST_CASE("a partly observed site splits in two", "[model]") {
  const auto trace = traced([](Builder& b, const Arguments&) {
    SampleOptions options;
    options.observation = vector(b, {1.0, 0.0, 3.0});
    options.observation_mask = vector(b, {1.0, 0.0, 1.0}, DType::boolean);
    const Tensor y = b.sample("y", normal(b, 0.0, 1.0)->expand({3}), options);
    b.deterministic("total", tensor::sum(y));
  });
  CHECK(trace->site("y_observed").observed);
  CHECK(trace->site("y_unobserved").latent());
  const auto report = model::log_density_at(*trace, {{"y_unobserved", Array::vector({9.0, 0.5, 9.0})}});
  const double expected = normal_log_density(1, 0, 1) + normal_log_density(3, 0, 1) + normal_log_density(0.5, 0, 1);
  CHECK(report.total == Approx(expected).epsilon(1e-14));
}

TEST_CASE("params give one tensor by name and are cut to the rows of a plate", "[model]") {
  const auto trace = traced([](Builder& b, const Arguments&) {
    const Tensor first = b.param("w", number(b, 0.5), prob::make_constraint("positive"));
    CHECK(b.param("w", number(b, 0.7)).id() == first.id());
    Scoped inside(b, b.plate("rows", 100, 10));
    CHECK(b.param("local", tensor::full(b.graph(), {100, 3}, 1.0), {}, 1).shape() == Shape{10, 3});
  });
  CHECK(trace->params().size() == 2);
}
