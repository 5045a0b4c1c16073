#include "model/builder.hpp"

#include <algorithm>
#include <cmath>

#include "base/printable.hpp"
#include "model/reach.hpp"
#include "tensor/execute.hpp"

namespace dolab::model {
namespace {

std::string at_line(const SourceSpan& span) { return span.line > 0 ? " (line " + std::to_string(span.line) + ")" : ""; }

/// Batch part of a value's shape.
Shape batch_part(const Shape& shape, int event_dim) {
  const std::size_t events = std::min(shape.size(), static_cast<std::size_t>(event_dim));
  return Shape(shape.begin(), shape.end() - static_cast<std::ptrdiff_t>(events));
}

/// The host array of a tensor that may be broadcast to `shape`; empty if it is not known while tracing.
std::optional<Array> known(const Tensor& tensor, const Shape& shape) {
  if (!tensor.defined() || !tensor.is_constant()) return std::nullopt;
  return tensor::broadcast_to(tensor, shape).value();
}

/// True if the distribution itself (`.mask`) leaves the given cells out: their density is exactly 0 whatever the
/// parameters, where a missing value in the density proper gives minus infinity.
bool masked_by_distribution(const Site& site, const std::vector<std::int64_t>& cells) {
  const Tensor density = site.distribution->log_prob(site.value);
  const std::vector<Tensor> inputs = inputs_of({density});
  std::vector<Array> values;
  for (const Tensor& input : inputs) {
    Array half(DType::real, input.shape());
    std::fill_n(half.mutable_data(), half.size(), 0.5);
    values.push_back(half);
  }
  const Array result = tensor::evaluate({density}, inputs, values).front();
  for (const std::int64_t cell : cells) {
    if (cell >= result.size() || result[cell] != 0.0) return false;
  }
  return true;
}

std::string first_rows(const std::vector<std::int64_t>& rows) {
  std::string text;
  for (std::size_t i = 0; i < rows.size() && i < 5; ++i) text += (i > 0 ? ", " : "") + std::to_string(rows[i]);
  return text + (rows.size() > 5 ? ", ..." : "");
}

}  // namespace

Builder::Builder(std::shared_ptr<tensor::Graph> graph, Options options)
    : graph_(graph != nullptr ? std::move(graph) : std::make_shared<tensor::Graph>()), options_(options) {}

Tensor Builder::sample(const std::string& name, prob::DistributionPtr distribution, const SampleOptions& options) {
  if (distribution == nullptr) {
    throw Error("E206", "second argument of sample " + quoted(name) + " is not a distribution", {}, span_);
  }
  if (options.observation_mask.defined() && options.observation.defined()) {
    return sample_partly_observed(name, distribution, options);
  }
  Message message;
  message.site.name = name;
  message.site.kind = SiteKind::sample;
  message.site.distribution =
      options.sample_shape.empty() ? std::move(distribution) : distribution->expand_by(options.sample_shape);
  message.site.infer = options.infer;
  message.site.observed = options.observation.defined();
  message.value = options.observation;
  return run(std::move(message));
}

Tensor Builder::sample_partly_observed(const std::string& name, const prob::DistributionPtr& distribution,
                                       const SampleOptions& options) {
  const Tensor observed_where = options.observation_mask;
  SampleOptions parts = options;
  parts.observation_mask = {};
  Tensor observed, unobserved;
  {
    Scoped scope(*this, mask(observed_where));
    observed = sample(name + "_observed", distribution, parts);
  }
  {
    Scoped scope(*this, mask(tensor::logical_not(observed_where)));
    parts.observation = {};
    unobserved = sample(name + "_unobserved", distribution, parts);
  }
  Tensor keep = observed_where;
  for (int i = 0; i < distribution->event_dim(); ++i) keep = tensor::expand_dims(keep, keep.rank());
  return deterministic(name, tensor::select(keep, observed, unobserved));
}

Tensor Builder::deterministic(const std::string& name, const Tensor& value) {
  Message message;
  message.site.name = name;
  message.site.kind = SiteKind::deterministic;
  message.value = value;
  return run(std::move(message));
}

void Builder::factor(const std::string& name, const Tensor& log_factor) {
  Message message;
  message.site.name = name;
  message.site.kind = SiteKind::factor;
  message.site.observed = true;
  message.value = log_factor;
  run(std::move(message));
}

Tensor Builder::param(const std::string& name, const Tensor& init, const prob::Constraint& constraint,
                      std::optional<std::int64_t> event_dim) {
  Message message;
  message.site.name = name;
  message.site.kind = SiteKind::param;
  message.site.initial = init.value();
  message.site.constraint = constraint;
  message.site.event_dim = event_dim.value_or(-1);
  return run(std::move(message));
}

PlatePtr Builder::plate(const std::string& name, std::int64_t size, std::optional<std::int64_t> subsample_size,
                        std::optional<std::int64_t> dim) {
  if (size < 1) throw Error("E402", "plate " + quoted(name) + " got size " + std::to_string(size), {}, span_);
  const std::int64_t extent = options_.subsampling ? subsample_size.value_or(size) : size;
  if (extent < 1 || extent > size) {
    throw Error(
        "E402",
        "plate " + quoted(name) + " of size " + std::to_string(size) + " got subsample_size " + std::to_string(extent),
        "subsample_size must be between 1 and the size", span_);
  }
  if (dim && *dim >= 0) {
    throw Error("E403", "plate " + quoted(name) + " got dim " + std::to_string(*dim),
                "dims are negative: -1 is the rightmost", span_);
  }
  std::int64_t free_dim = -1;
  const auto active = active_plates();
  const auto taken = [&](std::int64_t d) {
    return std::any_of(active.begin(), active.end(), [d](const PlateFrame& frame) { return frame.dim == d; });
  };
  while (taken(free_dim)) --free_dim;

  Message message;
  message.site.name = name;
  message.site.kind = SiteKind::plate;
  message.site.span = span_;
  PlateFrame frame{name, dim.value_or(free_dim), size, extent};
  message.site.plates = {frame};
  run(message);  // outer handlers may rename it or fix its rows; `plates_` keeps the outcome
  const PlateRecord& record = plates_.back();
  return std::make_shared<Plate>(*graph_, record.frame, record.indices, record.span);
}

std::vector<PlatePtr> Builder::plate_stack(const std::string& prefix, const std::vector<std::int64_t>& sizes,
                                           std::int64_t rightmost_dim) {
  std::vector<PlatePtr> plates;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    plates.push_back(plate(prefix + "_" + std::to_string(i), sizes[sizes.size() - 1 - i], std::nullopt,
                           rightmost_dim - static_cast<std::int64_t>(i)));
  }
  return plates;
}

std::vector<Plate*> Builder::plates_on_stack() const {
  std::vector<Plate*> plates;
  for (const HandlerPtr& handler : stack_) {
    if (auto* plate = dynamic_cast<Plate*>(handler.get())) plates.push_back(plate);
  }
  return plates;
}

std::vector<PlateFrame> Builder::active_plates() const {
  std::vector<PlateFrame> frames;
  for (const Plate* plate : plates_on_stack()) frames.push_back(plate->frame());
  return frames;
}

Tensor Builder::subsample(const Tensor& x, std::int64_t event_dim) {
  Tensor result = x;
  try {
    for (const Plate* plate : plates_on_stack()) result = plate->cut(result, event_dim);
  } catch (Error& error) {
    error.at(span_);
    throw;
  }
  return result;
}

void Builder::push(HandlerPtr handler) {
  handler->enter(*this);
  stack_.push_back(std::move(handler));
}

void Builder::pop(const HandlerPtr& handler) {
  if (stack_.empty() || stack_.back() != handler) return;  // an error unwound the stack already
  stack_.pop_back();
  handler->exit(*this);
}

Tensor Builder::enter(const PlatePtr& plate) {
  push(plate);
  return plate->indices();
}

Tensor Builder::current_mask() const {
  Tensor mask;
  for (const HandlerPtr& handler : stack_) {
    const Tensor next = handler->active_mask();
    if (next.defined()) mask = mask.defined() ? tensor::logical_and(mask, next) : next;
  }
  return mask;
}

Tensor Builder::run(Message message) {
  if (message.site.span.line == 0) message.site.span = span_;
  const std::vector<HandlerPtr> stack = stack_;
  std::size_t outermost = stack.size();
  try {
    while (outermost > 0) {
      stack[--outermost]->process(*this, message);
      if (message.stop) break;
    }
    give_value(message);
    give_downstream(message);
    for (std::size_t i = outermost; i < stack.size(); ++i) stack[i]->postprocess(*this, message);
    if (message.site.kind == SiteKind::plate) {
      PlateFrame frame = message.site.plates.front();
      frame.name = message.site.name;
      if (message.site.value.defined()) frame.extent = message.site.value.size();
      message.site.plates = {frame};
      plates_.push_back({frame, message.site.value, message.site.span});
    }
    if (!message.stop && !message.again) record(message.site);
  } catch (Error& error) {
    error.at(message.site.span);
    throw;
  }
  return message.site.downstream;
}

void Builder::give_value(Message& message) {
  Site& site = message.site;
  if (site.kind == SiteKind::param) {
    if (const Site* earlier = find(site.name); earlier != nullptr && earlier->kind == SiteKind::param) {
      message.value = earlier->value;
      message.again = true;
    } else if (!message.value.defined()) {
      message.value = graph_->input(site.initial.shape());
    }
  }
  if (site.kind == SiteKind::plate && !message.value.defined()) {
    // Re-made plates (a helper called twice) share their rows.
    const PlateFrame& frame = site.plates.front();
    if (message.stop) {  // hidden from the trace: a plate of its own, over its first rows
      if (frame.extent != frame.size) message.value = tensor::arange(*graph_, frame.extent);
    } else if (const Site* earlier = find(site.name); earlier != nullptr && earlier->kind == SiteKind::plate) {
      const PlateFrame& first = earlier->plates.front();
      if (first.size != frame.size || first.extent != frame.extent || first.dim != frame.dim) {
        const bool sizes = first.size != frame.size;
        throw Error("E102", "plate " + quoted(site.name) + " was opened with " + (sizes ? "size " : "dim ") +
                                std::to_string(sizes ? first.size : first.dim) + at_line(earlier->span) + " and " +
                                std::to_string(sizes ? frame.size : frame.dim) + " here")
            .with_related(earlier->span, "first opened here");
      }
      message.value = earlier->value;
      message.again = true;
    } else if (frame.extent != frame.size) {
      message.value = graph_->input({frame.extent}, DType::integer);
    }
  }
  if (site.kind == SiteKind::sample && !message.value.defined()) {
    const prob::Distribution& distribution = *site.distribution;
    if (message.stop) {  // hidden from the trace: nobody can give it a value, so it is drawn
      message.value = distribution.sample({site_hash(site.name), -1});
    } else {
      Shape shape = distribution.batch_shape();
      shape.insert(shape.end(), distribution.event_shape().begin(), distribution.event_shape().end());
      message.value = graph_->input(shape, distribution.is_discrete() ? DType::integer : DType::real);
    }
  }
  site.value = message.value;
}

void Builder::give_downstream(Message& message) {
  Site& site = message.site;
  site.downstream = site.value;
  const bool replaceable = site.kind == SiteKind::sample || site.kind == SiteKind::deterministic;
  if (message.intervention && replaceable) {
    Tensor imposed = (*message.intervention)(site.value);
    try {
      imposed = tensor::broadcast_to(imposed, site.value.shape());
    } catch (const Error&) {
      throw Error("E1106",
                  "the value imposed on " + quoted(site.name) + " has shape " + to_string(imposed.shape()) +
                      ", the site has " + to_string(site.value.shape()),
                  "give one number, or one value for each element");
    }
    site.imposed = imposed;
  }
  const bool given = site.kind == SiteKind::sample && (site.observed || site.fixed) && !message.stop;
  if (site.imposed.defined() || given) {
    site.downstream = graph_->input(site.value.shape(), site.value.dtype());
  }
}

void Builder::record(const Site& site) {
  if (const Site* earlier = find(site.name)) {
    if (earlier->kind == SiteKind::plate || site.kind == SiteKind::plate) {
      warn("W103", "a plate and a site share the name " + quoted(site.name));
    } else {
      std::string lines;
      if (site.span.line > 0 && site.span.line == earlier->span.line) {
        lines = " (both times at line " + std::to_string(site.span.line) + ")";
      } else if (site.span.line > 0) {
        lines = " (lines " + std::to_string(earlier->span.line) + " and " + std::to_string(site.span.line) + ")";
      }
      throw Error("E101", "site " + quoted(site.name) + " is defined twice" + lines)
          .with_related(earlier->span, "first defined here");
    }
  }
  if (site.kind == SiteKind::sample && site.observed) check_observation(site);
  index_.emplace(site.name, sites_.size());
  sites_.push_back(site);
  Site& kept = sites_.back();
  // Two names with one 32-bit hash get different addresses; the first one keeps its own.
  kept.hash = site_hash(kept.name);
  for (int i = 1; !hashes_.insert(kept.hash).second; ++i) kept.hash = site_hash(kept.name + "#" + std::to_string(i));
}

void Builder::check_observation(const Site& site) {
  const prob::Distribution& distribution = *site.distribution;
  const Shape batch = batch_part(site.value.shape(), distribution.event_dim());
  Shape density;
  try {
    density = broadcast_shapes(batch, distribution.batch_shape());
  } catch (const Error&) {
    std::string plates;
    for (const PlateFrame& plate : site.plates)
      plates +=
          (plates.empty() ? "; plate " : ", plate ") + quoted(plate.name) + " has size " + std::to_string(plate.extent);
    throw Error("E401",
                "observation of " + quoted(site.name) + " has shape " + to_string(site.value.shape()) +
                    ", its distribution batch shape " + to_string(distribution.batch_shape()) + plates,
                "one distribution per observation: compare the lengths of the data and of the plate");
  }
  if (density != batch) {
    warn("W401", "observation of " + quoted(site.name) + " has shape " + to_string(site.value.shape()) +
                     ", distribution " + to_string(distribution.batch_shape()) + ": log density is " +
                     to_string(density));
  }
  if (!site.value.is_constant()) return;
  const Array values = site.value.value();
  const std::int64_t cells = std::max<std::int64_t>(1, element_count(batch));
  const std::int64_t events = values.size() / cells;
  const std::optional<Array> keep = density == batch ? known(site.mask, batch) : std::nullopt;
  // A mask that is only known at run time, or that broadcasts, is trusted.
  if (site.mask.defined() && !keep) return;
  std::vector<std::int64_t> missing;
  for (std::int64_t i = 0; i < cells; ++i) {
    if (keep && (*keep)[i] == 0.0) continue;
    for (std::int64_t j = 0; j < events; ++j) {
      if (std::isfinite(values[i * events + j])) continue;
      missing.push_back(i);
      break;
    }
  }
  if (!missing.empty()) {
    if (masked_by_distribution(site, missing)) return;
    throw Error("E503", "observation of " + quoted(site.name) + ": " + std::to_string(missing.size()) + " of " +
                            std::to_string(cells) + " values are missing or infinite (rows " + first_rows(missing) +
                            ")");
  }
  const Tensor inside = distribution.support().check(site.value);
  if (!inside.is_constant()) return;
  const Array ok = tensor::broadcast_to(inside, broadcast_shapes(inside.shape(), batch)).value();
  if (ok.size() != cells) return;
  std::vector<std::int64_t> outside;
  for (std::int64_t i = 0; i < cells; ++i) {
    if (ok[i] == 0.0 && !(keep && (*keep)[i] == 0.0)) outside.push_back(i);
  }
  if (outside.empty()) return;
  const bool coded = distribution.name() == "Categorical" || distribution.name() == "OrderedLogistic";
  const bool positive = std::all_of(values.data(), values.data() + values.size(), [](double v) { return v >= 1.0; });
  warn("W403",
       std::to_string(outside.size()) + " of " + std::to_string(cells) + " observations of " + quoted(site.name) +
           " are outside the support of " + distribution.name() + ", " + distribution.support().name() + " (rows " +
           first_rows(outside) + ")",
       coded && positive ? "categories are counted from 0: subtract 1 if yours start at 1" : "");
}

const Site* Builder::find(const std::string& name) const noexcept {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &sites_[found->second];
}

void Builder::warn(const char* code, std::string message, std::string hint) {
  if (hint.empty()) {
    if (const CatalogueEntry* entry = find_catalogue_entry(code)) hint = entry->hint;
  }
  warnings_.push_back({code, std::move(message), std::move(hint), span_});
}

void Builder::finish() {
  if (plates_.empty()) return;
  for (const Site& site : sites_) {
    if (!site.latent()) continue;
    const Shape& batch = site.distribution->batch_shape();
    std::int64_t loose = 1;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const std::int64_t dim = static_cast<std::int64_t>(i) - static_cast<std::int64_t>(batch.size());
      const bool covered = std::any_of(site.plates.begin(), site.plates.end(),
                                       [dim](const PlateFrame& frame) { return frame.dim == dim; });
      if (!covered) loose *= batch[i];
    }
    if (loose <= 1) continue;
    warn("W402",
         "site " + quoted(site.name) + " has " + std::to_string(loose) + " independent elements outside any plate");
    warnings_.back().span = site.span;
  }
}

}  // namespace dolab::model
