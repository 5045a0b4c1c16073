#include "experiment/summary.hpp"

#include <algorithm>

namespace dolab::experiment {
namespace {

/// Elements of a site that are summarised.
std::vector<std::int64_t> chosen_elements(std::int64_t size, std::int64_t most) {
  const std::int64_t count = most > 0 ? std::min(size, most) : size;
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = 0; i < count; ++i) chosen.push_back(i * size / count);
  return chosen;
}

}  // namespace

std::vector<SiteSummary> summarize_sites(const infer::Posterior& posterior, const SummaryOptions& options,
                                         ThreadPool& pool) {
  struct Task {
    const infer::SiteDraws* draws;
    std::size_t site;
    std::int64_t element;
    std::size_t row;
  };
  std::vector<SiteSummary> sites;
  std::vector<Task> tasks;
  for (const infer::SiteDraws& draws : posterior.sites) {
    if (draws.deterministic && !options.deterministic) continue;
    SiteSummary site{draws.name, draws.deterministic, draws.shape, {}};
    const auto elements = chosen_elements(element_count(draws.shape), options.most);
    site.elements.resize(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i) tasks.push_back({&draws, sites.size(), elements[i], i});
    sites.push_back(std::move(site));
  }
  constexpr std::size_t kPiece = 8;
  const std::int64_t total = posterior.total();
  pool.run(static_cast<int>((tasks.size() + kPiece - 1) / kPiece), [&](int piece) {
    infer::Summarizer summarizer;
    std::vector<double> values(static_cast<std::size_t>(total));
    const std::size_t first = static_cast<std::size_t>(piece) * kPiece;
    for (std::size_t t = first; t < std::min(first + kPiece, tasks.size()); ++t) {
      const Task& task = tasks[t];
      const std::int64_t stride = element_count(task.draws->shape);
      const double* source = task.draws->values.data() + task.element;
      for (std::int64_t i = 0; i < total; ++i) values[static_cast<std::size_t>(i)] = source[i * stride];
      sites[task.site].elements[task.row] =
          summarizer.summarize({values.data(), posterior.chains, posterior.draws}, options.hdi_prob);
    }
  });
  return sites;
}

Json summaries_json(const std::vector<SiteSummary>& sites, Report& report) {
  using infer::Summary;
  static const std::vector<std::pair<const char*, double Summary::*>> columns = {
      {"mean", &Summary::mean},           {"sd", &Summary::sd},
      {"hdi_low", &Summary::hdi_low},     {"hdi_high", &Summary::hdi_high},
      {"mcse_mean", &Summary::mcse_mean}, {"ess_bulk", &Summary::ess_bulk},
      {"ess_tail", &Summary::ess_tail},   {"r_hat", &Summary::r_hat}};
  Json object = Json::object();
  for (const SiteSummary& site : sites) {
    Json& entry = object[site.name];
    entry["shape"] = site.shape;
    for (const auto& [name, member] : columns) {
      std::vector<double> values;
      for (std::size_t i = 0; i < site.elements.size(); ++i) {
        const double value = site.elements[i].*member;
        report.number(value, name, element_name(site.name, site.shape, static_cast<std::int64_t>(i)));
        values.push_back(value);
      }
      entry[name] = nested(Array(DType::real, site.shape, values));
    }
  }
  return object;
}

std::vector<infer::NamedSummary> named_summaries(const std::vector<SiteSummary>& sites) {
  std::vector<infer::NamedSummary> named;
  for (const SiteSummary& site : sites) {
    const std::int64_t size = element_count(site.shape);
    const auto elements = chosen_elements(size, static_cast<std::int64_t>(site.elements.size()));
    for (std::size_t i = 0; i < site.elements.size(); ++i) {
      named.push_back({element_name(site.name, site.shape, elements[i]), site.elements[i]});
    }
  }
  return named;
}

}  // namespace dolab::experiment
