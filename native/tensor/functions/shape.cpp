#include "tensor/functions/shape.hpp"

#include <algorithm>
#include <numeric>

#include "tensor/functions/index.hpp"
#include "tensor/functions/support.hpp"

namespace dolab::tensor {

namespace {

Tensor sliced(const Tensor& a, std::int64_t axis, std::int64_t start, std::int64_t count) {
  return count == 0 ? slice_axis(a, axis, 0, 0) : slice_axis(a, axis, start, count);
}

}  // namespace

// ---- repetition and padding ------------------------------------------------------------------------------

Tensor tile(const Tensor& a, const std::vector<std::int64_t>& counts) {
  const std::size_t rank = std::max(a.shape().size(), counts.size());
  Shape split, wide, merged;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::size_t from_right = rank - i;
    const std::int64_t n = from_right > a.shape().size() ? 1 : a.shape()[a.shape().size() - from_right];
    const std::int64_t count = from_right > counts.size() ? 1 : counts[counts.size() - from_right];
    detail::check_extent(a.graph(), count, "a count of tile");
    if (count != 1) {
      split.push_back(1);
      wide.push_back(count);
    }
    split.push_back(n);
    wide.push_back(n);
    merged.push_back(count * n);
  }
  return reshape(broadcast_to(reshape(a, split), wide), merged);
}

Tensor repeat(const Tensor& a, std::int64_t count, std::optional<std::int64_t> axis) {
  detail::check_extent(a.graph(), count, "a count of repeat");
  if (!axis) return repeat(detail::flatten(a), count, 0);
  const std::int64_t at = detail::normalize_axis(*axis, a.rank());
  Shape wide = a.shape(), merged = a.shape();
  wide.insert(wide.begin() + at + 1, count);
  merged[static_cast<std::size_t>(at)] *= count;
  return reshape(broadcast_to(expand_dims(a, at + 1), wide), merged);
}

Tensor repeat(const Tensor& a, const std::vector<std::int64_t>& counts, std::optional<std::int64_t> axis) {
  if (!axis) return repeat(detail::flatten(a), counts, 0);
  const std::int64_t at = detail::normalize_axis(*axis, a.rank());
  if (counts.size() == 1) return repeat(a, counts[0], at);
  if (static_cast<std::int64_t>(counts.size()) != a.extent(at)) {
    throw Error(
        "E407",
        "repeat got " + std::to_string(counts.size()) + " counts for an axis of extent " + std::to_string(a.extent(at)),
        "");
  }
  std::vector<std::int64_t> source;
  std::int64_t length = 0;
  for (const auto count : counts) {
    detail::check_extent(a.graph(), count, "a count of repeat");
    length += count;
    detail::check_extent(a.graph(), length, "the length after repeat");
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    source.insert(source.end(), static_cast<std::size_t>(counts[i]), static_cast<std::int64_t>(i));
  }
  std::vector<IndexItem> items(static_cast<std::size_t>(at), IndexItem::range());
  items.push_back(IndexItem::of(detail::integers(a.graph(), source)));
  return index(a, items);
}

namespace {

PadWidths full_widths(const Tensor& a, const PadWidths& widths) {
  PadWidths out = widths;
  if (widths.size() == 1) out.assign(a.shape().size(), widths[0]);
  if (out.size() != a.shape().size()) {
    throw Error("E407",
                "pad got " + std::to_string(widths.size()) + " widths for an array of rank " + std::to_string(a.rank()),
                "give one (before, after) pair per axis");
  }
  for (const auto& [before, after] : out) {
    detail::check_extent(a.graph(), before, "a pad width");
    detail::check_extent(a.graph(), after, "a pad width");
  }
  return out;
}

/// `out` longer by `width` (before, after) along `axis`; part(after) broadcasts to what is joined on that side.
template <class Part>
Tensor extended(const Tensor& out, std::int64_t axis, std::pair<std::int64_t, std::int64_t> width, Part part) {
  const auto filled = [&](bool after, std::int64_t count) {
    Shape shape = out.shape();
    shape[static_cast<std::size_t>(axis)] = count;
    return broadcast_to(part(after), shape);
  };
  std::vector<Tensor> parts;
  if (width.first > 0) parts.push_back(filled(false, width.first));
  parts.push_back(out);
  if (width.second > 0) parts.push_back(filled(true, width.second));
  return parts.size() == 1 ? out : concat(parts, axis);
}

}  // namespace

Tensor pad(const Tensor& a, const PadWidths& widths, const Tensor& value) {
  const PadWidths each = full_widths(a, widths);
  if (value.size() != 1) {
    const Tensor values = broadcast_to(cast(value, a.dtype()), {a.rank(), 2});
    Tensor out = a;
    for (std::int64_t axis = 0; axis < a.rank(); ++axis) {
      out = extended(out, axis, each[static_cast<std::size_t>(axis)], [&](bool after) {
        return reshape(slice_axis(slice_axis(values, 0, axis, 1), 1, after ? 1 : 0, 1), {});
      });
    }
    return out;
  }
  std::vector<std::int64_t> low, high;
  for (const auto& [before, after] : each) {
    low.push_back(before);
    high.push_back(after);
  }
  const Tensor padded = pad_zeros(a, low, high);
  if (padded.shape() == a.shape()) return a;
  const bool zero = value.is_constant() && value.size() == 1 && value.value()[0] == 0.0;
  if (zero) return padded;
  const Tensor inside = pad_zeros(full(a.graph(), a.shape(), 1.0, DType::boolean), low, high);
  return select(inside, padded, reshape(cast(value, a.dtype()), {}));
}

Tensor pad_edge(const Tensor& a, const PadWidths& widths) {
  const PadWidths each = full_widths(a, widths);
  Tensor out = a;
  for (std::int64_t axis = 0; axis < a.rank(); ++axis) {
    const auto width = each[static_cast<std::size_t>(axis)];
    if (width.first == 0 && width.second == 0) continue;
    if (a.extent(axis) == 0) throw Error("E407", "an empty axis has no edge to repeat", "");
    out = extended(out, axis, width,
                   [&](bool after) { return slice_axis(out, axis, after ? out.extent(axis) - 1 : 0, 1); });
  }
  return out;
}

// ---- joining and splitting ---------------------------------------------------------------------------------

Tensor concatenate(const std::vector<Tensor>& parts, std::optional<std::int64_t> axis) {
  if (parts.empty()) throw Error("E407", "need at least one array to concatenate", "");
  std::vector<Tensor> ready = detail::promote(parts);
  if (!axis) {
    for (auto& part : ready) part = detail::flatten(part);
  }
  return concat(ready, axis.value_or(0));
}

namespace {

template <class F>
std::vector<Tensor> mapped(const std::vector<Tensor>& parts, F f) {
  std::vector<Tensor> out;
  for (const auto& part : parts) out.push_back(f(part));
  return out;
}

}  // namespace

Tensor hstack(const std::vector<Tensor>& parts) {
  const auto ready = mapped(parts, atleast_1d);
  return concatenate(ready, ready.empty() || ready[0].rank() == 1 ? 0 : 1);
}

Tensor vstack(const std::vector<Tensor>& parts) { return concatenate(mapped(parts, atleast_2d), 0); }
Tensor dstack(const std::vector<Tensor>& parts) { return concatenate(mapped(parts, atleast_3d), 2); }

Tensor column_stack(const std::vector<Tensor>& parts) {
  return concatenate(mapped(parts,
                            [](const Tensor& part) {
                              return part.rank() >= 2 ? part : detail::to_shape(part, {part.size(), 1});
                            }),
                     1);
}

Tensor append(const Tensor& a, const Tensor& values, std::optional<std::int64_t> axis) {
  return concatenate({a, values}, axis);
}

std::vector<Tensor> split(const Tensor& a, std::int64_t sections, std::int64_t axis, bool uneven) {
  const std::int64_t n = a.extent(axis);
  if (sections <= 0 || (!uneven && n % sections != 0)) {
    throw Error(
        "E407",
        "an axis of extent " + std::to_string(n) + " does not split into " + std::to_string(sections) + " equal parts",
        "array_split allows unequal parts");
  }
  std::vector<Tensor> out;
  std::int64_t start = 0;
  for (std::int64_t i = 0; i < sections; ++i) {
    const std::int64_t count = n / sections + (i < n % sections ? 1 : 0);
    out.push_back(sliced(a, axis, start, count));
    start += count;
  }
  return out;
}

std::vector<Tensor> split_at(const Tensor& a, const std::vector<std::int64_t>& positions, std::int64_t axis) {
  std::vector<Tensor> out;
  std::int64_t start = 0;
  const std::int64_t n = a.extent(axis);
  for (std::size_t i = 0; i <= positions.size(); ++i) {
    std::int64_t stop = i < positions.size() ? positions[i] : n;
    stop = std::clamp<std::int64_t>(stop < 0 ? stop + n : stop, 0, n);
    out.push_back(sliced(a, axis, start, std::max<std::int64_t>(stop - start, 0)));
    start = stop;
  }
  return out;
}

std::vector<Tensor> unstack(const Tensor& a, std::int64_t axis) {
  std::vector<Tensor> out;
  for (std::int64_t i = 0; i < a.extent(axis); ++i) out.push_back(take_axis(a, axis, i));
  return out;
}

// ---- rearranging ----------------------------------------------------------------------------------------------

Tensor ravel(const Tensor& a) { return detail::flatten(a); }

Tensor moveaxis(const Tensor& a, const std::vector<std::int64_t>& source, const std::vector<std::int64_t>& target) {
  if (source.size() != target.size()) throw Error("E205", "moveaxis needs as many targets as sources", "");
  std::vector<std::int64_t> permutation(a.shape().size(), -1);
  std::vector<bool> moved(a.shape().size(), false);
  for (std::size_t i = 0; i < source.size(); ++i) {
    const auto from = static_cast<std::size_t>(detail::normalize_axis(source[i], a.rank()));
    const auto to = static_cast<std::size_t>(detail::normalize_axis(target[i], a.rank()));
    if (moved[from] || permutation[to] >= 0)
      throw Error("E405", "moveaxis names an axis twice", "name every axis once");
    moved[from] = true;
    permutation[to] = static_cast<std::int64_t>(from);
  }
  std::size_t next = 0;
  for (auto& entry : permutation) {
    if (entry >= 0) continue;
    while (moved[next]) ++next;
    entry = static_cast<std::int64_t>(next++);
  }
  return transpose(a, permutation);
}

Tensor squeeze_axes(const Tensor& a, const std::vector<std::int64_t>& axes) {
  std::vector<std::int64_t> chosen;
  if (axes.empty()) {
    for (std::int64_t i = 0; i < a.rank(); ++i) {
      if (a.extent(i) == 1) chosen.push_back(i);
    }
  } else {
    chosen = detail::normalize_axes(axes, a.rank());
  }
  Tensor out = a;
  for (std::size_t i = chosen.size(); i-- > 0;) out = squeeze(out, chosen[i]);
  return out;
}

Tensor expand_axes(const Tensor& a, const std::vector<std::int64_t>& axes) {
  if (axes.empty()) return a;
  Tensor out = a;
  for (const auto axis : detail::normalize_axes(axes, a.rank() + static_cast<std::int64_t>(axes.size()))) {
    out = expand_dims(out, axis);
  }
  return out;
}

Tensor flip_axes(const Tensor& a, const std::vector<std::int64_t>& axes) {
  Tensor out = a;
  for (const auto axis : detail::normalize_axes(axes, a.rank())) out = flip(out, axis);
  return out;
}

Tensor roll(const Tensor& a, const std::vector<std::int64_t>& shifts, const std::vector<std::int64_t>& axes) {
  if (axes.empty()) {
    const std::int64_t shift = std::accumulate(shifts.begin(), shifts.end(), std::int64_t{0});
    return reshape(roll(detail::flatten(a), {shift}, {0}), a.shape());
  }
  if (shifts.size() != axes.size() && shifts.size() != 1) {
    throw Error("E205", "roll needs one shift, or one per axis", "");
  }
  Tensor out = a;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t n = a.extent(axes[i]);
    if (n == 0) continue;
    const std::int64_t shift = ((shifts[shifts.size() == 1 ? 0 : i] % n) + n) % n;
    if (shift == 0) continue;
    out = concat({slice_axis(out, axes[i], n - shift, shift), slice_axis(out, axes[i], 0, n - shift)}, axes[i]);
  }
  return out;
}

Tensor rot90(const Tensor& a, std::int64_t times) {
  if (a.rank() < 2) throw Error("E407", "rot90 needs rank 2 or more, not shape " + to_string(a.shape()), "");
  switch (((times % 4) + 4) % 4) {
    case 1:
      return flip(swap_axes(a, 0, 1), 0);
    case 2:
      return flip(flip(a, 0), 1);
    case 3:
      return swap_axes(flip(a, 0), 0, 1);
    default:
      return a;
  }
}

Tensor atleast_1d(const Tensor& a) { return a.rank() == 0 ? reshape(a, {1}) : a; }

Tensor atleast_2d(const Tensor& a) { return a.rank() < 2 ? reshape(a, {1, a.size()}) : a; }

Tensor atleast_3d(const Tensor& a) {
  if (a.rank() >= 3) return a;
  return a.rank() == 2 ? expand_dims(a, 2) : reshape(a, {1, a.size(), 1});
}

std::vector<Tensor> broadcast_arrays(const std::vector<Tensor>& parts) {
  Shape shape;
  for (const auto& part : parts) shape = broadcast_shapes(shape, part.shape());
  return mapped(parts, [&shape](const Tensor& part) { return broadcast_to(part, shape); });
}

}  // namespace dolab::tensor
