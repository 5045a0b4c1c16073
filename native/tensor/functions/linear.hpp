// Linear algebra composed of matmul, cholesky and tri_solve (jax.numpy.linalg, jax.scipy.linalg).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tensor/build.hpp"

namespace dolab::tensor {

/// Explicit ("ij,jk->ik") and implicit ("ij,jk") form, ellipsis and repeated indices included. Operands are
/// contracted in pairs from the left. Throws E407 (extents differ) or E209 (malformed subscripts).
Tensor einsum(const std::string& subscripts, const std::vector<Tensor>& operands);

/// np.dot: last axis of `a` with the second-to-last of `b`; scalars multiply.
Tensor dot(const Tensor& a, const Tensor& b);
Tensor outer(const Tensor& a, const Tensor& b);  // both flattened -> (a.size, b.size)
Tensor inner(const Tensor& a, const Tensor& b);  // over the last axes
Tensor vdot(const Tensor& a, const Tensor& b);   // both flattened -> ()
/// Over the last `axes` axes of `a` and the first of `b`.
Tensor tensordot(const Tensor& a, const Tensor& b, std::int64_t axes);
Tensor tensordot(const Tensor& a, const Tensor& b, const std::vector<std::int64_t>& axes_a,
                 const std::vector<std::int64_t>& axes_b);
Tensor kron(const Tensor& a, const Tensor& b);  // of matrices
/// Cross product of 3-vectors along the last axis.
Tensor cross(const Tensor& a, const Tensor& b);

enum class ConvolveMode : std::uint8_t { full, same, valid };
/// np.convolve of two vectors. Throws E407 for other ranks, empty vectors and E907 where length x length is too much.
Tensor convolve(const Tensor& a, const Tensor& b, ConvolveMode mode = ConvolveMode::full);

/// Diagonal number k of the first two axes, as np.diagonal: (n, m, rest...) -> (rest..., length).
Tensor diagonal_of(const Tensor& a, std::int64_t k = 0);
/// Sum of diagonal k of the first two axes.
Tensor trace(const Tensor& a, std::int64_t k = 0);
Tensor tril(const Tensor& a, std::int64_t k = 0);  // last two axes, any extents
Tensor triu(const Tensor& a, std::int64_t k = 0);
Tensor block_diagonal(const std::vector<Tensor>& blocks);
/// a^n by repeated squaring; n may be negative.
Tensor matrix_power(const Tensor& a, std::int64_t n);

/// Which norm: the Frobenius or 2-norm of vectors (`standard`), p-norms of vectors, or the matrix norms
/// Frobenius, 1 (largest column sum) and infinity (largest row sum). NumPy's ord=-inf, -1 likewise.
struct NormOrder {
  enum class Kind : std::uint8_t { standard, frobenius, number } kind = Kind::standard;
  double p = 2.0;
};
/// axes: empty = everything (the array flattened if `standard`; otherwise rank 1 or 2 decides), one = vector norms,
/// two = matrix norms. The gradient of the 2-norm at 0 is NaN, as in JAX. Throws E901 for the spectral and nuclear
/// matrix norms, which need singular values.
Tensor norm(const Tensor& a, NormOrder order = {}, const std::vector<std::int64_t>& axes = {}, bool keep = false);

/// Inverse of (..., n, n). Elimination with partial pivoting, then two Newton corrections that carry the first and
/// second derivative. Singular matrices give inf or NaN here, and determinant 0 (with gradient 0 for n > 3) in det.
Tensor inv(const Tensor& a);
/// X with A X = B; B is a vector (n) or (..., n, m), as in NumPy 2.
Tensor solve(const Tensor& a, const Tensor& b);
Tensor det(const Tensor& a);
struct SignLogDet {
  Tensor sign, log_abs;
};
SignLogDet slogdet(const Tensor& a);

/// op(A) X = B with A (..., n, n) triangular; op is the transpose if `transpose`. B is (n), (..., n) with one axis
/// less than A, or (..., n, m); batch axes broadcast.
Tensor solve_triangular(const Tensor& a, const Tensor& b, bool lower = false, bool transpose = false,
                        bool unit_diagonal = false);
/// Lower factor, or its transpose if not `lower`.
Tensor cho_factor(const Tensor& a, bool lower = false);
/// X with A X = B, given the factor of A.
Tensor cho_solve(const Tensor& factor, bool lower, const Tensor& b);

}  // namespace dolab::tensor
