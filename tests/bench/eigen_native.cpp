#include "eigen_native.hpp"

#include <Eigen/Dense>

namespace eigen_native {

namespace {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

}  // namespace

template <class T>
void elementwise(Function f, T* y, const T* x, std::int64_t n) {
  const Eigen::Map<const Eigen::Array<T, Eigen::Dynamic, 1>> in(x, n);
  Eigen::Map<Eigen::Array<T, Eigen::Dynamic, 1>> out(y, n);
  switch (f) {
    case Function::exp:
      out = in.exp();
      break;
    case Function::log:
      out = in.log();
      break;
    case Function::sigmoid:
      out = (1 + (-in).exp()).inverse();
      break;
  }
}

template <class T>
void multiply(T* c, const T* a, const T* b, std::int64_t n, std::int64_t k, std::int64_t m) {
  Eigen::Map<Matrix<T>>(c, n, m).noalias() =
      Eigen::Map<const Matrix<T>>(a, n, k) * Eigen::Map<const Matrix<T>>(b, k, m);
}

template <class T>
void multiply_vector(T* y, const T* a, const T* x, std::int64_t n, std::int64_t k, bool transposed) {
  const Eigen::Map<const Matrix<T>> matrix(a, n, k);
  if (transposed) {
    Eigen::Map<Vector<T>>(y, k).noalias() = matrix.transpose() * Eigen::Map<const Vector<T>>(x, n);
  } else {
    Eigen::Map<Vector<T>>(y, n).noalias() = matrix * Eigen::Map<const Vector<T>>(x, k);
  }
}

template <class T>
void cholesky(T* l, const T* a, std::int64_t n) {
  Eigen::Map<Matrix<T>> lower(l, n, n);
  lower = Eigen::Map<const Matrix<T>>(a, n, n);
  Eigen::LLT<Eigen::Ref<Matrix<T>>> factor(lower);  // in place
}

template <class T>
void tri_solve(T* x, const T* l, const T* b, std::int64_t n, std::int64_t m) {
  Eigen::Map<Matrix<T>> solution(x, n, m);
  solution = Eigen::Map<const Matrix<T>>(b, n, m);
  Eigen::Map<const Matrix<T>>(l, n, n).template triangularView<Eigen::Lower>().solveInPlace(solution);
}

#define EIGEN_NATIVE(T)                                                                        \
  template void elementwise<T>(Function, T*, const T*, std::int64_t);                          \
  template void multiply<T>(T*, const T*, const T*, std::int64_t, std::int64_t, std::int64_t); \
  template void multiply_vector<T>(T*, const T*, const T*, std::int64_t, std::int64_t, bool);  \
  template void cholesky<T>(T*, const T*, std::int64_t);                                       \
  template void tri_solve<T>(T*, const T*, const T*, std::int64_t, std::int64_t);
EIGEN_NATIVE(double)
EIGEN_NATIVE(float)
#undef EIGEN_NATIVE

}  // namespace eigen_native
