// What `check` says about a model before anything is inferred.
#pragma once

#include <string>

#include "experiment/fit.hpp"

namespace dolab::experiment {

struct CheckOptions {
  std::string at;         // file of site values; empty: no densities
  bool gradient = false;  // with `at`
};

/// {"kernel", "sites", "plates", "dag", "arguments", "identified", "warnings"}, with `at` "log_density", with
/// `gradient` "gradient" and "gradient_check". Throws E104 listing the sites that lack a value.
Json check_report(const Prepared& prepared, const Settings& settings, const CheckOptions& options);

/// The graph of sites in the DOT language: observed sites filled, deterministic ones dashed, plates as boxes.
std::string dot_text(const model::Trace& trace);

}  // namespace dolab::experiment
