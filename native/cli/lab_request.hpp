// The body of a request for a run: an experiment and the files that it names.
#pragma once

#include <string_view>

#include "experiment/settings.hpp"

namespace dolab::cli {

/// {"experiment": document or its text, "files": {name: text or {"base64": …}}}. What the experiment names is looked
/// for in `files` alone, and is in the settings afterwards: nothing of them leads to the disk. Throws E1304 for a body
/// of another form, E1001 for a file that was not sent, and what reading an experiment and its data throws.
experiment::Settings read_request(std::string_view body);

}  // namespace dolab::cli
