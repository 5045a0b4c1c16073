// a.at[items].op(value): row writes where one axis is indexed, flat positions otherwise.
#include <algorithm>
#include <limits>

#include "tensor/functions/index_parts.hpp"
#include "tensor/functions/support.hpp"

namespace dolab::tensor {

namespace {

using detail::integer;
using detail::PartialIndex;
using Kind = IndexItem::Kind;

Tensor combine(const Tensor& a, const Tensor& b, AtMode mode) {
  switch (mode) {
    case AtMode::set:
      return b;
    case AtMode::add:
      return a + b;
    case AtMode::multiply:
      return a * b;
    case AtMode::divide:
      return a / b;
    case AtMode::min:
      return minimum(a, b);
    case AtMode::max:
      return maximum(a, b);
  }
  return a;
}

double neutral(AtMode mode) {
  switch (mode) {
    case AtMode::min:
      return std::numeric_limits<double>::infinity();
    case AtMode::max:
      return -std::numeric_limits<double>::infinity();
    case AtMode::multiply:
    case AtMode::divide:
      return 1.0;
    case AtMode::set:
    case AtMode::add:
      return 0.0;
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
    } else if (!detail::is_full_slice(items[i])) {
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
  return detail::place_leading_axes(out, 1, axis);
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
      item.array = detail::clamp_codes(item.array, n);
    }
    axis += detail::consumed(item);
  }
  const PartialIndex partial = detail::apply_basic(reshape(arange(graph, a.size()), a.shape()), items);
  Tensor positions = partial.base;
  if (!partial.arrays.empty()) {
    positions = detail::gather_axes(partial);
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
                              return detail::is_full_slice(item) || item.kind == Kind::ellipsis;
                            });
  const auto keep_kind = [&](const Tensor& out) { return out.dtype() == a.dtype() ? out : cast(out, a.dtype()); };
  if (leading_mask && fitted.rank() == 0) return keep_kind(update_masked(a, items[0].array, fitted, mode));
  const auto complete = detail::complete_items(a.shape(), items);
  std::int64_t axis = 0;
  if (single_array(complete, axis)) {
    return keep_kind(update_axis(a, axis, complete[static_cast<std::size_t>(axis)].array, fitted, mode));
  }
  return keep_kind(update_positions(a, complete, fitted, mode));
}

}  // namespace dolab::tensor
