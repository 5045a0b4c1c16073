// Model text and the name of a kernel, as a model that can be traced. The one place that joins the language to the
// rest.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "model/builder.hpp"

namespace dolab::experiment {

struct KernelParameter {
  std::string name;
  bool required = false;
  bool optional_data = false;  // its default is None
};

/// One function of a model text.
struct Kernel {
  std::string name, file, source;
  std::vector<KernelParameter> parameters;
  bool open = false;  // takes any keyword
  model::ModelFunction function;
  std::vector<Warning> notes;

  const KernelParameter* find(const std::string& parameter) const noexcept;
  std::vector<std::string> parameter_names() const;
  /// Parameters with a default of None, in order.
  std::vector<std::string> optional_data() const;
  /// "fnv1a64:..." of the source.
  std::string hash() const;
};

/// Which kernel is meant.
struct KernelChoice {
  std::string name;                 // empty: `model`, else the only function that takes the arguments
  std::set<std::string> bound;      // names that are bound and must be parameters
  std::set<std::string> available;  // names that could be bound as well
};

/// Parses the text and picks a kernel. Throws what the front end throws for broken text, and E1104 for an unknown or
/// ambiguous choice, listing the kernels.
Kernel load_kernel(const std::string& source, const std::string& file, const KernelChoice& choice);

}  // namespace dolab::experiment
