// Loop fission: what a step computes without the carry leaves the loop and runs over all steps at once.
#pragma once

#include <vector>

#include "tensor/build.hpp"

namespace dolab::tensor {

/// A loop before its body is cut out: placeholders of carry and x, what they stand for, and one step made of them.
struct OpenLoop {
  std::vector<Tensor> carry, x;
  std::vector<Tensor> init, xs;
  ScanStep step;
  std::int64_t length = 0;
  bool reverse = false;
};

/// Makes the scan node of a loop. `x` may name any nodes of the step, not only inputs: they are read from `xs`.
/// Returns final carries, then stacked ys; `saved[i]` becomes the stack of carry i before each step.
ScanStep close_loop(Graph& graph, const OpenLoop& loop, std::vector<Tensor>& saved);

/// As close_loop, but only the recurrence stays inside (loop distribution: Allen and Kennedy 2001, section 2.4):
/// - a carry that is only added to becomes a sum over steps;
/// - what depends on x alone is computed for all steps before the loop, as one batch;
/// - what no later step needs is computed for all steps after the loop, from the saved carries.
/// Pieces whose stacks would be large, or that draw random numbers, stay inside.
ScanStep split_loop(Graph& graph, OpenLoop loop);

}  // namespace dolab::tensor
