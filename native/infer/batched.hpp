// Expressions evaluated for many draws, in chunks of bounded memory, over threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/progress.hpp"
#include "base/thread_pool.hpp"
#include "tensor/execute.hpp"

namespace dolab::infer {

/// What changes from draw to draw: an input of the graph, and its values, draw by draw, row-major.
struct DrawInput {
  tensor::Tensor input;
  const double* values = nullptr;
};

struct BatchedOptions {
  std::int64_t chunk_bytes = std::int64_t{32} << 20;  // of one chunk of one worker, roughly
  tensor::CompileOptions compile;
  std::uint64_t key = 0;         // of the random leaves
  std::uint32_t first_draw = 0;  // address of draw 0
  Progress* progress = nullptr;  // advanced by one per draw; cancelling throws Cancelled
};

/// Results of a stretch of draws: values[i] points at count x size of output i. Called in order of draws, from the
/// calling thread; the memory is valid during the call.
using DrawConsumer =
    std::function<void(std::int64_t first, std::int64_t count, const std::vector<const double*>& values)>;

/// Evaluates `outputs` for `draws` draws. Results do not depend on chunks or threads.
void evaluate_draws(const std::vector<tensor::Tensor>& outputs, const std::vector<DrawInput>& inputs,
                    std::int64_t draws, const BatchedOptions& options, ThreadPool& pool, const DrawConsumer& consume);

}  // namespace dolab::infer
