// Guard against deep recursion of the evaluator. Private to interpret/.
#pragma once

#include "lang/interpret/interpreter.hpp"

namespace dolab::lang {

/// Counts nested evaluations and measures the native stack; E903 long before it ends.
struct Interpreter::Depth {
  explicit Depth(Interpreter& owner) : interpreter(owner) {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    if (interpreter.depth_ == 0) interpreter.stack_base_ = here;
    const std::uintptr_t used =
        here < interpreter.stack_base_ ? interpreter.stack_base_ - here : here - interpreter.stack_base_;
    if (interpreter.depth_ >= interpreter.limits_.evaluation_depth || used > interpreter.limits_.stack_bytes) {
      throw Error("E903", "calls and expressions are nested too deep", "use a loop instead of recursion");
    }
    ++interpreter.depth_;
  }
  ~Depth() { --interpreter.depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;
  Interpreter& interpreter;
};

}  // namespace dolab::lang
