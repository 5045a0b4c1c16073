// What ImpactModel asks of a kernel and of the data that it is called with.
#pragma once

#include <string>
#include <vector>

#include "dolab/impact_model.hpp"
#include "model/trace.hpp"

namespace dolab::impact {

/// Throws E802 or E803, in this order: variable arguments, missing parameters, input with a default, output without the
/// default None.
void check_kernel(const Kernel& kernel, const ModelSettings& settings);

/// The kernel's arguments in the order of its signature; y == nullptr leaves the output out. Throws E802 (an extra
/// named like input or output), E205 (missing, unknown), E805 (no rows), E806 (lengths differ).
Arguments bind_arguments(const Kernel& kernel, const ModelSettings& settings, const Array& x, const Array* y,
                         const Arguments& extra);

/// Checks the sites of a trace, with or without data for the output. Throws E804, E809.
void check_sites(const model::Trace& trace, const Kernel& kernel, const ModelSettings& settings, bool with_output);

/// What predictions return by default: the output, then deterministic sites.
std::vector<std::string> default_return_sites(const model::Trace& trace, const std::string& output);

/// The spec after one more trace: what was known stays, output first.
KernelSpec extended(const std::optional<KernelSpec>& known, const model::Trace& trace, const std::string& output,
                    bool with_output);

/// Whether two lists of arguments share their arrays and agree in the rest.
bool same_arguments(const Arguments& a, const Arguments& b);

/// Throws E1103 unless value >= 1.
void require_positive(const char* option, std::int64_t value);

}  // namespace dolab::impact
