#include "causal/reach.hpp"

#include <algorithm>

#include "model/compare.hpp"

namespace dolab::causal {
namespace {

using model::Argument;
using model::Arguments;
using model::Site;
using model::SiteKind;
using model::Trace;

/// Numbers of rows that arguments have: those of the changed arrays, or of all if only static values changed.
std::set<std::int64_t> row_counts(const Arguments& arguments, const std::set<std::string>& changed) {
  std::set<std::int64_t> chosen, all;
  for (const auto& [name, argument] : arguments.items()) {
    const Array* array = argument.array();
    if (array == nullptr || array->rank() == 0) continue;
    all.insert(array->shape().front());
    if (changed.count(name) > 0) chosen.insert(array->shape().front());
  }
  return chosen.empty() ? all : chosen;
}

bool has_rows(const Site& site, const std::set<std::int64_t>& counts) {
  for (const model::PlateFrame& frame : site.plates) {
    if (counts.count(frame.size) > 0 || counts.count(frame.extent) > 0) return true;
  }
  return site.plates.empty() && site.value.rank() > 0 && site.value.extent(0) > 1 &&
         counts.count(site.value.extent(0)) > 0;
}

std::string listed(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "\"" : ", \"") + name + "\"";
  return text;
}

/// Says which changes reach none of the outcomes; `below_arguments`: sites that the changed arguments reach.
void judge_reach(const Trace& trace, const Scenario& scenario, const std::set<std::string>& below_arguments,
                 const std::set<std::string>& outcomes, Moved& moved) {
  const auto reaches = [&](const auto& below) {
    return std::any_of(below.begin(), below.end(), [&](const std::string& site) { return outcomes.count(site) > 0; });
  };
  const auto warn = [&](const std::string& what) {
    moved.warnings.push_back(
        {"W1108", what + " does not reach " + listed(outcomes), "`dolab check` shows which sites depend on it", {}});
  };
  for (const auto& [name, change] : scenario.changes) {
    if (!reaches(model::descendants(trace, {name}))) warn("a change of site \"" + name + "\"");
  }
  if (!moved.arguments.empty() && !reaches(below_arguments)) warn("a change of argument " + listed(moved.arguments));
}

}  // namespace

bool same_argument(const Argument& a, const Argument& b, bool identity) {
  if (a.value.index() != b.value.index()) return false;
  if (const Array* array = a.array()) {
    const Array& other = *b.array();
    const bool one =
        array->data() == other.data() && array->shape() == other.shape() && array->dtype() == other.dtype();
    return one || (!identity && array->identical(other));
  }
  if (const auto* list = std::get_if<Argument::List>(&a.value)) {
    const auto& other = std::get<Argument::List>(b.value);
    return std::equal(list->begin(), list->end(), other.begin(), other.end(),
                      [&](const Argument& x, const Argument& y) { return same_argument(x, y, identity); });
  }
  if (const auto* flag = std::get_if<bool>(&a.value)) return *flag == std::get<bool>(b.value);
  if (const auto* whole = std::get_if<std::int64_t>(&a.value)) return *whole == std::get<std::int64_t>(b.value);
  if (const auto* number = std::get_if<double>(&a.value)) return *number == std::get<double>(b.value);
  if (const auto* text = std::get_if<std::string>(&a.value)) return *text == std::get<std::string>(b.value);
  return true;  // both None
}

std::set<std::string> changed_arguments(const Arguments& before, const Arguments& now) {
  std::set<std::string> changed;
  for (const auto& [name, value] : now.items()) {
    const Argument* old = before.find(name);
    if (old == nullptr ? !value.is_none() : !same_argument(*old, value)) changed.insert(name);
  }
  return changed;
}

Moved moved_by(const model::ModelFunction& model, const Scenario& scenario, const std::set<std::string>& outcomes) {
  Moved moved;
  if (!scenario.natural.items().empty()) moved.arguments = changed_arguments(scenario.natural, scenario.arguments);
  if (scenario.changes.empty() && moved.arguments.empty()) return moved;
  model::TraceOptions options;
  options.condition = scenario.condition;
  options.intervene = interventions_of(scenario);
  options.subsampling = false;
  const Trace trace = trace_model(model, scenario.arguments, options);
  std::set<std::string> below_arguments;
  if (!moved.arguments.empty()) {
    const model::Difference difference = model::compare_traces(trace_model(model, scenario.natural, options), trace);
    const std::set<std::int64_t> counts = row_counts(scenario.arguments, moved.arguments);
    for (const std::string& name : difference.direct) {
      // A coefficient whose prior is scaled by the data is no consequence of them.
      const Site& site = trace.site(name);
      if (!site.latent() || has_rows(site, counts)) below_arguments.insert(name);
    }
    moved.treated = difference.treated;
    std::vector<std::string> roots(below_arguments.begin(), below_arguments.end());
    roots.insert(roots.end(), moved.treated.begin(), moved.treated.end());
    for (std::string& name : model::descendants(trace, roots)) below_arguments.insert(std::move(name));
  }
  std::vector<std::string> changed;
  for (const auto& [name, change] : scenario.changes) changed.push_back(name);
  for (std::string& name : model::descendants(trace, changed)) moved.below.insert(std::move(name));
  moved.below.insert(below_arguments.begin(), below_arguments.end());
  for (const std::string& name : moved.below) {
    if (trace.site(name).kind == SiteKind::sample) moved.redrawn.insert(name);
  }
  if (!outcomes.empty()) judge_reach(trace, scenario, below_arguments, outcomes, moved);
  return moved;
}

std::set<std::string> outdated_latents(const Trace& before, const Trace& now, const Arguments& arguments,
                                       const std::set<std::string>& changed) {
  const std::set<std::int64_t> counts = row_counts(arguments, changed);
  const model::Difference difference = model::compare_traces(before, now);
  const auto edges = model::dag_edges(now);
  std::set<std::string> outdated, moved = difference.treated;  // moved: sites that have other values
  for (const Site& site : now.sites) {                         // in order of execution: parents first
    if (site.kind == SiteKind::plate || site.kind == SiteKind::param || site.observed) continue;
    const bool below = std::any_of(edges.begin(), edges.end(), [&](const auto& edge) {
      return edge.second == site.name && moved.count(edge.first) > 0;
    });
    if (!below && difference.direct.count(site.name) == 0) continue;
    if (site.latent() && !has_rows(site, counts)) continue;
    moved.insert(site.name);
    if (site.latent()) outdated.insert(site.name);
  }
  return outdated;
}

}  // namespace dolab::causal
