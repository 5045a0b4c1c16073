#include "model/density.hpp"

#include <algorithm>
#include <cmath>

namespace dolab::model {
namespace {

/// Sum over the axes that the map summed less than the distribution does, so that a batch array is left.
Tensor sum_events(const Tensor& array, std::size_t batch_rank) {
  std::vector<std::int64_t> axes;
  for (auto axis = static_cast<std::int64_t>(batch_rank); axis < array.rank(); ++axis) axes.push_back(axis);
  return axes.empty() ? array : tensor::sum(array, axes);
}

Tensor total(const Tensor& array) { return array.rank() == 0 ? array : tensor::sum(array); }

Tensor total(tensor::Graph& graph, const std::vector<Tensor>& scalars) {
  if (scalars.empty()) return graph.scalar(0.0);
  Tensor result = scalars.front();
  for (std::size_t i = 1; i < scalars.size(); ++i) result = result + scalars[i];
  return result;
}

prob::BijectionPtr site_bijection(const Site& site) {
  try {
    return prob::biject_to(site.kind == SiteKind::param ? site.constraint : site.distribution->support());
  } catch (Error& error) {
    Error named(error.code(), "site \"" + site.name + "\": " + error.message(), error.hint(), error.span());
    named.at(site.span);
    throw named;
  }
}

bool has_density(const Site& site) { return site.kind == SiteKind::sample || site.kind == SiteKind::factor; }

/// Constant rows for subsampled plates.
Tensor fixed_rows(const Site& plate, std::uint64_t seed) {
  const PlateFrame& frame = plate.plates.front();
  Array rows(DType::integer, {frame.extent});
  const std::uint64_t key = splitmix64(random_key(seed, RandomPurpose::minibatch) + plate.hash);
  random_rows(key, frame.size, frame.extent, rows.mutable_data());
  return plate.value.graph().constant(rows);
}

}  // namespace

Tensor pointwise_log_density(const Site& site, bool validate) {
  if (site.kind == SiteKind::factor) {
    if (!site.mask.defined()) return site.value;
    return tensor::select(site.mask, site.value, site.value.graph().scalar(0.0));
  }
  const bool check = validate || site.observed;
  if (!site.mask.defined()) return site.distribution->log_prob(site.value, check);
  return site.distribution->mask(site.mask)->log_prob(site.value, check);
}

Tensor site_log_density(const Site& site, bool validate) {
  const Tensor density = pointwise_log_density(site, validate);
  if (!site.scale.defined()) return total(density);
  if (site.scale.rank() == 0) return site.scale * total(density);
  return total(site.scale * density);
}

// ---- densities at given values -------------------------------------------------------------------

namespace {

/// Largest |g - d| / max(1, |g|, |d|) over at most `limit` coordinates, spread evenly.
double compare_with_differences(tensor::Executor& executor, std::vector<Array>& values,
                                const std::vector<Array>& gradients, std::int64_t limit) {
  std::int64_t coordinates = 0;
  for (const Array& value : values) coordinates += value.size();
  const std::int64_t stride = std::max<std::int64_t>(1, coordinates / limit);
  const auto density_at = [&](double& cell, double x) {
    cell = x;
    executor.run();
    return executor.output(0)[0];
  };
  double worst = 0.0;
  std::int64_t k = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::int64_t j = 0; j < values[i].size(); ++j, ++k) {
      if (k % stride != 0) continue;
      double& cell = values[i].mutable_data()[j];
      const double x = cell;
      const double step = 6e-6 * std::max(1.0, std::fabs(x));
      const double high = density_at(cell, x + step), low = density_at(cell, x - step);
      cell = x;
      if (!std::isfinite(high) || !std::isfinite(low)) continue;
      const double difference = (high - low) / ((x + step) - (x - step));
      const double exact = gradients[i][j];
      const double error = std::fabs(exact - difference) / std::max({1.0, std::fabs(exact), std::fabs(difference)});
      worst = std::max(worst, std::isnan(error) ? HUGE_VAL : error);
    }
  }
  return worst;
}

Array given_value(const Site& site, const std::map<std::string, Array>& values) {
  const auto found = values.find(site.name);
  if (found == values.end()) {
    throw Error("E104", "no value for site \"" + site.name + "\" of shape " + to_string(site.value.shape()), "",
                site.span);
  }
  const Array& value = found->second;
  if (value.shape() == site.value.shape()) return value;
  if (value.size() == site.value.size()) return value.reshaped(site.value.shape());
  throw Error("E407", "value of \"" + site.name + "\" has shape " + to_string(value.shape()) + ", the site has " +
                          to_string(site.value.shape()));
}

Array own_copy(const Array& value) {
  Array copy(DType::real, value.shape());
  std::copy_n(value.data(), value.size(), copy.mutable_data());
  return copy;
}

}  // namespace

LogDensityReport log_density_at(const Trace& trace, const std::map<std::string, Array>& values, bool with_gradient) {
  for (const auto& [name, value] : values) trace.site(name);
  std::vector<Tensor> inputs;
  std::vector<Array> points;
  std::vector<const Site*> latents = trace.latents();
  for (const Site* site : latents) {
    inputs.push_back(site->value);
    points.push_back(own_copy(given_value(*site, values)));
  }
  Resolver resolver(trace);
  resolver.run([&](const Site& site, Resolver&) -> Tensor {
    if (site.kind == SiteKind::plate) return fixed_rows(site, 0);
    if (site.kind != SiteKind::param) return {};
    return trace.graph->constant(values.count(site.name) > 0 ? given_value(site, values) : site.initial);
  });
  LogDensityReport report;
  std::vector<Tensor> checked, unchecked;
  for (const Site& site : trace.sites) {
    if (!has_density(site)) continue;
    report.sites.emplace_back(site.name, 0.0);
    checked.push_back(site_log_density(site, true));
    unchecked.push_back(site_log_density(site, false));
  }
  checked = resolver(checked);
  const auto program = tensor::compile(*trace.graph, inputs, checked);
  tensor::Executor executor(program);
  for (std::size_t i = 0; i < inputs.size(); ++i) executor.bind_input(i, points[i].data());
  executor.run();
  for (std::size_t i = 0; i < report.sites.size(); ++i) {
    report.sites[i].second = executor.output(i)[0];
    report.total += report.sites[i].second;
  }
  if (!with_gradient || inputs.empty()) return report;

  const Tensor sum = total(*trace.graph, resolver(unchecked));
  const auto gradients = tensor::gradient(sum, inputs);
  std::vector<Array> results = tensor::evaluate(gradients, inputs, points);
  for (std::size_t i = 0; i < latents.size(); ++i) report.gradient.emplace_back(latents[i]->name, results[i]);
  tensor::Executor density(tensor::compile(*trace.graph, inputs, {sum}));
  for (std::size_t i = 0; i < inputs.size(); ++i) density.bind_input(i, points[i].data());
  report.max_relative_error = compare_with_differences(density, points, results, 500);
  return report;
}

// ---- unconstrained space -------------------------------------------------------------------------

Density::Density(std::shared_ptr<const Trace> trace, bool with_params)
    : trace_(std::move(trace)), with_params_(with_params) {
  for (const Site& site : trace_->sites) {
    const bool is_param = with_params_ && site.kind == SiteKind::param && site.value.node().op == tensor::Op::input;
    if (!site.latent() && !is_param) continue;
    if (site.latent() && site.distribution->is_discrete()) {
      throw Error("E601", "latent site \"" + site.name + "\" is discrete (" + site.distribution->name() + ")", "",
                  site.span);
    }
    if (site.latent() && site.distribution->name() == "Delta") {
      throw Error("E505", "latent site \"" + site.name + "\" is a Delta", "", site.span);
    }
    UnconstrainedBlock block;
    block.site = site.name;
    block.offset = dimension_;
    block.value_shape = site.value.shape();
    block.shape = site_bijection(site)->unconstrained_shape(block.value_shape);
    block.size = element_count(block.shape);
    block.is_param = is_param;
    dimension_ += block.size;
    blocks_.push_back(std::move(block));
  }
  if (dimension_ == 0) throw Error("E507", "the model has no unobserved continuous site");
}

std::vector<Tensor> Density::plate_inputs() const {
  std::vector<Tensor> inputs;
  for (const Site* site : trace_->subsampled_plates()) inputs.push_back(site->value);
  return inputs;
}

std::vector<std::string> Density::coordinate_names() const {
  std::vector<std::string> names;
  for (const UnconstrainedBlock& block : blocks_) {
    for (std::int64_t i = 0; i < block.size; ++i) {
      std::string index;
      std::int64_t rest = i;
      for (std::size_t axis = block.shape.size(); axis-- > 0;) {
        index = std::to_string(rest % block.shape[axis]) + (index.empty() ? "" : "," + index);
        rest /= block.shape[axis];
      }
      names.push_back(block.site + (block.shape.empty() ? "" : "[" + index + "]"));
    }
  }
  return names;
}

std::vector<Tensor> Density::split(const Tensor& u) const {
  std::vector<Tensor> parts;
  for (const UnconstrainedBlock& block : blocks_) {
    parts.push_back(tensor::reshape(tensor::slice_axis(u, 0, block.offset, block.size), block.shape));
  }
  return parts;
}

UnconstrainedModel Density::at(const std::vector<Tensor>& blocks) const {
  tensor::Graph& graph = *trace_->graph;
  std::map<std::string, Tensor> place;
  for (std::size_t i = 0; i < blocks.size(); ++i) place.emplace(blocks_[i].site, blocks[i]);
  std::vector<Tensor> potential, plate;
  Resolver resolver(*trace_);
  resolver.run([&](const Site& site, Resolver& resolve) -> Tensor {
    const auto found = place.find(site.name);
    if (found == place.end()) return site.kind == SiteKind::param ? graph.constant(site.initial) : Tensor();
    const prob::BijectionPtr bijection = site_bijection(site);
    const Tensor value = bijection->forward(found->second);
    if (site.kind == SiteKind::param) return value;
    const Tensor jacobian =
        sum_events(bijection->log_abs_det(found->second, value), site.distribution->batch_shape().size());
    if (jacobian.is_constant() && jacobian.size() == 1 && jacobian.value()[0] == 0.0) return value;
    Tensor weighted = jacobian;
    if (site.mask.defined()) weighted = tensor::select(site.mask, weighted, graph.scalar(0.0));
    if (site.scale.defined()) weighted = weighted * site.scale;
    potential.push_back(resolve(total(weighted)));
    plate.push_back(resolve(total(jacobian) * site.plate_scale));
    return value;
  });
  std::vector<Tensor> densities;
  std::vector<std::string> names;
  for (const Site& site : trace_->sites) {
    if (!has_density(site)) continue;
    densities.push_back(site_log_density(site));
    names.push_back(site.name);
  }
  densities = resolver(densities);
  UnconstrainedModel model;
  model.log_density = total(graph, densities);
  for (std::size_t i = 0; i < names.size(); ++i) model.densities.emplace(names[i], densities[i]);
  model.potential_jacobian = total(graph, potential);
  model.plate_jacobian = total(graph, plate);
  for (const Site& site : trace_->sites) model.sites.emplace(site.name, resolver.value(site.name));
  return model;
}

namespace {

/// Puts constant rows in the place of the plates that are still open.
std::vector<Tensor> with_fixed_rows(const Trace& trace, const std::vector<Tensor>& outputs, std::uint64_t seed) {
  tensor::Replacement rows;
  for (const Site* plate : trace.subsampled_plates()) rows[plate->value.id()] = fixed_rows(*plate, seed);
  return rows.empty() ? outputs : tensor::substitute(outputs, rows);
}

}  // namespace

std::shared_ptr<const tensor::Program> Density::potential(std::uint64_t seed,
                                                          const tensor::CompileOptions& options) const {
  tensor::Graph& graph = *trace_->graph;
  const Tensor u = graph.input({dimension_});
  const std::vector<Tensor> parts = split(u);
  const UnconstrainedModel model = at(parts);
  const Tensor density = with_fixed_rows(*trace_, {model.log_density + model.potential_jacobian}, seed).front();
  // By block and not by u: the adjoint of a slice would be a padded vector for each block.
  std::vector<Tensor> gradients = tensor::gradient(density, parts);
  for (Tensor& gradient : gradients) gradient = tensor::reshape(gradient, {gradient.size()});
  return tensor::compile(graph, {u}, {density, tensor::concat(gradients, 0)}, options);
}

void Density::fix_rows(UnconstrainedModel& model, std::uint64_t seed) const {
  std::vector<Tensor*> places = {&model.log_density, &model.potential_jacobian, &model.plate_jacobian};
  for (auto* values : {&model.densities, &model.sites}) {
    for (auto& [name, value] : *values) {
      if (value.defined()) places.push_back(&value);
    }
  }
  std::vector<Tensor> all;
  for (const Tensor* place : places) all.push_back(*place);
  all = with_fixed_rows(*trace_, all, seed);
  for (std::size_t i = 0; i < places.size(); ++i) *places[i] = all[i];
}

std::vector<double> Density::unconstrain(const std::map<std::string, Array>& values) const {
  tensor::Graph& graph = *trace_->graph;
  std::vector<double> u;
  Resolver resolver(*trace_);
  resolver.run([&](const Site& site, Resolver& resolve) -> Tensor {
    if (site.kind == SiteKind::plate) return fixed_rows(site, 0);
    if (site.kind == SiteKind::param && !with_params_) return graph.constant(site.initial);
    const Array value =
        values.count(site.name) == 0 && site.kind == SiteKind::param ? site.initial : given_value(site, values);
    const Tensor point = graph.constant(value.with_dtype(site.value.dtype()));
    const Array free = resolve(site_bijection(site)->inverse(point)).value();
    for (std::int64_t i = 0; i < free.size(); ++i) {
      if (!std::isfinite(free[i])) {
        throw Error("E504", "value of \"" + site.name + "\" is not inside the support", "", site.span);
      }
      u.push_back(free[i]);
    }
    return point;
  });
  return u;
}

}  // namespace dolab::model
