#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/nearest_name.hpp"

using dolab::nearest_name;
using dolab::unknown_name_hint;

TEST_CASE("the nearest name is the mistyped one", "[base]") {
  const std::vector<std::string> names = {"income", "MedInc", "y", "beta_zy", "sigma"};
  CHECK(nearest_name("incmoe", names) == "income");
  CHECK(nearest_name("medinc", names) == "MedInc");
  CHECK(nearest_name("beta_xy", names) == "beta_zy");
  CHECK(nearest_name("Y", names) == "y");
  CHECK(nearest_name("tau", names).empty());
  CHECK(nearest_name("", names).empty());
  CHECK(nearest_name("x", {}).empty());
  CHECK(nearest_name(std::string(100000, 'a'), {std::string(100000, 'b')}).empty());
}

TEST_CASE("a hint names the nearest or the known", "[base]") {
  CHECK(unknown_name_hint("sigmaa", {"mu", "sigma"}) == "did you mean \"sigma\"?");
  CHECK(unknown_name_hint("tau", {"mu", "sigma"}) == "known: \"mu\", \"sigma\"");
  CHECK(unknown_name_hint("tau", {}).empty());
}
