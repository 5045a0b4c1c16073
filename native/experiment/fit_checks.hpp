// What a fit checks before it starts, and the options of its parts: shared by both kinds of inference.
#pragma once

#include "experiment/fit.hpp"
#include "model/density.hpp"

namespace dolab::experiment {

infer::InitOptions init_options(const Settings& settings);
model::TraceOptions trace_options(const Settings& settings, const BoundData& data);

/// Missing values are fine where the model masks them; elsewhere a density is not a number, whatever the parameters.
void check_missing(const FitRun& run, const model::Density& density);
/// A fit without observations would return the prior: nearly always a forgotten outcome.
void require_observations(const model::Trace& trace, const Kernel& kernel);
/// Refuses a fit whose draws cannot be held, before the work and not after it.
void check_memory(double chains, double draws, double numbers_per_draw);
/// Starting values belong to latent sites.
void check_init_values(const model::Trace& trace, const Inference& inference);
/// Sites that the settings observe are sample sites.
void check_condition(const model::Trace& trace, const ChangeSpecs& condition);

/// Makes an error about missing values in `function` name row and column.
template <class Function>
auto naming_missing_cells(const BoundData& data, const ChangeSpecs& condition, const Function& function) {
  try {
    return function();
  } catch (const Error& error) {
    if (error.code() == "E503") report_missing_cell(data, condition);
    throw;
  }
}

}  // namespace dolab::experiment
