// Guard against deep recursion of the evaluator. Private to interpret/.
#pragma once

#include "lang/interpret/interpreter.hpp"

namespace dolab::lang {

/// Counts nested evaluations; E903 beyond the limit, long before the native stack ends.
struct Interpreter::Depth {
  explicit Depth(Interpreter& owner) : interpreter(owner) {
    if (++interpreter.depth_ > interpreter.limits_.evaluation_depth) {
      --interpreter.depth_;
      throw Error("E903", "calls and expressions are nested too deep", "use a loop instead of recursion");
    }
  }
  ~Depth() { --interpreter.depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;
  Interpreter& interpreter;
};

}  // namespace dolab::lang
