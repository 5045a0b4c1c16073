#include "tensor/functions/host.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "dolab/error.hpp"

namespace dolab::tensor {

namespace {

/// Total order of numbers with NaN last and all NaN equal.
bool before(double a, double b) {
  if (std::isnan(a)) return false;
  return std::isnan(b) || a < b;
}

bool same(double a, double b) { return !before(a, b) && !before(b, a); }

Array integers(const std::vector<double>& values) { return Array::vector(values, DType::integer); }

std::vector<std::int64_t> sorted_positions(std::int64_t count,
                                           const std::function<bool(std::int64_t, std::int64_t)>& less) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), less);
  return order;
}

/// Groups of equal items along a sorted order: fills everything but `values`; returns the first position of each.
std::vector<std::int64_t> group(const std::vector<std::int64_t>& order,
                                const std::function<bool(std::int64_t, std::int64_t)>& equal, const Shape& shape,
                                Unique& out) {
  std::vector<double> index, counts;
  std::vector<std::int64_t> firsts;
  out.inverse = Array(DType::integer, shape);
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || !equal(order[i - 1], order[i])) {
      firsts.push_back(order[i]);
      index.push_back(static_cast<double>(order[i]));
      counts.push_back(0.0);
    }
    counts.back() += 1.0;
    out.inverse.mutable_data()[order[i]] = static_cast<double>(firsts.size() - 1);
  }
  out.index = integers(index);
  out.counts = integers(counts);
  return firsts;
}

std::vector<double> distinct_sorted(const Array& a) {
  std::vector<double> values = a.to_vector();
  std::sort(values.begin(), values.end(), before);
  values.erase(std::unique(values.begin(), values.end(), same), values.end());
  return values;
}

bool holds(const std::vector<double>& sorted, double x) {
  return !std::isnan(x) && std::binary_search(sorted.begin(), sorted.end(), x, before);
}

}  // namespace

Unique unique(const Array& a) {
  Unique out;
  const auto order = sorted_positions(a.size(), [&a](std::int64_t i, std::int64_t j) { return before(a[i], a[j]); });
  const auto firsts = group(
      order, [&a](std::int64_t i, std::int64_t j) { return same(a[i], a[j]); }, a.shape(), out);
  std::vector<double> values;
  for (const auto i : firsts) values.push_back(a[i]);
  out.values = Array::vector(values, a.dtype());
  return out;
}

Unique unique_rows(const Array& a) {
  if (a.rank() == 0) throw Error("E407", "a scalar has no rows", "");
  const std::int64_t rows = a.shape()[0], width = rows == 0 ? 0 : a.size() / rows;
  const auto compare = [&a, width](std::int64_t i, std::int64_t j) {
    for (std::int64_t k = 0; k < width; ++k) {
      const double x = a[i * width + k], y = a[j * width + k];
      if (before(x, y)) return -1;
      if (before(y, x)) return 1;
    }
    return 0;
  };
  Unique out;
  const auto order = sorted_positions(rows, [&compare](std::int64_t i, std::int64_t j) { return compare(i, j) < 0; });
  const auto firsts = group(
      order, [&compare](std::int64_t i, std::int64_t j) { return compare(i, j) == 0; }, {rows}, out);
  Shape shape = a.shape();
  shape[0] = static_cast<std::int64_t>(firsts.size());
  out.values = Array(a.dtype(), shape);
  for (std::size_t i = 0; i < firsts.size(); ++i) {
    std::copy_n(a.data() + firsts[i] * width, width, out.values.mutable_data() + static_cast<std::int64_t>(i) * width);
  }
  return out;
}

std::vector<Array> nonzero(const Array& a) {
  const Shape shape = a.rank() == 0 ? Shape{1} : a.shape();
  std::vector<std::vector<double>> codes(shape.size());
  for (std::int64_t i = 0; i < a.size(); ++i) {
    if (a[i] == 0.0) continue;
    std::int64_t left = i;
    for (std::size_t k = shape.size(); k-- > 0;) {
      codes[k].push_back(static_cast<double>(left % shape[k]));
      left /= shape[k];
    }
  }
  std::vector<Array> out;
  for (const auto& axis : codes) out.push_back(integers(axis));
  return out;
}

Array flat_nonzero(const Array& a) { return nonzero(a.reshaped({a.size()}))[0]; }

Array argwhere(const Array& a) {
  const auto codes = a.rank() == 0 ? std::vector<Array>{} : nonzero(a);
  const auto rank = static_cast<std::int64_t>(codes.size());
  const std::int64_t count = rank > 0 ? codes[0].size() : (a.item() != 0.0 ? 1 : 0);
  Array out(DType::integer, {count, rank});
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t k = 0; k < rank; ++k) out.mutable_data()[i * rank + k] = codes[static_cast<std::size_t>(k)][i];
  }
  return out;
}

Array setdiff1d(const Array& a, const Array& b) {
  const auto other = distinct_sorted(b);
  std::vector<double> out;
  for (const double x : distinct_sorted(a)) {
    if (!holds(other, x)) out.push_back(x);
  }
  return Array::vector(out, a.dtype());
}

Array intersect1d(const Array& a, const Array& b) {
  const auto other = distinct_sorted(b);
  std::vector<double> out;
  for (const double x : distinct_sorted(a)) {
    if (holds(other, x)) out.push_back(x);
  }
  return Array::vector(out, std::max(a.dtype(), b.dtype()));
}

Array union1d(const Array& a, const Array& b) {
  std::vector<double> values = a.to_vector();
  const auto more = b.to_vector();
  values.insert(values.end(), more.begin(), more.end());
  return Array::vector(distinct_sorted(Array::vector(values)), std::max(a.dtype(), b.dtype()));
}

Array isin(const Array& a, const Array& elements, bool invert) {
  const auto set = distinct_sorted(elements);
  Array out(DType::boolean, a.shape());
  for (std::int64_t i = 0; i < a.size(); ++i) out.mutable_data()[i] = holds(set, a[i]) != invert ? 1.0 : 0.0;
  return out;
}

Array bincount_values(const Array& codes, const Array* weights, std::int64_t min_length) {
  if (codes.rank() != 1 || (weights != nullptr && weights->shape() != codes.shape())) {
    throw Error("E407", "bincount needs a vector of codes and as many weights", "");
  }
  constexpr double kLargest = 1e9;
  double length = static_cast<double>(std::max<std::int64_t>(min_length, 0));
  for (std::int64_t i = 0; i < codes.size(); ++i) {
    if (!(codes[i] >= 0 && codes[i] < kLargest) || codes[i] != std::floor(codes[i])) {
      throw Error("E405", "bincount needs codes of at least 0 (entry " + std::to_string(i) + ")", "");
    }
    length = std::max(length, codes[i] + 1);
  }
  Array out(weights == nullptr ? DType::integer : DType::real, {static_cast<std::int64_t>(length)});
  for (std::int64_t i = 0; i < codes.size(); ++i) {
    out.mutable_data()[static_cast<std::int64_t>(codes[i])] += weights == nullptr ? 1.0 : (*weights)[i];
  }
  return out;
}

Array lexsort(const std::vector<Array>& keys) {
  if (keys.empty() || keys[0].rank() != 1) throw Error("E407", "lexsort needs vectors as keys", "");
  for (const auto& key : keys) {
    if (key.shape() != keys[0].shape()) throw Error("E407", "lexsort needs keys of one length", "");
  }
  const auto order = sorted_positions(keys[0].size(), [&keys](std::int64_t i, std::int64_t j) {
    for (std::size_t k = keys.size(); k-- > 0;) {
      if (before(keys[k][i], keys[k][j])) return true;
      if (before(keys[k][j], keys[k][i])) return false;
    }
    return false;
  });
  return integers(std::vector<double>(order.begin(), order.end()));
}

Array histogram(const Array& a, const Array& edges) {
  if (edges.rank() != 1 || edges.size() < 2 || !std::is_sorted(edges.data(), edges.data() + edges.size())) {
    throw Error("E407", "histogram needs at least two ascending edges", "");
  }
  const double* begin = edges.data();
  const double* end = begin + edges.size();
  Array out(DType::integer, {edges.size() - 1});
  for (std::int64_t i = 0; i < a.size(); ++i) {
    if (!(a[i] >= *begin && a[i] <= end[-1])) continue;
    const std::int64_t bin = std::upper_bound(begin, end, a[i]) - begin - 1;
    out.mutable_data()[std::min(bin, out.size() - 1)] += 1.0;
  }
  return out;
}

bool array_equal(const Array& a, const Array& b, bool equal_nan) {
  if (a.shape() != b.shape()) return false;
  for (std::int64_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && !(equal_nan && std::isnan(a[i]) && std::isnan(b[i]))) return false;
  }
  return true;
}

bool allclose(const Array& a, const Array& b, double rtol, double atol, bool equal_nan) {
  const Shape shape = broadcast_shapes(a.shape(), b.shape());
  const auto position = [&shape](const Array& x, std::int64_t i) {
    std::int64_t out = 0, stride = 1;
    for (std::size_t k = 0; k < shape.size(); ++k) {
      const std::int64_t extent = shape[shape.size() - 1 - k];
      const auto rank = x.shape().size();
      const std::int64_t own = k < rank ? x.shape()[rank - 1 - k] : 1;
      if (own != 1) out += (i % extent) * stride;
      stride *= own;
      i /= extent;
    }
    return out;
  };
  const std::int64_t count = element_count(shape);
  for (std::int64_t i = 0; i < count; ++i) {
    const double x = a[position(a, i)], y = b[position(b, i)];
    if (x == y || (equal_nan && std::isnan(x) && std::isnan(y))) continue;
    if (!(std::isfinite(x) && std::isfinite(y) && std::abs(x - y) <= atol + rtol * std::abs(y))) return false;
  }
  return true;
}

}  // namespace dolab::tensor
