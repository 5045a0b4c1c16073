// Runs that are cut at any place, saved, loaded and continued give the bits of a run in one piece.
#include <catch2/catch.hpp>
#include <limits>

#include "dolab/error.hpp"
#include "infer/nuts.hpp"
#include "infer/state_stream.hpp"
#include "sampler_checks.hpp"

namespace {

using namespace dolab::infer;
using namespace dolab::infer::testing;
using dolab::Progress;
using dolab::ThreadPool;

std::vector<std::unique_ptr<Target>> schools(std::int64_t chains) {
  std::vector<std::unique_ptr<Target>> targets;
  for (std::int64_t c = 0; c < chains; ++c) targets.push_back(std::make_unique<EightSchools>());
  return targets;
}

NutsOptions options_for(const std::string& metric, SamplerKind kind) {
  NutsOptions o;
  o.kind = kind;
  o.metric = metric;
  o.chains = 3;
  o.warmup = 120;
  o.draws = 60;
  o.thinning = 2;
  o.keep_warmup = true;
  o.max_depth = kind == SamplerKind::hmc ? 6 : 8;
  o.seed = 17;
  return o;
}

void check_same(const std::vector<ChainResult>& a, const std::vector<ChainResult>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t c = 0; c < a.size(); ++c) {
    CHECK(b[c].complete);
    CHECK(a[c].draws == b[c].draws);
    CHECK(a[c].warmup_draws == b[c].warmup_draws);
    CHECK(a[c].initial_point == b[c].initial_point);
    CHECK(a[c].inverse_metric == b[c].inverse_metric);
    CHECK(a[c].step_size == b[c].step_size);
    CHECK(a[c].stats.energy == b[c].stats.energy);
    CHECK(a[c].stats.n_steps == b[c].stats.n_steps);
    CHECK(a[c].stats.diverging == b[c].stats.diverging);
    CHECK(a[c].warmup_steps == b[c].warmup_steps);
    CHECK(a[c].sampling_steps == b[c].sampling_steps);
    CHECK(a[c].divergences == b[c].divergences);
    CHECK(a[c].warmup_divergences == b[c].warmup_divergences);
  }
}

/// A run on fresh targets that takes up where `from` is.
std::unique_ptr<Nuts> moved(Nuts& from, const NutsOptions& o, const std::vector<std::unique_ptr<Target>>& targets) {
  auto nuts = std::make_unique<Nuts>(o, targets);
  for (std::int64_t c = 0; c < o.chains; ++c) nuts->load(c, from.save(c));
  return nuts;
}

}  // namespace

TEST_CASE("a sampler that is cut and moved anywhere gives the same draws", "[infer][nuts][checkpoint]") {
  for (const SamplerKind kind : {SamplerKind::nuts, SamplerKind::hmc}) {
    for (const char* metric : {"gradient", "diag", "dense"}) {
      const NutsOptions o = options_for(metric, kind);
      ThreadPool one(1), two(2);
      Progress progress;
      const auto whole = run_nuts(o, schools(3), one, progress);
      const auto targets = schools(3);
      auto nuts = std::make_unique<Nuts>(o, targets);
      // At the start, where windows end, at the end of warm-up, within thinned draws, at the end.
      for (const std::int64_t cut : {0, 1, 7, 36, 60, 102, 103, 119, 120, 121, 150, 180}) {
        nuts->run(cut % 2 == 0 ? two : one, progress, cut);
        CHECK(nuts->done() == 3 * cut);
        nuts = moved(*nuts, o, targets);
        CHECK(nuts->done() == 3 * cut);
      }
      CHECK(nuts->complete());
      check_same(whole, nuts->take_results());
    }
  }
}

TEST_CASE("a sampler by the shortest slices comes to the same end", "[infer][nuts][checkpoint]") {
  const NutsOptions o = options_for("gradient", SamplerKind::nuts);
  for (const int threads : {1, 2}) {
    ThreadPool pool(threads);
    Progress progress;
    const auto targets = schools(3);
    const auto whole = run_nuts(o, targets, pool, progress);
    Nuts nuts(o, targets);
    progress.pause_at(0.0);
    int slices = 0;
    std::int64_t before = -1;
    while (!nuts.complete() && nuts.done() > before) {
      before = nuts.done();
      nuts.run(pool, progress);
      ++slices;
    }
    CHECK(slices > 3);
    check_same(whole, nuts.take_results());
  }
}

TEST_CASE("a draw that is cancelled halfway is done again", "[infer][nuts][checkpoint]") {
  /// Cancels at one evaluation, in the midst of a trajectory.
  class Interrupting : public Target {
   public:
    Interrupting(Progress& progress, int when) : progress_(progress), left_(when) {}
    double log_density_gradient(const double* u, double* gradient) noexcept override {
      if (--left_ == 0) progress_.cancel();
      return schools_.log_density_gradient(u, gradient);
    }
    std::int64_t dimension() const noexcept override { return schools_.dimension(); }

   private:
    EightSchools schools_;
    Progress& progress_;
    int left_;
  };
  NutsOptions o = options_for("diag", SamplerKind::nuts);
  o.chains = 1;
  ThreadPool pool(1);
  Progress uncut;
  const auto targets = schools(1);
  const auto whole = run_nuts(o, targets, pool, uncut);
  // The last is certainly within warm-up or sampling; the first may fall into the search for a start.
  for (const int when : {50, 400, 703, 1001, 1500}) {
    Progress cut, rest;
    std::vector<std::unique_ptr<Target>> interrupting;
    interrupting.push_back(std::make_unique<Interrupting>(cut, when));
    Nuts first(o, interrupting);
    first.run(pool, cut);
    REQUIRE(cut.cancelled());
    REQUIRE_FALSE(first.complete());
    const auto second = moved(first, o, targets);
    second->run(pool, rest);
    check_same(whole, second->take_results());
  }
}

TEST_CASE("progress of a run that goes on starts where it was", "[infer][nuts][checkpoint]") {
  const NutsOptions o = options_for("diag", SamplerKind::nuts);
  const auto targets = schools(3);
  ThreadPool pool(1);
  Progress silent;
  Nuts nuts(o, targets);
  nuts.run(pool, silent, 100);
  dolab::ProgressReport last;
  Progress progress([&](const dolab::ProgressReport& report) { last = report; });
  nuts.run(pool, progress);
  CHECK(last.done == 540);
  CHECK(last.total == 540);
  CHECK(last.rate * last.seconds == Approx(240));
}

TEST_CASE("a state that does not fit is refused", "[infer][nuts][checkpoint]") {
  const NutsOptions o = options_for("diag", SamplerKind::nuts);
  const auto targets = schools(3);
  ThreadPool pool(1);
  Progress progress;
  Nuts nuts(o, targets);
  nuts.run(pool, progress, 130);
  const std::vector<double> good = nuts.save(0);
  const auto refused = [&](const NutsOptions& other, const std::vector<double>& numbers) {
    Nuts fresh(other, targets);
    try {
      fresh.load(0, numbers);
    } catch (const dolab::Error& error) {
      return error.code() == "E1007";
    }
    return false;
  };
  CHECK_FALSE(refused(o, good));
  for (std::size_t size = 0; size < good.size(); size += 1 + good.size() / 50) {
    CHECK(refused(o, {good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)}));
  }
  auto longer = good;
  longer.push_back(0.0);
  CHECK(refused(o, longer));
  for (const double wrong : {0.5, -1.0, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
    auto iteration = good;
    iteration[1] = wrong;
    CHECK(refused(o, iteration));
  }
  NutsOptions shorter = o;
  shorter.draws = 5;
  CHECK(refused(shorter, good));
}
