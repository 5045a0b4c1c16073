// Whether observed sites identify an effect, read off the traced model.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "causal/dag.hpp"
#include "model/trace.hpp"

namespace dolab::causal {

/// The graph over the rows of `outcome`: sample and deterministic sites. Coefficients (latent sites without rows, and
/// params) count as known, since all rows inform them; what remains open are latent values of single rows.
struct RowGraph {
  Dag dag;
  Dag::Names known;       // observed while fitting, or a coefficient
  Dag::Names functional;  // deterministic sites
};
/// `observed`: names of the sites that were observed while fitting.
RowGraph row_graph(const model::Trace& trace, const std::string& outcome, const std::set<std::string>& observed);

struct Identification {
  std::optional<bool> identified;  // none: nothing is intervened on
  std::string reason;              // one sentence, if not identified
};

/// By adjustment (back-door criterion and its generalisation to several treatments): true if observed sites block
/// every non-causal path. Inputs of the model have no causes in it and need no adjustment.
Identification identify(const model::Trace& trace, const std::set<std::string>& treatments, const std::string& outcome,
                        const std::set<std::string>& observed);

}  // namespace dolab::causal
