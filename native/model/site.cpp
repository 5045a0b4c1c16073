#include "model/site.hpp"

namespace dolab::model {

const char* to_string(SiteKind kind) noexcept {
  switch (kind) {
    case SiteKind::sample:
      return "sample";
    case SiteKind::deterministic:
      return "deterministic";
    case SiteKind::factor:
      return "factor";
    case SiteKind::param:
      return "param";
    case SiteKind::plate:
      return "plate";
  }
  return "";
}

Intervention impose(const Array& value) {
  return [value](const Tensor& natural) { return natural.graph().constant(value); };
}

std::int64_t Site::row_axis() const {
  if (plates.empty() || distribution == nullptr) return -1;
  const auto batch = static_cast<std::int64_t>(distribution->batch_shape().size());
  const std::int64_t axis = batch + plates.back().dim;
  return axis >= 0 ? axis : -1;
}

}  // namespace dolab::model
