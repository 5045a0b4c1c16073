// Effect handlers: objects on the builder's stack that see every statement on its way (language page, 1.10).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/site.hpp"

namespace dolab::model {

class Builder;

/// One statement on its way through the stack. Handlers fill in what is missing.
struct Message {
  Site site;     // name, kind, distribution, masks and scales so far
  Tensor value;  // undefined until somebody gives it
  std::optional<Intervention> intervention;
  bool stop = false;   // outer handlers and the trace do not see the statement
  bool again = false;  // a param that the trace has already
};

/// The innermost handler sees a statement first; after the value is fixed, `postprocess` runs from the last
/// handler that saw it inwards, as in NumPyro.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void process(Builder& builder, Message& message);
  virtual void postprocess(Builder& builder, Message& message);
  /// Calls when the handler is pushed and popped.
  virtual void enter(Builder& builder);
  virtual void exit(Builder& builder);
  /// The mask that this handler adds; undefined if none.
  virtual Tensor active_mask() const { return {}; }
};
using HandlerPtr = std::shared_ptr<Handler>;

/// name -> value; an entry that is not defined (None) is ignored.
using ValueMap = std::map<std::string, Tensor>;
using SiteFunction = std::function<Tensor(const Site&)>;

/// Fixes the value of sites and marks them observed.
HandlerPtr condition(ValueMap data, SiteFunction function = {});
/// Fixes the value of sites, which stay unobserved.
HandlerPtr substitute(ValueMap data, SiteFunction function = {});
/// Downstream receives the imposed value; the site keeps its own.
HandlerPtr intervene(std::map<std::string, Intervention> data);
/// Multiplies log densities; throws E410 unless positive.
HandlerPtr scale(const Tensor& factor);
/// Keeps the log densities where `mask` holds; throws E412 unless boolean.
HandlerPtr mask(const Tensor& mask);
/// Renames sites and plates to prefix + divider + name.
HandlerPtr scope(std::string prefix, std::string divider = "/", std::set<SiteKind> hide = {});
/// Hides statements from outer handlers and from the trace. Precedence: hide_function, hide, expose_kinds, expose;
/// with none of them everything is hidden.
struct BlockOptions {
  std::function<bool(const Site&)> hide_function;
  std::vector<std::string> hide, expose;
  std::set<SiteKind> expose_kinds;
  bool hide_given = false, expose_given = false;
};
HandlerPtr block(BlockOptions options);
/// Sites take their values from an earlier trace.
HandlerPtr replay(std::vector<Site> sites);
/// Makes random choices reproducible; traced models draw by address, so that this only marks the stack.
HandlerPtr seed(std::uint64_t value);
/// Observed sites become latent.
HandlerPtr uncondition();
/// Edits the infer options of sample sites.
HandlerPtr infer_config(std::function<InferOptions(const Site&)> function);

/// Records what passes.
class TraceHandler : public Handler {
 public:
  void postprocess(Builder& builder, Message& message) override;
  const std::vector<Site>& sites() const noexcept { return sites_; }

 private:
  std::vector<Site> sites_;
};

/// Another parametrisation of a site: samples auxiliary sites and returns the value of the original one. An
/// undefined result leaves the site as it is.
class Reparam {
 public:
  virtual ~Reparam() = default;
  virtual Tensor apply(Builder& builder, const Site& site) const = 0;
};
using ReparamPtr = std::shared_ptr<const Reparam>;

/// `centered` undefined: a new param name_centered in [0, 1], initially 0.5. Needs a location-scale distribution
/// with real support. Source: Gorinova, Moore, Hoffman (2019), "Automatic reparameterisation".
ReparamPtr loc_scale_reparam(std::optional<double> centered = std::nullopt, std::vector<std::string> shape_params = {});
ReparamPtr loc_scale_reparam(const Tensor& centered, std::vector<std::string> shape_params = {});
/// Samples name_base from the base of a transformed distribution.
ReparamPtr transform_reparam();

HandlerPtr reparam(std::map<std::string, ReparamPtr> config);
HandlerPtr reparam(std::function<ReparamPtr(const Site&)> config);

}  // namespace dolab::model
