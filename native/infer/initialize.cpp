#include "infer/initialize.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/nearest_name.hpp"

namespace dolab::infer {
namespace {

using model::Site;
using tensor::Tensor;

constexpr double kUnset = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kPriorAttempts = 100;

Tensor flat(const Tensor& value) { return tensor::reshape(value, {value.size()}); }

/// Unconstrained prior draws of every latent site, flat; undefined where the prior cannot be sampled.
std::vector<Tensor> prior_points(const model::Density& density, bool means) {
  const model::Trace& trace = density.trace();
  std::map<std::string, Tensor> points;
  model::Resolver resolver(trace);
  resolver.run([&](const Site& site, model::Resolver& resolve) -> Tensor {
    if (site.kind == model::SiteKind::plate) {
      Array rows(DType::integer, site.value.shape());
      model::random_rows(0, site.plates.front().size, rows.size(), rows.mutable_data());
      return trace.graph->constant(rows);
    }
    if (site.kind == model::SiteKind::param) return trace.graph->constant(site.initial);
    const prob::BijectionPtr bijection = prob::biject_to(site.distribution->support());
    Tensor value;
    try {
      if (means) {
        value = tensor::broadcast_to(site.distribution->mean(), site.value.shape());
      } else {
        value = site.distribution->sample({site.hash, -1});
      }
    } catch (const Error&) {
      return bijection->forward(tensor::full(*trace.graph, bijection->unconstrained_shape(site.value.shape()), 0.0));
    }
    points.emplace(site.name, resolve(flat(bijection->inverse(value))));
    return value;
  });
  std::vector<Tensor> result;
  for (const model::UnconstrainedBlock& block : density.blocks()) {
    const auto found = points.find(block.site);
    result.push_back(found == points.end() ? tensor::full(*trace.graph, {block.size}, kUnset) : found->second);
  }
  return result;
}

}  // namespace

InitStrategy init_strategy(const std::string& name) {
  static const std::vector<std::string> names = {"uniform", "feasible", "median", "sample", "mean", "value"};
  const std::string bare = name.rfind("init_to_", 0) == 0 ? name.substr(8) : name;
  const auto found = std::find(names.begin(), names.end(), bare);
  if (found == names.end()) {
    throw Error("E1103", "unknown init strategy \"" + name + "\"", unknown_name_hint(bare, names));
  }
  return static_cast<InitStrategy>(found - names.begin());
}

Initializer::Initializer(const model::Density& density, const InitOptions& options)
    : density_(density), options_(options), centre_(static_cast<std::size_t>(density.dimension()), kUnset) {
  switch (options_.strategy) {
    case InitStrategy::feasible:
      std::fill(centre_.begin(), centre_.end(), 0.0);
      break;
    case InitStrategy::median:
    case InitStrategy::sample:
    case InitStrategy::mean:
      prepare_prior_points(options_.strategy);
      break;
    case InitStrategy::uniform:
    case InitStrategy::value:
      break;
  }
  prepare_values();
}

void Initializer::prepare_prior_points(InitStrategy strategy) {
  const auto dimension = static_cast<std::size_t>(density_.dimension());
  const bool median = strategy != InitStrategy::sample;
  const std::int64_t count = median ? options_.samples : kPriorAttempts;
  std::vector<Tensor> parts = prior_points(density_, false);
  const Tensor batched = tensor::batch({tensor::concat(parts, 0)}, {}, count).front();
  const Array points =
      tensor::evaluate({batched}, {}, {}, {random_key(options_.seed, RandomPurpose::init), 0, 0}).front();
  if (median) {
    std::vector<double> column(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < dimension; ++i) {
      for (std::size_t k = 0; k < column.size(); ++k) column[k] = points[static_cast<std::int64_t>(k * dimension + i)];
      if (std::any_of(column.begin(), column.end(), [](double x) { return std::isnan(x); })) continue;
      std::sort(column.begin(), column.end());
      const std::size_t half = column.size() / 2;
      centre_[i] = column.size() % 2 == 1 ? column[half] : 0.5 * (column[half - 1] + column[half]);
    }
  } else {
    for (std::int64_t k = 0; k < count; ++k) {
      const double* row = points.data() + k * density_.dimension();
      prior_points_.emplace_back(row, row + dimension);
    }
  }
  if (strategy != InitStrategy::mean) return;
  std::vector<Tensor> means = prior_points(density_, true);
  const Array mean = tensor::evaluate({tensor::concat(means, 0)}).front();
  for (std::size_t i = 0; i < dimension; ++i) {
    if (std::isfinite(mean[static_cast<std::int64_t>(i)])) centre_[i] = mean[static_cast<std::int64_t>(i)];
  }
}

void Initializer::prepare_values() {
  if (options_.values.empty()) return;
  std::map<std::string, Array> complete;
  std::vector<std::string> names;
  std::vector<double> zero(static_cast<std::size_t>(density_.dimension()), 0.0);
  const Tensor u = density_.trace().graph->input({density_.dimension()});
  model::UnconstrainedModel model = density_.at(density_.split(u));
  density_.fix_rows(model, 0);
  // Sites that are not named need some value, because supports may depend on them: the feasible one.
  for (const model::UnconstrainedBlock& block : density_.blocks()) {
    names.push_back(block.site);
    const auto given = options_.values.find(block.site);
    if (given != options_.values.end()) {
      complete.emplace(block.site, given->second);
    } else {
      complete.emplace(block.site, tensor::evaluate({model.sites.at(block.site)}, {u},
                                                    {Array(DType::real, {density_.dimension()}, zero)})
                                       .front());
    }
  }
  const std::vector<double> point = density_.unconstrain(complete);
  for (const model::UnconstrainedBlock& block : density_.blocks()) {
    if (options_.values.count(block.site) == 0) continue;
    std::copy_n(point.begin() + block.offset, block.size, centre_.begin() + block.offset);
  }
  for (const auto& [name, value] : options_.values) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    warnings_.push_back({"W104", "init: no latent site \"" + name + "\"", unknown_name_hint(name, names), {}});
  }
}

void Initializer::prepare_explanation() const {
  const model::Trace& trace = density_.trace();
  const Tensor u = trace.graph->input({density_.dimension()});
  const std::vector<Tensor> parts = density_.split(u);
  std::vector<Tensor> outputs;
  model::UnconstrainedModel model = density_.at(parts);
  density_.fix_rows(model, 0);
  for (const model::Site& site : trace.sites) {
    if (site.kind != model::SiteKind::sample && site.kind != model::SiteKind::factor) continue;
    explained_sites_.push_back(site.name);
    outputs.push_back(model.densities.at(site.name));
  }
  explanation_ = tensor::compile(*trace.graph, {u}, outputs);
}

void Initializer::propose(std::int64_t chain, int attempt, double* u) const {
  const std::int64_t dimension = density_.dimension();
  const std::uint64_t key = random_key(options_.seed, RandomPurpose::init);
  const std::vector<double>* prior = nullptr;
  if (!prior_points_.empty()) {
    const auto index = static_cast<std::size_t>(chain * 7919 + attempt) % prior_points_.size();
    prior = &prior_points_[index];
  }
  for (std::int64_t i = 0; i < dimension; ++i) {
    const double centre =
        prior != nullptr ? (*prior)[static_cast<std::size_t>(i)] : centre_[static_cast<std::size_t>(i)];
    const auto words = philox(key, {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(attempt),
                                    static_cast<std::uint32_t>(chain), 1});
    const double jitter = options_.radius * (2.0 * to_uniform(words[0]) - 1.0);
    // A fixed centre that fails is retried nearby; a prior point is another one at each attempt.
    u[i] = std::isnan(centre) ? jitter : centre + (prior == nullptr && attempt > 0 ? 0.1 * jitter : 0.0);
  }
}

std::vector<double> Initializer::find(Target& target, std::int64_t chain, int attempts) const {
  const auto dimension = static_cast<std::size_t>(density_.dimension());
  std::vector<double> u(dimension), gradient(dimension);
  for (int attempt = 0; attempt < attempts; ++attempt) {
    propose(chain, attempt, u.data());
    const double value = target.log_density_gradient(u.data(), gradient.data());
    const bool finite = std::isfinite(value) &&
                        std::all_of(gradient.begin(), gradient.end(), [](double g) { return std::isfinite(g); });
    if (finite) return u;
  }
  throw Error("E504", explain(u.data()));
}

std::string Initializer::explain(const double* u) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (explanation_ == nullptr) prepare_explanation();
  tensor::Executor executor(explanation_);
  executor.bind_input(0, u);
  executor.run();
  for (std::size_t i = 0; i < explained_sites_.size(); ++i) {
    const double value = executor.output(i)[0];
    if (std::isfinite(value)) continue;
    return "the log density is not finite at the start: first non-finite site \"" + explained_sites_[i] +
           "\" (log density " +
           (std::isnan(value) ? "nan"
            : value < 0       ? "-inf"
                              : "inf") +
           ")";
  }
  return "the log density or its gradient is not finite at the start, although every site is";
}

StartingPoints Initializer::starting_points() const {
  StartingPoints start;
  start.propose = [this](std::int64_t chain, int attempt, double* u) { propose(chain, attempt, u); };
  start.explain = [this](const double* u) { return explain(u); };
  return start;
}

}  // namespace dolab::infer
