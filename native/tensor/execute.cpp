// The public face of the executor: binds arrays, converts at the border of single-precision programs.
#include "tensor/execute.hpp"

#include <algorithm>
#include <utility>

#include "tensor/engine.hpp"

namespace dolab::tensor {

/// A single-precision engine between double arrays.
struct Narrow {
  Engine<float> engine;
  std::vector<const double*> bound;          // per input; nullptr: not bound, or not used
  std::vector<std::vector<float>> inputs;    // what the engine reads
  std::vector<double*> targets;              // per output
  std::vector<std::vector<double>> results;  // where a target is not bound

  Narrow(const std::shared_ptr<const Program>& program, ThreadPool* pool) : engine(program, pool) {
    bound.resize(program->input_storages.size());
    inputs.resize(bound.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const std::int32_t storage = program->input_storages[i];
      if (storage < 0) continue;
      inputs[i].resize(static_cast<std::size_t>(program->storages[static_cast<std::size_t>(storage)].size));
      engine.bind_input(i, inputs[i].data());
    }
    for (std::size_t i = 0; i < program->output_storages.size(); ++i) {
      results.emplace_back(static_cast<std::size_t>(size_of_output(i)));
      targets.push_back(results.back().data());
    }
  }

  std::int64_t size_of_output(std::size_t i) const noexcept {
    const Program& program = *engine.program;
    return program.storages[static_cast<std::size_t>(program.output_storages[i])].size;
  }

  void run(const RunContext& context) noexcept {
    for (std::size_t i = 0; i < bound.size(); ++i) {
      if (bound[i] == nullptr) continue;
      std::transform(bound[i], bound[i] + inputs[i].size(), inputs[i].data(),
                     [](double x) { return static_cast<float>(x); });
    }
    engine.run(context);
    for (std::size_t i = 0; i < targets.size(); ++i) std::copy_n(engine.output(i), size_of_output(i), targets[i]);
  }
};

struct Executor::State {
  std::unique_ptr<Engine<double>> wide;  // one of the two
  std::unique_ptr<Narrow> narrow;
};

Executor::Executor(std::shared_ptr<const Program> program, ThreadPool* pool) : state_(std::make_unique<State>()) {
  if (program->precision == Precision::float32) {
    state_->narrow = std::make_unique<Narrow>(program, pool);
  } else {
    state_->wide = std::make_unique<Engine<double>>(std::move(program), pool);
  }
}

Executor::~Executor() = default;

void Executor::bind_input(std::size_t i, const double* data) noexcept {
  if (state_->wide != nullptr) {
    state_->wide->bind_input(i, data);
  } else if (!state_->narrow->inputs[i].empty()) {
    state_->narrow->bound[i] = data;
  }
}

void Executor::bind_output(std::size_t i, double* data) noexcept {
  if (state_->wide != nullptr) {
    state_->wide->bind_output(i, data);
  } else {
    state_->narrow->targets[i] = data;
  }
}

void Executor::run(const RunContext& context) noexcept {
  if (state_->wide != nullptr) {
    state_->wide->run(context);
  } else {
    state_->narrow->run(context);
  }
}

const double* Executor::output(std::size_t i) const noexcept {
  return state_->wide != nullptr ? state_->wide->output(i) : state_->narrow->targets[i];
}

}  // namespace dolab::tensor
