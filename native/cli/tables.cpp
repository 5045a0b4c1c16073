#include "cli/tables.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/printable.hpp"

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace dolab::cli {
namespace {

using experiment::Json;
using Rows = std::vector<std::vector<std::string>>;

/// Elements of one site that a table shows.
constexpr std::int64_t kShownElements = 40;

/// Length on the screen: code points.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string percent(const Json& probability) {
  char text[32];
  std::snprintf(text, sizeof text, "%g%% HDI", 100.0 * probability.get<double>());
  return text;
}

std::string interval(const Json& low, const Json& high) { return "[" + shown(low) + ", " + shown(high) + "]"; }

std::string seconds_text(const Json& seconds) {
  std::string text;
  for (const auto& [phase, value] : seconds.items()) {
    char part[64];
    std::snprintf(part, sizeof part, "%s%s %.3f", text.empty() ? "" : ", ", phase.c_str(), value.get<double>());
    text += part;
  }
  return text;
}

std::string joined(const Json& list) {
  std::string text;
  for (const Json& item : list)
    text += (text.empty() ? "" : ", ") + (item.is_string() ? item.get<std::string>() : shown(item));
  return text.empty() ? "-" : text;
}

std::string shape_text(const Json& shape) {
  Shape extents;
  for (const Json& extent : shape) extents.push_back(extent.get<std::int64_t>());
  return to_string(extents);
}

void flatten(const Json& value, std::vector<const Json*>& out) {
  if (!value.is_array()) {
    out.push_back(&value);
    return;
  }
  for (const Json& item : value) flatten(item, out);
}

std::vector<std::string> effect_cells(const Json& summary) {
  return {shown(summary["mean"]), shown(summary["sd"]), interval(summary["hdi_low"], summary["hdi_high"]),
          shown(summary["p_direction"])};
}

}  // namespace

std::string aligned(const Rows& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - width_of(row[i]), ' ');
      line += (i > 0 ? "  " : "") + (i == 0 ? row[i] + padding : padding + row[i]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string shown(const Json& number) {
  if (number.is_null()) return "-";
  if (number.is_boolean()) return number.get<bool>() ? "yes" : "no";
  if (number.is_number_integer()) return std::to_string(number.get<std::int64_t>());
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", number.get<double>());
  return text;
}

std::string fit_text(const Json& report) {
  Rows rows;
  for (const auto& [name, value] : report["diagnostics"].items()) {
    rows.push_back({name, value.is_array() ? joined(value) : shown(value)});
  }
  std::string text = report["method"].get<std::string>() + " fit" + (report["complete"] == true ? "" : " (cancelled)");
  return text + " in " + report["store"].get<std::string>() + "\n" + aligned(rows) +
         "seconds: " + seconds_text(report["seconds"]) + "\n";
}

std::string effects_text(const Json& report) {
  const std::string hdi = percent(report["hdi_prob"]);
  Rows rows = {{"outcome", "baseline", "intervention", "effect", "sd", hdi, "p_direction", "rows", "identified"}};
  for (const Json& effect : report["effects"]) {
    std::vector<std::string> row = {effect["outcome"], effect["baseline"], effect["intervention"]};
    for (std::string& cell : effect_cells(effect["ate"])) row.push_back(std::move(cell));
    row.push_back(shown(effect["rows"]));
    row.push_back(effect["identified"].is_null() ? "unknown" : shown(effect["identified"]));
    rows.push_back(std::move(row));
    for (const auto& [label, group] : effect["by"].items()) {
      std::vector<std::string> line = {"  " + label, "", ""};
      for (std::string& cell : effect_cells(group)) line.push_back(std::move(cell));
      line.push_back(shown(group["rows"]));
      rows.push_back(std::move(line));
    }
  }
  return aligned(rows);
}

std::string summary_text(const Json& report) {
  static const char* columns[] = {"mean", "sd", "hdi_low", "hdi_high", "mcse_mean", "ess_bulk", "ess_tail", "r_hat"};
  Rows rows = {{"site", "mean", "sd", "hdi_low", "hdi_high", "mcse_mean", "ess_bulk", "ess_tail", "r_hat"}};
  for (const auto& [name, site] : report["sites"].items()) {
    Shape shape;
    for (const Json& extent : site["shape"]) shape.push_back(extent.get<std::int64_t>());
    const std::int64_t count = element_count(shape);
    std::vector<std::vector<const Json*>> values;
    for (const char* column : columns) flatten(site[column], values.emplace_back());
    for (std::int64_t i = 0; i < std::min(count, kShownElements); ++i) {
      std::vector<std::string> row = {experiment::element_name(name, shape, i)};
      for (const auto& column : values) row.push_back(shown(*column[static_cast<std::size_t>(i)]));
      rows.push_back(std::move(row));
    }
    if (count > kShownElements)
      rows.push_back({"  and " + std::to_string(count - kShownElements) + " more (see --json)"});
  }
  std::string text = aligned(rows);
  Rows sampler;
  for (const auto& [name, value] : report["sampler"].items()) {
    sampler.push_back({name, value.is_array() ? joined(value) : shown(value)});
  }
  if (!sampler.empty()) text += "\n" + aligned(sampler);
  return text + "intervals: " + percent(report["hdi_prob"]) + "\n";
}

std::string predict_text(const Json& report) {
  return "predicted " + joined(report["sites"]) + " (" + shown(report["chains"]) + " x " + shown(report["draws"]) +
         " draws) in " + report["store"].get<std::string>() + ", groups " + joined(report["groups"]) +
         "\nseconds: " + seconds_text(report["seconds"]) + "\n";
}

std::string check_text(const Json& report) {
  Rows rows = {{"site", "kind", "distribution", "shape", "plates", "observed", "support"}};
  for (const auto& [name, site] : report["sites"].items()) {
    const auto text = [&site = site](const char* key) {
      return site[key].is_null() ? std::string("-") : site[key].get<std::string>();
    };
    rows.push_back({name, text("kind"), text("distribution"), shape_text(site["shape"]), joined(site["plates"]),
                    shown(site["observed"]), text("support")});
  }
  std::string out = "kernel " + report["kernel"].get<std::string>() + "\n\n" + aligned(rows);
  std::string edges;
  for (const Json& edge : report["dag"]["edges"]) {
    edges += "  " + edge[0].get<std::string>() + " -> " + edge[1].get<std::string>() + "\n";
  }
  if (!edges.empty()) out += "\ngraph\n" + edges;
  std::string verdicts;
  for (const Json& verdict : report["identified"]) {
    verdicts += "  " + verdict["treatment"].get<std::string>() + " on " + verdict["outcome"].get<std::string>() + ": " +
                (verdict["identified"].is_null() ? "unknown" : shown(verdict["identified"]));
    if (!verdict["reason"].is_null()) verdicts += " (" + verdict["reason"].get<std::string>() + ")";
    verdicts += "\n";
  }
  if (!verdicts.empty()) out += "\nidentified effects\n" + verdicts;
  if (report.contains("log_density")) {
    Rows densities = {{"log density", ""}};
    for (const auto& [site, value] : report["log_density"]["sites"].items())
      densities.push_back({"  " + site, shown(value)});
    densities.push_back({"  total", shown(report["log_density"]["total"])});
    out += "\n" + aligned(densities);
  }
  if (report.contains("gradient")) {
    out += "\ngradient\n";
    for (const auto& [site, value] : report["gradient"].items()) out += "  " + site + "  " + value.dump() + "\n";
    out +=
        "  largest relative error against differences: " + shown(report["gradient_check"]["max_relative_error"]) + "\n";
  }
  return out;
}

std::string run_text(const Json& report) {
  std::string text = fit_text(report);
  if (!report["effects"].empty()) text += "\n" + effects_text(report);
  return text;
}

void print_warnings(const Json& report) {
  const auto found = report.find("warnings");
  if (found == report.end()) return;
#if defined(_WIN32)
  const bool terminal = _isatty(2) != 0;
#else
  const bool terminal = isatty(2) != 0;
#endif
  const char* no_color = std::getenv("NO_COLOR");
  const bool color = terminal && (no_color == nullptr || *no_color == '\0');
  for (const Json& warning : *found) {
    const std::string code = warning["code"].is_null() ? "" : "[" + warning["code"].get<std::string>() + "]";
    std::string line = std::string(color ? "\033[33m" : "") + "warning" + code + (color ? "\033[0m" : "") + ": " +
                       printable(warning["message"].get<std::string>());
    if (!warning["line"].is_null()) line += " (line " + shown(warning["line"]) + ")";
    if (!warning["hint"].is_null()) line += "\n  hint: " + printable(warning["hint"].get<std::string>());
    std::fprintf(stderr, "%s\n", line.c_str());
  }
}

}  // namespace dolab::cli
