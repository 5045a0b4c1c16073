#include "infer/posterior.hpp"

#include <algorithm>
#include <cstring>

namespace dolab::infer {

using model::Site;
using model::SiteKind;

const SiteDraws* Posterior::find(const std::string& name) const noexcept {
  for (const SiteDraws& site : sites) {
    if (site.name == name) return &site;
  }
  return nullptr;
}

std::map<std::string, Shape> Posterior::given() const {
  std::map<std::string, Shape> shapes;
  for (const SiteDraws& site : sites) {
    if (!site.deterministic) shapes.emplace(site.name, site.shape);
  }
  return shapes;
}

void Posterior::write(DrawSink& sink, const std::string& group) const {
  sink.open_group(group, chains, draws);
  std::vector<int> handles;
  for (const SiteDraws& site : sites) {
    handles.push_back(sink.declare({group, site.name, site.values.dtype(), site.shape, site.dims}));
  }
  for (std::size_t i = 0; i < sites.size(); ++i) {
    const std::int64_t size = draws * element_count(sites[i].shape);
    for (std::int64_t chain = 0; chain < chains; ++chain) {
      sink.append(handles[i], {chain, 0, draws}, sites[i].values.data() + chain * size);
    }
  }
  sink.close_group(group, draws);
}

std::vector<std::string> axis_names(const Site& site) {
  const std::int64_t rank = site.value.rank();
  const std::int64_t events = site.distribution == nullptr ? 0 : site.distribution->event_dim();
  std::vector<std::string> names;
  for (std::int64_t axis = 0; axis < rank; ++axis) {
    std::string name = site.name + "_dim_" + std::to_string(axis);
    for (const model::PlateFrame& frame : site.plates) {
      if (site.kind != SiteKind::param && axis == rank - events + frame.dim &&
          site.value.extent(axis) == frame.extent) {
        name = frame.name;
      }
    }
    names.push_back(name);
  }
  return names;
}

Posterior collect_draws(const model::Trace& trace, const std::map<std::string, tensor::Tensor>& sites,
                        const std::vector<DrawInput>& inputs, std::int64_t draws, const PosteriorOptions& options,
                        ThreadPool& pool) {
  Posterior posterior;
  posterior.draws = draws;
  std::vector<tensor::Tensor> outputs;
  const auto listed = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const std::string& name : options.only) trace.site(name);
  for (const Site& site : trace.sites) {
    if (!options.only.empty() && !listed(options.only, site.name)) continue;
    const bool deterministic = site.kind == SiteKind::deterministic;
    if (!site.latent() && !deterministic && site.kind != SiteKind::param) continue;
    const tensor::Tensor value = sites.at(site.name);
    const std::int64_t bytes = 8 * value.size() * draws;
    const bool asked = !options.only.empty() || listed(options.keep, site.name);
    if (deterministic && !asked && bytes > options.largest_deterministic_bytes) {
      posterior.warnings.push_back(
          {"W907", "draws of \"" + site.name + "\" would take " + std::to_string(bytes >> 20) + " MiB and are left out",
           "ask for the site by name to keep them", site.span});
      continue;
    }
    SiteDraws entry;
    entry.name = site.name;
    entry.deterministic = deterministic;
    entry.shape = value.shape();
    entry.dims = axis_names(site);
    Shape shape = entry.shape;
    shape.insert(shape.begin(), {1, draws});
    entry.values = Array(value.dtype(), shape);
    posterior.sites.push_back(std::move(entry));
    outputs.push_back(value);
  }
  evaluate_draws(outputs, inputs, draws, options.batched, pool,
                 [&](std::int64_t first, std::int64_t count, const std::vector<const double*>& values) {
                   for (std::size_t i = 0; i < values.size(); ++i) {
                     const std::int64_t size = outputs[i].size();
                     std::memcpy(posterior.sites[i].values.mutable_data() + first * size, values[i],
                                 static_cast<std::size_t>(count * size) * sizeof(double));
                   }
                 });
  return posterior;
}

Posterior constrain_draws(const model::Density& density, const std::vector<ChainResult>& chains,
                          const PosteriorOptions& options, ThreadPool& pool) {
  std::int64_t shortest = chains.empty() ? 0 : chains.front().kept();
  for (const ChainResult& chain : chains) shortest = std::min(shortest, chain.kept());
  const std::int64_t dimension = density.dimension();
  std::vector<double> points;
  points.reserve(static_cast<std::size_t>(shortest * dimension) * chains.size());
  for (const ChainResult& chain : chains) {
    points.insert(points.end(), chain.draws.begin(), chain.draws.begin() + shortest * dimension);
  }
  const tensor::Tensor u = density.trace().graph->input({dimension});
  model::UnconstrainedModel model = density.at(density.split(u));
  density.fix_rows(model, options.seed);
  const auto count = static_cast<std::int64_t>(chains.size());
  Posterior posterior =
      collect_draws(density.trace(), model.sites, {{u, points.data()}}, shortest * count, options, pool);
  posterior.chains = count;
  posterior.draws = shortest;
  for (SiteDraws& site : posterior.sites) {
    Shape shape = site.shape;
    shape.insert(shape.begin(), {count, shortest});
    site.values = site.values.reshaped(shape);
  }
  return posterior;
}

}  // namespace dolab::infer
