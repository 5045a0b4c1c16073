#include "infer/model_target.hpp"

namespace dolab::infer {

std::vector<std::unique_ptr<Target>> make_targets(const model::Density& density, std::int64_t chains,
                                                  std::uint64_t seed, const tensor::CompileOptions& options,
                                                  ThreadPool* pool) {
  const auto program = density.potential(seed, options);
  std::vector<std::unique_ptr<Target>> targets;
  for (std::int64_t chain = 0; chain < chains; ++chain) {
    targets.push_back(std::make_unique<ModelTarget>(program, density.dimension(), pool));
  }
  return targets;
}

}  // namespace dolab::infer
