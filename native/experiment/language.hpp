// What may be written in a model, for editors.
#pragma once

#include "experiment/json.hpp"

namespace dolab::experiment {

/// {"modules": [{"path", "alias", "names": [{"name", "kind", "signature"}]}], "builtins"}. The kind is function,
/// distribution, value or module; the signature of what is not called is null.
Json language_report();

}  // namespace dolab::experiment
