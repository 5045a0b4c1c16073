// The warnings of a run: none for a good one, one for each kind of trouble.
#include <catch2/catch.hpp>
#include <cmath>

#include "infer/sampler_health.hpp"
#include "sampler_checks.hpp"

namespace {

using namespace dolab::infer;
using namespace dolab::infer::testing;

SamplerHealth healthy() { return {4, 1000, 0, 0, {1.0, 0.9, 1.1, 1.0}, {0.5, 0.6, 0.5, 0.55}}; }
NamedSummary good(const std::string& name) { return {name, {0, 1, 0, -1, 1, 0.02, 0.02, 3000, 2500, 1.001}}; }

bool mentions(const std::vector<dolab::Warning>& warnings, const std::string& text) {
  return warnings.size() == 1 && warnings[0].code == "W504" && warnings[0].message.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a healthy run has no warnings", "[infer][health]") {
  CHECK(sampler_warnings(healthy(), {good("a"), good("b")}).empty());
  auto constant = good("c");
  constant.summary.r_hat = std::nan("");
  CHECK(sampler_warnings(healthy(), {constant}).empty());
}

TEST_CASE("each trouble has its warning", "[infer][health]") {
  auto health = healthy();
  health.divergences = 3;
  CHECK(mentions(sampler_warnings(health, {}), "3 divergent transitions"));
  health = healthy();
  health.saturated = 40;
  CHECK(sampler_warnings(health, {}).empty());
  health.saturated = 60;
  CHECK(mentions(sampler_warnings(health, {}), "1.5%"));
  health = healthy();
  health.e_bfmi[2] = 0.2;
  CHECK(mentions(sampler_warnings(health, {}), "1 of 4 chains"));
  health = healthy();
  health.step_sizes[0] = 0.01;
  CHECK(mentions(sampler_warnings(health, {}), "step sizes"));

  auto slow = good("tau"), slower = good("mu");
  slow.summary.ess_tail = 390;
  slower.summary.ess_bulk = 50;
  CHECK(mentions(sampler_warnings(healthy(), {slow, good("a")}), "390 for 'tau'"));
  CHECK(mentions(sampler_warnings(healthy(), {slow, slower}), "50 for 'mu' and 1 more"));
  slow = good("tau");
  slow.summary.r_hat = 1.05;
  CHECK(mentions(sampler_warnings(healthy(), {good("a"), slow}), "R-hat 1.05 for 'tau'"));
}

TEST_CASE("health of a run", "[infer][health]") {
  NutsOptions options;
  options.warmup = 300;
  options.draws = 500;
  options.max_depth = 2;
  const Run run = sample(options, [] { return std::make_unique<EightSchools>(); });
  const SamplerHealth health = sampler_health(run.chains);
  CHECK(health.chains == 4);
  CHECK(health.draws == 500);
  CHECK(health.saturated > 20);
  REQUIRE(health.e_bfmi.size() == 4);
  for (const double v : health.e_bfmi) CHECK((v > 0.3 && v < 2));
  CHECK_FALSE(sampler_warnings(health, {}).empty());
}
