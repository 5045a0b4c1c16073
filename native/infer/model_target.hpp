// A traced model as the target of a sampler.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "infer/target.hpp"
#include "model/density.hpp"

namespace dolab::infer {

/// Log density with Jacobians on unconstrained space, for one chain. With a pool, large sums are cut into shards whose
/// number depends on the sizes alone.
class ModelTarget : public Target {
 public:
  ModelTarget(std::shared_ptr<const tensor::Program> potential, std::int64_t dimension, ThreadPool* pool = nullptr)
      : executor_(std::move(potential), pool), dimension_(dimension), memory_(static_cast<std::size_t>(2 * dimension)) {
    executor_.bind_input(0, memory_.data());
    executor_.bind_output(1, memory_.data() + dimension_);
  }

  std::int64_t dimension() const noexcept override { return dimension_; }
  double log_density_gradient(const double* u, double* gradient) noexcept override {
    std::copy_n(u, dimension_, memory_.data());
    executor_.run();
    std::copy_n(memory_.data() + dimension_, dimension_, gradient);
    return executor_.output(0)[0];
  }

 private:
  tensor::Executor executor_;
  std::int64_t dimension_;
  std::vector<double> memory_;  // point, gradient: a change of address costs more than the copy
};

/// One target per chain on one compiled program. Subsampled plates keep the rows drawn with `seed`.
std::vector<std::unique_ptr<Target>> make_targets(const model::Density& density, std::int64_t chains,
                                                  std::uint64_t seed, const tensor::CompileOptions& options = {},
                                                  ThreadPool* pool = nullptr);

}  // namespace dolab::infer
