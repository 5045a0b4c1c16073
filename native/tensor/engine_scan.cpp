// Executors: loops with a carry.
#include <algorithm>
#include <cstring>

#include "tensor/engine.hpp"

namespace dolab::tensor {

namespace {
template <class T>
void copy_values(const T* from, std::int64_t n, T* to) noexcept {
  if (n > 8) {
    std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
  } else {
    for (std::int64_t i = 0; i < n; ++i) to[i] = from[i];
  }
}
}  // namespace

/// Gives the body's arguments and outputs their own memory.
template <class T>
void Engine<T>::prepare_scan(std::size_t index) {
  const LibraryStep& step = program->library[index];
  ScanState<T>& scan = scans[index];
  bodies[index] = std::make_unique<Engine>(step.body, pool);
  const std::size_t outputs = step.scan->outputs.size(), arguments = step.lengths.size() - outputs;
  std::int64_t total = 8;
  for (const auto length : step.lengths) total += padded(length);
  scan.memory.assign(static_cast<std::size_t>(total), T{0});
  T* at = scan.memory.data();
  for (std::size_t i = 0; i < step.lengths.size(); ++i) {
    (i < arguments ? scan.in : scan.out).push_back(at);
    at += padded(step.lengths[i]);
  }
  const auto first_capture = static_cast<std::size_t>(step.scan->carries + step.scan->xs);
  for (std::size_t i = 0; i < std::min(first_capture, arguments); ++i) bodies[index]->bind_input(i, scan.in[i]);
  for (std::size_t i = 0; i < outputs; ++i) bodies[index]->bind_output(i, scan.out[i]);
  scan.stacks.resize(static_cast<std::size_t>(step.scan->xs) + outputs - static_cast<std::size_t>(step.scan->carries));
}

/// Finds every pointer of the resolved body into the one-step copies of stacks, so that steps read and write the
/// stacks themselves. A scan inside the body would have to be resolved again at each step: then steps are copied.
template <class T>
void Engine<T>::find_moving(std::size_t index) {
  const LibraryStep& step = program->library[index];
  ScanState<T>& scan = scans[index];
  Engine& body = *bodies[index];
  scan.moving.clear();
  for (const LibraryStep& inner : body.program->library) {
    if (inner.op == Op::scan) return;
  }
  const auto carries = static_cast<std::size_t>(step.scan->carries), xs = static_cast<std::size_t>(step.scan->xs);
  const std::int64_t direction = step.scan->reverse ? -1 : 1;
  const auto consider = [&](T** slot) {
    for (std::size_t i = 0; i < scan.stacks.size(); ++i) {
      const T* begin = scan.home(i, carries, xs);
      const std::int64_t length = step.lengths[i < xs ? carries + i : scan.in.size() + carries + i - xs];
      if (*slot >= begin && *slot < begin + length) scan.moving.push_back({slot, i, *slot - begin, direction * length});
    }
  };
  for (FlatOp<T>& op : body.flat) {
    consider(&op.dst);
    for (const T** operand : {&op.a, &op.b, &op.c}) consider(const_cast<T**>(operand));
  }
  for (auto& inputs : body.library_inputs) {
    for (const T*& input : inputs) consider(const_cast<T**>(&input));
  }
  for (T*& storage : body.base) consider(&storage);
}

template <class T>
void Engine<T>::run_scan(std::size_t index, const LibraryStep& step, const RunContext& context) noexcept {
  const ScanBody& loop = *step.scan;
  ScanState<T>& scan = scans[index];
  Engine& body = *bodies[index];
  const auto carries = static_cast<std::size_t>(loop.carries), xs = static_cast<std::size_t>(loop.xs);
  const std::size_t arguments = scan.in.size(), outputs = scan.out.size();
  const auto source = [&](std::size_t i) {
    return base[static_cast<std::size_t>(step.inputs[i])] + step.input_offsets[i];
  };
  const auto result = [&](std::size_t i) {
    return step.outputs[i] < 0 ? nullptr : base[static_cast<std::size_t>(step.outputs[i])];
  };
  const auto stack_length = [&](std::size_t k) {
    return step.lengths[k < xs ? carries + k : arguments + carries + k - xs];
  };
  for (std::size_t i = 0; i < carries; ++i) copy_values(source(i), step.lengths[i], scan.in[i]);
  for (std::size_t i = carries + xs; i < arguments; ++i) body.bind_input(i, source(i));
  if (body.stale) {
    for (const Moving<T>& m : scan.moving) *m.slot = scan.home(m.stack, carries, xs) + m.offset;
    body.resolve();
    find_moving(index);
  }
  const std::int64_t first = loop.reverse ? loop.length - 1 : 0, direction = loop.reverse ? -1 : 1;
  for (std::size_t k = 0; k < scan.stacks.size(); ++k) {
    T* whole = k < xs ? source(carries + k) : result(carries + k - xs);
    scan.stacks[k] = whole == nullptr ? nullptr : whole + first * stack_length(k);
  }
  const bool copying = scan.moving.empty();
  for (Moving<T>& m : scan.moving) {
    if (scan.stacks[m.stack] != nullptr) *m.slot = scan.stacks[m.stack] + m.offset;
  }
  for (std::int64_t step_number = 0; step_number < loop.length; ++step_number) {
    const std::int64_t t = first + direction * step_number;
    for (std::size_t k = 0; copying && k < xs; ++k) {
      copy_values(source(carries + k) + t * stack_length(k), stack_length(k), scan.in[carries + k]);
    }
    for (std::size_t i = 0; i < carries; ++i) {
      if (T* saved = result(outputs + i)) copy_values(scan.in[i], step.lengths[i], saved + t * step.lengths[i]);
    }
    body.run(context);
    for (std::size_t k = xs; copying && k < scan.stacks.size(); ++k) {
      const std::size_t i = carries + k - xs;
      if (T* y = result(i)) copy_values(scan.out[i], stack_length(k), y + t * stack_length(k));
    }
    for (std::size_t i = 0; i < carries; ++i) copy_values(scan.out[i], step.lengths[i], scan.in[i]);
    for (const Moving<T>& m : scan.moving) *m.slot += scan.stacks[m.stack] != nullptr ? m.stride : 0;
  }
  for (std::size_t i = 0; i < carries; ++i) {
    if (T* last = result(i)) copy_values(scan.in[i], step.lengths[i], last);
  }
}

template void Engine<double>::prepare_scan(std::size_t);
template void Engine<float>::prepare_scan(std::size_t);
template void Engine<double>::run_scan(std::size_t, const LibraryStep&, const RunContext&) noexcept;
template void Engine<float>::run_scan(std::size_t, const LibraryStep&, const RunContext&) noexcept;

}  // namespace dolab::tensor
