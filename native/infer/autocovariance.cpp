#include "infer/autocovariance.hpp"

#include <cmath>
#include <utility>

namespace dolab::infer {

namespace {

// One lag costs m n multiplications, a transform about m n (10 + 4 log2 n): beyond this lag the transform is cheaper.
constexpr std::int64_t kDirectLags = 48;

double dot_of_rows(const double* a, const double* b, std::int64_t n) noexcept {
  double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  std::int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < n; ++i) s0 += a[i] * b[i];
  return (s0 + s1) + (s2 + s3);
}

}  // namespace

void Autocovariance::reset(const double* x, std::int64_t chains, std::int64_t draws) {
  chains_ = chains;
  draws_ = draws;
  transformed_ = false;
  centred_.resize(static_cast<std::size_t>(chains * draws));
  means_.resize(static_cast<std::size_t>(chains));
  for (std::int64_t c = 0; c < chains; ++c) {
    const double* row = x + c * draws;
    double sum = 0;
    for (std::int64_t i = 0; i < draws; ++i) sum += row[i];
    const double mean = sum / static_cast<double>(draws);
    means_[static_cast<std::size_t>(c)] = mean;
    for (std::int64_t i = 0; i < draws; ++i) centred_[static_cast<std::size_t>(c * draws + i)] = row[i] - mean;
  }
}

double Autocovariance::direct(std::int64_t lag) const noexcept {
  double sum = 0;
  for (std::int64_t c = 0; c < chains_; ++c) {
    const double* row = centred_.data() + c * draws_;
    sum += dot_of_rows(row, row + lag, draws_ - lag);
  }
  return sum / static_cast<double>(draws_) / static_cast<double>(chains_);
}

double Autocovariance::at(std::int64_t lag) {
  if (!transformed_ && lag < kDirectLags) return direct(lag);
  if (!transformed_) transform_all();
  return all_lags_[static_cast<std::size_t>(lag)];
}

void Autocovariance::prepare_twiddles(std::size_t size) {
  if (cosine_.size() == size / 2) return;
  cosine_.resize(size / 2);
  sine_.resize(size / 2);
  const double step = -2.0 * 3.14159265358979323846 / static_cast<double>(size);
  for (std::size_t i = 0; i < size / 2; ++i) {
    cosine_[i] = std::cos(step * static_cast<double>(i));
    sine_[i] = std::sin(step * static_cast<double>(i));
  }
  reversed_.resize(size);
  for (std::size_t i = 0, j = 0; i < size; ++i) {
    reversed_[i] = static_cast<std::uint32_t>(j);
    std::size_t bit = size >> 1;
    for (; bit != 0 && (j & bit); bit >>= 1) j ^= bit;
    j |= bit;
  }
}

/// In-place radix-2 transform of a length prepared before.
void Autocovariance::fourier(std::vector<double>& real, std::vector<double>& imaginary) const noexcept {
  const std::size_t size = real.size();
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t j = reversed_[i];
    if (i < j) {
      std::swap(real[i], real[j]);
      std::swap(imaginary[i], imaginary[j]);
    }
  }
  for (std::size_t half = 1; half < size; half *= 2) {
    const std::size_t stride = size / (2 * half);
    for (std::size_t start = 0; start < size; start += 2 * half) {
      for (std::size_t k = 0; k < half; ++k) {
        const std::size_t a = start + k, b = a + half;
        const double c = cosine_[k * stride], s = sine_[k * stride];
        const double re = real[b] * c - imaginary[b] * s;
        const double im = real[b] * s + imaginary[b] * c;
        real[b] = real[a] - re;
        imaginary[b] = imaginary[a] - im;
        real[a] += re;
        imaginary[a] += im;
      }
    }
  }
}

/// Wiener-Khinchin on zero-padded chains. Two chains travel as real and imaginary part, and only the sum of the
/// power spectra is needed: |A_k|^2 + |B_k|^2 = (|Z_k|^2 + |Z_-k|^2) / 2, whose symmetrisation the real part of the
/// final transform does by itself.
void Autocovariance::transform_all() {
  std::size_t size = 2;
  while (size < 2 * static_cast<std::size_t>(draws_)) size *= 2;
  prepare_twiddles(size);
  spectrum_.assign(size, 0.0);
  for (std::int64_t c = 0; c < chains_; c += 2) {
    real_.assign(size, 0.0);
    imaginary_.assign(size, 0.0);
    for (std::int64_t i = 0; i < draws_; ++i) {
      real_[static_cast<std::size_t>(i)] = centred_[static_cast<std::size_t>(c * draws_ + i)];
      if (c + 1 < chains_) {
        imaginary_[static_cast<std::size_t>(i)] = centred_[static_cast<std::size_t>((c + 1) * draws_ + i)];
      }
    }
    fourier(real_, imaginary_);
    for (std::size_t i = 0; i < size; ++i) spectrum_[i] += real_[i] * real_[i] + imaginary_[i] * imaginary_[i];
  }
  imaginary_.assign(size, 0.0);
  fourier(spectrum_, imaginary_);
  all_lags_.resize(static_cast<std::size_t>(draws_));
  const double scale = 1.0 / (static_cast<double>(size) * static_cast<double>(draws_) * static_cast<double>(chains_));
  for (std::size_t i = 0; i < all_lags_.size(); ++i) all_lags_[i] = spectrum_[i] * scale;
  transformed_ = true;
}

}  // namespace dolab::infer
