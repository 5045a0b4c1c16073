// The public settings in the terms of `infer`, checked.
#pragma once

#include "dolab/impact_model.hpp"
#include "infer/nuts.hpp"
#include "infer/svi.hpp"

namespace dolab::impact {

/// Throws E204 or E1103 for names and numbers that no call could use.
void check_inference(const Inference& inference);

tensor::CompileOptions compile_options(const ModelSettings& settings);
infer::SviOptions svi_options(const SviSettings& svi, const ModelSettings& settings, std::uint64_t seed);
infer::NutsOptions nuts_options(const NutsSettings& nuts, std::uint64_t seed);
infer::InitOptions init_options(const NutsSettings& nuts, std::uint64_t seed);

}  // namespace dolab::impact
