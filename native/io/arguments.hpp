// Kernel arguments read from JSON: name -> number, list, nested list, boolean, string or null.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/array.hpp"
#include "io/table.hpp"

namespace dolab::io {

/// null, a static scalar (whole numbers stay whole), text, a list of texts, or an array.
using ArgumentValue =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>, Array>;
using ArgumentMap = std::map<std::string, ArgumentValue>;

/// One JSON value. Lists become arrays: boolean if all entries are, integer if all are whole, else real; null
/// entries are NaN. `name` is used in messages. Throws E1005: broken JSON (with line and column), a ragged or
/// mixed list (naming the path, as `x[2]`), an object.
ArgumentValue parse_argument(std::string_view json, const std::string& name);

/// An object of such values. `source` names the file. Throws E1005, also for a repeated name.
ArgumentMap parse_arguments(std::string_view json, const std::string& source);

/// A list of row objects, as a table: columns in order of first appearance, absent and null cells missing.
/// Throws E1002 and E1005.
Table parse_json_rows(std::string_view json, const std::string& source);

/// An array as an argument: one without axes becomes a static scalar.
ArgumentValue scalar_or_array(const Array& array);

/// One-dimensional arguments of the length that most of the numeric ones have, as a table, so that interventions and
/// groups can name them as columns.
Table columns_of(const ArgumentMap& arguments, const std::string& source);

}  // namespace dolab::io
