#include "impact/contract.hpp"

#include <algorithm>

#include "base/nearest_name.hpp"
#include "base/printable.hpp"
#include "causal/reach.hpp"

namespace dolab::impact {

using model::Site;
using model::SiteKind;

namespace {

void check_rows(const std::string& name, const Array& array) {
  if (array.rank() == 0) {
    throw Error("E805", "argument " + quoted(name) + " is a single number", "give an array with one entry per row");
  }
  if (array.shape().front() == 0) throw Error("E805", "argument " + quoted(name) + " has no rows");
}

bool is_statement(const Site& site) { return site.kind != SiteKind::plate; }

void append_new(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

void require_positive(const char* option, std::int64_t value) {
  if (value >= 1) return;
  throw Error("E1103", std::string(option) + " is " + std::to_string(value) + ", it must be at least 1");
}

void check_kernel(const Kernel& kernel, const ModelSettings& settings) {
  const std::string who = "kernel " + quoted(kernel.name);
  if (!kernel.function) throw Error("E802", who + " has no function");
  if (kernel.signature.variable_arguments) {
    throw Error("E802", who + " takes variable arguments (*args, **kwargs)", "name every argument");
  }
  const KernelParameter* input = kernel.signature.find(settings.param_input);
  const KernelParameter* output = kernel.signature.find(settings.param_output);
  for (const auto& [parameter, name] : {std::pair{input, settings.param_input}, {output, settings.param_output}}) {
    if (parameter != nullptr) continue;
    throw Error("E802", who + " has no argument " + quoted(name),
                "name it so, or set param_input and param_output to the kernel's own names");
  }
  if (input->fallback != Fallback::required) {
    throw Error("E802", "argument " + quoted(input->name) + " of " + who + " has a default", "remove the default");
  }
  if (output->fallback != Fallback::none) {
    throw Error("E803", "argument " + quoted(output->name) + " of " + who + " must have the default None",
                "write " + output->name + "=None");
  }
}

Arguments bind_arguments(const Kernel& kernel, const ModelSettings& settings, const Array& x, const Array* y,
                         const Arguments& extra) {
  std::vector<std::string> known;
  for (const KernelParameter& parameter : kernel.signature.parameters) known.push_back(parameter.name);
  for (const auto& [name, value] : extra.items()) {
    if (name == settings.param_input || name == settings.param_output) {
      throw Error("E802", "argument " + quoted(name) + " is given by position and cannot be an extra one");
    }
    if (kernel.signature.find(name) == nullptr) {
      throw Error("E205", "kernel " + quoted(kernel.name) + " has no argument " + quoted(name),
                  unknown_name_hint(name, known));
    }
  }
  Arguments bound;
  for (const KernelParameter& parameter : kernel.signature.parameters) {
    if (parameter.name == settings.param_input) {
      bound.set(parameter.name, x);
    } else if (parameter.name == settings.param_output) {
      if (y != nullptr) bound.set(parameter.name, *y);
    } else if (const Argument* given = extra.find(parameter.name)) {
      bound.set(parameter.name, *given);
    } else if (parameter.fallback == Fallback::required) {
      throw Error("E205", "argument " + quoted(parameter.name) + " of kernel " + quoted(kernel.name) + " is missing");
    }
  }
  check_rows(settings.param_input, x);
  if (y == nullptr) return bound;
  check_rows(settings.param_output, *y);
  if (x.shape().front() != y->shape().front()) {
    throw Error("E806", quoted(settings.param_input) + " has " + std::to_string(x.shape().front()) + " rows, " +
                            quoted(settings.param_output) + " has " + std::to_string(y->shape().front()));
  }
  return bound;
}

void check_sites(const model::Trace& trace, const Kernel& kernel, const ModelSettings& settings, bool with_output) {
  for (const Site& site : trace.sites) {
    if (!is_statement(site)) continue;
    if (site.name.find('/') != std::string::npos) {
      throw Error("E804", "site " + quoted(site.name) + " has a \"/\" in its name", "use another character", site.span);
    }
    if (site.name != settings.param_output && kernel.signature.find(site.name) != nullptr) {
      throw Error("E804", "argument " + quoted(site.name) + " has the name of a site", "rename one of them", site.span);
    }
  }
  const Site* output = trace.find(settings.param_output);
  if (output == nullptr || !is_statement(*output)) {
    throw Error("E804", "kernel " + quoted(kernel.name) + " has no site " + quoted(settings.param_output),
                "name the site of the outcome like the output argument");
  }
  const std::string what = "the output site " + quoted(output->name) + " is a " + model::to_string(output->kind);
  if (with_output) {
    if (output->kind != SiteKind::sample && output->kind != SiteKind::factor) {
      throw Error("E804", what + " although its data are given", "make it a sample site with obs=", output->span);
    }
    if (!output->observed) {
      throw Error("E809", "the output site " + quoted(output->name) + " does not observe the output argument",
                  "give it obs=" + settings.param_output, output->span);
    }
  } else if (output->kind != SiteKind::sample && output->kind != SiteKind::deterministic) {
    throw Error("E804", what + " and cannot be simulated", "without data, sample it or make it deterministic",
                output->span);
  }
}

std::vector<std::string> default_return_sites(const model::Trace& trace, const std::string& output) {
  std::vector<std::string> names = {output};
  for (const Site& site : trace.sites) {
    if (site.kind == SiteKind::deterministic) append_new(names, site.name);
  }
  return names;
}

KernelSpec extended(const std::optional<KernelSpec>& known, const model::Trace& trace, const std::string& output,
                    bool with_output) {
  KernelSpec spec = known && known->traced ? *known : KernelSpec{};
  spec.traced = true;
  spec.output_observed = spec.output_observed || with_output;
  for (const Site& site : trace.sites) {
    if (site.kind == SiteKind::sample || (site.kind == SiteKind::factor && site.name == output)) {
      append_new(spec.sample_sites, site.name);
    }
  }
  for (const std::string& name : default_return_sites(trace, output)) append_new(spec.return_sites, name);
  return spec;
}

bool same_arguments(const Arguments& a, const Arguments& b) {
  return std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(),
                    [](const auto& x, const auto& y) {
                      return x.first == y.first && causal::same_argument(x.second, y.second, true);
                    });
}

}  // namespace dolab::impact
