#include "model/simulate.hpp"

#include <algorithm>
#include <set>

#include "model/reach.hpp"

namespace dolab::model {
namespace {

/// True if the shapes differ along axes of plates only.
bool differs_in_plates_only(const Site& site, const Shape& given) {
  const Shape& shape = site.value.shape();
  if (given.size() != shape.size()) return false;
  const auto batch = static_cast<std::int64_t>(site.distribution->batch_shape().size());
  for (std::int64_t axis = 0; axis < static_cast<std::int64_t>(shape.size()); ++axis) {
    if (given[static_cast<std::size_t>(axis)] == shape[static_cast<std::size_t>(axis)]) continue;
    const std::int64_t dim = axis - batch;
    const bool plate = std::any_of(site.plates.begin(), site.plates.end(),
                                   [dim](const PlateFrame& frame) { return frame.dim == dim; });
    if (!plate) return false;
  }
  return true;
}

bool same_shape(const Site& site, const Shape& given, std::vector<Warning>& warnings) {
  if (given == site.value.shape()) return true;
  if (site.kind == SiteKind::sample && differs_in_plates_only(site, given)) {
    warnings.push_back({"W801",
                        "\"" + site.name + "\" has " + to_string(site.value.shape()) + " values here and " +
                            to_string(given) + " in the posterior: it is drawn for the new rows",
                        "", site.span});
    return false;
  }
  throw Error("E808",
              "posterior values of \"" + site.name + "\" have shape " + to_string(given) + ", the model has " +
                  to_string(site.value.shape()),
              "", site.span);
}

Tensor draw(const Site& site) {
  try {
    return site.distribution->sample({site.hash, site.row_axis()});
  } catch (Error& error) {
    error.at(site.span);
    throw;
  }
}

}  // namespace

Simulation simulate(const Trace& trace, const SimulationOptions& options) {
  Simulation world;
  std::set<std::string> again;
  if (options.resimulate_descendants) {
    std::vector<std::string> roots;
    for (const Site& site : trace.sites) {
      if (site.imposed.defined()) roots.push_back(site.name);
    }
    for (std::string& name : descendants(trace, roots)) again.insert(std::move(name));
  }
  std::vector<const Site*> kept;
  Resolver resolver(trace);
  resolver.run([&](const Site& site, Resolver&) -> Tensor {
    if (site.kind == SiteKind::plate) return tensor::arange(*trace.graph, site.plates.front().extent);
    const auto found = options.given.find(site.name);
    if (found != options.given.end() && again.count(site.name) == 0 &&
        same_shape(site, found->second, world.warnings)) {
      kept.push_back(&site);
      return {};
    }
    if (site.kind == SiteKind::param) return trace.graph->constant(site.initial);
    world.drawn.push_back(site.name);
    return draw(site);
  });
  for (const std::string& name : options.sites) {
    const Site& site = trace.site(name);
    Tensor value = resolver.value(name);
    if (options.expected.count(name) > 0 && site.kind == SiteKind::sample) {
      value = resolver(tensor::broadcast_to(site.distribution->mean(), site.value.shape()));
    }
    if (!value.defined()) throw Error("E104", "\"" + name + "\" has no value to report");
    world.outputs.push_back(value);
  }
  std::set<tensor::NodeId> read;
  for (const Tensor& input : inputs_of(world.outputs)) read.insert(input.id());
  for (const Site* site : kept) {
    if (read.count(site->value.id()) == 0) continue;
    world.given.push_back(site->name);
    world.inputs.push_back(site->value);
  }
  return world;
}

std::vector<std::string> default_sites(const Trace& trace, const std::map<std::string, Shape>& given) {
  std::vector<std::string> names;
  for (const Site& site : trace.sites) {
    const bool fresh = site.kind == SiteKind::sample && given.count(site.name) == 0;
    if (fresh || site.kind == SiteKind::deterministic) names.push_back(site.name);
  }
  return names;
}

}  // namespace dolab::model
