#include "tensor/functions/index.hpp"

#include "tensor/functions/index_parts.hpp"
#include "tensor/functions/support.hpp"

namespace dolab::tensor {

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

Tensor index(const Tensor& a, const std::vector<IndexItem>& items) {
  const detail::PartialIndex partial = detail::apply_basic(a, detail::complete_items(a.shape(), items));
  if (partial.arrays.empty()) return partial.base;
  for (const auto& [axis, array] : partial.arrays) {
    const std::int64_t extent = partial.base.extent(axis);
    if (array.is_constant()) {
      detail::check_constant_range(array, axis, extent);
    } else if (extent == 0) {
      throw Error("E405", "an axis of extent 0 has no entry to index", "check that the array is not empty");
    }
  }
  return detail::gather_axes(partial);
}

}  // namespace dolab::tensor
