// The experiment file: schema, defaults, short forms.
#include <catch2/catch.hpp>

#include "experiment/schema.hpp"
#include "experiment/settings.hpp"
#include "io/files.hpp"

using namespace dolab;
using namespace dolab::experiment;

namespace {

Json minimal() { return {{"dolab", 1}, {"model", {{"source", "def model(): pass"}}}}; }

Error error_of(const Json& document) {
  try {
    read_settings(document, "e.dolab.json", "");
  } catch (const Error& error) {
    return error;
  }
  return Error("none", "");
}

Error with(const std::string& assignment) {
  Json document = minimal();
  apply_override(document, assignment);
  return error_of(document);
}

}  // namespace

TEST_CASE("the published schema is the one that programs carry", "[experiment]") {
  CHECK(io::read_file("native/experiment/dolab.schema.json") == schema_text());
}

TEST_CASE("defaults are those of the schema", "[experiment]") {
  const Settings settings = read_settings(minimal(), "", "");
  const Inference& inference = settings.inference;
  CHECK(method_name(inference.method) == schema_default("inference.method"));
  CHECK(inference.draws == schema_default("inference.draws"));
  CHECK(inference.steps == schema_default("inference.steps"));
  CHECK(inference.particles == schema_default("inference.particles"));
  CHECK(inference.guide == schema_default("inference.guide"));
  CHECK(inference.guide_options.init_scale == schema_default("inference.init_scale"));
  CHECK(inference.init_radius == schema_default("inference.init_radius"));
  CHECK(inference.stable_update == schema_default("inference.stable_update"));
  CHECK(inference.optimizer.kind == infer::optimizer_kind(schema_default("inference.optimizer.name")));
  CHECK(inference.optimizer.step_size.initial == schema_default("inference.optimizer.step_size"));
  CHECK(inference.optimizer.b1 == schema_default("inference.optimizer.b1"));
  CHECK(inference.optimizer.b2 == schema_default("inference.optimizer.b2"));
  CHECK(inference.optimizer.eps == schema_default("inference.optimizer.eps"));
  CHECK(inference.optimizer.clip_norm == schema_default("inference.optimizer.clip_norm"));
  CHECK(inference.optimizer.weight_decay == schema_default("inference.optimizer.weight_decay"));
  CHECK(inference.nuts.chains == schema_default("inference.chains"));
  CHECK(inference.nuts.warmup == schema_default("inference.warmup"));
  CHECK(inference.nuts.thinning == schema_default("inference.thinning"));
  CHECK(inference.nuts.target_accept == schema_default("inference.target_accept"));
  CHECK(inference.nuts.max_depth == schema_default("inference.max_depth"));
  CHECK(inference.nuts.metric == schema_default("inference.metric"));
  CHECK(inference.nuts.trajectory_length == schema_default("inference.trajectory_length"));
  CHECK(settings.hdi_prob == schema_default("hdi_prob"));
  CHECK(settings.seed == schema_default("seed"));
  CHECK(settings.reproducible == schema_default("reproducible"));
}

TEST_CASE("unknown keys name their path and the nearest known key", "[experiment]") {
  Error error = with("inference.stepz=10");
  CHECK(error.code() == "E1102");
  CHECK_THAT(error.message(), Catch::Contains("inference.stepz"));
  CHECK_THAT(error.hint(), Catch::Contains("steps"));
  CHECK(error.span().file == "e.dolab.json");
  CHECK(with("seeed=1").code() == "E1102");
  CHECK(with("inference.optimizer.stepsize=1").code() == "E1102");
}

TEST_CASE("values that do not fit name their path and what is expected", "[experiment]") {
  const std::vector<std::pair<std::string, std::string>> cases = {{"inference.steps=\"many\"", "inference.steps"},
                                                                  {"inference.steps=0", "inference.steps"},
                                                                  {"inference.steps=1.5", "inference.steps"},
                                                                  {"inference.method=\"gibbs\"", "inference.method"},
                                                                  {"inference.target_accept=1", "target_accept"},
                                                                  {"dolab=2", "dolab"},
                                                                  {"seed=-1", "seed"},
                                                                  {"data.bind.X=3", "data.bind.X"},
                                                                  {"effects=[{}]", "effects[0]"},
                                                                  {"layout.z=[1]", "layout.z"},
                                                                  {"model.condition.z={\"colum\":\"z\"}", "colum"},
                                                                  {"hdi_prob=1.5", "hdi_prob"}};
  for (const auto& [assignment, path] : cases) {
    const Error error = with(assignment);
    INFO(assignment << ": " << error.what());
    CHECK((error.code() == "E1101" || error.code() == "E1102"));
    CHECK_THAT(error.message(), Catch::Contains(path));
  }
}

TEST_CASE("a model is given as a file or as text, not both and not neither", "[experiment]") {
  CHECK(with("model.file=\"m.py\"").code() == "E1101");
  CHECK(error_of({{"dolab", 1}, {"model", Json::object()}}).code() == "E1101");
  CHECK(error_of({{"dolab", 1}}).code() == "E1101");
}

TEST_CASE("effects name scenarios; the empty one is called observed", "[experiment]") {
  Json document = minimal();
  document["scenarios"] = {{"none", {{"z", 0}}}, {"more", {{"X.a", {{"shift", 1}}}}}};
  document["effects"] = Json::array({{{"intervention", "none"}}, {{"baseline", "none"}, {"intervention", "more"}}});
  const Settings settings = read_settings(document, "", "");
  REQUIRE(settings.effects.size() == 2);
  CHECK(settings.effects[0].baseline == "observed");
  CHECK(settings.effects[0].baseline_changes.empty());
  CHECK(settings.effects[1].intervention_changes.at("X.a").kind == ChangeSpec::Kind::shift);
  document["effects"][0]["intervention"] = "nome";
  const Error error = error_of(document);
  CHECK(error.code() == "E1103");
  CHECK_THAT(error.hint(), Catch::Contains("none"));
}

TEST_CASE("bindings: a name is a vector, a list a matrix", "[experiment]") {
  CHECK(parse_binding("C=c") == std::pair<std::string, Json>{"C", "c"});
  CHECK(parse_binding("X=a,b") == std::pair<std::string, Json>{"X", {"a", "b"}});
  CHECK(parse_binding("X=[a]") == std::pair<std::string, Json>{"X", Json::array({"a"})});
  CHECK(parse_binding("X=[a, b]") == std::pair<std::string, Json>{"X", {"a", "b"}});
  for (const char* text : {"X", "=a", "X=", "X=a,,b"}) CHECK_THROWS_AS(parse_binding(text), Error);
}

TEST_CASE("interventions: value, column, shift, scale", "[experiment]") {
  CHECK(parse_change("z=0") == std::pair<std::string, Json>{"z", 0});
  CHECK(parse_change("z = -1.5e2") == std::pair<std::string, Json>{"z", -150.0});
  CHECK(parse_change("z=@z") == std::pair<std::string, Json>{"z", {{"column", "z"}}});
  CHECK(parse_change("X.MedInc+=1") == std::pair<std::string, Json>{"X.MedInc", {{"shift", 1}}});
  CHECK(parse_change("T*=2") == std::pair<std::string, Json>{"T", {{"scale", 2}}});
  for (const char* text : {"z", "=1", "z=", "z=@", "z=abc", "z+=@c"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_change(text), Error);
  }
  for (const char* planned : {"z~Normal(0,1)", "z:=x+1"}) {
    try {
      parse_change(planned);
      FAIL("accepted " << planned);
    } catch (const Error& error) {
      CHECK(error.code() == "E1102");
    }
  }
  ChangeSpecs specs;
  for (const char* text : {"z=0", "X.a+=1", "w=@w"}) {
    const auto [target, value] = parse_change(text);
    specs.emplace(target, read_change(value, target));
  }
  CHECK(describe(specs) == "X.a+=1, w=@w, z=0");
  CHECK(describe({}) == "observed");
}

TEST_CASE("overrides reach every key; text needs no quotes", "[experiment]") {
  Json document = minimal();
  apply_override(document, "inference.optimizer.step_size=0.01");
  apply_override(document, "inference.guide=AutoDelta");
  apply_override(document, "effects=[]");
  CHECK(document["inference"]["optimizer"]["step_size"] == 0.01);
  CHECK(document["inference"]["guide"] == "AutoDelta");
  CHECK(document["effects"].is_array());
  CHECK_THROWS_AS(apply_override(document, "inference.steps"), Error);
  CHECK_THROWS_AS(apply_override(document, "dolab.x=1"), Error);
}
