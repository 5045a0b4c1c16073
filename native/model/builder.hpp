// The one way to write a model down: language front ends and C++ callables make these calls.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/argument.hpp"
#include "model/handlers.hpp"
#include "model/site.hpp"

namespace dolab::model {

struct SampleOptions {
  Tensor observation;  // undefined: latent
  Shape sample_shape;
  InferOptions infer;
  Tensor observation_mask;  // obs_mask=: observed where true, latent elsewhere
};

/// A plate object. Its dim is fixed when it is made; it may be entered several times.
class Plate : public Handler {
 public:
  Plate(tensor::Graph& graph, PlateFrame frame, Tensor indices, SourceSpan span)
      : graph_(graph), frame_(std::move(frame)), indices_(indices), span_(std::move(span)) {}
  const PlateFrame& frame() const noexcept { return frame_; }
  /// Where it was made.
  const SourceSpan& span() const noexcept { return span_; }
  /// Integer vector of the rows in use: 0 .. size-1, or an input that the runner fills with a random subset.
  Tensor indices();
  bool subsampled() const noexcept { return frame_.extent != frame_.size; }
  void process(Builder& builder, Message& message) override;
  void postprocess(Builder& builder, Message& message) override;
  void enter(Builder& builder) override;
  /// The rows in use of a value whose axis dim - event_dim has one entry per row of the population (E409).
  Tensor cut(const Tensor& x, std::int64_t event_dim) const;

 private:
  [[noreturn]] void mismatch(const Site& site, const Shape& batch) const;

  tensor::Graph& graph_;
  PlateFrame frame_;
  Tensor indices_;
  SourceSpan span_;
};
using PlatePtr = std::shared_ptr<Plate>;

struct BuilderOptions {
  bool subsampling = true;  // false: plates ignore subsample_size (prediction over all rows)
};

/// Builds one graph from the statements of one model run. Errors carry the current span; not thread-safe.
class Builder {
 public:
  using Options = BuilderOptions;
  explicit Builder(std::shared_ptr<tensor::Graph> graph = nullptr, Options options = {});

  tensor::Graph& graph() noexcept { return *graph_; }
  const std::shared_ptr<tensor::Graph>& shared_graph() const noexcept { return graph_; }

  /// Position of the statement that follows; sites and plates remember it, errors point at it.
  void set_current_span(SourceSpan span) { span_ = std::move(span); }
  const SourceSpan& current_span() const noexcept { return span_; }

  // ---- statements. Each returns what the model sees downstream. ----
  Tensor sample(const std::string& name, prob::DistributionPtr distribution, const SampleOptions& options = {});
  Tensor deterministic(const std::string& name, const Tensor& value);
  void factor(const std::string& name, const Tensor& log_factor);
  /// `init` must be constant (E302). With `event_dim`, a param of full size is cut to the rows of subsampling plates.
  /// The same name twice gives the same tensor.
  Tensor param(const std::string& name, const Tensor& init, const prob::Constraint& constraint = {},
               std::optional<std::int64_t> event_dim = std::nullopt);

  // ---- plates ----
  /// Makes a plate: the dim is the first free one of -1, -2, ... among the plates active now, unless given.
  /// Throws E402 (size), E403 (dim), E102 (one name, two sizes or dims).
  PlatePtr plate(const std::string& name, std::int64_t size, std::optional<std::int64_t> subsample_size = std::nullopt,
                 std::optional<std::int64_t> dim = std::nullopt);
  /// prefix_0, prefix_1, ... for the sizes from the right, at dims rightmost_dim, rightmost_dim - 1, ...
  std::vector<PlatePtr> plate_stack(const std::string& prefix, const std::vector<std::int64_t>& sizes,
                                    std::int64_t rightmost_dim = -1);
  /// Inside every active subsampling plate, the rows in use of `x`; throws E409.
  Tensor subsample(const Tensor& x, std::int64_t event_dim);
  /// Plates entered now, outermost first.
  std::vector<PlateFrame> active_plates() const;

  // ---- the stack ----
  void push(HandlerPtr handler);
  /// Pops the innermost handler, which must be `handler`.
  void pop(const HandlerPtr& handler);
  /// Enters a plate and gives its indices.
  Tensor enter(const PlatePtr& plate);
  void exit(const PlatePtr& plate) { pop(plate); }
  /// Conjunction of the masks active now; undefined if there is none.
  Tensor current_mask() const;

  // ---- results ----
  const std::vector<Site>& sites() const noexcept { return sites_; }
  const Site* find(const std::string& name) const noexcept;
  const std::vector<Warning>& warnings() const noexcept { return warnings_; }
  void warn(const char* code, std::string message, std::string hint = {});
  /// Checks that need the whole model (W402, W502, W103), once, after the last statement.
  void finish();
  std::vector<Site> take_sites() { return std::move(sites_); }
  std::vector<Warning> take_warnings() { return std::move(warnings_); }

 private:
  struct PlateRecord {
    PlateFrame frame;
    Tensor indices;
    SourceSpan span;
  };
  Tensor run(Message message);
  void give_value(Message& message);
  void give_downstream(Message& message);
  void check_observation(const Site& site);
  void record(const Site& site);
  Tensor sample_partly_observed(const std::string& name, const prob::DistributionPtr& distribution,
                                const SampleOptions& options);
  std::vector<Plate*> plates_on_stack() const;

  std::shared_ptr<tensor::Graph> graph_;
  Options options_;
  SourceSpan span_;
  std::vector<HandlerPtr> stack_;
  std::vector<Site> sites_;
  std::map<std::string, std::size_t> index_;
  std::set<std::uint32_t> hashes_;
  std::vector<PlateRecord> plates_;
  std::vector<Warning> warnings_;
};

/// Enters a handler (or plate) for the lifetime of the object.
class Scoped {
 public:
  Scoped(Builder& builder, HandlerPtr handler) : builder_(builder), handler_(std::move(handler)) {
    builder_.push(handler_);
  }
  ~Scoped() { builder_.pop(handler_); }
  Scoped(const Scoped&) = delete;
  Scoped& operator=(const Scoped&) = delete;

 private:
  Builder& builder_;
  HandlerPtr handler_;
};

/// A model: statements made on a builder.
using ModelFunction = std::function<void(Builder&, const Arguments&)>;

}  // namespace dolab::model
