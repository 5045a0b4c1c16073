// What a store keeps of the data and the experiment of its fit, as they were given.
#pragma once

#include <string>

#include "experiment/store.hpp"

namespace dolab::experiment {

/// The data of a stored fit, bound. Scenarios and groups find its columns under the names that they had in the table,
/// as far as they were bound or conditioned on.
BoundData bind_own_data(const Fitted& fitted, const std::string& store);

/// {"file", "text"}: the same as a data file that binds as the first one did, a table where it can be one; null if the
/// fit had no data.
Json own_data_file(const StoredFit& stored, const std::string& store);

/// The experiment of a stored fit with the model's text inside.
Json own_experiment(const StoredFit& stored);

}  // namespace dolab::experiment
