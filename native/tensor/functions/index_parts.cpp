#include "tensor/functions/index_parts.hpp"

#include <algorithm>
#include <optional>

#include "tensor/functions/host.hpp"
#include "tensor/functions/support.hpp"

namespace dolab::tensor::detail {

using Kind = IndexItem::Kind;

bool is_full_slice(const IndexItem& item) {
  return item.kind == Kind::slice && !item.start && !item.stop && item.step.value_or(1) == 1;
}

namespace {

[[noreturn]] void throw_out_of_range(std::int64_t i, std::int64_t axis, std::int64_t extent, bool one_based) {
  std::string message = "index " + std::to_string(i) + " is out of range for axis " + std::to_string(axis) + " with " +
                        std::to_string(extent) + (extent == 1 ? " entry" : " entries");
  if (one_based) message += "; the codes run from 1 to " + std::to_string(extent);
  throw Error("E405", message,
              one_based ? "codes must run from 0: subtract 1"
                        : "valid are " + std::to_string(-extent) + " to " + std::to_string(extent - 1) +
                              "; subtract 1 if the codes start at 1");
}

}  // namespace

void check_constant_range(const Tensor& array, std::int64_t axis, std::int64_t extent) {
  const Array& codes = array.value();
  double low = 0, high = 0, bad = 0;
  bool outside = false;
  for (std::int64_t i = 0; i < codes.size(); ++i) {
    low = i == 0 ? codes[i] : std::min(low, codes[i]);
    high = i == 0 ? codes[i] : std::max(high, codes[i]);
    if (!outside && (codes[i] < static_cast<double>(-extent) || codes[i] >= static_cast<double>(extent))) {
      outside = true;
      bad = codes[i];
    }
  }
  const bool one_based = low == 1 && high == static_cast<double>(extent);
  if (outside) throw_out_of_range(static_cast<std::int64_t>(bad), axis, extent, one_based);
}

std::int64_t consumed(const IndexItem& item) {
  switch (item.kind) {
    case Kind::integer:
    case Kind::slice:
      return 1;
    case Kind::new_axis:
    case Kind::ellipsis:
      return 0;
    case Kind::array:
      return item.array.dtype() == DType::boolean ? item.array.rank() : 1;
  }
  return 0;
}

namespace {

/// A constant mask as one integer vector per axis that it covers.
void append_mask(const Tensor& mask, const Shape& covered, std::vector<IndexItem>& out) {
  if (!mask.is_constant()) {
    throw Error("E304", "boolean indexing needs a mask that is known while the model is built",
                "jnp.where(mask, a, b), or .mask(mask) on the distribution");
  }
  if (mask.rank() == 0) throw Error("E406", "a boolean scalar is not an index", "use a[None] or a[0:0]");
  if (mask.shape() != covered) {
    throw Error(
        "E405",
        "a boolean index of shape " + to_string(mask.shape()) + " does not fit axes of extents " + to_string(covered),
        "a mask must have the extents of the axes it selects from");
  }
  for (const auto& codes : nonzero(mask.value())) out.push_back(IndexItem::of(mask.graph().constant(codes)));
}

}  // namespace

std::vector<IndexItem> complete_items(const Shape& shape, const std::vector<IndexItem>& items) {
  const auto rank = static_cast<std::int64_t>(shape.size());
  std::int64_t used = 0, ellipses = 0;
  for (const auto& item : items) {
    used += consumed(item);
    ellipses += item.kind == Kind::ellipsis ? 1 : 0;
  }
  if (ellipses > 1) throw Error("E406", "an index can have only one ellipsis", "write : for the other axes");
  if (used > rank) {
    throw Error("E406",
                "too many indices: the array has rank " + std::to_string(rank) + ", but " + std::to_string(used) +
                    (used == 1 ? " axis is" : " axes are") + " indexed",
                "remove indices, or check the shape");
  }
  std::vector<IndexItem> out;
  std::int64_t axis = 0;
  const auto fill = [&](std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) out.push_back(IndexItem::range());
    axis += count;
  };
  for (const auto& item : items) {
    if (item.kind == Kind::ellipsis) {
      fill(rank - used);
      continue;
    }
    const auto width = consumed(item);
    if (item.kind == Kind::array && item.array.dtype() == DType::boolean) {
      append_mask(item.array, Shape(shape.begin() + axis, shape.begin() + axis + width), out);
    } else {
      if (item.kind == Kind::array && item.array.dtype() == DType::real && item.array.size() > 0) {
        throw Error("E209", "an index array must hold integers, not real numbers", "convert it with .astype(int)");
      }
      out.push_back(item);
    }
    axis += width;
  }
  if (axis < rank) fill(rank - axis);
  return out;
}

namespace {

struct Range {
  std::int64_t start, count, step;
};

/// Python's slice.indices.
Range resolve_slice(const IndexItem& item, std::int64_t n) {
  const std::int64_t step = std::clamp(item.step.value_or(1), -n - 1, n + 1);  // a longer one reads no more
  if (item.step == 0) throw Error("E406", "a slice step cannot be zero", "");
  const std::int64_t low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
  const auto bound = [&](const std::optional<std::int64_t>& value, std::int64_t otherwise) {
    if (!value) return otherwise;
    return std::clamp(*value < 0 ? *value + n : *value, low, high);
  };
  const std::int64_t start = bound(item.start, step > 0 ? 0 : n - 1);
  const std::int64_t stop = bound(item.stop, step > 0 ? n : -1);
  const std::int64_t span = step > 0 ? stop - start : start - stop;
  const std::int64_t stride = step > 0 ? step : -step;
  const std::int64_t count = span > 0 ? (span - 1) / stride + 1 : 0;
  return count == 0 ? Range{0, 0, 1} : Range{start, count, step};
}

Tensor apply_slice(const Tensor& a, std::int64_t axis, const IndexItem& item) {
  const Range range = resolve_slice(item, a.extent(axis));
  if (range.start == 0 && range.step == 1 && range.count == a.extent(axis)) return a;
  return slice_axis(a, axis, range.start, range.count, range.step);
}

}  // namespace

PartialIndex apply_basic(const Tensor& a, const std::vector<IndexItem>& items) {
  PartialIndex out{a, {}, 0};
  std::int64_t axis = 0, kept = 0, source = 0, first = -1, last = -1, advanced = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& item = items[i];
    if (item.kind == Kind::integer || item.kind == Kind::array) {
      if (first < 0) {
        first = static_cast<std::int64_t>(i);
        out.place = kept;
      }
      last = static_cast<std::int64_t>(i);
      ++advanced;
    }
    switch (item.kind) {
      case Kind::integer: {
        const std::int64_t n = out.base.extent(axis);
        if (item.value < -n || item.value >= n) throw_out_of_range(item.value, source, n, false);
        out.base = take_axis(out.base, axis, item.value);
        break;
      }
      case Kind::slice:
        out.base = apply_slice(out.base, axis, item);
        ++axis;
        ++kept;
        break;
      case Kind::new_axis:
        out.base = expand_dims(out.base, axis);
        ++axis;
        ++kept;
        break;
      case Kind::array:
        out.arrays.push_back({axis, item.array});
        ++axis;
        break;
      case Kind::ellipsis:
        break;
    }
    source += consumed(item);
  }
  if (last - first + 1 != advanced) out.place = 0;
  return out;
}

Tensor clamp_codes(const Tensor& codes, std::int64_t extent) {
  if (codes.is_constant()) {
    const Array& values = codes.value();
    Array out(DType::integer, values.shape());
    const auto n = static_cast<double>(extent);
    for (std::int64_t i = 0; i < values.size(); ++i) {
      const double wrapped = values[i] < 0 ? values[i] + n : values[i];
      out.mutable_data()[i] = std::clamp(wrapped, 0.0, n - 1);
    }
    return codes.graph().constant(out);
  }
  const Tensor zero = integer(codes.graph(), 0);
  const Tensor wrapped = select(codes < zero, codes + integer(codes.graph(), extent), codes);
  return minimum(maximum(wrapped, zero), integer(codes.graph(), extent - 1));
}

namespace {

/// A constant vector of equally spaced codes is a slice: no gather, and no scatter in the derivative.
std::optional<Range> arithmetic_range(const Tensor& array, std::int64_t extent) {
  if (!array.is_constant() || array.rank() != 1 || array.size() == 0) return {};
  const Array& values = array.value();
  const auto code = [&](std::int64_t i) {
    const auto c = static_cast<std::int64_t>(values[i]);
    return c < 0 ? c + extent : c;
  };
  const std::int64_t step = values.size() > 1 ? code(1) - code(0) : 1;
  if (step == 0) return {};
  for (std::int64_t i = 1; i < values.size(); ++i) {
    if (code(i) - code(i - 1) != step) return {};
  }
  return Range{code(0), values.size(), step};
}

}  // namespace

Tensor place_leading_axes(const Tensor& a, std::int64_t count, std::int64_t place) {
  if (place == 0 || count == 0) return a;
  std::vector<std::int64_t> permutation;
  for (std::int64_t i = 0; i < place; ++i) permutation.push_back(count + i);
  for (std::int64_t i = 0; i < count; ++i) permutation.push_back(i);
  for (std::int64_t i = count + place; i < a.rank(); ++i) permutation.push_back(i);
  return transpose(a, permutation);
}

Tensor gather_axes(const PartialIndex& partial) {
  const Tensor& base = partial.base;
  if (partial.arrays.size() == 1) {
    const auto& [axis, array] = partial.arrays.front();
    if (const auto range = arithmetic_range(array, base.extent(axis)); range && axis == partial.place) {
      if (range->start == 0 && range->step == 1 && range->count == base.extent(axis)) return base;
      return slice_axis(base, axis, range->start, range->count, range->step);
    }
  }
  std::vector<std::int64_t> permutation;
  Shape rest;
  for (const auto& indexed : partial.arrays) permutation.push_back(indexed.axis);
  for (std::int64_t i = 0; i < base.rank(); ++i) {
    if (std::find(permutation.begin(), permutation.begin() + static_cast<std::ptrdiff_t>(partial.arrays.size()), i) ==
        permutation.begin() + static_cast<std::ptrdiff_t>(partial.arrays.size())) {
      permutation.push_back(i);
      rest.push_back(base.extent(i));
    }
  }
  Tensor table = std::is_sorted(permutation.begin(), permutation.end()) ? base : transpose(base, permutation);
  Tensor codes = partial.arrays.front().array;
  if (codes.dtype() == DType::real) codes = cast(codes, DType::integer);
  if (partial.arrays.size() > 1) {
    std::int64_t rows = base.extent(partial.arrays.front().axis);
    codes = clamp_codes(codes, rows);
    for (std::size_t k = 1; k < partial.arrays.size(); ++k) {
      const std::int64_t extent = base.extent(partial.arrays[k].axis);
      codes = codes * integer(base.graph(), extent) + clamp_codes(partial.arrays[k].array, extent);
      rows *= extent;
    }
    Shape merged{rows};
    merged.insert(merged.end(), rest.begin(), rest.end());
    table = reshape(table, merged);
  }
  return place_leading_axes(gather(table, codes), codes.rank(), partial.place);
}

}  // namespace dolab::tensor::detail
