#include "tensor/functions/loops.hpp"

#include <algorithm>

#include "tensor/functions/index.hpp"
#include "tensor/functions/shape.hpp"
#include "tensor/functions/support.hpp"

namespace dolab::tensor {

std::vector<Tensor> fori_loop(Graph& graph, std::int64_t lower, std::int64_t upper, const LoopFunction& body,
                              const std::vector<Tensor>& init) {
  if (upper <= lower) return init;
  std::vector<std::int64_t> steps;
  constexpr double kMostSteps = 1e8;
  if (static_cast<double>(upper) - static_cast<double>(lower) > kMostSteps) {
    throw Error("E905", "the loop has more than 100 million steps", "");
  }
  for (std::int64_t i = lower; i < upper; ++i) steps.push_back(i);
  const ScanFunction step = [&body](const std::vector<Tensor>& carry, const std::vector<Tensor>& x) {
    return ScanStep{body(x[0], carry), {}};
  };
  return scan(graph, step, init, {detail::integers(graph, steps)}, upper - lower).carry;
}

std::vector<Tensor> map_rows(Graph& graph, const MapFunction& body, const std::vector<Tensor>& xs) {
  if (xs.empty()) throw Error("E205", "map needs at least one array", "");
  const ScanFunction step = [&body](const std::vector<Tensor>&, const std::vector<Tensor>& x) {
    return ScanStep{{}, body(x)};
  };
  return scan(graph, step, {}, xs, xs[0].extent(0)).y;
}

std::vector<Tensor> cond(const Tensor& predicate, const std::vector<Tensor>& if_true,
                         const std::vector<Tensor>& if_false) {
  if (predicate.rank() != 0) {
    throw Error("E407", "a branch needs a scalar predicate, not shape " + to_string(predicate.shape()), "");
  }
  if (if_true.size() != if_false.size()) {
    throw Error(
        "E606",
        "the branches give " + std::to_string(if_true.size()) + " and " + std::to_string(if_false.size()) + " results",
        "");
  }
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < if_true.size(); ++i) {
    if (if_true[i].shape() != if_false[i].shape()) {
      throw Error(
          "E606",
          "the branches give shapes " + to_string(if_true[i].shape()) + " and " + to_string(if_false[i].shape()), "");
    }
    out.push_back(select(detail::as_boolean(predicate), if_true[i], if_false[i]));
  }
  return out;
}

std::vector<Tensor> switch_case(const Tensor& which, const std::vector<std::vector<Tensor>>& branches) {
  if (branches.empty()) throw Error("E205", "switch needs at least one branch", "");
  std::vector<Tensor> out = branches.back();
  for (std::size_t i = branches.size() - 1; i-- > 0;) {
    out = cond(which <= detail::integer(which.graph(), static_cast<std::int64_t>(i)), branches[i], out);
  }
  return out;
}

namespace {

/// Scalar start, wrapped and moved so that `size` entries fit into `extent`.
Tensor fitted_start(const Tensor& start, std::int64_t extent, std::int64_t size) {
  if (start.rank() != 0 || start.dtype() == DType::real) {
    throw Error("E209", "a start of a dynamic slice must be a scalar integer", "");
  }
  if (size < 0 || size > extent) {
    throw Error("E407",
                "a slice of " + std::to_string(size) + " entries from an axis of extent " + std::to_string(extent), "");
  }
  Graph& graph = start.graph();
  const Tensor zero = detail::integer(graph, 0);
  const Tensor wrapped = select(start < zero, start + detail::integer(graph, extent), start);
  return minimum(maximum(wrapped, zero), detail::integer(graph, extent - size));
}

void require_one_per_axis(const Tensor& a, std::size_t count) {
  if (count != a.shape().size()) {
    throw Error("E205",
                "a dynamic slice of rank " + std::to_string(a.rank()) + " got " + std::to_string(count) + " starts",
                "give one start per axis");
  }
}

/// Items that address the block of `sizes` from `starts`.
std::vector<IndexItem> block_items(const Tensor& a, const std::vector<Tensor>& starts, const Shape& sizes) {
  std::vector<IndexItem> items;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::int64_t extent = a.shape()[i], size = sizes[i];
    const Tensor start = fitted_start(starts[i], extent, size);
    if (size == extent) {
      items.push_back(IndexItem::range());
    } else if (start.is_constant()) {
      const auto first = static_cast<std::int64_t>(start.value().item());
      items.push_back(IndexItem::range(first, first + size));
    } else {
      items.push_back(IndexItem::of(start + arange(a.graph(), size)));
    }
  }
  return items;
}

}  // namespace

Tensor dynamic_slice(const Tensor& a, const std::vector<Tensor>& starts, const std::vector<std::int64_t>& sizes) {
  require_one_per_axis(a, starts.size());
  require_one_per_axis(a, sizes.size());
  const auto items = block_items(a, starts, sizes);
  Tensor out = a;
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::vector<IndexItem> one(i, IndexItem::range());
    one.push_back(items[i]);
    out = index(out, one);
  }
  return out;
}

Tensor dynamic_update_slice(const Tensor& a, const Tensor& update, const std::vector<Tensor>& starts) {
  require_one_per_axis(a, starts.size());
  require_one_per_axis(a, update.shape().size());
  auto items = block_items(a, starts, update.shape());
  // Several arrays address a block when each varies along its own axis.
  std::int64_t arrays = 0;
  for (const auto& item : items) arrays += item.kind == IndexItem::Kind::array ? 1 : 0;
  if (arrays > 1) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      Tensor codes = items[i].array;
      if (items[i].kind != IndexItem::Kind::array) {
        codes = arange(a.graph(), update.shape()[i]) + detail::integer(a.graph(), items[i].start.value_or(0));
      }
      Shape shape(items.size(), 1);
      shape[i] = codes.size();
      items[i] = IndexItem::of(detail::to_shape(codes, shape));
    }
  }
  return at_update(a, items, update, AtMode::set);
}

Tensor dynamic_slice_in_dim(const Tensor& a, const Tensor& start, std::int64_t size, std::int64_t axis) {
  const std::int64_t at = detail::normalize_axis(axis, a.rank());
  std::vector<Tensor> starts(a.shape().size(), detail::integer(a.graph(), 0));
  Shape sizes = a.shape();
  starts[static_cast<std::size_t>(at)] = start;
  sizes[static_cast<std::size_t>(at)] = size;
  return dynamic_slice(a, starts, sizes);
}

Tensor dynamic_index_in_dim(const Tensor& a, const Tensor& i, std::int64_t axis, bool keep) {
  const Tensor out = dynamic_slice_in_dim(a, i, 1, axis);
  return keep ? out : squeeze(out, axis);
}

std::vector<Tensor> associative_scan(const CombineFunction& combine, const std::vector<Tensor>& elements, bool reverse,
                                     std::int64_t axis) {
  if (elements.empty()) return {};
  const std::int64_t n = elements[0].extent(axis);
  std::vector<Tensor> out;
  for (const auto& element : elements) {
    if (element.extent(axis) != n) throw Error("E407", "associative_scan needs arrays of one length", "");
    out.push_back(reverse ? flip(element, axis) : element);
  }
  // Hillis-Steele: after step s every entry combines the last 2s inputs.
  for (std::int64_t s = 1; s < n; s *= 2) {
    std::vector<Tensor> earlier, later;
    for (const auto& t : out) {
      earlier.push_back(slice_axis(t, axis, 0, n - s));
      later.push_back(slice_axis(t, axis, s, n - s));
    }
    const auto joined = combine(earlier, later);
    if (joined.size() != out.size()) throw Error("E606", "associative_scan changes the number of arrays", "");
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = concat({slice_axis(out[i], axis, 0, s), joined[i]}, axis);
  }
  if (reverse) {
    for (auto& t : out) t = flip(t, axis);
  }
  return out;
}

}  // namespace dolab::tensor
