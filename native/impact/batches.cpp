#include "impact/batches.hpp"

#include <algorithm>

#include "causal/reach.hpp"
#include "impact/rows.hpp"
#include "model/compare.hpp"

namespace dolab::impact {
namespace {

/// Shapes that one model is trained on at a time: full batches, a short last one, and a few more.
constexpr std::size_t kPrograms = 8;

std::vector<Array> arrays_of(const Arguments& arguments) {
  std::vector<Array> arrays;
  for (const auto& [name, value] : arguments.items()) {
    if (const Array* array = value.array()) arrays.push_back(*array);
  }
  return arrays;
}

/// Equal but for the contents of arrays.
bool same_shapes(const Arguments& a, const Arguments& b) {
  return std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(),
                    [](const auto& x, const auto& y) {
                      const Array *first = x.second.array(), *second = y.second.array();
                      if (x.first != y.first) return false;
                      if (first == nullptr || second == nullptr) return causal::same_argument(x.second, y.second);
                      return first->shape() == second->shape() && first->dtype() == second->dtype();
                    });
}

}  // namespace

void refuse_local(const std::vector<std::string>& local, const char* what) {
  if (local.empty()) return;
  throw Error("E704", "\"" + local.front() + "\" has a value for each row, and " + what,
              "use fit_on_batch on all rows, or a plate with subsample_size that picks its rows itself");
}

BatchSteps BatchPrograms::steps(const BatchSource& source, const Arguments& batch) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.rows == source.rows && entry.seed == source.engine.seed && same_shapes(entry.arguments, batch);
  });
  if (found != entries_.end() && found->probe == nullptr && !found->follows_values) {
    return {found->svi, arrays_of(batch)};
  }
  const auto probe = std::make_shared<const model::Trace>(model::trace_model(source.kernel.function, batch));
  if (found == entries_.end()) {
    Entry entry{batch, source.rows, source.engine.seed, probe, compile(source, batch, *probe, true), false};
    if (entries_.size() == kPrograms) entries_.erase(entries_.begin());
    entries_.push_back(std::move(entry));
    return {entries_.back().svi, arrays_of(batch)};
  }
  if (!found->follows_values) {
    if (model::same_but_for(*found->probe, arrays_of(found->arguments), *probe, arrays_of(batch))) {
      found->probe = nullptr;
      return {found->svi, arrays_of(batch)};
    }
    found->follows_values = true;
    found->probe = nullptr;
    found->svi = nullptr;
  }
  return {compile(source, batch, *probe, false), {}};
}

std::shared_ptr<const infer::Svi> BatchPrograms::compile(const BatchSource& source, const Arguments& batch,
                                                         const model::Trace& probe, bool streamed) {
  const std::int64_t count = arrays_of(batch).front().shape().front();
  const PinnedPlates pinned = pinned_plates(probe, count);
  model::ModelFunction function = with_pinned_plates(source.kernel.function, pinned);
  if (source.all_rows != nullptr) {
    const auto rows = static_cast<std::int64_t>(source.rows);
    const RowSites sites = row_sites(*source.all_rows, probe, rows, count);
    refuse_local(sites.local, "a minibatch has other rows each time");
    function = with_scaled_sites(std::move(function), sites.unscaled, source.rows / static_cast<double>(count));
  } else {
    refuse_local(latents_in(probe, pinned), "the plate holds more rows than the data");
  }
  infer::SviOptions engine = source.engine;
  if (streamed) engine.streamed = arrays_of(batch);
  ++compiled_;
  return std::make_shared<infer::Svi>(function, batch, model::TraceOptions{}, engine);
}

}  // namespace dolab::impact
