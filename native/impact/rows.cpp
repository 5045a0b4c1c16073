#include "impact/rows.hpp"

#include <algorithm>
#include <cstring>

namespace dolab::impact {
namespace {

using model::Message;
using model::PlateFrame;
using model::Site;
using model::SiteKind;

class PinPlates : public model::Handler {
 public:
  explicit PinPlates(PinnedPlates plates) : plates_(std::move(plates)) {}
  void process(model::Builder& builder, Message& message) override {
    if (message.site.kind != SiteKind::plate) return;
    const auto found = plates_.find(message.site.name);
    if (found == plates_.end()) return;
    message.value = tensor::arange(builder.graph(), found->second);
    message.again = builder.find(message.site.name) != nullptr;
  }

 private:
  PinnedPlates plates_;
};

class ScaleSites : public model::Handler {
 public:
  ScaleSites(std::set<std::string> sites, double factor) : sites_(std::move(sites)), factor_(factor) {}
  void process(model::Builder& builder, Message& message) override {
    Site& site = message.site;
    if (site.kind != SiteKind::sample && site.kind != SiteKind::factor) return;
    if (sites_.count(site.name) == 0) return;
    const tensor::Tensor factor = builder.graph().scalar(factor_);
    site.scale = site.scale.defined() ? site.scale * factor : factor;
  }

 private:
  std::set<std::string> sites_;
  double factor_;
};

model::ModelFunction inside(model::ModelFunction model, std::function<model::HandlerPtr()> make_handler) {
  return [model = std::move(model), make_handler = std::move(make_handler)](model::Builder& builder,
                                                                            const Arguments& arguments) {
    const model::Scoped scope(builder, make_handler());
    model(builder, arguments);
  };
}

/// Plates that have `rows` entries in one trace and `batch_rows` in the other.
std::set<std::string> row_plates(const model::Trace& all, const model::Trace& batch, std::int64_t rows,
                                 std::int64_t batch_rows) {
  std::set<std::string> names;
  for (const Site& site : all.sites) {
    if (site.kind != SiteKind::plate || site.plates.front().extent != rows) continue;
    const Site* other = batch.find(site.name);
    if (other == nullptr || other->kind != SiteKind::plate) continue;
    if (other->plates.front().extent == batch_rows) names.insert(site.name);
  }
  return names;
}

}  // namespace

PinnedPlates pinned_plates(const model::Trace& trace, std::int64_t rows) {
  PinnedPlates plates;
  for (const Site* site : trace.subsampled_plates()) {
    if (site->plates.front().extent == rows) plates.emplace(site->name, rows);
  }
  return plates;
}

model::ModelFunction with_pinned_plates(model::ModelFunction model, PinnedPlates plates) {
  if (plates.empty()) return model;
  return inside(std::move(model), [plates = std::move(plates)] { return std::make_shared<PinPlates>(plates); });
}

model::ModelFunction with_scaled_sites(model::ModelFunction model, std::set<std::string> sites, double factor) {
  if (sites.empty()) return model;
  return inside(std::move(model),
                [sites = std::move(sites), factor] { return std::make_shared<ScaleSites>(sites, factor); });
}

RowSites row_sites(const model::Trace& all, const model::Trace& batch, std::int64_t rows, std::int64_t batch_rows) {
  RowSites result;
  const std::set<std::string> plates = row_plates(all, batch, rows, batch_rows);
  for (const Site& site : batch.sites) {
    if (site.kind != SiteKind::sample && site.kind != SiteKind::factor) continue;
    bool by_plate = false, scaled = false;
    for (const PlateFrame& frame : site.plates) {
      if (plates.count(frame.name) == 0) continue;
      by_plate = true;
      scaled = scaled || frame.extent != frame.size;
    }
    const Site* full = all.find(site.name);
    const bool by_shape = site.plates.empty() && site.value.rank() > 0 && site.value.extent(0) == batch_rows &&
                          full != nullptr && full->value.rank() > 0 && full->value.extent(0) == rows;
    if (!by_plate && !by_shape) continue;
    if (site.latent()) {
      result.local.push_back(site.name);
    } else if (!scaled) {
      result.unscaled.insert(site.name);
    }
  }
  return result;
}

std::vector<std::string> latents_in(const model::Trace& trace, const PinnedPlates& plates) {
  std::vector<std::string> names;
  for (const Site* site : trace.latents()) {
    const bool pinned = std::any_of(site->plates.begin(), site->plates.end(),
                                    [&](const PlateFrame& frame) { return plates.count(frame.name) > 0; });
    if (pinned) names.push_back(site->name);
  }
  return names;
}

void check_row_arguments(const Arguments& arguments, std::int64_t rows) {
  for (const auto& [name, value] : arguments.items()) {
    const Array* array = value.array();
    if (array == nullptr) continue;
    if (array->rank() == 0) {
      throw Error("E805", "argument \"" + name + "\" is a single number in an array", "pass it as a number");
    }
    if (array->shape().front() != rows) {
      throw Error("E806", "argument \"" + name + "\" has " + std::to_string(array->shape().front()) +
                              " rows, the data have " + std::to_string(rows));
    }
  }
}

Arguments take_rows(const Arguments& arguments, const std::vector<std::int64_t>& rows) {
  Arguments taken;
  for (const auto& [name, value] : arguments.items()) {
    const Array* array = value.array();
    if (array == nullptr) {
      taken.set(name, value);
      continue;
    }
    Shape shape = array->shape();
    const std::int64_t width = shape.front() > 0 ? array->size() / shape.front() : 0;
    shape.front() = static_cast<std::int64_t>(rows.size());
    Array part(array->dtype(), shape);
    double* target = part.mutable_data();
    for (const std::int64_t row : rows) {
      std::memcpy(target, array->data() + row * width, static_cast<std::size_t>(width) * sizeof(double));
      target += width;
    }
    taken.set(name, part);
  }
  return taken;
}

}  // namespace dolab::impact
