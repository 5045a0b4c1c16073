// Operations on whole arrays.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "tensor/kernels/random_samplers.hpp"
#include "tensor/program.hpp"

namespace dolab::tensor {

namespace {

constexpr std::int64_t kAhead = 8;  // rows that a gather prefetches
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

template <class T>
void run_matmul(const LibraryStep& s, const KernelSet<T>& kernels, const T* const* in, T* out) noexcept {
  const std::int64_t batches = s.dims[0], n = s.dims[1], k = s.dims[2], m = s.dims[3];
  for (std::int64_t t = 0; t < batches; ++t) {
    const auto u = static_cast<std::size_t>(t);
    kernels.multiply(out + t * n * m, in[0] + s.lengths[u], in[1] + s.lengths[u + static_cast<std::size_t>(batches)],
                     {n, k, m, s.dims[4] != 0, s.dims[5] != 0});
  }
}

/// (before, n, after) -> (before, after).
template <class T>
void run_reduce(const LibraryStep& s, const T* in, T* out) noexcept {
  const std::int64_t before = s.dims[0], n = s.dims[1], after = s.dims[2];
  const auto kind = static_cast<Reduction>(s.kind);
  for (std::int64_t b = 0; b < before; ++b) {
    T* o = out + b * after;
    std::fill_n(o, after, static_cast<T>(identity(kind)));
    const T* x = in + b * n * after;
    if (kind == Reduction::sum) {
      for (std::int64_t i = 0; i < n; ++i, x += after) {
        for (std::int64_t j = 0; j < after; ++j) o[j] += x[j];
      }
    } else {
      for (std::int64_t i = 0; i < n; ++i, x += after) {
        for (std::int64_t j = 0; j < after; ++j) o[j] = static_cast<T>(combine(kind, o[j], x[j]));
      }
    }
  }
}

/// log sum exp of one long row, lanes along it.
template <class T>
T logsumexp_row(const KernelSet<T>& kernels, const T* x, std::int64_t n) noexcept {
  double peak = -std::numeric_limits<double>::infinity(), sum = 0.0;
  T terms[kBlockSize];
  for (std::int64_t i = 0; i < n; i += kBlockSize) {
    const double most = kernels.reduce[static_cast<int>(Reduction::max)](x + i, std::min(kBlockSize, n - i));
    peak = combine(Reduction::max, peak, most);
  }
  // A peak of +-inf or NaN decides the result by itself; the terms are then taken as they are.
  const T shift = std::fabs(peak) <= std::numeric_limits<double>::max() ? static_cast<T>(peak) : T{0};
  for (std::int64_t i = 0; i < n; i += kBlockSize) {
    const std::int64_t count = std::min(kBlockSize, n - i);
    kernels.binary_vs[static_cast<int>(Binary::subtract)](terms, x + i, &shift, count);
    kernels.unary[static_cast<int>(Unary::exp)](terms, terms, count);
    sum += kernels.reduce[static_cast<int>(Reduction::sum)](terms, count);
  }
  T total = static_cast<T>(sum);
  kernels.unary[static_cast<int>(Unary::log)](&total, &total, 1);
  return total + shift;
}

/// (before, n, after) -> (before, after). Many short rows are turned, so that the kernel sees long vectors.
template <class T>
void run_logsumexp(const LibraryStep& s, const KernelSet<T>& kernels, const T* in, T* out) noexcept {
  const std::int64_t before = s.dims[0], n = s.dims[1], after = s.dims[2];
  if (after == 1 && n > 16) {
    for (std::int64_t b = 0; b < before; ++b) out[b] = logsumexp_row(kernels, in + b * n, n);
  } else if (after == 1) {
    T turned[kBlockSize];
    const std::int64_t rows = kBlockSize / std::max<std::int64_t>(1, n);
    for (std::int64_t first = 0; first < before; first += rows) {
      const std::int64_t count = std::min(rows, before - first);
      for (std::int64_t i = 0; i < count; ++i) {
        for (std::int64_t k = 0; k < n; ++k) turned[k * count + i] = in[(first + i) * n + k];
      }
      kernels.logsumexp(out + first, turned, n, count, count);
    }
  } else {
    for (std::int64_t b = 0; b < before; ++b) {
      kernels.logsumexp(out + b * after, in + b * n * after, n, after, after);
    }
  }
}

template <class T>
void run_gather(const LibraryStep& s, const T* table, const T* index, T* out) noexcept {
  const std::int64_t rows = s.dims[0], width = s.dims[1], count = s.dims[2];
  const auto row_at = [&](std::int64_t i) {  // maps NaN to 0
    const double x = static_cast<double>(index[i]);
    return x >= static_cast<double>(rows) ? rows - 1 : x > 0.0 ? static_cast<std::int64_t>(x) : 0;
  };
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t row = row_at(i);
    if (width > 1 && i + kAhead < count) {
      const T* next = table + row_at(i + kAhead) * width;
      for (std::int64_t j = 0; j < width; j += 8) __builtin_prefetch(next + j);
    }
    if (width == 1) {
      out[i] = table[row];
    } else {
      std::memcpy(out + i * width, table + row * width, static_cast<std::size_t>(width) * sizeof(T));
    }
  }
}

template <class T>
void run_scatter_add(const LibraryStep& s, const T* index, const T* updates, T* out) noexcept {
  const std::int64_t rows = s.dims[0], width = s.dims[1], count = s.dims[2];
  std::fill_n(out, rows * width, T{0});
  for (std::int64_t i = 0; i < count; ++i) {
    if (!(index[i] >= T{0} && index[i] < static_cast<T>(rows))) continue;
    T* row = out + static_cast<std::int64_t>(index[i]) * width;
    for (std::int64_t j = 0; j < width; ++j) row[j] += updates[i * width + j];
  }
}

template <class T>
void run_cumsum(const LibraryStep& s, const T* in, T* out) noexcept {
  const std::int64_t before = s.dims[0], n = s.dims[1], after = s.dims[2];
  const bool reverse = s.dims[3] != 0;
  for (std::int64_t b = 0; b < before; ++b) {
    for (std::int64_t step = 0; step < n; ++step) {
      const std::int64_t i = (b * n + (reverse ? n - 1 - step : step)) * after;
      const std::int64_t previous = reverse ? i + after : i - after;
      for (std::int64_t j = 0; j < after; ++j) out[i + j] = in[i + j] + (step == 0 ? T{0} : out[previous + j]);
    }
  }
}

template <class T>
void run_argreduce(const LibraryStep& s, const T* in, T* out) noexcept {
  const std::int64_t before = s.dims[0], n = s.dims[1], after = s.dims[2];
  const T sign = s.kind == 0 ? T{1} : T{-1};
  for (std::int64_t b = 0; b < before; ++b) {
    for (std::int64_t j = 0; j < after; ++j) {
      std::int64_t best = 0;
      const T* x = in + b * n * after + j;
      for (std::int64_t i = 1; i < n; ++i) {
        const T candidate = sign * x[i * after], leader = sign * x[best * after];
        if (candidate > leader || (std::isnan(candidate) && !std::isnan(leader))) best = i;
      }
      out[b * after + j] = static_cast<T>(best);
    }
  }
}

template <class T>
void run_sort_order(const LibraryStep& s, const T* in, T* out) noexcept {
  const std::int64_t n = s.dims[1];
  for (std::int64_t b = 0; b < s.dims[0]; ++b) {
    const T* x = in + b * n;
    T* o = out + b * n;
    std::iota(o, o + n, T{0});
    // NaN sorts last; equal keys keep their order.
    std::sort(o, o + n, [x](T i, T j) {
      const T a = x[static_cast<std::int64_t>(i)], c = x[static_cast<std::int64_t>(j)];
      if (std::isnan(a) || std::isnan(c)) return !std::isnan(a) || (std::isnan(c) && i < j);
      return a < c || (a == c && i < j);
    });
  }
}

template <class T>
void run_concat(const LibraryStep& s, const T* const* in, T* out) noexcept {
  const std::int64_t row = s.dims.back();
  for (std::int64_t b = 0; b < s.dims[0]; ++b) {
    for (std::size_t i = 0; i < s.targets.size(); ++i) {
      const std::int64_t width = s.dims[i + 1];
      std::memcpy(out + b * row + s.targets[i], in[i] + b * width, static_cast<std::size_t>(width) * sizeof(T));
    }
  }
}

template <class T>
void run_pad(const LibraryStep& s, const T* in, T* out) noexcept {
  const auto rank = static_cast<std::size_t>(s.dims[0]);
  std::int64_t total_in = 1, total_out = 1;
  std::int64_t stride_out[32], index[32] = {};
  for (std::size_t i = rank; i-- > 0;) {
    stride_out[i] = total_out;
    total_in *= s.dims[1 + 4 * i];
    total_out *= s.dims[2 + 4 * i];
  }
  std::fill_n(out, total_out, T{0});
  std::int64_t target = 0;
  for (std::size_t i = 0; i < rank; ++i) target += s.dims[3 + 4 * i] * stride_out[i];
  for (std::int64_t e = 0; e < total_in; ++e) {
    out[target] = in[e];
    for (std::size_t i = rank; i-- > 0;) {
      const std::int64_t step = s.dims[4 + 4 * i] * stride_out[i];
      target += step;
      if (++index[i] < s.dims[1 + 4 * i]) break;
      target -= index[i] * step;
      index[i] = 0;
    }
  }
}

template <class T>
void run_sampler(const LibraryStep& s, const T* const* in, T* out, const RunContext& context) noexcept {
  const RandomGeometry& g = s.random;
  std::int64_t i = 0;
  for (std::int64_t t = 0; t < g.draws; ++t) {
    for (std::int64_t b = 0; b < g.before; ++b) {
      for (std::int64_t r = 0; r < g.rows; ++r) {
        for (std::int64_t a = 0; a < g.after; ++a, ++i) {
          const RandomAddress address{context.row + static_cast<std::uint32_t>(r),
                                      static_cast<std::uint32_t>(b * g.after + a),
                                      context.draw + static_cast<std::uint32_t>(t), g.site};
          PhiloxStream stream(context.key, address);
          switch (g.kind) {
            case RandomKind::gamma:
              out[i] = static_cast<T>(sample_gamma(stream, static_cast<double>(in[0][i])));
              break;
            case RandomKind::poisson:
              out[i] = static_cast<T>(sample_poisson(stream, static_cast<double>(in[0][i])));
              break;
            case RandomKind::binomial:
              out[i] =
                  static_cast<T>(sample_binomial(stream, static_cast<double>(in[0][i]), static_cast<double>(in[1][i])));
              break;
            default:
              out[i] = static_cast<T>(kNaN);
              break;
          }
        }
      }
    }
  }
}

}  // namespace

RandomGeometry random_geometry(const Node& node) {
  RandomGeometry g;
  g.kind = static_cast<RandomKind>(node.kind);
  g.site = static_cast<std::uint32_t>(node.ints[0]);
  const auto leading = static_cast<std::size_t>(node.ints[2]);
  const std::int64_t row_axis = node.ints[1];
  for (std::size_t i = 0; i < node.shape.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    if (i < leading)
      g.draws *= node.shape[i];
    else if (row_axis >= 0 && at < row_axis)
      g.before *= node.shape[i];
    else if (at == row_axis)
      g.rows *= node.shape[i];
    else
      g.after *= node.shape[i];
  }
  return g;
}

template <class T>
void fill_random(const KernelSet<T>& kernels, const RandomGeometry& g, const RunContext& context, std::int64_t first,
                 T* out, std::int64_t n) noexcept {
  const auto kernel = g.kind == RandomKind::normal ? kernels.normal : kernels.uniform;
  while (n > 0) {
    // Decode (draw, before, row, after), then take the longest run along rows or elements.
    const std::int64_t a = first % g.after, r = first / g.after % g.rows;
    const std::int64_t b = first / (g.after * g.rows) % g.before, t = first / (g.after * g.rows * g.before);
    const bool along_row = g.after == 1 && g.rows > 1;
    std::int64_t run = along_row ? g.rows - r : g.after - a;
    if (g.rows == 1) run = g.before * g.after - (b * g.after + a);  // elements run on over `before`
    run = std::min(run, n);
    const RandomAddress address{context.row + static_cast<std::uint32_t>(r),
                                static_cast<std::uint32_t>(b * g.after + a),
                                context.draw + static_cast<std::uint32_t>(t), g.site};
    kernel(out, context.key, address, along_row, run);
    out += run;
    first += run;
    n -= run;
  }
}

template <class T>
void run_library_step(const LibraryStep& s, const KernelSet<T>& kernels, const T* const* in, T* const* out,
                      const RunContext& context) noexcept {
  switch (s.op) {
    case Op::matmul:
      return run_matmul(s, kernels, in, out[0]);
    case Op::cholesky:
      for (std::int64_t b = 0; b < s.dims[0]; ++b) {
        const std::int64_t at = b * s.dims[1] * s.dims[1];
        kernels.cholesky(out[0] + at, in[0] + at, s.dims[1]);
      }
      return;
    case Op::tri_solve:
      for (std::int64_t b = 0; b < s.dims[0]; ++b) {
        const std::int64_t n = s.dims[1], m = s.dims[2];
        kernels.tri_solve(out[0] + b * n * m, in[0] + b * n * n, in[1] + b * n * m, {n, m, s.dims[3] != 0});
      }
      return;
    case Op::reduce:
      return run_reduce(s, in[0], out[0]);
    case Op::logsumexp:
      return run_logsumexp(s, kernels, in[0], out[0]);
    case Op::gather:
      return run_gather(s, in[0], in[1], out[0]);
    case Op::scatter_add:
      return run_scatter_add(s, in[0], in[1], out[0]);
    case Op::cumsum:
      return run_cumsum(s, in[0], out[0]);
    case Op::argreduce:
      return run_argreduce(s, in[0], out[0]);
    case Op::sort_order:
      return run_sort_order(s, in[0], out[0]);
    case Op::concat:
      return run_concat(s, in, out[0]);
    case Op::pad:
      return run_pad(s, in[0], out[0]);
    case Op::random:
      return run_sampler(s, in, out[0], context);
    default:
      return;
  }
}

template void fill_random(const KernelSet<double>&, const RandomGeometry&, const RunContext&, std::int64_t, double*,
                          std::int64_t) noexcept;
template void fill_random(const KernelSet<float>&, const RandomGeometry&, const RunContext&, std::int64_t, float*,
                          std::int64_t) noexcept;
template void run_library_step(const LibraryStep&, const KernelSet<double>&, const double* const*, double* const*,
                               const RunContext&) noexcept;
template void run_library_step(const LibraryStep&, const KernelSet<float>&, const float* const*, float* const*,
                               const RunContext&) noexcept;

}  // namespace dolab::tensor
