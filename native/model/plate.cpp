// Plates: independence, expansion of batch shapes, subsampling.
#include "base/printable.hpp"
#include "model/builder.hpp"

namespace dolab::model {
namespace {}  // namespace

Tensor Plate::indices() {
  if (!indices_.defined()) indices_ = tensor::arange(graph_, frame_.size);
  return indices_;
}

void Plate::enter(Builder& builder) {
  for (const PlateFrame& other : builder.active_plates()) {
    if (other.dim != frame_.dim) continue;
    throw Error(
        "E403",
        "dims " + std::to_string(frame_.dim) + " of " + quoted(other.name) + " and " + quoted(frame_.name) + " collide",
        "construct " + quoted(frame_.name) + " inside " + quoted(other.name) +
            ", or give dim=" + std::to_string(frame_.dim - 1),
        builder.current_span());
  }
}

void Plate::mismatch(const Site& site, const Shape& batch) const {
  const auto axis = static_cast<std::int64_t>(batch.size()) + frame_.dim;
  const std::string extent = axis >= 0 ? std::to_string(batch[static_cast<std::size_t>(axis)]) : "1";
  throw Error("E401", "site " + quoted(site.name) + " does not fit plate " + quoted(frame_.name) + ": batch shape " +
                          to_string(batch) + " has " + extent + " where the plate (dim " + std::to_string(frame_.dim) +
                          ") has size " + std::to_string(frame_.extent))
      .with_related(span_, "plate " + quoted(frame_.name) + " opened here");
}

void Plate::process(Builder&, Message& message) {
  Site& site = message.site;
  if (site.kind == SiteKind::plate) return;
  site.plates.insert(site.plates.begin(), frame_);
  if (site.kind == SiteKind::deterministic || site.kind == SiteKind::param) return;
  Shape expected(static_cast<std::size_t>(-frame_.dim), 1);
  expected[0] = frame_.extent;
  if (site.kind == SiteKind::sample) {
    const Shape& batch = site.distribution->batch_shape();
    const auto axis = static_cast<std::int64_t>(batch.size()) + frame_.dim;
    const std::int64_t extent = axis >= 0 ? batch[static_cast<std::size_t>(axis)] : 1;
    if (extent != 1 && extent != frame_.extent) mismatch(site, batch);
    if (extent != frame_.extent || axis < 0) {
      site.distribution = site.distribution->expand(broadcast_shapes(batch, expected));
    }
  } else {
    const Shape& shape = message.value.shape();
    const auto axis = static_cast<std::int64_t>(shape.size()) + frame_.dim;
    const std::int64_t extent = axis >= 0 ? shape[static_cast<std::size_t>(axis)] : 1;
    if (extent != 1 && extent != frame_.extent) mismatch(site, shape);
    message.value = tensor::broadcast_to(message.value, broadcast_shapes(shape, expected));
  }
  if (!subsampled()) return;
  site.plate_scale *= frame_.scale();
  const Tensor factor = graph_.scalar(frame_.scale());
  site.scale = site.scale.defined() ? site.scale * factor : factor;
}

void Plate::postprocess(Builder&, Message& message) {
  if (message.site.kind != SiteKind::param || message.site.event_dim < 0) return;
  message.site.downstream = cut(message.site.downstream, message.site.event_dim);
}

Tensor Plate::cut(const Tensor& x, std::int64_t event_dim) const {
  const std::int64_t axis = x.rank() + frame_.dim - event_dim;
  if (axis < 0 || x.extent(axis) == 1) return x;
  if (x.extent(axis) != frame_.size) {
    throw Error("E409", "axis " + std::to_string(frame_.dim - event_dim) + " has " + std::to_string(x.extent(axis)) +
                            " entries, plate " + quoted(frame_.name) + " has " + std::to_string(frame_.size))
        .with_related(span_, "plate " + quoted(frame_.name) + " opened here");
  }
  if (!subsampled()) return x;
  if (axis == 0) return tensor::gather(x, indices_);
  return tensor::swap_axes(tensor::gather(tensor::swap_axes(x, 0, axis), indices_), 0, axis);
}

}  // namespace dolab::model
