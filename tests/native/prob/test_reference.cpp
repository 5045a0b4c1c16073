// Densities, moments, cdf and bijections against tables made with mpmath (tests/reference).
#include <catch2/catch.hpp>

#include "dolab/error.hpp"
#include "prob_checks.hpp"

using namespace dolab;
using namespace dolab::prob;
using namespace dolab::prob::checks;

namespace {

constexpr double kTolerance = 2e-13;

void compare(const Json& entry, const std::string& what, const Json& reference, const Array& got,
             double tolerance = kTolerance) {
  const Array want = array_of(reference);
  INFO(entry.dump() << " " << what << " has shape " << to_string(got.shape()));
  REQUIRE(got.size() == want.size());
  for (std::int64_t i = 0; i < want.size(); ++i) {
    INFO("element " << i << ": got " << got[i] << ", want " << want[i] << ", difference " << got[i] - want[i]);
    CHECK(agrees(got[i], want[i], tolerance));
  }
}

/// Densities of large counts are differences of numbers of size n log n.
double density_tolerance(const Json& entry) {
  const Array value = array_of(entry["value"]);
  double largest = 0.0;
  for (std::int64_t i = 0; i < value.size(); ++i) largest = std::fmax(largest, std::abs(value[i]));
  const bool counts = entry["distribution"] == "Poisson" || entry["distribution"] == "Multinomial" ||
                      entry["distribution"] == "NegativeBinomial2";
  return counts ? kTolerance + 4e-16 * largest * std::log(largest + 2.0) : kTolerance;
}

/// Incomplete gamma and beta functions are integrated numerically.
double cdf_tolerance(const Json& entry) {
  for (const char* family : {"Gamma", "InverseGamma", "Beta", "StudentT"}) {
    if (entry["distribution"] == family) return 2e-11;
  }
  return kTolerance;
}

Array run(const Maker& make, const Tensor& t) { return tensor::evaluate({t}, make.inputs, make.values)[0]; }

/// The table leaves shapes to the value: of improper supports, and of the scalar base of a transform of vectors.
Json with_event_shape(Json entry) {
  if (entry["distribution"] == "TransformedDistribution" &&
      entry["args"]["transforms"][0]["transform"] == "OrderedTransform") {
    Json& loc = entry["args"]["base"]["args"]["loc"];
    loc = Json(entry["value"].size(), loc);
  }
  if (entry["distribution"] == "ImproperUniform" && !entry["args"].contains("event_shape")) {
    Json shape = Json::array();
    for (Json v = entry["value"]; v.is_array(); v = v[0]) shape.push_back(v.size());
    entry["args"]["event_shape"] = shape;
  }
  return entry;
}

}  // namespace

TEST_CASE("log densities, moments and cdf agree with the reference table", "[prob]") {
  const bool traced = GENERATE(false, true);
  for (const Json& given : read_table("tests/data/distributions.json")) {
    const Json entry = with_event_shape(given);
    INFO(entry.dump());
    Graph graph;
    Maker make{graph, traced, {}, {}};
    const DistributionPtr d = build(make, entry);
    const Tensor value = make(array_of(entry["value"]));
    // A traced value on the real line is not tested: NaN stays NaN.
    const bool is_nan = entry["value"] == "nan" && traced && d->support().is_everything();
    if (!is_nan) compare(entry, "log_prob", entry["log_prob"], run(make, d->log_prob(value)), density_tolerance(entry));
    for (const auto& [key, method] : {std::pair{"mean", &Distribution::mean}, {"variance", &Distribution::variance}}) {
      if (entry.contains(key)) compare(entry, key, entry[key], run(make, ((*d).*method)()), 1e-11);
    }
    if (!entry.contains("cdf")) continue;
    try {
      compare(entry, "cdf", entry["cdf"], run(make, d->cdf(value)), cdf_tolerance(entry));
    } catch (const Error& error) {
      CHECK(error.code() == "E204");
    }
  }
}

TEST_CASE("bijections agree with the reference table", "[prob]") {
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
    compare(entry, "x", entry["x"], run(make, x), 1e-13);
    compare(entry, "log_abs_det", entry["log_abs_det"], run(make, map->log_abs_det(u, x)));
    CHECK(map->forward_shape(u.shape()) == x.shape());
    CHECK(map->unconstrained_shape(x.shape()) == u.shape());
  }
}
