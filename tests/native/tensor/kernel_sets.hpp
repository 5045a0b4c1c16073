// The kernel sets that tests go through, and the numbers beyond the ordinary.
#pragma once

#include <limits>
#include <vector>

#include "tensor/kernels/kernels.hpp"

namespace dolab::tensor::testing {

inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Both flavours on every instruction set of this machine.
inline std::vector<const KernelSet<double>*> all_sets() {
  auto sets = available_kernel_sets<double>(Flavour::fast);
  for (const auto* set : available_kernel_sets<double>(Flavour::strict)) sets.push_back(set);
  return sets;
}

}  // namespace dolab::tensor::testing
