// A kernel and the rows that it is given: subsampling plates that follow the data, and minibatches.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "dolab/model.hpp"
#include "model/trace.hpp"

namespace dolab::impact {

/// Plates whose subsample is as long as the data, though the population is not: `plate("data", N, X.shape[0])`. They
/// hold the given rows, in order, in every trace.
using PinnedPlates = std::map<std::string, std::int64_t>;
PinnedPlates pinned_plates(const model::Trace& trace, std::int64_t rows);

/// The model with these plates held.
model::ModelFunction with_pinned_plates(model::ModelFunction model, PinnedPlates plates);
/// The model with the log densities of some sites multiplied.
model::ModelFunction with_scaled_sites(model::ModelFunction model, std::set<std::string> sites, double factor);

/// How a model sees a minibatch, from traces of all rows and of a batch.
struct RowSites {
  std::set<std::string> unscaled;  // sites with a term per row whose plates do not scale it
  std::vector<std::string> local;  // latent sites with a value per row
};
RowSites row_sites(const model::Trace& all, const model::Trace& batch, std::int64_t rows, std::int64_t batch_rows);

/// Latent sites inside pinned plates.
std::vector<std::string> latents_in(const model::Trace& trace, const PinnedPlates& plates);

/// Every array argument must have `rows` entries along its first axis: E805 for a single number, E806 otherwise.
void check_row_arguments(const Arguments& arguments, std::int64_t rows);
/// The given rows of every array; all other arguments as they are.
Arguments take_rows(const Arguments& arguments, const std::vector<std::int64_t>& rows);

}  // namespace dolab::impact
