// Summaries of posterior draws: one row for each element of each site.
#pragma once

#include <string>
#include <vector>

#include "base/thread_pool.hpp"
#include "experiment/json.hpp"
#include "infer/posterior.hpp"
#include "infer/sampler_health.hpp"

namespace dolab::experiment {

struct SiteSummary {
  std::string name;
  bool deterministic = false;
  Shape shape;
  std::vector<infer::Summary> elements;
};

struct SummaryOptions {
  double hdi_prob = 0.94;
  bool deterministic = true;  // deterministic sites as well
  std::int64_t most = 0;      // elements per site, spread evenly; 0: all
};
std::vector<SiteSummary> summarize_sites(const infer::Posterior& posterior, const SummaryOptions& options,
                                         ThreadPool& pool);

/// {"mu": {"shape": [], "mean", "sd", "hdi_low", "hdi_high", "mcse_mean", "ess_bulk", "ess_tail", "r_hat"}, ...}; the
/// numbers nest like the site's shape.
Json summaries_json(const std::vector<SiteSummary>& sites, Report& report);

/// Rows for infer::sampler_warnings.
std::vector<infer::NamedSummary> named_summaries(const std::vector<SiteSummary>& sites);

}  // namespace dolab::experiment
