// Portable SIMD kernels: one source, compiled once per instruction set, chosen at run time.
#pragma once

#include <cstdint>
#include <vector>

#include "base/philox.hpp"

namespace dolab::tensor {

/// Elementwise functions of one argument. Bounds on the error in units in the last place, f64, both flavours, held by
/// tests/native/tensor/test_kernels.cpp (f32 is evaluated in f64 and rounded, hence below 0.51 everywhere):
///   0.5  sqrt                      1  exp expm1 log log1p; sin cos at any size of the argument
///   1.5  tanh arctan               2  sigmoid log_sigmoid softplus erf erfc arcsin arccos sinh cosh
///   3    tan                       4  lgamma digamma trigamma (x > 0, away from the zeros) log1mexp log_ndtr
///   ndtri and erfinv: 1e-15 relative. lgamma and its derivatives at x < 0 by reflection, absolute accuracy near zeros.
/// sign(+-0) = +-0, round is to even, log1mexp(x) = log(1 - exp(-x)) for x > 0, ndtri is the normal quantile.
enum class Unary : std::uint8_t {
  copy,
  negate,
  abs,
  sign,
  square,
  sqrt,
  reciprocal,
  exp,
  expm1,
  log,
  log1p,
  sin,
  cos,
  tan,
  arcsin,
  arccos,
  arctan,
  sinh,
  cosh,
  tanh,
  sigmoid,
  log_sigmoid,
  softplus,
  erf,
  erfc,
  erfinv,
  ndtri,
  log_ndtr,
  lgamma,
  digamma,
  trigamma,
  floor,
  ceil,
  round,
  log1mexp,
  logical_not,
  is_nan,
  is_finite,
  count_
};

/// Elementwise functions of two arguments. Comparisons and logical operations give 0.0 or 1.0; a comparison with NaN
/// is false (not_equal: true); NaN counts as true in logical operations. minimum and maximum propagate NaN. modulo has
/// the sign of the divisor and floor_divide rounds down, as in Python. xlogy(0, y) = 0 = xlog1py(0, y) unless y is NaN.
/// power, arctan2 and logaddexp (of positive results) are within 2 units in the last place.
enum class Binary : std::uint8_t {
  add,
  subtract,
  multiply,
  divide,
  power,
  arctan2,
  modulo,
  floor_divide,
  minimum,
  maximum,
  equal,
  not_equal,
  less,
  less_equal,
  logical_and,
  logical_or,
  logical_xor,
  logaddexp,
  xlogy,
  xlog1py,
  count_
};

/// Reductions of one block. Of nothing: 0, -inf, +inf, 1. max and min propagate NaN.
enum class Reduction : std::uint8_t { sum, max, min, prod, count_ };

inline constexpr int kUnaryCount = static_cast<int>(Unary::count_);
inline constexpr int kBinaryCount = static_cast<int>(Binary::count_);
inline constexpr int kReductionCount = static_cast<int>(Reduction::count_);

/// Elements that one call of a reduction may take; part of the numeric contract (order of summation).
inline constexpr std::int64_t kBlockSize = 256;
/// Rows of one panel of a design matrix.
inline constexpr std::int64_t kPanelRows = 256;

/// One step of Adam: m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
/// x -= step_size * (m correction1) / (sqrt(v correction2) + epsilon).
template <class T>
struct AdamStep {
  T step_size;
  T beta1;
  T beta2;
  T epsilon;
  T correction1;  ///< 1 / (1 - beta1^t)
  T correction2;  ///< 1 / (1 - beta2^t)
};

/// C (n, m) = A (n, k) B (k, m), all row-major; a transposed factor is stored as (k, n) or (m, k).
struct ProductShape {
  std::int64_t n, k, m;
  bool a_transposed, b_transposed;
};
/// L X = B, or L^T X = B, with L (n, n) lower triangular and B (n, m), all row-major.
struct SolveShape {
  std::int64_t n, m;
  bool transposed;
};

/// The kernels of one instruction set and flavour. All of them: any n >= 0 unless said, unaligned pointers, nothing is
/// read or written beyond n; dst may equal an input exactly (no partial overlap). Thread-safe; nothing is allocated but
/// by the first large dense product of a thread. Strict kernels give the same bits on every instruction set and on
/// WebAssembly.
template <class T>
struct KernelSet {
  using UnaryKernel = void (*)(T* dst, const T* a, std::int64_t n) noexcept;
  using BinaryKernel = void (*)(T* dst, const T* a, const T* b, std::int64_t n) noexcept;
  using TernaryKernel = void (*)(T* dst, const T* a, const T* b, const T* c, std::int64_t n) noexcept;
  using ReduceKernel = double (*)(const T* a, std::int64_t n) noexcept;
  using RandomKernel = void (*)(T* dst, std::uint64_t key, RandomAddress first, bool along_row,
                                std::int64_t n) noexcept;

  const char* name;  ///< "avx512", "avx2", "sse4.2", "wasm", "generic"

  UnaryKernel unary[kUnaryCount];
  BinaryKernel binary_vv[kBinaryCount];
  BinaryKernel binary_vs[kBinaryCount];  ///< b is one scalar, read from its pointer (also when dst == b)
  BinaryKernel binary_sv[kBinaryCount];  ///< a is one scalar

  /// dst = c != 0 ? a : b. Index bit 0: a is a scalar, bit 1: b is. What is not selected never leaks.
  TernaryKernel select[4];
  /// dst = a * b + c. Index bits 0, 1, 2: a, b, c is a scalar. Fast: fused where the machine can; strict: two
  /// roundings.
  TernaryKernel multiply_add[8];

  void (*fill)(T* dst, T value, std::int64_t n) noexcept;

  /// One block, n <= 256. Lane l of 8 takes elements l, l + 8, ... in order; lanes combine as
  /// ((0+4)+(2+6))+((1+5)+(3+7)). sum and prod accumulate in double.
  ReduceKernel reduce[kReductionCount];
  /// Sum of a * b over one block, same order, in double.
  double (*dot)(const T* a, const T* b, std::int64_t n) noexcept;

  /// dst[i] = src[index[i]].
  void (*gather)(T* dst, const T* src, const std::int32_t* index, std::int64_t n) noexcept;

  /// A panel: 256 rows, column-major with column stride 256, rows beyond the data zero.
  /// eta[i] = sum_j panel[j * 256 + i] * w[j] for i < n <= 256, columns in order.
  void (*panel_dot)(T* eta, const T* panel, const T* w, std::int64_t columns, std::int64_t n) noexcept;
  /// g[j] += sum_i panel[j * 256 + i] * r[i] over i < n <= 256, in double, order as in `dot`.
  void (*panel_tdot)(double* g, const T* panel, const T* r, std::int64_t columns, std::int64_t n) noexcept;

  /// Element i has the address `first` with row + i (along_row) or element + i, modulo 2^32; first word of its block.
  /// uniform: on the open unit interval; f64 is to_uniform(word), f32 is ((word >> 41) + 0.5) 2^-23.
  RandomKernel uniform;
  /// Normal quantile of to_uniform(word); f32 rounds the f64 value.
  RandomKernel normal;

  /// C = A B; C overlaps nothing. Every element adds its k products in order, starting at 0. A product with a vector
  /// (m = 1 or n = 1) and the rows of a matrix takes 64 bytes of them at a time instead: lanes add in order and then
  /// combine by halves. Error at most gamma_k |A| |B|.
  void (*multiply)(T* c, const T* a, const T* b, ProductShape shape) noexcept;
  /// L (n, n) with L L^T = (A + A^T) / 2, zero above the diagonal; NaN below if A is not positive definite. dst may be
  /// A.
  void (*cholesky)(T* dst, const T* a, std::int64_t n) noexcept;
  /// X; dst may be B. Rows are multiplied by the reciprocal of their pivot.
  void (*tri_solve)(T* dst, const T* l, const T* b, SolveShape shape) noexcept;

  /// out[j] = log sum_i exp(x[i * stride + j]) for i < n, j < width, rows in order. Of nothing: -inf.
  void (*logsumexp)(T* out, const T* x, std::int64_t n, std::int64_t width, std::int64_t stride) noexcept;

  /// x, m, v are updated in place.
  void (*adam)(T* x, T* m, T* v, const T* g, AdamStep<T> step, std::int64_t n) noexcept;
};

/// fast may fuse multiply and add; strict gives the same bits everywhere (engine rule: tests and `--reproducible`).
enum class Flavour : std::uint8_t { fast, strict };

/// The best set for this machine, chosen once. The environment variable DOLAB_ISA (generic, sse4.2, avx2, avx512) asks
/// for a lesser one; what the machine does not have is ignored. T is float or double.
template <class T>
const KernelSet<T>& kernel_set(Flavour flavour) noexcept;

/// Every set that this machine can run, best first; for tests and benchmarks.
template <class T>
std::vector<const KernelSet<T>*> available_kernel_sets(Flavour flavour);

template <>
const KernelSet<double>& kernel_set<double>(Flavour flavour) noexcept;
template <>
const KernelSet<float>& kernel_set<float>(Flavour flavour) noexcept;
template <>
std::vector<const KernelSet<double>*> available_kernel_sets<double>(Flavour flavour);
template <>
std::vector<const KernelSet<float>*> available_kernel_sets<float>(Flavour flavour);

}  // namespace dolab::tensor
