// Dependence between sites, read off the graph.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/native/model/example_models.hpp"

using namespace dolab;
using namespace dolab::example;

using Edges = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("edges join a site to what reads it and stop at named sites", "[model]") {
  Arguments data = {{"n", 4}, {"z", Array::vector({0.0, 1.0, 0.0, 1.0})}, {"y", Array::vector({1.0, 2.0, 3.0, 4.0})}};
  const auto trace = traced(mediation, data);
  Edges edges = model::dag_edges(*trace);
  std::sort(edges.begin(), edges.end());
  CHECK(edges == Edges{{"effect", "mean"}, {"m", "mean"}, {"mean", "y"}, {"z", "m"}, {"z", "mean"}});
  CHECK(model::descendants(*trace, {"z"}) == std::vector<std::string>{"m", "mean", "y"});
  CHECK(model::structure_warnings(*trace).empty());
}

TEST_CASE("an observed column is a node of its own even if it is used elsewhere", "[model]") {
  const auto trace = traced([](Builder& b, const Arguments&) {
    const Tensor z = vector(b, {1.0, 2.0});
    const Tensor through_site = b.sample("z", normal(b, 0.0, 1.0), {z, {}, {}, {}});
    b.deterministic("by_site", 2.0 * through_site);
    b.deterministic("by_data", 2.0 * z);
  });
  CHECK(model::dag_edges(*trace) == Edges{{"z", "by_site"}});
}

TEST_CASE("an intervention cuts the edges into a site", "[model]") {
  TraceOptions options;
  options.intervene["m"] = model::impose(Array::scalar(0.0));
  const auto trace = traced(mediation, {{"n", 3}}, options);
  Edges edges = model::dag_edges(*trace);
  std::sort(edges.begin(), edges.end());
  // m's own value still depends on z; what reads m sees the imposed value.
  CHECK(edges == Edges{{"effect", "mean"}, {"m", "mean"}, {"mean", "y"}, {"z", "m"}, {"z", "mean"}});
  CHECK(model::descendants(*trace, {"m"}) == std::vector<std::string>{"mean", "y"});
}

TEST_CASE("a latent that reaches nothing, and a model without data, are pointed out", "[model]") {
  const auto idle = traced([](Builder& b, const Arguments&) {
    b.sample("idle", normal(b, 0.0, 1.0));
    b.sample("y", normal(b, 0.0, 1.0), {number(b, 1.0), {}, {}, {}});
  });
  REQUIRE(model::structure_warnings(*idle).size() == 1);
  CHECK(model::structure_warnings(*idle)[0].code == "W502");
  const auto nothing = traced([](Builder& b, const Arguments&) { b.sample("a", normal(b, 0.0, 1.0)); });
  REQUIRE(model::structure_warnings(*nothing).size() == 1);
  CHECK(model::structure_warnings(*nothing)[0].code == "E809");
}

TEST_CASE("unknown names are answered with the nearest", "[model]") {
  const auto trace = traced([](Builder& b, const Arguments&) { b.sample("sigma", normal(b, 0.0, 1.0)); });
  try {
    trace->site("sgima");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == "E104");
    CHECK(error.hint().find("sigma") != std::string::npos);
  }
  TraceOptions options;
  options.condition["sgima"] = Array::scalar(1.0);
  const auto warned = traced([](Builder& b, const Arguments&) { b.sample("sigma", normal(b, 0.0, 1.0)); }, {}, options);
  REQUIRE(warned->warnings.size() == 1);
  CHECK(warned->warnings[0].code == "W104");
}

TEST_CASE("colliding addresses are told apart", "[model]") {
  // FNV-1a 64 folded to 32 bits; with 2^17 names a collision is all but certain (birthday bound 2^16).
  std::map<std::uint32_t, std::string> seen;
  std::string first, second;
  for (int i = 0; first.empty(); ++i) {
    const std::string name = "s" + std::to_string(i);
    const auto [entry, fresh] = seen.emplace(site_hash(name), name);
    if (fresh) continue;
    first = entry->second;
    second = name;
  }
  const auto trace = traced([&](Builder& b, const Arguments&) {
    b.sample(first, normal(b, 0.0, 1.0));
    b.sample(second, normal(b, 0.0, 1.0));
  });
  CHECK(trace->site(first).hash == site_hash(first));
  CHECK(trace->site(second).hash != site_hash(second));
}
