#include "impact/settings.hpp"

#include <algorithm>

#include "base/nearest_name.hpp"
#include "impact/contract.hpp"

namespace dolab::impact {
namespace {

void require_number(const char* option, double value, double low, double high) {
  if (value > low && value < high) return;
  throw Error("E1103", std::string(option) + " is " + std::to_string(value) + ", it must lie between " +
                           std::to_string(low) + " and " + std::to_string(high));
}

void require_one_of(const char* option, const std::string& value, const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), value) != known.end()) return;
  throw Error("E1103", std::string(option) + " \"" + value + "\" is unknown", unknown_name_hint(value, known));
}

infer::InitOptions init_of(const std::string& name, double radius, const std::map<std::string, Array>& values,
                           std::uint64_t seed) {
  infer::InitOptions init;
  init.strategy = infer::init_strategy(name);
  init.radius = radius;
  init.values = values;
  init.seed = seed;
  return init;
}

constexpr double kLargest = 1e300;

void check(const SviSettings& svi) {
  require_one_of("guide", svi.guide, infer::guide_names());
  infer::optimizer_kind(svi.optimizer);
  require_number("step_size", svi.step_size, 0.0, kLargest);
  require_positive("particles", svi.particles);
  require_number("init_radius", svi.init_radius, 0.0, kLargest);
  if (!svi.init.empty()) infer::init_strategy(svi.init);
}

void check(const NutsSettings& nuts) {
  require_one_of("metric", nuts.metric, {"gradient", "diag", "dense"});
  require_positive("chains", nuts.chains);
  require_positive("draws", nuts.draws);
  require_positive("thinning", nuts.thinning);
  require_positive("max_depth", nuts.max_depth);
  if (nuts.warmup < 0) throw Error("E1103", "warmup is negative");
  require_number("target_accept", nuts.target_accept, 0.0, 1.0);
  require_number("init_radius", nuts.init_radius, 0.0, kLargest);
  infer::init_strategy(nuts.init);
}

}  // namespace

void check_inference(const Inference& inference) {
  std::visit([](const auto& settings) { check(settings); }, inference);
}

tensor::CompileOptions compile_options(const ModelSettings& settings) {
  tensor::CompileOptions compile;
  if (settings.reproducible) compile.flavour = tensor::Flavour::strict;
  return compile;
}

infer::SviOptions svi_options(const SviSettings& svi, const ModelSettings& settings, std::uint64_t seed) {
  infer::SviOptions options;
  options.guide = svi.guide;
  options.particles = svi.particles;
  options.optimizer.kind = infer::optimizer_kind(svi.optimizer);
  options.optimizer.step_size.initial = svi.step_size;
  options.stable_update = svi.stable_update;
  options.seed = seed;
  options.compile = compile_options(settings);
  if (!svi.init.empty() || !svi.init_values.empty()) {
    options.init = init_of(svi.init.empty() ? "value" : svi.init, svi.init_radius, svi.init_values, seed);
  } else if (svi.init_radius != infer::InitOptions{}.radius) {
    options.init = init_of("uniform", svi.init_radius, {}, seed);
  }
  return options;
}

infer::NutsOptions nuts_options(const NutsSettings& nuts, std::uint64_t seed) {
  infer::NutsOptions options;
  options.chains = nuts.chains;
  options.warmup = nuts.warmup;
  options.draws = nuts.draws;
  options.thinning = nuts.thinning;
  options.target_accept = nuts.target_accept;
  options.max_depth = nuts.max_depth;
  options.metric = nuts.metric;
  options.init_radius = nuts.init_radius;
  options.seed = seed;
  return options;
}

infer::InitOptions init_options(const NutsSettings& nuts, std::uint64_t seed) {
  return init_of(nuts.init_values.empty() ? nuts.init : "value", nuts.init_radius, nuts.init_values, seed);
}

}  // namespace dolab::impact
