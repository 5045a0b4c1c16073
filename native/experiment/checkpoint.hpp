// An unfinished fit as a store, from which the same fit goes on.
#pragma once

#include <string>

#include "base/byte_store.hpp"
#include "experiment/fit.hpp"

namespace dolab::experiment {

/// Writes the state of the inference as group `checkpoint`, with what the fit is made from: hashes of model and data,
/// seed, settings of the inference. Does not commit the store.
void write_checkpoint(Fitting& fitting, ByteStore& store);

/// Takes up a state that `write_checkpoint` wrote; the fit then gives the bits that it would have given without a
/// break. `name` is the store's, for messages. Throws E1007 for a store that is none or is damaged, and E1009, saying
/// what differs, for the checkpoint of another fit.
void resume_checkpoint(Fitting& fitting, const ByteStore& store, const std::string& name);

}  // namespace dolab::experiment
