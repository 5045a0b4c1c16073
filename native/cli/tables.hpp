// Reports as text for people.
#pragma once

#include <string>
#include <vector>

#include "experiment/json.hpp"

namespace dolab::cli {

/// Columns aligned: the first to the left, the others to the right. The first row is the header.
std::string aligned(const std::vector<std::vector<std::string>>& rows);
/// Up to six significant digits; "-" for null.
std::string shown(const experiment::Json& number);

std::string fit_text(const experiment::Json& report);
std::string effects_text(const experiment::Json& report);
std::string summary_text(const experiment::Json& report);
std::string predict_text(const experiment::Json& report);
std::string check_text(const experiment::Json& report);
std::string run_text(const experiment::Json& report);

/// The warnings of a report, to stderr; yellow on a terminal unless NO_COLOR is set.
void print_warnings(const experiment::Json& report);

}  // namespace dolab::cli
