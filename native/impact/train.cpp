// Training: steps of variational inference on all rows or on minibatches, runs of the sampler, injected draws.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/philox.hpp"
#include "impact/contract.hpp"
#include "impact/draws.hpp"
#include "impact/settings.hpp"
#include "impact/state.hpp"
#include "infer/diagnose.hpp"
#include "infer/model_target.hpp"
#include "infer/sampler_health.hpp"

namespace dolab::impact {
namespace {

void append(std::vector<Warning>& warnings, const std::vector<Warning>& more) {
  for (const Warning& warning : more) {
    const auto same = [&](const Warning& other) {
      return other.code == warning.code && other.message == warning.message;
    };
    if (std::none_of(warnings.begin(), warnings.end(), same)) warnings.push_back(warning);
  }
}

std::set<std::string> observed_sites(const model::Trace& trace) {
  std::set<std::string> names;
  for (const model::Site* site : trace.observed()) names.insert(site->name);
  return names;
}

/// A guide can go on if its parameters are those that the state holds.
void check_layout(const infer::Guide& before, const infer::Guide& now) {
  const auto same = [](const infer::GuideParameter& a, const infer::GuideParameter& b) {
    return a.name == b.name && a.free_shape == b.free_shape;
  };
  if (std::equal(before.parameters().begin(), before.parameters().end(), now.parameters().begin(),
                 now.parameters().end(), same)) {
    return;
  }
  throw Error("E812", "these data give the guide other parameters (" + std::to_string(now.dimension()) +
                          " numbers) than the earlier ones (" + std::to_string(before.dimension()) + ")");
}

/// Runs steps. Returns false if cancelled; throws E810 if the loss is not finite, Cancelled before the first step.
bool advance(const BatchSteps& on, infer::SviState& state, std::int64_t steps, ThreadPool& pool, Progress& progress) {
  const std::size_t before = state.losses.size();
  const infer::SviReport report = on.svi->run(state, steps, pool, progress, on.data);
  if (report.complete) return true;
  if (!progress.cancelled()) {
    const std::string why = report.warnings.empty() ? "training stopped" : report.warnings.front().message;
    throw Error("E810", why);
  }
  if (state.losses.size() == before && before == 0) throw Cancelled();
  return false;
}

/// Draws of a guide under a seed.
infer::Posterior draw_guide(const SviProgress& at, std::uint64_t seed, std::int64_t draws,
                            const std::vector<std::string>& only, const tensor::CompileOptions& compile,
                            ThreadPool& pool, Progress* progress) {
  const model::Density& density = at.svi->full_density();
  const infer::Guide& guide = at.svi->guide();
  tensor::Graph& graph = *density.trace().graph;
  const tensor::Tensor theta = graph.constant(Array(DType::real, {guide.dimension()}, at.state.parameters));
  const infer::GuideDraw draw = guide.draw(density, guide.split(theta));
  infer::PosteriorOptions options;
  options.only = only;
  options.batched.key = random_key(seed, RandomPurpose::posterior);
  options.batched.compile = compile;
  options.batched.progress = progress;
  return infer::collect_draws(density.trace(), density.at(draw.blocks).sites, {}, draws, options, pool);
}

ViResult result_of(const SviProgress& at, std::size_t first_step, bool complete) {
  ViResult result;
  result.params = at.svi->guide().constrained(at.state.parameters);
  result.losses.assign(at.state.losses.begin() + static_cast<std::ptrdiff_t>(first_step), at.state.losses.end());
  result.steps = static_cast<std::int64_t>(at.state.losses.size());
  result.complete = complete;
  result.pareto_k = std::numeric_limits<double>::quiet_NaN();
  return result;
}

Warning stopped_early() { return {"W810", "training was cancelled; the posterior is where it stopped", "", {}}; }

/// A run of the sampler on a bound kernel.
infer::Posterior run_sampler(const BoundKernel& bound, const NutsSettings& nuts, const ModelSettings& settings,
                             std::uint64_t seed, const std::vector<std::string>& only, ThreadPool& pool,
                             Progress& progress) {
  model::TraceOptions all_rows;
  all_rows.subsampling = false;
  const auto trace = std::make_shared<model::Trace>(model::trace_model(bound.function, bound.arguments, all_rows));
  const model::Density density(trace);
  const infer::Initializer initializer(density, init_options(nuts, seed));
  const auto targets = infer::make_targets(density, nuts.chains, seed, compile_options(settings), &pool);
  const auto chains = infer::run_nuts(nuts_options(nuts, seed), targets, pool, progress, initializer.starting_points());
  infer::PosteriorOptions options;
  options.only = only;
  options.batched.compile = compile_options(settings);
  infer::Posterior posterior = infer::constrain_draws(density, chains, options, pool);
  if (posterior.draws == 0) throw Cancelled();
  append(posterior.warnings, trace->warnings);
  append(posterior.warnings, initializer.warnings());
  if (progress.cancelled()) posterior.warnings.push_back(stopped_early());

  infer::Summarizer summarizer;
  std::vector<infer::NamedSummary> summaries;
  for (const infer::SiteDraws& site : posterior.sites) {
    if (site.deterministic) continue;
    const std::int64_t size = element_count(site.shape), count = posterior.total();
    std::vector<double> column(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < size; ++i) {
      for (std::int64_t k = 0; k < count; ++k) column[static_cast<std::size_t>(k)] = site.values[k * size + i];
      const std::string name = site.shape.empty() ? site.name : site.name + "[" + std::to_string(i) + "]";
      summaries.push_back({name, summarizer.summarize({column.data(), posterior.chains, posterior.draws})});
    }
  }
  append(posterior.warnings, infer::sampler_warnings(infer::sampler_health(chains), summaries));
  return posterior;
}

/// How the rows are cut.
struct Minibatches {
  const BoundKernel& all;
  std::int64_t batch;
};

/// Epochs of one step per batch. False if cancelled; throws Cancelled before the first step.
bool run_minibatches(ModelState& model, const Minibatches& cut, const FitOptions& options,
                     const infer::SviOptions& engine, SviProgress& next, Progress& progress) {
  const std::int64_t rows = cut.all.rows, batches = (rows + cut.batch - 1) / cut.batch;
  const BatchSource source{model.kernel, engine, static_cast<double>(rows), cut.all.probe.get()};
  const std::size_t first_step = next.state.losses.size();
  const std::uint64_t key = random_key(next.seed, RandomPurpose::minibatch);
  std::vector<double> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), 0.0);
  Progress silent;
  progress.begin("optimize", options.epochs * batches);
  std::int64_t step = 0;
  for (; step < options.epochs * batches && !progress.cancelled(); ++step) {
    const std::int64_t first = step % batches * cut.batch;
    if (options.shuffle && first == 0) {
      model::random_rows(splitmix64(key + next.state.losses.size()), rows, rows, order.data());
    }
    std::vector<std::int64_t> chosen;
    for (std::int64_t i = first; i < std::min(rows, first + cut.batch); ++i) {
      chosen.push_back(static_cast<std::int64_t>(order[static_cast<std::size_t>(i)]));
    }
    const BatchSteps on = model.batches.steps(source, take_rows(cut.all.arguments, chosen));
    check_layout(next.svi->guide(), on.svi->guide());
    advance(on, next.state, 1, model.pool, silent);
    progress.advance(1);
  }
  progress.finish();
  if (next.state.losses.size() == first_step) throw Cancelled();
  return step == options.epochs * batches;
}

}  // namespace

BoundKernel ModelState::bind(const Array& x, const Array* y, const Arguments& extra) const {
  BoundKernel bound;
  bound.arguments = bind_arguments(kernel, settings, x, y, extra);
  bound.rows = x.shape().front();
  bound.probe = std::make_shared<model::Trace>(model::trace_model(kernel.function, bound.arguments));
  check_sites(*bound.probe, kernel, settings, y != nullptr);
  bound.pinned = pinned_plates(*bound.probe, bound.rows);
  bound.function = with_pinned_plates(kernel.function, bound.pinned);
  return bound;
}

const Fitted& ModelState::require_fit() const {
  if (!fitted) throw Error("E807", "the model is not fitted", "call fit, fit_on_batch or set_posterior_sample first");
  return *fitted;
}

const SviSettings& ModelState::require_svi(const char* method, const char* instead) const {
  if (const auto* svi = std::get_if<SviSettings>(&inference)) return *svi;
  throw Error("E813", std::string(method) + " needs SVI, this model uses NUTS", instead);
}

double ModelState::train_on_batch(const Array& x, const Array& y, const Arguments& extra,
                                  std::optional<std::uint64_t> seed) {
  const SviSettings& svi = require_svi("train_on_batch", "use fit_on_batch");
  Arguments arguments = bind_arguments(kernel, settings, x, &y, extra);
  SviProgress next;
  std::optional<KernelSpec> new_spec = spec;
  if (training && same_arguments(training->arguments, arguments)) {
    next = *training;
  } else if (training) {
    next.seed = training->seed;
    next.svi = training->svi;
    BatchSteps on = batches.steps({kernel, svi_options(svi, settings, next.seed), 0.0, nullptr}, arguments);
    check_layout(next.svi->guide(), on.svi->guide());
    next.svi = std::move(on.svi);
    next.data = std::move(on.data);
    next.state = training->state;
    next.arguments = std::move(arguments);
  } else {
    const BoundKernel bound = bind(x, &y, extra);
    refuse_local(latents_in(*bound.probe, bound.pinned), "the plate holds more rows than the data");
    new_spec = extended(spec, *bound.probe, settings.param_output, true);
    next.seed = seed_or_own(seed);
    next.svi = std::make_shared<infer::Svi>(bound.function, bound.arguments, model::TraceOptions{},
                                            svi_options(svi, settings, next.seed));
    next.state = next.svi->initial_state();
    next.arguments = std::move(arguments);
  }
  Progress silent;
  advance({next.svi, next.data}, next.state, 1, pool, silent);
  const double loss = next.state.losses.back();
  training = std::move(next);
  spec = std::move(new_spec);
  return loss;
}

void ModelState::fit_on_batch(const Array& x, const Array& y, const Arguments& extra, const TrainOptions& options) {
  Progress silent;
  Progress& progress = options.progress != nullptr ? *options.progress : silent;
  if (const auto* nuts = std::get_if<NutsSettings>(&inference)) {
    BoundKernel bound = bind(x, &y, extra);
    Fitted fit;
    fit.posterior = run_sampler(bound, *nuts, settings, seed_or_own(options.seed), {}, pool, progress);
    fit.arguments = bound.arguments;
    fit.observed = observed_sites(*bound.probe);
    KernelSpec new_spec = extended(spec, *bound.probe, settings.param_output, true);
    bound.probe.reset();
    DrawGroup group = posterior_group(fit.posterior);
    warnings = fit.posterior.warnings;
    spec = std::move(new_spec);
    sampled = std::move(bound);
    posterior = std::move(group);
    fitted = std::move(fit);
    return;
  }
  const auto& svi = std::get<SviSettings>(inference);
  require_positive("num_steps", options.num_steps);
  require_positive("num_samples", options.num_samples);
  const BoundKernel bound = bind(x, &y, extra);
  refuse_local(latents_in(*bound.probe, bound.pinned), "the plate holds more rows than the data");
  SviProgress next;
  next.seed = options.seed.value_or(training ? training->seed : settings.seed);
  const bool reuse = training && training->data.empty() && training->seed == next.seed &&
                     same_arguments(training->arguments, bound.arguments);
  next.svi = reuse ? training->svi
                   : std::make_shared<infer::Svi>(bound.function, bound.arguments, model::TraceOptions{},
                                                  svi_options(svi, settings, next.seed));
  if (training) check_layout(training->svi->guide(), next.svi->guide());
  next.state = training ? training->state : next.svi->initial_state();
  next.arguments = bound.arguments;
  const std::size_t first_step = next.state.losses.size();
  const bool complete = advance({next.svi, {}}, next.state, options.num_steps, pool, progress);

  keep(bound, std::move(next), first_step, complete, {options.num_samples, options.check_guide});
}

void ModelState::fit(const Array& x, const Array& y, const Arguments& extra, const FitOptions& options) {
  const Arguments arguments = bind_arguments(kernel, settings, x, &y, extra);
  const std::int64_t rows = x.shape().front();
  check_row_arguments(arguments, rows);
  const SviSettings& svi = require_svi("fit", "use fit_on_batch");
  require_positive("num_samples", options.num_samples);
  require_positive("epochs", options.epochs);
  if (options.batch_size) require_positive("batch_size", *options.batch_size);
  const std::int64_t batch = std::min(options.batch_size.value_or(rows), rows);
  const BoundKernel all = bind(x, &y, extra);
  refuse_local(latents_in(*all.probe, all.pinned), "the plate holds more rows than the data");
  const std::uint64_t seed = options.seed.value_or(training ? training->seed : settings.seed);
  const infer::SviOptions engine = svi_options(svi, settings, seed);

  SviProgress next;
  next.seed = seed;
  next.arguments = all.arguments;
  next.svi = std::make_shared<infer::Svi>(all.function, all.arguments, model::TraceOptions{}, engine);
  if (training) check_layout(training->svi->guide(), next.svi->guide());
  next.state = training ? training->state : next.svi->initial_state();
  const std::size_t first_step = next.state.losses.size();

  Progress silent;
  Progress& progress = options.progress != nullptr ? *options.progress : silent;
  const bool complete = batch == rows ? advance({next.svi, {}}, next.state, options.epochs, pool, progress)
                                      : run_minibatches(*this, {all, batch}, options, engine, next, progress);
  keep(all, std::move(next), first_step, complete, {options.num_samples, options.check_guide});
}

void ModelState::keep(const BoundKernel& bound, SviProgress next, std::size_t first_step, bool complete,
                      const GuideDraws& wanted) {
  Fitted fit;
  fit.posterior = draw_guide(next, next.seed, wanted.draws, {}, compile_options(settings), pool, nullptr);
  fit.arguments = bound.arguments;
  fit.observed = observed_sites(*bound.probe);
  ViResult result = result_of(next, first_step, complete);
  std::vector<Warning> found = bound.probe->warnings;
  append(found, fit.posterior.warnings);
  if (!complete) found.push_back(stopped_early());
  if (wanted.check && complete) {
    const infer::SviQuality quality = next.svi->quality(next.state, wanted.draws, pool);
    result.pareto_k = quality.pareto_k;
    append(found, quality.warnings);
  }
  KernelSpec new_spec = extended(spec, *bound.probe, settings.param_output, true);
  SviProgress copy = next;
  DrawGroup group = posterior_group(fit.posterior);
  spec = std::move(new_spec);
  warnings = std::move(found);
  vi_result = std::move(result);
  trained = std::move(copy);
  training = std::move(next);
  posterior = std::move(group);
  fitted = std::move(fit);
}

DrawTree ModelState::sample(const SampleSettings& request) {
  require_positive("num_samples", request.num_samples);
  const bool svi = std::holds_alternative<SviSettings>(inference);
  if (svi ? !vi_result.has_value() : !sampled.has_value()) {
    throw Error("E807", "there is nothing to sample from", "call fit or fit_on_batch first");
  }
  // Other numbers than those of the fit, which uses the seed itself.
  const std::uint64_t seed = request.seed.value_or(splitmix64(settings.seed + samples_taken + 1));
  DrawTree tree;
  const std::vector<std::string> only = request.return_sites.value_or(std::vector<std::string>{});
  infer::Posterior drawn;
  if (request.return_sites && only.empty()) {
    drawn.draws = request.num_samples;
  } else if (svi) {
    drawn = draw_guide(*trained, seed, request.num_samples, only, compile_options(settings), pool, request.progress);
  } else {
    NutsSettings nuts = std::get<NutsSettings>(inference);
    nuts.draws = request.num_samples * nuts.thinning;
    Progress silent;
    drawn = run_sampler(*sampled, nuts, settings, seed, only, pool, request.progress ? *request.progress : silent);
  }
  tree.warnings = drawn.warnings;
  tree.groups.push_back(posterior_group(drawn));
  if (!request.seed) ++samples_taken;
  return tree;
}

void ModelState::set_posterior_sample(const std::map<std::string, Array>& values, std::int64_t chains) {
  std::map<std::string, Array> kept = values;
  std::vector<Warning> found;
  if (kept.erase(settings.param_output) > 0) {
    found.push_back(
        {"W104", "draws of the output \"" + settings.param_output + "\" are no posterior and were dropped", "", {}});
  }
  Fitted fit;
  fit.posterior = posterior_of(kept, chains);
  std::optional<KernelSpec> new_spec = spec;
  if (!new_spec) {
    new_spec.emplace();
    for (const infer::SiteDraws& site : fit.posterior.sites) new_spec->sample_sites.push_back(site.name);
    new_spec->return_sites = {settings.param_output};
  }
  DrawGroup group = posterior_group(fit.posterior);
  spec = std::move(new_spec);
  warnings = std::move(found);
  posterior = std::move(group);
  fitted = std::move(fit);
}

}  // namespace dolab::impact
