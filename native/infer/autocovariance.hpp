// Autocovariances averaged over chains, computed only as far as the reader asks.
#pragma once

#include <cstdint>
#include <vector>

namespace dolab::infer {

/// Biased autocovariance (divided by n) averaged over m chains of n values. The first lags are plain dot products,
/// because well mixed chains need few of them; a longer walk switches to one padded Fourier transform for all lags.
/// Keeps its memory between series. Not thread-safe.
class Autocovariance {
 public:
  /// x: m x n row-major, m even or odd, n >= 1; copied. Also computes the chain means.
  void reset(const double* x, std::int64_t chains, std::int64_t draws);

  /// Average over chains at `lag`, 0 <= lag < n.
  double at(std::int64_t lag);

  const std::vector<double>& chain_means() const noexcept { return means_; }

 private:
  double direct(std::int64_t lag) const noexcept;
  void transform_all();
  void prepare_twiddles(std::size_t size);
  void fourier(std::vector<double>& real, std::vector<double>& imaginary) const noexcept;

  std::int64_t chains_ = 0, draws_ = 0;
  bool transformed_ = false;
  std::vector<double> centred_, means_, all_lags_;
  std::vector<double> real_, imaginary_, spectrum_, cosine_, sine_;
  std::vector<std::uint32_t> reversed_;
};

}  // namespace dolab::infer
