// The whole layer for one instruction set. The including file defines DOLAB_PACK (pack file), DOLAB_ISA_NAME,
// DOLAB_ISA (symbol suffix), DOLAB_FMA (0, 1: fused multiply-add) and DOLAB_HAS_NARROW (the pack file has a namespace
// narrow with two-lane packs). Everything but the two exported functions is local to that file, so that
// the linker can never mix code of different instruction sets.
#include "tensor/kernels/kernel_tables.hpp"

namespace dolab::tensor {
namespace {
// Each file uses the ones before it.
// clang-format off
#include DOLAB_PACK
#include "tensor/kernels/coefficients.inl"
#include "tensor/kernels/math_core.inl"
#include "tensor/kernels/math_trig.inl"
#include "tensor/kernels/math_special.inl"
#include "tensor/kernels/linear_vector.inl"
#include "tensor/kernels/linear_tile.inl"
#include "tensor/kernels/linear_product.inl"
#include "tensor/kernels/linear_factor.inl"
#include "tensor/kernels/loops.inl"
// clang-format on

constexpr KernelSet<double> kDoubleKernels = make_kernel_set<double>();
constexpr KernelSet<float> kFloatKernels = make_kernel_set<float>();
}  // namespace

#define DOLAB_JOIN(a, b) a##b
#define DOLAB_TABLE(isa) DOLAB_JOIN(kernel_tables_, isa)
KernelTables DOLAB_TABLE(DOLAB_ISA)() noexcept { return {&kDoubleKernels, &kFloatKernels}; }

}  // namespace dolab::tensor
