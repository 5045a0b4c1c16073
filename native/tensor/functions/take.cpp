// Selection of entries by position or condition.
#include <algorithm>
#include <cmath>

#include "tensor/functions/index.hpp"
#include "tensor/functions/shape.hpp"
#include "tensor/functions/support.hpp"

namespace dolab::tensor {

namespace {

/// Codes that are valid for an axis of extent n, and whether each was (undefined: all, known now).
struct CheckedCodes {
  Tensor codes, valid;
};

CheckedCodes check_codes(const Tensor& indices, std::int64_t n) {
  Graph& graph = indices.graph();
  if (indices.dtype() == DType::real && indices.size() > 0) {
    throw Error("E209", "indices must be integers, not real numbers", "convert them with .astype(int)");
  }
  const Tensor codes = indices.dtype() == DType::integer ? indices : cast(indices, DType::integer);
  const Tensor valid = logical_and(codes >= detail::integer(graph, -n), codes < detail::integer(graph, n));
  if (codes.is_constant()) {
    const Array& known = valid.value();
    if (std::all_of(known.data(), known.data() + known.size(), [](double x) { return x != 0.0; })) return {codes, {}};
  }
  return {select(valid, codes, detail::integer(graph, 0)), valid};
}

double missing_value(const Tensor& a) { return a.dtype() == DType::real ? std::nan("") : 0.0; }

}  // namespace

Tensor take(const Tensor& a, const Tensor& indices, std::optional<std::int64_t> axis) {
  if (!axis) return take(detail::flatten(a), indices, 0);
  const std::int64_t at = detail::normalize_axis(*axis, a.rank());
  const CheckedCodes checked = check_codes(indices, a.extent(at));
  std::vector<IndexItem> items(static_cast<std::size_t>(at), IndexItem::range());
  items.push_back(IndexItem::of(checked.codes));
  const Tensor out = index(a, items);
  if (!checked.valid.defined()) return out;
  Shape shape = indices.shape();
  shape.resize(static_cast<std::size_t>(out.rank() - at), 1);
  return select(detail::to_shape(checked.valid, shape), out, detail::scalar_like(a, missing_value(a)));
}

Tensor take_along_axis(const Tensor& a, const Tensor& indices, std::optional<std::int64_t> axis) {
  if (!axis) return take_along_axis(detail::flatten(a), detail::flatten(indices), 0);
  if (a.rank() != indices.rank()) {
    throw Error("E407", "take_along_axis of shapes " + to_string(a.shape()) + " and " + to_string(indices.shape()),
                "the array and the indices need the same rank");
  }
  const std::int64_t at = detail::normalize_axis(*axis, a.rank());
  Tensor table = detail::axis_to_back(a, at), codes = detail::axis_to_back(indices, at);
  const std::int64_t n = table.extent(-1), picks = codes.extent(-1);
  Shape batch = broadcast_shapes(Shape(table.shape().begin(), table.shape().end() - 1),
                                 Shape(codes.shape().begin(), codes.shape().end() - 1));
  const std::int64_t rows = element_count(batch);
  Shape wide = batch;
  wide.push_back(n);
  table = broadcast_to(table, wide);
  wide.back() = picks;
  const CheckedCodes checked = check_codes(broadcast_to(codes, wide), n);
  const Tensor zero = detail::integer(a.graph(), 0);
  const Tensor wrapped = select(checked.codes < zero, checked.codes + detail::integer(a.graph(), n), checked.codes);
  Shape offset_shape = batch;
  offset_shape.push_back(1);
  const Tensor offset = reshape(arange(a.graph(), rows), offset_shape) * detail::integer(a.graph(), n);
  Tensor out = gather(detail::flatten(table), wrapped + offset);
  if (checked.valid.defined()) out = select(checked.valid, out, detail::scalar_like(a, missing_value(a)));
  return detail::axis_from_back(out, at);
}

Tensor one_hot(const Tensor& codes, std::int64_t classes, DType dtype, std::int64_t axis) {
  detail::check_extent(codes.graph(), classes, "a count of classes");
  const std::int64_t at = detail::normalize_axis(axis, codes.rank() + 1);
  Shape shape(static_cast<std::size_t>(codes.rank() + 1), 1);
  shape[static_cast<std::size_t>(at)] = classes;
  return cast(equal(expand_dims(codes, at), reshape(arange(codes.graph(), classes), shape)), dtype);
}

Tensor compress(const Tensor& condition, const Tensor& a, std::optional<std::int64_t> axis) {
  if (!axis) return compress(condition, detail::flatten(a), 0);
  const std::int64_t at = detail::normalize_axis(*axis, a.rank());
  Tensor mask = detail::as_boolean(condition);
  if (mask.rank() != 1 || mask.extent(0) > a.extent(at)) {
    throw Error("E407", "compress needs a vector no longer than the axis, not shape " + to_string(mask.shape()), "");
  }
  mask = pad_zeros(mask, {0}, {a.extent(at) - mask.extent(0)});
  std::vector<IndexItem> items(static_cast<std::size_t>(at), IndexItem::range());
  items.push_back(IndexItem::of(mask));
  return index(a, items);
}

Tensor select_first(const std::vector<Tensor>& conditions, const std::vector<Tensor>& choices,
                    const Tensor& otherwise) {
  if (conditions.size() != choices.size()) throw Error("E205", "select needs as many choices as conditions", "");
  Tensor out = otherwise;
  for (std::size_t i = conditions.size(); i-- > 0;) out = select(conditions[i], choices[i], out);
  return out;
}

}  // namespace dolab::tensor
