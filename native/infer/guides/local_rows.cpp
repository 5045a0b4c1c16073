#include "infer/guides/local_rows.hpp"

namespace dolab::infer {

std::vector<LocalAxis> local_axes(const model::Trace& trace, const model::UnconstrainedBlock& block) {
  std::vector<LocalAxis> axes;
  if (block.is_param) return axes;
  const model::Site& site = trace.site(block.site);
  const auto batch = static_cast<std::int64_t>(site.distribution->batch_shape().size());
  for (const model::PlateFrame& frame : site.plates) {
    if (frame.extent == frame.size) continue;
    const std::int64_t axis = batch + frame.dim;
    if (axis < 0 || axis >= static_cast<std::int64_t>(block.shape.size()) ||
        block.shape[static_cast<std::size_t>(axis)] != frame.extent) {
      throw Error("E702", "the rows of plate \"" + frame.name + "\" are not an axis of the unconstrained \"" +
                              block.site + "\"");
    }
    axes.push_back({axis, frame.name, frame.size, frame.extent});
  }
  return axes;
}

Shape full_shape(const model::Trace& trace, const model::UnconstrainedBlock& block) {
  Shape shape = block.shape;
  for (const LocalAxis& local : local_axes(trace, block)) shape[static_cast<std::size_t>(local.axis)] = local.size;
  return shape;
}

tensor::Tensor rows_in_use(const model::Trace& trace, const model::UnconstrainedBlock& block,
                           const tensor::Tensor& full) {
  tensor::Tensor result = full;
  for (const LocalAxis& local : local_axes(trace, block)) {
    const tensor::Tensor rows = trace.site(local.plate).value;
    if (local.axis == 0) {
      result = tensor::gather(result, rows);
    } else {
      result = tensor::swap_axes(tensor::gather(tensor::swap_axes(result, 0, local.axis), rows), 0, local.axis);
    }
  }
  return result;
}

}  // namespace dolab::infer
