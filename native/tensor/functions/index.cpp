#include "tensor/functions/index.hpp"

#include <algorithm>
#include <numeric>

#include "tensor/functions/host.hpp"
#include "tensor/functions/shape.hpp"
#include "tensor/functions/support.hpp"

namespace dolab::tensor {

using detail::integer;

IndexItem IndexItem::at(std::int64_t i) {
  IndexItem item;
  item.kind = Kind::integer;
  item.value = i;
  return item;
}

IndexItem IndexItem::range(std::optional<std::int64_t> start, std::optional<std::int64_t> stop,
                           std::optional<std::int64_t> step) {
  IndexItem item;
  item.start = start;
  item.stop = stop;
  item.step = step;
  return item;
}

IndexItem IndexItem::axis() {
  IndexItem item;
  item.kind = Kind::new_axis;
  return item;
}

IndexItem IndexItem::rest() {
  IndexItem item;
  item.kind = Kind::ellipsis;
  return item;
}

IndexItem IndexItem::of(const Tensor& array) {
  IndexItem item;
  item.kind = Kind::array;
  item.array = array;
  return item;
}

namespace {

using Kind = IndexItem::Kind;

bool is_full_slice(const IndexItem& item) {
  return item.kind == Kind::slice && !item.start && !item.stop && item.step.value_or(1) == 1;
}

[[noreturn]] void throw_out_of_range(std::int64_t i, std::int64_t axis, std::int64_t extent, bool one_based) {
  std::string message = "index " + std::to_string(i) + " is out of range for axis " + std::to_string(axis) + " with " +
                        std::to_string(extent) + (extent == 1 ? " entry" : " entries");
  if (one_based) message += "; the codes run from 1 to " + std::to_string(extent);
  throw Error("E405", message,
              one_based ? "codes must run from 0: subtract 1"
                        : "valid are " + std::to_string(-extent) + " to " + std::to_string(extent - 1) +
                              "; subtract 1 if the codes start at 1");
}

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

/// Number of axes of `a` that an item uses up.
std::int64_t consumed(const IndexItem& item) {
  switch (item.kind) {
    case Kind::integer:
    case Kind::slice: return 1;
    case Kind::new_axis:
    case Kind::ellipsis: return 0;
    case Kind::array: return item.array.dtype() == DType::boolean ? item.array.rank() : 1;
  }
  return 0;
}

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

/// Items without ellipsis or masks that cover every axis of a shape.
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

struct Range {
  std::int64_t start, count, step;
};

/// Python's slice.indices.
Range resolve_slice(const IndexItem& item, std::int64_t n) {
  const std::int64_t step = item.step.value_or(1);
  if (step == 0) throw Error("E406", "a slice step cannot be zero", "");
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

struct IndexedAxis {
  std::int64_t axis;
  Tensor array;
};

/// What remains after integers, slices and new axes: arrays on some axes of `base`.
struct PartialIndex {
  Tensor base;
  std::vector<IndexedAxis> arrays;
  std::int64_t place = 0;  // where the broadcast index axes go in the result
};

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
      case Kind::ellipsis: break;
    }
    source += consumed(item);
  }
  if (last - first + 1 != advanced) out.place = 0;
  return out;
}

/// Codes in 0 .. extent-1: negative ones wrap, then all are clamped.
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

/// Moves the first `count` axes to position `place`.
Tensor place_leading_axes(const Tensor& a, std::int64_t count, std::int64_t place) {
  if (place == 0 || count == 0) return a;
  std::vector<std::int64_t> permutation;
  for (std::int64_t i = 0; i < place; ++i) permutation.push_back(count + i);
  for (std::int64_t i = 0; i < count; ++i) permutation.push_back(i);
  for (std::int64_t i = count + place; i < a.rank(); ++i) permutation.push_back(i);
  return transpose(a, permutation);
}

/// base[..., arrays, ...] by one gather over the merged axes. The arrays are in range, or traced.
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

}  // namespace

Tensor index(const Tensor& a, const std::vector<IndexItem>& items) {
  const PartialIndex partial = apply_basic(a, complete_items(a.shape(), items));
  if (partial.arrays.empty()) return partial.base;
  for (const auto& [axis, array] : partial.arrays) {
    const std::int64_t extent = partial.base.extent(axis);
    if (array.is_constant()) {
      check_constant_range(array, axis, extent);
    } else if (extent == 0) {
      throw Error("E405", "an axis of extent 0 has no entry to index", "");
    }
  }
  return gather_axes(partial);
}

namespace {

Tensor combine(const Tensor& a, const Tensor& b, AtMode mode) {
  switch (mode) {
    case AtMode::set: return b;
    case AtMode::add: return a + b;
    case AtMode::multiply: return a * b;
    case AtMode::divide: return a / b;
    case AtMode::min: return minimum(a, b);
    case AtMode::max: return maximum(a, b);
  }
  return a;
}

double neutral(AtMode mode) {
  switch (mode) {
    case AtMode::min: return std::numeric_limits<double>::infinity();
    case AtMode::max: return -std::numeric_limits<double>::infinity();
    case AtMode::multiply:
    case AtMode::divide: return 1.0;
    case AtMode::set:
    case AtMode::add: return 0.0;
  }
  return 0.0;
}

/// A vector (rows) made to broadcast against (rows, rest...).
Tensor as_column(const Tensor& rows, std::int64_t rank) {
  Shape shape(static_cast<std::size_t>(rank), 1);
  shape[0] = rows.size();
  return detail::to_shape(rows, shape);
}

/// Constant codes: the k-th write to every row is one gather and one select.
Tensor update_rows_constant(const Tensor& a, const std::vector<std::int64_t>& codes, const Tensor& values,
                            AtMode mode) {
  const std::int64_t rows = a.extent(0);
  std::vector<std::vector<std::int64_t>> writes(static_cast<std::size_t>(rows));
  std::size_t rounds = 0;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] < 0 || codes[i] >= rows) continue;
    auto& list = writes[static_cast<std::size_t>(codes[i])];
    if (mode == AtMode::set) list.clear();
    list.push_back(static_cast<std::int64_t>(i));
    rounds = std::max(rounds, list.size());
  }
  Tensor out = a;
  for (std::size_t round = 0; round < rounds; ++round) {
    std::vector<std::int64_t> source;
    std::vector<double> hit;
    for (const auto& list : writes) {
      source.push_back(round < list.size() ? list[round] : 0);
      hit.push_back(round < list.size() ? 1.0 : 0.0);
    }
    const Tensor mask = a.graph().constant(Array::vector(hit, DType::boolean));
    const Tensor fresh = index(values, {IndexItem::of(detail::integers(a.graph(), source))});
    out = select(as_column(mask, a.rank()), combine(out, fresh, mode), out);
  }
  return out;
}

/// Traced codes (already wrapped): every row looks for its writes.
Tensor update_rows_traced(const Tensor& a, const Tensor& codes, const Tensor& values, AtMode mode) {
  Graph& graph = a.graph();
  const std::int64_t rows = a.extent(0), count = codes.size();
  if (count == 1) {
    const Tensor hit = equal(arange(graph, rows), codes);
    return select(as_column(hit, a.rank()), combine(a, values, mode), a);
  }
  const Tensor hit = equal(expand_dims(codes, 1), expand_dims(arange(graph, rows), 0));  // (count, rows)
  if (mode == AtMode::set) {
    const Tensor order = select(hit, expand_dims(arange(graph, count), 1), integer(graph, -1));
    const Tensor winner = reduce(Reduction::max, order, {0});
    const Tensor fresh = gather(values, maximum(winner, integer(graph, 0)));
    return select(as_column(winner >= integer(graph, 0), a.rank()), fresh, a);
  }
  Shape wide{count, rows};
  wide.resize(static_cast<std::size_t>(a.rank() + 1), 1);
  const Tensor spread = select(reshape(hit, wide), expand_dims(values, 1), detail::scalar_like(values, neutral(mode)));
  const Reduction kind = mode == AtMode::min ? Reduction::min : mode == AtMode::max ? Reduction::max : Reduction::prod;
  return combine(a, reduce(kind, spread, {0}), mode);
}

/// a (rows, rest...) with values (count, rest...) written at codes (count); codes out of range are dropped.
Tensor update_rows(const Tensor& a, const Tensor& codes, const Tensor& values, AtMode mode) {
  Graph& graph = a.graph();
  const std::int64_t rows = a.extent(0);
  if (rows == 0 || codes.size() == 0) return a;
  if (codes.is_constant() && mode != AtMode::add) {
    const Array& host = codes.value();
    std::vector<std::int64_t> wrapped;
    for (std::int64_t i = 0; i < host.size(); ++i) {
      wrapped.push_back(static_cast<std::int64_t>(host[i] < 0 ? host[i] + static_cast<double>(rows) : host[i]));
    }
    return update_rows_constant(a, wrapped, values, mode);
  }
  const Tensor wrapped = select(codes < integer(graph, 0), codes + integer(graph, rows), codes);
  if (mode == AtMode::add) {
    const Tensor inside = logical_and(wrapped >= integer(graph, 0), wrapped < integer(graph, rows));
    return a + scatter_add(select(inside, wrapped, integer(graph, rows)), values, rows);
  }
  return update_rows_traced(a, wrapped, values, mode);
}

/// a.at[mask].op(scalar).
Tensor update_masked(const Tensor& a, const Tensor& mask, const Tensor& value, AtMode mode) {
  if (mask.rank() > a.rank() || !std::equal(mask.shape().begin(), mask.shape().end(), a.shape().begin())) {
    throw Error(
        "E405",
        "a mask of shape " + to_string(mask.shape()) + " does not fit an array of shape " + to_string(a.shape()),
        "a mask must have the leading extents of the array");
  }
  Shape shape = mask.shape();
  shape.resize(a.shape().size(), 1);
  const Tensor scalar = detail::to_shape(value, {});
  return select(detail::to_shape(mask, shape), combine(a, scalar, mode), a);
}

/// True if the items are one array and full slices; `axis` is the array's.
bool single_array(const std::vector<IndexItem>& items, std::int64_t& axis) {
  std::int64_t arrays = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].kind == Kind::array) {
      ++arrays;
      axis = static_cast<std::int64_t>(i);
    } else if (!is_full_slice(items[i])) {
      return false;
    }
  }
  return arrays == 1;
}

/// One indexed axis: it comes first, the rest is carried along.
Tensor update_axis(const Tensor& a, std::int64_t axis, const Tensor& codes, const Tensor& value, AtMode mode) {
  const std::int64_t width = codes.rank();
  Shape target(a.shape().begin(), a.shape().begin() + axis);
  target.insert(target.end(), codes.shape().begin(), codes.shape().end());
  target.insert(target.end(), a.shape().begin() + axis + 1, a.shape().end());
  Tensor values = broadcast_to(value, target);
  std::vector<std::int64_t> permutation;
  for (std::int64_t i = 0; i < width; ++i) permutation.push_back(axis + i);
  for (std::int64_t i = 0; i < values.rank(); ++i) {
    if (i < axis || i >= axis + width) permutation.push_back(i);
  }
  if (axis > 0) values = transpose(values, permutation);
  Tensor rows = a;
  if (axis > 0) {
    std::vector<std::int64_t> forward{axis};
    for (std::int64_t i = 0; i < a.rank(); ++i) {
      if (i != axis) forward.push_back(i);
    }
    rows = transpose(a, forward);
  }
  Shape flat{codes.size()};
  flat.insert(flat.end(), rows.shape().begin() + 1, rows.shape().end());
  const Tensor out = update_rows(rows, detail::to_shape(codes, {codes.size()}), reshape(values, flat), mode);
  return place_leading_axes(out, 1, axis);
}

/// The general form: writes at flat positions, found by indexing the position numbers themselves.
Tensor update_positions(const Tensor& a, std::vector<IndexItem> items, const Tensor& value, AtMode mode) {
  if (a.size() == 0) return a;
  Graph& graph = a.graph();
  std::int64_t axis = 0;
  Tensor valid;
  for (auto& item : items) {
    const std::int64_t n = item.kind == Kind::new_axis ? 0 : a.extent(axis);
    if (item.kind == Kind::integer && (item.value < -n || item.value >= n)) return a;
    if (item.kind == Kind::array) {
      const Tensor inside = logical_and(item.array >= integer(graph, -n), item.array < integer(graph, n));
      valid = valid.defined() ? logical_and(valid, inside) : inside;
      item.array = clamp_codes(item.array, n);
    }
    axis += consumed(item);
  }
  const PartialIndex partial = apply_basic(reshape(arange(graph, a.size()), a.shape()), items);
  Tensor positions = partial.base;
  if (!partial.arrays.empty()) {
    positions = gather_axes(partial);
    Shape shape = valid.shape();
    shape.resize(static_cast<std::size_t>(positions.rank() - partial.place), 1);
    positions = select(reshape(valid, shape), positions, integer(graph, a.size()));
  }
  const Tensor values = detail::flatten(broadcast_to(value, positions.shape()));
  return reshape(update_rows(detail::flatten(a), detail::flatten(positions), values, mode), a.shape());
}

}  // namespace

Tensor at_update(const Tensor& a, const std::vector<IndexItem>& items, const Tensor& value, AtMode mode) {
  const Tensor fitted = value.dtype() == a.dtype() ? value : cast(value, a.dtype());
  const bool leading_mask = !items.empty() && items[0].kind == Kind::array &&
                            items[0].array.dtype() == DType::boolean && fitted.size() == 1 &&
                            std::all_of(items.begin() + 1, items.end(), [](const IndexItem& item) {
                              return is_full_slice(item) || item.kind == Kind::ellipsis;
                            });
  const auto keep_kind = [&](const Tensor& out) { return out.dtype() == a.dtype() ? out : cast(out, a.dtype()); };
  if (leading_mask && fitted.rank() == 0) return keep_kind(update_masked(a, items[0].array, fitted, mode));
  const auto complete = complete_items(a.shape(), items);
  std::int64_t axis = 0;
  if (single_array(complete, axis)) {
    return keep_kind(update_axis(a, axis, complete[static_cast<std::size_t>(axis)].array, fitted, mode));
  }
  return keep_kind(update_positions(a, complete, fitted, mode));
}

}  // namespace dolab::tensor
