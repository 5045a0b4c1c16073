#include "experiment/check.hpp"

#include <algorithm>

#include "causal/identify.hpp"
#include "io/arguments.hpp"
#include "io/files.hpp"
#include "model/compare.hpp"
#include "model/density.hpp"

namespace dolab::experiment {
namespace {

using model::Site;
using model::SiteKind;

Json site_json(const Site& site) {
  Json json = {{"kind", model::to_string(site.kind)}};
  json["distribution"] = site.distribution != nullptr ? Json(site.distribution->name()) : Json();
  json["shape"] = site.value.shape();
  json["event_dim"] = site.distribution != nullptr ? site.distribution->event_dim()
                                                   : static_cast<int>(std::max<std::int64_t>(site.event_dim, 0));
  Json plates = Json::array();
  for (const model::PlateFrame& frame : site.plates) plates.push_back(frame.name);
  json["plates"] = std::move(plates);
  json["observed"] = site.observed;
  json["support"] = site.distribution != nullptr   ? Json(site.distribution->support().name())
                    : site.kind == SiteKind::param ? Json(site.constraint.name())
                                                   : Json();
  return json;
}

/// Verdicts for each site that rows could be treated by, on each observed outcome below it.
Json verdicts_json(const model::Trace& trace) {
  std::set<std::string> observed;
  for (const Site* site : trace.observed()) observed.insert(site->name);
  Json list = Json::array();
  for (const Site* outcome : trace.observed()) {
    const causal::RowGraph rows = causal::row_graph(trace, outcome->name, observed);
    const auto above = rows.dag.ancestors({outcome->name});
    for (const Site& site : trace.sites) {
      const bool treatable = site.name != outcome->name && above.count(site.name) > 0 &&
                             site.kind == SiteKind::sample && (site.observed || rows.known.count(site.name) == 0);
      if (!treatable) continue;
      const causal::Identification verdict = causal::identify(trace, {site.name}, outcome->name, observed);
      Json json = {{"treatment", site.name}, {"outcome", outcome->name}};
      json["identified"] = verdict.identified ? Json(*verdict.identified) : Json();
      json["reason"] = verdict.reason.empty() ? Json() : Json(verdict.reason);
      list.push_back(std::move(json));
    }
  }
  return list;
}

/// Other data of the same kind: every row gets the values of the next one.
Array next_rows(const Array& array) {
  Array moved(array.dtype(), array.shape());
  const auto width = static_cast<std::ptrdiff_t>(array.size() / array.shape().front());
  std::rotate_copy(array.data(), array.data() + width, array.data() + array.size(), moved.mutable_data());
  return moved;
}

/// What the data arrays among the arguments do: `feeds` are the sites whose distribution or expression reads one,
/// `observes` those that it gives values. Told as scenarios tell it, by a trace with other data; an array of equal rows
/// does neither.
Json arguments_json(const Prepared& prepared, const Settings& settings) {
  Json json = Json::object();
  // Compared as made: reading a graph adds nodes to it, and operands are kept in the order of their nodes.
  const model::Trace trace = trace_prepared(prepared, settings);
  for (const auto& [name, argument] : prepared.data.arguments.items()) {
    const Array* array = argument.array();
    if (array == nullptr || array->rank() == 0 || array->size() == 0) continue;
    Prepared other = prepared;
    other.data.arguments.set(name, next_rows(*array));
    try {
      const model::Difference difference = model::compare_traces(trace, trace_prepared(other, settings));
      json[name] = {{"feeds", difference.direct}, {"observes", difference.treated}};
    } catch (const Error&) {
      // The model needs its rows in their order: nothing is said about this argument.
    }
  }
  return json;
}

std::map<std::string, Array> read_values(const std::string& path) {
  std::map<std::string, Array> values;
  for (const auto& [site, value] : io::parse_arguments(io::read_file(path), path)) {
    if (const auto* array = std::get_if<Array>(&value)) {
      values.emplace(site, *array);
    } else if (const auto* number = std::get_if<double>(&value)) {
      values.emplace(site, Array::scalar(*number));
    } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
      values.emplace(site, Array::scalar(static_cast<double>(*whole)));
    } else if (const auto* flag = std::get_if<bool>(&value)) {
      values.emplace(site, Array::scalar(*flag ? 1.0 : 0.0));
    } else {
      throw Error("E1005", path + ": the value of \"" + site + "\" is no number", "", {path, 0, 0, 0, 0});
    }
  }
  return values;
}

void require_values(const model::Trace& trace, const std::map<std::string, Array>& values, const std::string& path) {
  std::string missing;
  for (const Site* site : trace.latents()) {
    if (values.count(site->name) == 0) missing += (missing.empty() ? "\"" : ", \"") + site->name + "\"";
  }
  if (!missing.empty()) {
    throw Error("E104", path + " has no value for " + missing, "give one for each unobserved sample site",
                {path, 0, 0, 0, 0});
  }
}

void add_densities(const model::Trace& trace, const CheckOptions& options, Json& json, Report& report) {
  const auto values = read_values(options.at);
  require_values(trace, values, options.at);
  const model::LogDensityReport density = model::log_density_at(trace, values, options.gradient);
  Json sites = Json::object();
  for (const auto& [site, value] : density.sites) sites[site] = report.number(value, "log density", site);
  json["log_density"] = {{"total", report.number(density.total, "log density", "total")}, {"sites", sites}};
  if (!options.gradient) return;
  Json gradient = Json::object();
  for (const auto& [site, value] : density.gradient) gradient[site] = report.array(value, "gradient of " + site);
  json["gradient"] = std::move(gradient);
  json["gradient_check"] = {{"max_relative_error", report.number(density.max_relative_error, "max_relative_error")}};
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}
std::string quoted(const std::string& text) { return "\"" + escaped(text) + "\""; }

}  // namespace

Json check_report(const Prepared& prepared, const Settings& settings, const CheckOptions& options) {
  const model::Trace trace = trace_prepared(prepared, settings);
  Report report;
  report.warn(prepared.kernel.notes);
  report.warn(trace.warnings);
  report.warn(model::structure_warnings(trace));
  Json json = {{"kernel", prepared.kernel.name}};
  Json sites = Json::object(), plates = Json::object(), edges = Json::array();
  for (const Site& site : trace.sites) {
    if (site.kind == SiteKind::plate) {
      const model::PlateFrame& frame = site.plates.front();
      plates[site.name] = {{"size", frame.size}, {"subsample_size", frame.extent}, {"dim", frame.dim}};
    } else {
      sites[site.name] = site_json(site);
    }
  }
  for (const auto& [from, to] : model::dag_edges(trace)) edges.push_back({from, to});
  json["sites"] = std::move(sites);
  json["plates"] = std::move(plates);
  json["dag"] = {{"edges", edges}};
  json["arguments"] = arguments_json(prepared, settings);
  json["identified"] = verdicts_json(trace);
  if (!options.at.empty()) add_densities(trace, options, json, report);
  json["warnings"] = report.warnings_json();
  return json;
}

std::string dot_text(const model::Trace& trace) {
  std::string out = "digraph model {\n  rankdir=TB;\n  node [shape=ellipse];\n";
  std::map<std::string, std::string> plates;  // plate -> its nodes
  for (const Site& site : trace.sites) {
    if (site.kind == SiteKind::plate) continue;
    std::string style;
    if (site.observed && site.kind == SiteKind::sample) style = ", style=filled, fillcolor=lightgray";
    if (site.kind == SiteKind::deterministic) style = ", style=dashed";
    if (site.kind == SiteKind::factor) style = ", shape=box";
    if (site.kind == SiteKind::param) style = ", shape=plaintext";
    const std::string family = site.distribution != nullptr ? "\\n" + site.distribution->name() : "";
    std::string node = quoted(site.name) + " [label=\"" + escaped(site.name) + family + "\"" + style + "];";
    if (site.plates.empty()) {
      out += "  " + node + "\n";
    } else {
      plates[site.plates.back().name] += "    " + node + "\n";
    }
  }
  for (const auto& [plate, nodes] : plates) {
    out += "  subgraph " + quoted("cluster_" + plate) + " {\n    label=" + quoted(plate) + ";\n" + nodes + "  }\n";
  }
  for (const auto& [from, to] : model::dag_edges(trace)) out += "  " + quoted(from) + " -> " + quoted(to) + ";\n";
  return out + "}\n";
}

}  // namespace dolab::experiment
