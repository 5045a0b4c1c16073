#include "infer/hamiltonian.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "infer/scalar_math.hpp"

namespace dolab::infer {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Metric::Metric(std::int64_t dimension, bool dense)
    : dimension_(dimension),
      stride_((dimension + 3) / 4 * 4),
      dense_(dense),
      pool_(dimension, dense ? 2 * dimension : 2) {
  inverse_ = pool_.take();
  for (std::int64_t i = 1; dense && i < dimension; ++i) pool_.take();
  factor_ = pool_.take();
  for (std::int64_t i = 0; i < dimension; ++i) {
    inverse_[dense ? i * stride_ + i : i] = 1.0;
    factor_[dense ? i * stride_ + i : i] = 1.0;
  }
}

void Metric::set_variances(const double* variances) noexcept {
  for (std::int64_t i = 0; i < dimension_; ++i) {
    inverse_[i] = variances[i];
    factor_[i] = 1.0 / std::sqrt(variances[i]);
  }
}

bool Metric::set_covariance(const double* covariance) {
  const Eigen::Map<const RowMatrix> given(covariance, dimension_, dimension_);
  const Eigen::LLT<Eigen::MatrixXd> cholesky(given);
  if (cholesky.info() != Eigen::Success) return false;
  const Eigen::MatrixXd lower = cholesky.matrixL();
  for (std::int64_t i = 0; i < dimension_; ++i) {
    for (std::int64_t j = 0; j < dimension_; ++j) {
      inverse_[i * stride_ + j] = given(i, j);
      factor_[i * stride_ + j] = lower(i, j);
    }
  }
  return true;
}

std::vector<double> Metric::inverse() const {
  std::vector<double> out;
  for (std::int64_t row = 0; row < (dense_ ? dimension_ : 1); ++row) {
    out.insert(out.end(), inverse_ + row * stride_, inverse_ + row * stride_ + dimension_);
  }
  return out;
}

void Metric::momentum(const double* noise, double* momentum) const noexcept {
  if (!dense_) {
    for (std::int64_t i = 0; i < stride_; ++i) momentum[i] = noise[i] * factor_[i];
    return;
  }
  // Minv = L L^T, so L^T p = noise gives p covariance M.
  std::copy(noise, noise + stride_, momentum);
  for (std::int64_t i = dimension_ - 1; i >= 0; --i) {
    const double* row = factor_ + i * stride_;
    momentum[i] /= row[i];
    for (std::int64_t j = 0; j < i; ++j) momentum[j] -= row[j] * momentum[i];
  }
}

void Metric::sharpen(const double* p, double* out) const noexcept {
  if (!dense_) {
    for (std::int64_t i = 0; i < stride_; i += 2) store(out + i, load(inverse_ + i) * load(p + i));
    return;
  }
  for (std::int64_t i = 0; i < dimension_; ++i) out[i] = dot(inverse_ + i * stride_, p, stride_);
}

void fill_normals(std::uint64_t key, RandomAddress address, std::int64_t count, double* out) noexcept {
  for (std::int64_t i = 0; i < count; i += 2) {
    address.row = static_cast<std::uint32_t>(i / 2);
    const auto words = philox(key, address);
    out[i] = normal_quantile(to_uniform(words[0]));
    if (i + 1 < count) out[i + 1] = normal_quantile(to_uniform(words[1]));
  }
}

}  // namespace dolab::infer
