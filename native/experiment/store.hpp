// Fits on disk: what a store holds, and the fit that a store gives back.
#pragma once

#include <string>
#include <vector>

#include "experiment/fit.hpp"
#include "io/zarr.hpp"

namespace dolab::experiment {

/// A result under construction. It is made before the work starts, so that an --out that cannot be written is an
/// error at once, and nothing is visible before `commit`.
class ResultStore {
 public:
  /// Throws E1006, E1008. With `bytes`, the store goes there and `path` only names it.
  ResultStore(const std::string& path, bool overwrite, ByteStore* bytes = nullptr);
  io::StoreWriter& writer() noexcept { return *writer_; }
  const std::string& path() const noexcept { return path_; }
  /// Adds version, creation time and `attributes` to the root, and renames the store to its final name.
  void commit(const Json& attributes);

 private:
  std::string path_;
  std::unique_ptr<ByteStore> file_;  // null: `store_` is the caller's
  ByteStore* store_;
  std::unique_ptr<io::StoreWriter> writer_;
};

/// Groups posterior, sample_stats or variational, observed_data and constant_data.
void write_fit(const FitRun& run, io::StoreWriter& writer);
/// Root attributes of a fit: kernel, bindings, condition, seed, method, experiment, diagnostics, timings.
Json fit_attributes(const FitRun& run);
/// Arguments, and the observations of a trace that was made with them. `data` names the columns.
void write_data(const model::Trace& trace, const model::Arguments& arguments, const BoundData& data,
                const Kernel& kernel, io::StoreWriter& writer);

/// A fit that `write_fit` wrote. Throws E1001, and E1007 for a store without a fit.
struct StoredFit {
  Fitted fitted;
  Json attributes;
};
StoredFit read_fit(const std::string& path);

/// Posterior draws of any store that has the group.
infer::Posterior read_draws(const io::StoreReader& reader, const std::string& group);

}  // namespace dolab::experiment
