// The checkpoint of a command, beside its store.
#pragma once

#include <string>

#include "experiment/run.hpp"

namespace dolab::experiment {

/// "a/fit.zarr" -> "a/fit.checkpoint.zarr.zip".
std::string checkpoint_path(const std::string& store);

/// `fit`, or with `declared` `run`, as `fit_command` describes it.
Outcome fit_with_checkpoints(Settings settings, const Output& output, bool declared, const Workers& workers);

}  // namespace dolab::experiment
