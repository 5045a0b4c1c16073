// Blocks that vary over subsampled plates: full size in the guide, the rows in use in the model.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/density.hpp"

namespace dolab::infer {

/// An axis of a block that counts the rows of a subsampled plate.
struct LocalAxis {
  std::int64_t axis = 0;
  std::string plate;
  std::int64_t size = 0;    // rows of the population
  std::int64_t extent = 0;  // rows in use
};

/// Subsampled axes of a block. Throws E702 if a bijection changes the batch axes.
std::vector<LocalAxis> local_axes(const model::Trace& trace, const model::UnconstrainedBlock& block);
/// Shape of the block over all rows.
Shape full_shape(const model::Trace& trace, const model::UnconstrainedBlock& block);
/// The rows in use of an array over all rows.
tensor::Tensor rows_in_use(const model::Trace& trace, const model::UnconstrainedBlock& block,
                           const tensor::Tensor& full);

}  // namespace dolab::infer
