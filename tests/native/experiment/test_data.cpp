// Data on its way to a kernel, and scenarios made of it.
#include <catch2/catch.hpp>

#include "causal/reach.hpp"
#include "experiment/data.hpp"
#include "io/csv.hpp"

using namespace dolab;
using namespace dolab::experiment;

namespace {

Kernel kernel_with(std::vector<KernelParameter> parameters) {
  Kernel kernel;
  kernel.name = "model";
  kernel.parameters = std::move(parameters);
  return kernel;
}

io::DataFile table_data() {
  return io::parse_data("a,b,t,y,name\n1,10,0,1.5,u\n2,20,1,2.5,v\n3,30,1,3.5,u\n", "d.csv");
}

BoundData bound() {
  const Kernel kernel = kernel_with({{"X", true, false}, {"t", true, false}, {"y", false, true}, {"n", false, false}});
  BindOptions options;
  options.bindings = {{"X", {"a", "b"}, true}};
  options.arguments = {{"n", 4}};
  return bind_data(table_data(), kernel, options);
}

std::string code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return "none";
}

ChangeSpecs specs(std::initializer_list<const char*> texts) {
  ChangeSpecs result;
  for (const char* text : texts) {
    const auto [target, value] = parse_change(text);
    result.emplace(target, read_change(value, target));
  }
  return result;
}

}  // namespace

TEST_CASE("explicit bindings, columns of a parameter's own name, JSON arguments", "[experiment]") {
  const BoundData data = bound();
  CHECK(data.arguments.array("X").shape() == Shape{3, 2});
  CHECK(data.arguments.array("X").to_vector() == std::vector<double>{1, 10, 2, 20, 3, 30});
  CHECK(data.arguments.array("t").to_vector() == std::vector<double>{0, 1, 1});
  CHECK(data.arguments.array("t").dtype() == DType::integer);
  CHECK(data.arguments.integer("n") == 4);
}

TEST_CASE("a list of one column is a matrix, a name a vector", "[experiment]") {
  const Kernel kernel = kernel_with({{"X", true, false}, {"c", true, false}});
  const BoundData data =
      bind_data(table_data(), kernel, {{{"X", {"a"}, true}, {"c", {"a"}, false}}, Json::object(), false});
  CHECK(data.arguments.array("X").shape() == Shape{3, 1});
  CHECK(data.arguments.array("c").shape() == Shape{3});
}

TEST_CASE("what cannot be bound is an error with the code of its kind", "[experiment]") {
  const Kernel kernel = kernel_with({{"X", true, false}, {"z", false, true}});
  const auto bind = [&](BindOptions options) { return [&, options] { bind_data(table_data(), kernel, options); }; };
  CHECK(code_of(bind({})) == "E1105");
  CHECK(code_of(bind({{{"X", {"nope"}, false}}, Json::object(), false})) == "E1003");
  CHECK(code_of(bind({{{"X", {"name"}, false}}, Json::object(), false})) == "E1004");
  CHECK(code_of(bind({{{"Q", {"a"}, false}}, Json::object(), false})) == "E204");
  // New data may lack what is optional.
  CHECK(code_of(bind({{{"X", {"a"}, false}, {"z", {"z"}, false}}, Json::object(), false})) == "E1003");
  CHECK(code_of(bind({{{"X", {"a"}, false}, {"z", {"z"}, false}}, Json::object(), true})) == "none");
}

TEST_CASE("arguments of a JSON file bind by name", "[experiment]") {
  const Kernel kernel = kernel_with({{"J", true, false}, {"sigma", true, false}, {"y", false, true}});
  const BoundData data =
      bind_data(io::parse_data(R"({"J": 2, "sigma": [1, 2.5], "extra": [0], "y": null})", "d.json"), kernel, {});
  CHECK(data.arguments.integer("J") == 2);
  CHECK(data.arguments.array("sigma").to_vector() == std::vector<double>{1, 2.5});
  CHECK_FALSE(data.arguments.has("y"));
  CHECK(data.arguments.find("extra") == nullptr);
}

TEST_CASE("scenarios change sites, arguments and single columns", "[experiment]") {
  const BoundData data = bound();
  const causal::Scenario scenario = make_scenario(specs({"z=@t", "X.b+=5", "t=1"}), data, {}, {"z"});
  CHECK(scenario.changes.at("z").value.to_vector() == std::vector<double>{0, 1, 1});
  CHECK(scenario.arguments.array("X").to_vector() == std::vector<double>{1, 15, 2, 25, 3, 35});
  CHECK(scenario.arguments.array("t").to_vector() == std::vector<double>{1, 1, 1});
  CHECK(scenario.arguments.array("t").dtype() == DType::integer);
  CHECK(causal::changed_arguments(scenario.natural, scenario.arguments) == std::set<std::string>{"X", "t"});
  // The data themselves are untouched.
  CHECK(data.arguments.array("X").to_vector() == std::vector<double>{1, 10, 2, 20, 3, 30});
  CHECK(make_scenario(specs({"X*=2"}), data, {}, {}).arguments.array("X")[1] == 20.0);
  CHECK(make_scenario(specs({"X.0=7"}), data, {}, {}).arguments.array("X")[2] == 7.0);
  CHECK(make_scenario(specs({"n+=1"}), data, {}, {}).arguments.integer("n") == 5);
}

TEST_CASE("targets that do not exist name what does", "[experiment]") {
  const BoundData data = bound();
  const auto make = [&](const char* text) { return [&data, text] { make_scenario(specs({text}), data, {}, {"z"}); }; };
  CHECK(code_of(make("zz=1")) == "E104");
  CHECK(code_of(make("X.c=1")) == "E1003");
  CHECK(code_of(make("t.a=1")) == "E1106");
  CHECK(code_of(make("t=[1,2]")) == "E1106");
  CHECK(code_of(make("z=@q")) == "E1003");
}

TEST_CASE("groups of rows come from texts, numbers and flags", "[experiment]") {
  const BoundData data = bound();
  const RowGroups names = group_rows("name", data);
  CHECK(names.labels == std::vector<std::string>{"u", "v"});
  CHECK(names.group == std::vector<std::int64_t>{0, 1, 0});
  const RowGroups treated = group_rows("t", data);
  CHECK(treated.labels == std::vector<std::string>{"0", "1"});
  CHECK(code_of([&] { group_rows("nope", data); }) == "E1003");
}

TEST_CASE("missing cells are named by column and row", "[experiment]") {
  const Kernel kernel = kernel_with({{"x", true, false}});
  const BoundData data = bind_data(io::parse_data("x,w\n1,2\nNA,3\n", "d.csv"), kernel, {});
  try {
    report_missing_cell(data, {});
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == "E503");
    CHECK_THAT(error.message(), Catch::Contains("\"x\"") && Catch::Contains("row 2"));
  }
  const BoundData whole = bind_data(io::parse_data("x\n1\n", "d.csv"), kernel, {});
  CHECK_NOTHROW(report_missing_cell(whole, {}));
}
