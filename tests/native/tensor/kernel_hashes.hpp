// One hash per strict kernel over fixed inputs: normal, huge, tiny, subnormal, infinite, NaN. The numbers come from
// Philox alone, so that any build on any machine, WebAssembly included, must print the same lines.
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/philox.hpp"
#include "tensor/kernels/kernels.hpp"

namespace dolab::tensor::testing {

inline std::uint64_t hash_words(std::uint64_t hash, const void* data, std::size_t bytes) {
  const auto* p = static_cast<const unsigned char*>(data);
  for (std::size_t i = 0; i < bytes; ++i) hash = (hash ^ p[i]) * 0x100000001b3u;
  return hash;
}
/// FNV-1a 64 of the bytes, every NaN replaced by one and the same.
template <class T>
std::uint64_t hash_values(const std::vector<T>& values) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (T v : values) {
    if (v != v) {
      const std::uint64_t nan = 0x7ff8000000000000u;
      hash = hash_words(hash, &nan, sizeof nan);
    } else {
      hash = hash_words(hash, &v, sizeof v);
    }
  }
  return hash;
}

template <class T>
std::vector<T> hash_inputs(std::uint32_t stream) {
  using Limits = std::numeric_limits<T>;
  static const double scales[] = {1e-3, 0.1, 1, 10, 100, 1000, 1e5, 1e9};
  std::vector<T> x = {T(0),
                      T(-0.0),
                      T(1),
                      T(-1),
                      T(2),
                      T(0.5),
                      T(-0.5),
                      Limits::infinity(),
                      -Limits::infinity(),
                      Limits::quiet_NaN(),
                      Limits::min(),
                      Limits::denorm_min(),
                      Limits::max(),
                      Limits::lowest()};
  for (std::uint32_t i = 0; i < 2000; ++i) {
    const auto words = philox(17, {i, stream, 0, 0});
    T value;
    std::memcpy(&value, words.data(), sizeof value);
    if (i % 4 != 0) value = static_cast<T>((to_uniform(words[0]) - 0.5) * scales[words[1] % 8]);
    x.push_back(value);
  }
  return x;
}

/// (kernel, hash) for every kernel of the set; names are numbers of the enumerations in kernels.hpp.
template <class T>
std::vector<std::pair<std::string, std::uint64_t>> kernel_hashes(const KernelSet<T>& set) {
  const std::string type = sizeof(T) == 8 ? "f64 " : "f32 ";
  std::vector<std::pair<std::string, std::uint64_t>> out;
  std::vector<T> a = hash_inputs<T>(1), b = hash_inputs<T>(2), c = hash_inputs<T>(3), y(a.size());
  // Shifted against each other, so that special values meet ordinary ones.
  b.insert(b.begin(), {T(3), T(-7)});
  c.insert(c.begin(), {T(0), T(1), T(0)});
  const auto n = static_cast<std::int64_t>(a.size());
  const auto put = [&](const std::string& name) { out.emplace_back(type + name, hash_values(y)); };
  for (int op = 0; op < kUnaryCount; ++op) {
    set.unary[op](y.data(), a.data(), n);
    put("unary " + std::to_string(op));
  }
  for (int op = 0; op < kBinaryCount; ++op) {
    set.binary_vv[op](y.data(), a.data(), b.data(), n);
    put("binary " + std::to_string(op));
  }
  set.multiply_add[0](y.data(), a.data(), b.data(), c.data(), n);
  put("multiply_add");
  set.select[0](y.data(), c.data(), a.data(), b.data(), n);
  put("select");
  for (const bool along_row : {false, true}) {
    set.uniform(y.data(), 99, {0xfffffff0u, 0xfffffff0u, 5, 6}, along_row, n);
    put(along_row ? "uniform along rows" : "uniform along elements");
    set.normal(y.data(), 99, {1, 2, 3, 4}, along_row, n);
    put(along_row ? "normal along rows" : "normal along elements");
  }
  // The rest on ordinary numbers: y holds normals now.
  const std::vector<T> x = y;
  std::vector<double> sums;
  for (const std::int64_t size : {5, 100, 256}) {
    for (const auto reduce : set.reduce) sums.push_back(reduce(x.data(), size));
    sums.push_back(set.dot(x.data(), x.data() + 300, size));
  }
  out.emplace_back(type + "reductions", hash_values(sums));
  std::vector<T> eta(200);
  std::vector<double> gradient(7);
  set.panel_dot(eta.data(), x.data(), x.data() + 100, 7, 200);
  set.panel_tdot(gradient.data(), x.data(), x.data() + 50, 7, 200);
  out.emplace_back(type + "panel_dot", hash_values(eta));
  out.emplace_back(type + "panel_tdot", hash_values(gradient));
  std::vector<T> m(x.size()), v(x.size());
  for (int step = 0; step < 3; ++step) {
    set.adam(y.data(), m.data(), v.data(), x.data(), {T(0.01), T(0.9), T(0.999), T(1e-8), T(3), T(7)}, n);
  }
  put("adam");
  return out;
}

}  // namespace dolab::tensor::testing
