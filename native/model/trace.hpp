// One run of a model: the graph and its sites, and what can be put in the place of their nodes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/builder.hpp"

namespace dolab::model {

struct TraceOptions {
  std::map<std::string, Array> condition;         // further observed sites
  std::map<std::string, Intervention> intervene;  // `do`
  bool subsampling = true;                        // false: every plate runs over all its rows
  std::shared_ptr<tensor::Graph> graph;           // trace into an existing graph (scenarios share work)
};

/// Owns the graph. Values of latent sites, params and subsampled plates are inputs of it.
struct Trace {
  std::shared_ptr<tensor::Graph> graph;
  std::vector<Site> sites;  // in order of execution, plates included
  std::vector<Warning> warnings;

  const Site* find(const std::string& name) const noexcept;
  /// Throws E104 with the nearest name.
  const Site& site(const std::string& name) const;
  std::vector<const Site*> latents() const;
  std::vector<const Site*> params() const;
  std::vector<const Site*> subsampled_plates() const;
  std::vector<const Site*> observed() const;
};

/// Runs the model once. Unknown names in `condition` are W104, in `intervene` E104.
Trace trace_model(const ModelFunction& model, const Arguments& arguments, const TraceOptions& options = {});

/// Edges of the graph of sites: A -> B if B's distribution or expression reads A's downstream value without
/// passing through another site. Plates are left out; factors and deterministic sites are nodes.
std::vector<std::pair<std::string, std::string>> dag_edges(const Trace& trace);
/// Sites reached from `roots` in that graph (roots not included unless reached).
std::vector<std::string> descendants(const Trace& trace, const std::vector<std::string>& roots);
/// Warnings about the whole model (W502: a latent that reaches no observation) and E809 as a warning text.
std::vector<Warning> structure_warnings(const Trace& trace);

/// Puts expressions in the place of the inputs of a trace, in the order of its sites; what the user fixed
/// (observations, imposed values) is put in by itself.
class Resolver {
 public:
  explicit Resolver(const Trace& trace) : trace_(&trace) {}
  using ValueOf = std::function<Tensor(const Site& site, Resolver& resolver)>;
  /// Visits the sites in order; `value_of` gives the value of each input-like site (latent, param, subsampled
  /// plate) as an expression of earlier sites; undefined keeps the input.
  void run(const ValueOf& value_of);
  /// The expression with everything put in that is known so far.
  Tensor operator()(const Tensor& expression) const;
  std::vector<Tensor> operator()(const std::vector<Tensor>& expressions) const;
  /// Own value of a site that was visited, everything put in; undefined for a plate over all rows.
  Tensor value(const std::string& site) const;

 private:
  void put(const Tensor& node, const Tensor& expression);
  const Trace* trace_;
  tensor::Replacement replacement_;
  std::map<std::string, Tensor> values_;
};

}  // namespace dolab::model
