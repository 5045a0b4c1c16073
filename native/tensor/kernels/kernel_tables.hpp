// What each instruction set's translation unit exports to the dispatcher.
#pragma once

#include "tensor/kernels/kernels.hpp"

namespace dolab::tensor {

struct KernelTables {
  const KernelSet<double>* f64;
  const KernelSet<float>* f32;
};

KernelTables kernel_tables_generic() noexcept;
KernelTables kernel_tables_sse42() noexcept;
KernelTables kernel_tables_avx2_fast() noexcept;
KernelTables kernel_tables_avx2_strict() noexcept;
KernelTables kernel_tables_avx512_fast() noexcept;
KernelTables kernel_tables_avx512_strict() noexcept;
KernelTables kernel_tables_wasm() noexcept;

/// Where dense products pack their blocks: one buffer per thread, made when first asked for; null without memory.
inline constexpr std::int64_t kLinearScratchBytes = 1280 * 1024;
void* linear_scratch() noexcept;

}  // namespace dolab::tensor
