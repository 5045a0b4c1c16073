// Effects of a fit: settings to contrasts, tables and stores.
#pragma once

#include <string>
#include <vector>

#include "causal/effect.hpp"
#include "experiment/fit.hpp"
#include "io/zarr.hpp"

namespace dolab::experiment {

struct EffectRun {
  EffectSettings settings;
  std::string outcome;
  causal::Effect effect;
};

/// Sites of the outputs that the fit names, or of all outputs.
std::set<std::string> output_sites(const Fitted& fitted, const causal::OutputMap& outputs);

/// Evaluates effects on `data` with the draws of a fit. `by_row`: summarise each row too (for a store). Warnings go to
/// `report`. Throws E104 (unknown target), E1103 (which outcome?), E503 (missing cells, row and column named),
/// Cancelled.
std::vector<EffectRun> run_effects(const Fitted& fitted, const BoundData& data,
                                   const std::vector<EffectSettings>& effects, bool by_row, const Workers& workers,
                                   Report& report);

/// [{"outcome", "baseline", "intervention", "ate": {...}, "rows", "identified", "by": {label: {...}}}, ...]
Json effects_json(const std::vector<EffectRun>& effects, Report& report);

/// Group `effects`: averages by effect and draw, and what is known of each row by (effect, obs).
void write_effects(const std::vector<EffectRun>& effects, io::StoreWriter& writer);

/// Data for a fit: a file that `source` names, or the data that the fit was made with.
BoundData bind_for_fit(const Fitted& fitted, io::DataFile file);

/// Takes draws out of a fit that belong to rows of its own data (read from its `store`) and not to `data`: a prediction
/// draws them again (W801).
void drop_outdated(Fitted& fitted, const std::string& store, const BoundData& data, Report& report);

}  // namespace dolab::experiment
