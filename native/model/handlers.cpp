#include "model/handlers.hpp"

#include <algorithm>

#include "model/builder.hpp"

namespace dolab::model {

void Handler::process(Builder&, Message&) {}
void Handler::postprocess(Builder&, Message&) {}
void Handler::enter(Builder&) {}
void Handler::exit(Builder&) {}

void TraceHandler::postprocess(Builder&, Message& message) { sites_.push_back(message.site); }

namespace {

bool has_value_to_give(const Site& site) { return site.kind == SiteKind::sample; }

/// Values by name, then by function.
Tensor value_for(const ValueMap& data, const SiteFunction& function, const Site& site) {
  if (const auto found = data.find(site.name); found != data.end() && found->second.defined()) return found->second;
  return function ? function(site) : Tensor();
}

class Condition : public Handler {
 public:
  Condition(ValueMap data, SiteFunction function) : data_(std::move(data)), function_(std::move(function)) {}
  void process(Builder&, Message& message) override {
    if (!has_value_to_give(message.site)) return;
    const Tensor value = value_for(data_, function_, message.site);
    if (!value.defined()) return;
    message.value = value;
    message.site.observed = true;
    message.site.fixed = false;
  }

 private:
  ValueMap data_;
  SiteFunction function_;
};

class Substitute : public Handler {
 public:
  Substitute(ValueMap data, SiteFunction function) : data_(std::move(data)), function_(std::move(function)) {}
  void process(Builder&, Message& message) override {
    const SiteKind kind = message.site.kind;
    if (kind != SiteKind::sample && kind != SiteKind::param && kind != SiteKind::plate) return;
    if (message.site.observed) return;
    const Tensor value = value_for(data_, function_, message.site);
    if (!value.defined()) return;
    message.value = value;
    message.site.fixed = true;
  }

 private:
  ValueMap data_;
  SiteFunction function_;
};

class Intervene : public Handler {
 public:
  explicit Intervene(std::map<std::string, Intervention> data) : data_(std::move(data)) {}
  void process(Builder&, Message& message) override {
    if (message.site.kind != SiteKind::sample && message.site.kind != SiteKind::deterministic) return;
    if (const auto found = data_.find(message.site.name); found != data_.end()) message.intervention = found->second;
  }

 private:
  std::map<std::string, Intervention> data_;
};

class Scale : public Handler {
 public:
  explicit Scale(Tensor factor) : factor_(factor) {}
  void process(Builder&, Message& message) override {
    Site& site = message.site;
    if (site.kind != SiteKind::sample && site.kind != SiteKind::factor) return;
    site.scale = site.scale.defined() ? factor_ * site.scale : factor_;
  }

 private:
  Tensor factor_;
};

class Mask : public Handler {
 public:
  explicit Mask(Tensor mask) : mask_(mask) {}
  void process(Builder&, Message& message) override {
    Site& site = message.site;
    if (site.kind != SiteKind::sample && site.kind != SiteKind::factor) return;
    site.mask = site.mask.defined() ? tensor::logical_and(mask_, site.mask) : mask_;
  }
  Tensor active_mask() const override { return mask_; }

 private:
  Tensor mask_;
};

class Scope : public Handler {
 public:
  Scope(std::string prefix, std::string divider, std::set<SiteKind> hide)
      : prefix_(std::move(prefix) + std::move(divider)), hide_(std::move(hide)) {}
  void process(Builder&, Message& message) override {
    if (hide_.count(message.site.kind) == 0) message.site.name = prefix_ + message.site.name;
  }

 private:
  std::string prefix_;
  std::set<SiteKind> hide_;
};

class Block : public Handler {
 public:
  explicit Block(BlockOptions options) : options_(std::move(options)) {}
  void process(Builder&, Message& message) override { message.stop = hidden(message.site); }

 private:
  bool hidden(const Site& site) const {
    const auto listed = [&](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), site.name) != names.end();
    };
    if (options_.hide_function) return options_.hide_function(site);
    if (options_.hide_given) return listed(options_.hide);
    if (!options_.expose_kinds.empty()) return options_.expose_kinds.count(site.kind) == 0;
    if (options_.expose_given) return !listed(options_.expose);
    return true;
  }
  BlockOptions options_;
};

class Replay : public Handler {
 public:
  explicit Replay(std::vector<Site> sites) : sites_(std::move(sites)) {}
  void process(Builder&, Message& message) override {
    if (message.site.kind != SiteKind::sample || message.site.observed) return;
    for (const Site& site : sites_) {
      if (site.name != message.site.name || site.kind != SiteKind::sample) continue;
      message.value = site.value;
      message.site.fixed = true;
    }
  }

 private:
  std::vector<Site> sites_;
};

class Uncondition : public Handler {
 public:
  void process(Builder&, Message& message) override {
    if (message.site.kind != SiteKind::sample || !message.site.observed) return;
    message.value = {};
    message.site.observed = false;
  }
};

class InferConfig : public Handler {
 public:
  explicit InferConfig(std::function<InferOptions(const Site&)> function) : function_(std::move(function)) {}
  void process(Builder&, Message& message) override {
    if (message.site.kind == SiteKind::sample) message.site.infer = function_(message.site);
  }

 private:
  std::function<InferOptions(const Site&)> function_;
};

class Reparametrise : public Handler {
 public:
  explicit Reparametrise(std::function<ReparamPtr(const Site&)> config) : config_(std::move(config)) {}
  void process(Builder& builder, Message& message) override {
    Site& site = message.site;
    if (site.kind != SiteKind::sample) return;
    const ReparamPtr reparam = config_(site);
    if (reparam == nullptr) return;
    if (message.value.defined()) {
      throw Error("E411", "site \"" + site.name + "\" is observed and cannot be reparametrised");
    }
    const Tensor value = reparam->apply(builder, site);
    if (!value.defined()) return;
    site.kind = SiteKind::deterministic;
    site.distribution = nullptr;
    site.scale = site.mask = {};
    message.value = value;
  }

 private:
  std::function<ReparamPtr(const Site&)> config_;
};

}  // namespace

HandlerPtr condition(ValueMap data, SiteFunction function) {
  return std::make_shared<Condition>(std::move(data), std::move(function));
}
HandlerPtr substitute(ValueMap data, SiteFunction function) {
  return std::make_shared<Substitute>(std::move(data), std::move(function));
}
HandlerPtr intervene(std::map<std::string, Intervention> data) { return std::make_shared<Intervene>(std::move(data)); }

HandlerPtr scale(const Tensor& factor) {
  if (factor.is_constant()) {
    const Array values = factor.value();
    for (std::int64_t i = 0; i < values.size(); ++i) {
      if (!(values[i] > 0.0)) throw Error("E410", "scale is " + std::to_string(values[i]) + ", it must be positive");
    }
  }
  return std::make_shared<Scale>(factor);
}

HandlerPtr mask(const Tensor& mask) {
  if (mask.dtype() != DType::boolean) throw Error("E412", "a mask must be boolean");
  return std::make_shared<Mask>(mask);
}

HandlerPtr scope(std::string prefix, std::string divider, std::set<SiteKind> hide) {
  return std::make_shared<Scope>(std::move(prefix), std::move(divider), std::move(hide));
}
HandlerPtr block(BlockOptions options) { return std::make_shared<Block>(std::move(options)); }
HandlerPtr replay(std::vector<Site> sites) { return std::make_shared<Replay>(std::move(sites)); }
HandlerPtr seed(std::uint64_t) { return std::make_shared<Handler>(); }
HandlerPtr uncondition() { return std::make_shared<Uncondition>(); }
HandlerPtr infer_config(std::function<InferOptions(const Site&)> function) {
  return std::make_shared<InferConfig>(std::move(function));
}

HandlerPtr reparam(std::map<std::string, ReparamPtr> config) {
  return reparam([config = std::move(config)](const Site& site) {
    const auto found = config.find(site.name);
    return found == config.end() ? nullptr : found->second;
  });
}
HandlerPtr reparam(std::function<ReparamPtr(const Site&)> config) {
  return std::make_shared<Reparametrise>(std::move(config));
}

}  // namespace dolab::model
