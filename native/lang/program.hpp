// The front end's door: text in, models out.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dolab/error.hpp"
#include "lang/interpret/interpreter.hpp"
#include "model/builder.hpp"

namespace dolab::lang {

struct KernelParameter {
  std::string name;
  bool has_default = false;
  bool default_is_none = false;
  bool keyword_only = false;
  bool variadic = false;  // *args, **kwargs
};

/// A function of the text.
struct Kernel {
  std::string name;
  SourceSpan span;  // of the name in its definition
  std::vector<KernelParameter> parameters;
  bool is_model = false;  // reaches sample, plate, factor, ..., itself or through helpers
  bool is_guide = false;  // a model whose name contains "guide"
  bool is_value = false;  // not a `def`: a wrapped or partial function assigned to a name
  /// Position in `parameters`, or -1.
  int find(const std::string& parameter) const noexcept;
};

struct ProgramNote {
  SourceSpan span;
  std::string message;
};

/// A parsed program. Immutable, cheap to copy, safe to share between threads.
class Program {
 public:
  const std::string& text() const noexcept;
  const std::string& file() const noexcept;
  /// Functions at the top level that reach a modelling statement, in order.
  const std::vector<Kernel>& kernels() const noexcept { return kernels_; }
  /// Functions that are no models by themselves, and names that are assigned a wrapped function (`is_value`).
  const std::vector<Kernel>& others() const noexcept { return others_; }
  /// Any function at the top level, also one that is no model, or a name that is assigned a wrapped function
  /// (`centred = reparam(model, ...)`, which takes the arguments of `model`). Throws E1104 with the known names.
  const Kernel& kernel(const std::string& name) const;
  /// Notebook magics that were ignored, module-level statements that are not executed.
  const std::vector<ProgramNote>& notes() const noexcept { return notes_; }

  /// The kernel as a model that can be traced: arguments are passed by name; arrays become constants, numbers,
  /// strings, None and lists stay static. `printed`, if given, receives what print() and warnings wrote.
  /// Unknown kernels throw E1104 at once; everything else is thrown, with a position, when the model runs.
  model::ModelFunction model(const std::string& kernel, RunLimits limits = {},
                             std::function<void(const std::string&)> printed = {}) const;

 private:
  friend Program parse_program(std::string text, std::string file);
  std::shared_ptr<const Module> module_;
  std::vector<Kernel> kernels_;
  std::vector<Kernel> others_;
  std::vector<ProgramNote> notes_;
};

/// Throws E201, E202 (syntax, indentation), E902 (size) with a position.
Program parse_program(std::string text, std::string file = "<model>");

/// Runs one kernel of a program on a builder.
void trace(const Program& program, const std::string& kernel, model::Builder& builder,
           const model::Arguments& arguments, RunLimits limits = {});

}  // namespace dolab::lang
