#include <catch2/catch.hpp>

#include "causal/dag.hpp"
#include "dolab/error.hpp"

using dolab::causal::Dag;
using Names = Dag::Names;

namespace {

/// Pearl (2009), figure 3.4.
Dag pearl() {
  return Dag({}, {{"X1", "X3"},
                  {"X1", "X4"},
                  {"X2", "X4"},
                  {"X2", "X5"},
                  {"X3", "Xi"},
                  {"X4", "Xi"},
                  {"X4", "Xj"},
                  {"X5", "Xj"},
                  {"Xi", "X6"},
                  {"X6", "Xj"}});
}

}  // namespace

TEST_CASE("chains and forks are blocked by their middle, colliders opened", "[causal]") {
  const Dag chain({}, {{"a", "b"}, {"b", "c"}});
  REQUIRE_FALSE(chain.d_separated({"a"}, {"c"}, {}));
  REQUIRE(chain.d_separated({"a"}, {"c"}, {"b"}));
  const Dag fork({}, {{"b", "a"}, {"b", "c"}});
  REQUIRE_FALSE(fork.d_separated({"a"}, {"c"}, {}));
  REQUIRE(fork.d_separated({"a"}, {"c"}, {"b"}));
  const Dag collider({}, {{"a", "b"}, {"c", "b"}, {"b", "d"}});
  REQUIRE(collider.d_separated({"a"}, {"c"}, {}));
  REQUIRE_FALSE(collider.d_separated({"a"}, {"c"}, {"b"}));
  REQUIRE_FALSE(collider.d_separated({"a"}, {"c"}, {"d"}));
}

TEST_CASE("nodes that the given ones determine block as if they were given", "[causal]") {
  const Dag dag({}, {{"c", "m"}, {"m", "z"}, {"m", "y"}});
  REQUIRE_FALSE(dag.d_separated({"z"}, {"y"}, {"c"}));
  REQUIRE(dag.d_separated({"z"}, {"y"}, {"c"}, {"m"}));
}

TEST_CASE("Pearl's figure 3.4 has the published adjustment sets", "[causal]") {
  const Dag dag = pearl();
  REQUIRE(dag.adjustment_set({"Xi"}, "Xj", {"X3", "X4"}) == Names{"X3", "X4"});
  REQUIRE(dag.adjustment_set({"Xi"}, "Xj", {"X4", "X5"}) == Names{"X4", "X5"});
  REQUIRE(dag.adjustment_set({"Xi"}, "Xj", {"X1", "X4"}) == Names{"X1", "X4"});
  REQUIRE_FALSE(dag.adjustment_set({"Xi"}, "Xj", {"X4"}).has_value());
  REQUIRE_FALSE(dag.adjustment_set({"Xi"}, "Xj", {"X3", "X5"}).has_value());
  // X6 is on the causal path and must stay out, even if it is observed.
  REQUIRE(dag.adjustment_set({"Xi"}, "Xj", {"X3", "X4", "X6"}) == Names{"X3", "X4"});
}

TEST_CASE("M-bias: the collider is left out of the ancestors, so that nothing opens", "[causal]") {
  const Dag dag({}, {{"u1", "x"}, {"u1", "m"}, {"u2", "m"}, {"u2", "y"}, {"x", "y"}});
  REQUIRE(dag.adjustment_set({"x"}, "y", {"m"}) == Names{});
  REQUIRE_FALSE(dag.d_separated({"x"}, {"u2"}, {"m"}));
}

TEST_CASE("front door, instrument and confounded arc have no adjustment set", "[causal]") {
  const Dag front_door({}, {{"u", "x"}, {"u", "y"}, {"x", "m"}, {"m", "y"}});
  REQUIRE_FALSE(front_door.adjustment_set({"x"}, "y", {"m"}).has_value());
  const Dag instrument({}, {{"i", "x"}, {"u", "x"}, {"u", "y"}, {"x", "y"}});
  REQUIRE_FALSE(instrument.adjustment_set({"x"}, "y", {"i"}).has_value());
  REQUIRE(instrument.adjustment_set({"x"}, "y", {"i", "u"}).has_value());
  // The instrument itself is not confounded.
  REQUIRE(instrument.adjustment_set({"i"}, "y", {}) == Names{});
}

TEST_CASE("an effect without a directed path is identified as none", "[causal]") {
  const Dag dag({}, {{"u", "x"}, {"u", "y"}});
  REQUIRE(dag.adjustment_set({"x"}, "y", {}) == Names{});
}

TEST_CASE("two treatments: one may lie between the other and the outcome", "[causal]") {
  // x1 -> x2 -> y, x1 -> y, c confounds x2 and y.
  const Dag dag({}, {{"x1", "x2"}, {"x2", "y"}, {"x1", "y"}, {"c", "x2"}, {"c", "y"}});
  REQUIRE(dag.adjustment_set({"x1", "x2"}, "y", {"c"}) == Names{"c"});
  REQUIRE_FALSE(dag.adjustment_set({"x1", "x2"}, "y", {}).has_value());
  REQUIRE(dag.adjustment_set({"x1"}, "y", {}) == Names{});
}

TEST_CASE("ancestors and descendants include the roots", "[causal]") {
  const Dag dag = pearl();
  REQUIRE(dag.descendants({"Xi"}) == Names{"X6", "Xi", "Xj"});
  REQUIRE(dag.ancestors({"X4"}) == Names{"X1", "X2", "X4"});
  REQUIRE(dag.parents("Xj") == Names{"X4", "X5", "X6"});
}

TEST_CASE("cycles and unknown nodes are errors", "[causal]") {
  REQUIRE_THROWS_AS(Dag({}, {{"a", "b"}, {"b", "a"}}), dolab::Error);
  REQUIRE_THROWS_WITH(pearl().parents("X9"), Catch::Contains("X9"));
}
