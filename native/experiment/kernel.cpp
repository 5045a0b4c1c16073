#include "experiment/kernel.hpp"

#include <algorithm>
#include <cstdio>

#include "base/philox.hpp"
#include "lang/program.hpp"

namespace dolab::experiment {
namespace {

/// Whether the function takes everything that is bound and lacks nothing.
bool fits(const lang::Kernel& kernel, const KernelChoice& choice) {
  bool open = false;
  for (const lang::KernelParameter& parameter : kernel.parameters) {
    open = open || parameter.variadic;
    const bool given = choice.bound.count(parameter.name) > 0 || choice.available.count(parameter.name) > 0;
    if (!parameter.variadic && !parameter.has_default && !given) return false;
  }
  return open || std::all_of(choice.bound.begin(), choice.bound.end(),
                             [&](const std::string& name) { return kernel.find(name) >= 0; });
}

const lang::Kernel& choose(const lang::Program& program, const KernelChoice& choice) {
  if (!choice.name.empty()) return program.kernel(choice.name);
  for (const lang::Kernel& kernel : program.others()) {
    if (kernel.is_value && kernel.name == "model") return kernel;  // model = reparam(written, ...)
  }
  std::vector<const lang::Kernel*> models, fitting;
  std::string listed;
  for (const lang::Kernel& kernel : program.kernels()) {
    if (kernel.name == "model") return kernel;
    if (kernel.is_guide) continue;
    models.push_back(&kernel);
    listed += (listed.empty() ? "" : ", ") + kernel.name;
    if (fits(kernel, choice)) fitting.push_back(&kernel);
  }
  if (fitting.size() == 1) return *fitting.front();
  if (models.size() == 1) return *models.front();
  if (models.empty()) {
    try {
      return program.kernel("model");  // without statements that make a model: tracing tells what is wrong
    } catch (const Error&) {
      throw Error("E1104", program.file() + " defines no model", "define a function with numpyro.sample statements",
                  {program.file(), 0, 0, 0, 0});
    }
  }
  throw Error("E1104", program.file() + " defines several models: " + listed, "choose one with --kernel NAME",
              {program.file(), 0, 0, 0, 0});
}

}  // namespace

const KernelParameter* Kernel::find(const std::string& parameter) const noexcept {
  for (const KernelParameter& known : parameters) {
    if (known.name == parameter) return &known;
  }
  return nullptr;
}

std::vector<std::string> Kernel::parameter_names() const {
  std::vector<std::string> names;
  for (const KernelParameter& parameter : parameters) names.push_back(parameter.name);
  return names;
}

std::vector<std::string> Kernel::optional_data() const {
  std::vector<std::string> names;
  for (const KernelParameter& parameter : parameters) {
    if (parameter.optional_data) names.push_back(parameter.name);
  }
  return names;
}

std::string Kernel::hash() const {
  char text[32];
  std::snprintf(text, sizeof text, "fnv1a64:%016llx", static_cast<unsigned long long>(fnv1a64(source)));
  return text;
}

Kernel load_kernel(const std::string& source, const std::string& file, const KernelChoice& choice) {
  const lang::Program program = lang::parse_program(source, file);
  const lang::Kernel& chosen = choose(program, choice);
  Kernel kernel;
  kernel.name = chosen.name;
  kernel.file = file;
  kernel.source = source;
  for (const lang::KernelParameter& parameter : chosen.parameters) {
    if (parameter.variadic) {
      kernel.open = true;
    } else {
      kernel.parameters.push_back({parameter.name, !parameter.has_default, parameter.default_is_none});
    }
  }
  kernel.function = program.model(chosen.name);
  return kernel;
}

}  // namespace dolab::experiment
