// Draws between the public form and the engine's.
#pragma once

#include <string>
#include <vector>

#include "dolab/draw_sink.hpp"
#include "dolab/draws.hpp"
#include "infer/posterior.hpp"
#include "model/trace.hpp"

namespace dolab::impact {

DrawGroup posterior_group(const infer::Posterior& posterior);
/// A closed group of a sink; deterministic sites are marked by the trace.
DrawGroup group_of(const MemoryDraws& draws, const std::string& group, const model::Trace& trace);

/// Constrained draws by site, `chains` x equal counts along the first axis. Throws E808, E806.
infer::Posterior posterior_of(const std::map<std::string, Array>& values, std::int64_t chains);

}  // namespace dolab::impact
