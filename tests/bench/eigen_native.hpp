// Eigen for every instruction of this machine, to hold the dense kernels against. Row-major.
#pragma once

#include <cstdint>

namespace eigen_native {

enum class Function { exp, log, sigmoid };
/// y (n) = f(x), element by element.
template <class T>
void elementwise(Function f, T* y, const T* x, std::int64_t n);
/// C (n, m) = A (n, k) B (k, m).
template <class T>
void multiply(T* c, const T* a, const T* b, std::int64_t n, std::int64_t k, std::int64_t m);
/// y (n) = A x, A (n, k), or, transposed, y (k) = A^T x.
template <class T>
void multiply_vector(T* y, const T* a, const T* x, std::int64_t n, std::int64_t k, bool transposed);
/// L L^T = A.
template <class T>
void cholesky(T* l, const T* a, std::int64_t n);
/// L X = B (n, m).
template <class T>
void tri_solve(T* x, const T* l, const T* b, std::int64_t n, std::int64_t m);

}  // namespace eigen_native
