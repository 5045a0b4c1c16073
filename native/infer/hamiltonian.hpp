// Phase space: padded vectors, the metric, kinetic energy and the leapfrog step.
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "base/philox.hpp"
#include "infer/target.hpp"

namespace dolab::infer {

/// Two doubles that every instruction set we build for adds and multiplies at once. Fixed here, not per machine, so
/// that the order of a sum never changes.
typedef double Lanes __attribute__((vector_size(16)));

inline Lanes load(const double* x) noexcept {
  Lanes v;
  std::memcpy(&v, __builtin_assume_aligned(x, 16), sizeof v);
  return v;
}
inline void store(double* x, Lanes v) noexcept { std::memcpy(__builtin_assume_aligned(x, 16), &v, sizeof v); }

/// Vectors of one dimension, each padded with zeros to a multiple of four and aligned to 32 bytes. All memory is
/// taken at construction; vectors live as long as the pool.
class VectorPool {
 public:
  VectorPool(std::int64_t dimension, std::int64_t count)
      : stride_((dimension + 3) / 4 * 4), memory_(static_cast<std::size_t>(stride_ * count + 4), 0.0) {
    next_ = memory_.data();
    while (reinterpret_cast<std::uintptr_t>(next_) % 32 != 0) ++next_;
  }
  VectorPool(const VectorPool&) = delete;
  VectorPool& operator=(const VectorPool&) = delete;

  std::int64_t stride() const noexcept { return stride_; }
  double* take() noexcept {
    double* out = next_;
    next_ += stride_;
    return out;
  }

 private:
  std::int64_t stride_;
  std::vector<double> memory_;
  double* next_;
};

/// Sum of a_i b_i over padded vectors.
inline double dot(const double* a, const double* b, std::int64_t stride) noexcept {
  Lanes even{0, 0}, odd{0, 0};
  for (std::int64_t i = 0; i < stride; i += 4) {
    even += load(a + i) * load(b + i);
    odd += load(a + i + 2) * load(b + i + 2);
  }
  const Lanes sum = even + odd;
  return sum[0] + sum[1];
}

/// Inverse mass matrix: the estimate of the posterior covariance, diagonal or dense.
class Metric {
 public:
  Metric(std::int64_t dimension, bool dense);

  std::int64_t dimension() const noexcept { return dimension_; }
  std::int64_t stride() const noexcept { return stride_; }
  bool dense() const noexcept { return dense_; }

  /// Diagonal metrics only: padded variances.
  const double* variances() const noexcept { return inverse_; }
  /// Copies n variances and prepares the scales of the momentum.
  void set_variances(const double* variances) noexcept;
  /// Copies an n x n row-major covariance and factorises it. False (and no change) if it is not positive definite.
  bool set_covariance(const double* covariance);
  /// n numbers, or n x n row-major if dense.
  std::vector<double> inverse() const;

  /// Momentum ~ N(0, M) from independent standard normals; noise and momentum are padded vectors.
  void momentum(const double* noise, double* momentum) const noexcept;
  /// out = Minv p.
  void sharpen(const double* p, double* out) const noexcept;

 private:
  std::int64_t dimension_, stride_;
  bool dense_;
  VectorPool pool_;  // diagonal: 1 + 1 vectors; dense: n rows of Minv, n rows of its Cholesky factor
  double* inverse_;
  double* factor_;  // diagonal: 1 / sqrt(variance)
};

/// A point of phase space. sharp = Minv momentum; energy = -log density + momentum . sharp / 2.
struct PhasePoint {
  double* position = nullptr;
  double* momentum = nullptr;
  double* gradient = nullptr;
  double* sharp = nullptr;
  double log_density = 0.0;
  double energy = 0.0;
};

/// Target with metric and step size; the integrator.
class Hamiltonian {
 public:
  Hamiltonian(Target& target, bool dense) : target_(target), metric_(target.dimension(), dense) {}

  Metric& metric() noexcept { return metric_; }
  const Metric& metric() const noexcept { return metric_; }
  std::int64_t dimension() const noexcept { return metric_.dimension(); }
  std::int64_t stride() const noexcept { return metric_.stride(); }

  /// Log density and gradient at point.position; minus infinity for values that are not finite.
  void evaluate(PhasePoint& point) const noexcept {
    const double value = target_.log_density_gradient(point.position, point.gradient);
    const bool finite = value - value == 0;
    point.log_density = finite ? value : -std::numeric_limits<double>::infinity();
  }

  /// Completes sharp and energy from position, momentum and log density. NaN becomes plus infinity.
  void complete(PhasePoint& point) const noexcept {
    metric_.sharpen(point.momentum, point.sharp);
    set_energy(point, dot(point.momentum, point.sharp, stride()));
  }

  /// One leapfrog step of signed length `step`: p += step/2 g, q += step Minv p, p += step/2 g. `to` may share any
  /// vector with `from`.
  void leapfrog(const PhasePoint& from, PhasePoint& to, double step) const noexcept;

 private:
  static void set_energy(PhasePoint& point, double twice_kinetic) noexcept {
    const double energy = 0.5 * twice_kinetic - point.log_density;
    point.energy = energy == energy ? energy : std::numeric_limits<double>::infinity();
  }

  Target& target_;
  Metric metric_;
};

inline void Hamiltonian::leapfrog(const PhasePoint& from, PhasePoint& to, double step) const noexcept {
  const std::int64_t n = stride();
  const Lanes half{0.5 * step, 0.5 * step}, whole{step, step};
  if (metric_.dense()) {
    for (std::int64_t i = 0; i < n; i += 2)
      store(to.momentum + i, load(from.momentum + i) + half * load(from.gradient + i));
    metric_.sharpen(to.momentum, to.sharp);
    for (std::int64_t i = 0; i < n; i += 2)
      store(to.position + i, load(from.position + i) + whole * load(to.sharp + i));
    evaluate(to);
    for (std::int64_t i = 0; i < n; i += 2)
      store(to.momentum + i, load(to.momentum + i) + half * load(to.gradient + i));
    complete(to);
    return;
  }
  const double* variances = metric_.variances();
  for (std::int64_t i = 0; i < n; i += 2) {
    const Lanes p = load(from.momentum + i) + half * load(from.gradient + i);
    store(to.momentum + i, p);
    store(to.position + i, load(from.position + i) + whole * (load(variances + i) * p));
  }
  evaluate(to);
  Lanes even{0, 0}, odd{0, 0};
  for (std::int64_t i = 0; i < n; i += 4) {
    const Lanes p = load(to.momentum + i) + half * load(to.gradient + i);
    const Lanes q = load(to.momentum + i + 2) + half * load(to.gradient + i + 2);
    const Lanes sp = load(variances + i) * p, sq = load(variances + i + 2) * q;
    store(to.momentum + i, p);
    store(to.momentum + i + 2, q);
    store(to.sharp + i, sp);
    store(to.sharp + i + 2, sq);
    even += p * sp;
    odd += q * sq;
  }
  const Lanes sum = even + odd;
  set_energy(to, sum[0] + sum[1]);
}

/// `count` standard normals from consecutive rows of `address`; two neighbours share a block.
void fill_normals(std::uint64_t key, RandomAddress address, std::int64_t count, double* out) noexcept;

}  // namespace dolab::infer
