// The experiment file's JSON Schema, and the check against it.
#pragma once

#include <string>

#include "experiment/json.hpp"

namespace dolab::experiment {

/// The text of dolab.schema.json (JSON Schema draft 2020-12).
const std::string& schema_text();

/// Checks a document against the schema. Throws E1102 for a key that the schema does not have (with its path and the
/// nearest known key) and E1101 for a value that does not fit (with its path). `source` names the file.
void check_schema(const Json& document, const std::string& source);

/// The default of a key by its path ("inference.steps"); null if it has none.
Json schema_default(const std::string& path);

}  // namespace dolab::experiment
