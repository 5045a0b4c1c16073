#include "infer/batched.hpp"

#include <algorithm>
#include <atomic>

#include "dolab/error.hpp"
#include "model/reach.hpp"

namespace dolab::infer {
namespace {

/// Draws per chunk: the results and the widest intermediate value fit the budget, and every worker has something to do.
std::int64_t chunk_size(const std::vector<tensor::Tensor>& outputs, std::int64_t draws, std::int64_t bytes,
                        int threads) {
  std::int64_t widest = 1, results = 0;
  const tensor::Graph& graph = outputs.front().graph();
  model::visit_ancestors(outputs, [&](tensor::NodeId id) {
    if (!graph.node(id).is_constant) widest = std::max(widest, element_count(graph.node(id).shape));
    return true;
  });
  for (const tensor::Tensor& output : outputs) results += output.size();
  const std::int64_t per_draw = 8 * (results + 4 * widest);
  const std::int64_t fitting = std::max<std::int64_t>(1, bytes / per_draw);
  const std::int64_t share = (draws + threads - 1) / threads;
  return std::clamp<std::int64_t>(std::min(fitting, share), 1, 256);
}

}  // namespace

void evaluate_draws(const std::vector<tensor::Tensor>& outputs, const std::vector<DrawInput>& inputs,
                    std::int64_t draws, const BatchedOptions& options, ThreadPool& pool, const DrawConsumer& consume) {
  if (outputs.empty() || draws <= 0) return;
  tensor::Graph& graph = outputs.front().graph();
  const std::int64_t chunk = chunk_size(outputs, draws, options.chunk_bytes, pool.threads());
  tensor::Replacement replacement;
  std::vector<tensor::Tensor> batched_inputs;
  for (const DrawInput& input : inputs) {
    Shape shape = input.input.shape();
    shape.insert(shape.begin(), chunk);
    batched_inputs.push_back(graph.input(shape, input.input.dtype()));
    replacement[input.input.id()] = batched_inputs.back();
  }
  const auto program =
      tensor::compile(graph, batched_inputs, tensor::batch(outputs, replacement, chunk), options.compile);
  const std::int64_t chunks = (draws + chunk - 1) / chunk;
  const auto workers = static_cast<int>(std::min<std::int64_t>(pool.threads(), chunks));
  std::vector<std::unique_ptr<tensor::Executor>> executors;
  for (int i = 0; i < workers; ++i) executors.push_back(std::make_unique<tensor::Executor>(program));

  // The last chunk starts early enough to be a full one: what it computes twice is the same numbers.
  const auto start_of = [&](std::int64_t c) { return std::min(c * chunk, draws - chunk); };
  std::vector<const double*> values(outputs.size());
  for (std::int64_t round = 0; round < chunks; round += workers) {
    if (options.progress != nullptr && options.progress->cancelled()) throw Cancelled();
    const auto active = static_cast<int>(std::min<std::int64_t>(workers, chunks - round));
    pool.run(active, [&](int i) {
      const std::int64_t first = start_of(round + i);
      tensor::Executor& executor = *executors[static_cast<std::size_t>(i)];
      for (std::size_t j = 0; j < inputs.size(); ++j) {
        executor.bind_input(j, inputs[j].values + first * inputs[j].input.size());
      }
      executor.run({options.key, options.first_draw + static_cast<std::uint32_t>(first), 0});
    });
    for (int i = 0; i < active; ++i) {
      const std::int64_t begin = (round + i) * chunk, end = std::min(begin + chunk, draws);
      const std::int64_t skip = begin - start_of(round + i);
      for (std::size_t j = 0; j < outputs.size(); ++j) {
        values[j] = executors[static_cast<std::size_t>(i)]->output(j) + skip * outputs[j].size();
      }
      consume(begin, end - begin, values);
      if (options.progress != nullptr) options.progress->advance(end - begin);
    }
  }
}

}  // namespace dolab::infer
