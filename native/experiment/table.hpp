// What a data file holds, for people who look at it before they bind it.
#pragma once

#include <string>

#include "base/array.hpp"
#include "experiment/json.hpp"

namespace dolab::experiment {

struct TableView {
  /// {"rows", "columns": [{"name", "type", "missing", "levels"}], "arguments": [{"name", "shape", "value"}]}. The type
  /// is real, integer, boolean or category, `levels` the texts of a category. A file of arguments has no columns; the
  /// value of an array is null.
  Json report;
  /// Column after column: numbers, 0 and 1, or numbers of levels; NaN where a cell is missing.
  Array values;
};

/// Throws what reading the file throws: E1001 to E1007.
TableView view_table(const std::string& path);

}  // namespace dolab::experiment
