#include "experiment/checkpoint_file.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>

#include "experiment/checkpoint.hpp"
#include "experiment/inference.hpp"
#include "io/file_store.hpp"
#include "io/json.hpp"

namespace dolab::experiment {
namespace {

/// Checkpoints take at most this share of the time.
constexpr double kLargestShare = 0.05;

bool exists(const std::string& path) {
  std::error_code status;
  return std::filesystem::exists(path, status);
}

/// Whether a store is the result of a cancelled fit.
bool is_partial(const std::string& path) {
  try {
    const std::unique_ptr<ByteStore> store = io::open_store(path);
    return !io::parse_json(io::StoreReader(*store).attributes(), path).value("complete", true);
  } catch (const Error&) {
    return false;  // another thing: it is the business of --overwrite
  }
}

class CheckpointFile {
 public:
  CheckpointFile(std::string path, double every) : path_(std::move(path)), every_(every) {}

  /// Infers to the end, or until it is cancelled, and writes checkpoints in between.
  bool infer(FitCommand& command, const Workers& workers) {
    bool over = false;
    do {
      if (every_ > 0.0) workers.progress.pause_at(now_seconds() + std::max(every_, seconds_ / kLargestShare));
      over = command.go_on(workers);
      if (!over && every_ > 0.0 && command.fitting().inference().done() > 0) write(command.fitting());
    } while (!over && !workers.progress.cancelled());
    workers.progress.pause_at(std::numeric_limits<double>::infinity());
    return over;
  }
  bool written() const noexcept { return written_; }

 private:
  /// A fit does not fail for want of a checkpoint.
  void write(Fitting& fitting) {
    const double start = now_seconds();
    try {
      const std::unique_ptr<ByteStore> store = io::create_store(path_, true);
      write_checkpoint(fitting, *store);
      store->commit();
      written_ = true;
    } catch (const Error& error) {
      if (error.code() != "E1008") throw;
      fitting.warn({"W1008", "no checkpoint: " + error.message(), "", {}});
      every_ = 0.0;
    }
    seconds_ = now_seconds() - start;
  }

  std::string path_;
  double every_;
  double seconds_ = 0.0;  // that the last one took
  bool written_ = false;
};

}  // namespace

std::string checkpoint_path(const std::string& store) {
  std::string stem = std::filesystem::path(store).lexically_normal().string();
  while (!stem.empty() && stem.back() == '/') stem.pop_back();
  for (const std::string ending : {".zip", ".zarr"}) {
    const bool has =
        stem.size() > ending.size() && stem.compare(stem.size() - ending.size(), ending.size(), ending) == 0;
    if (has) stem.resize(stem.size() - ending.size());
  }
  return stem + ".checkpoint.zarr.zip";
}

Outcome fit_with_checkpoints(Settings settings, const Output& output, bool declared, const Workers& workers) {
  const std::string path = checkpoint_path(output.path);
  const bool resume = output.checkpoints.resume;
  const bool found = output.bytes == nullptr && exists(path);
  if (found && !resume && !output.overwrite) {
    throw Error("E1006", "\"" + path + "\" is the checkpoint of an unfinished fit",
                "go on with --resume, or begin anew with --overwrite");
  }
  Output own = output;
  if (found && resume && is_partial(output.path)) own.overwrite = true;  // it is taken further
  FitCommand command(std::move(settings), own, declared, workers);
  if (found && resume) resume_checkpoint(command.fitting(), *io::open_store(path), path);
  if (!found && resume) command.fitting().warn({"W1009", "no \"" + path + "\": the fit began anew", "", {}});
  CheckpointFile file(path, output.bytes == nullptr ? output.checkpoints.every : 0.0);
  const bool over = file.infer(command, workers);
  const bool left = !over && (file.written() || (found && resume));
  std::optional<Outcome> outcome;
  try {
    outcome = command.finish(workers, left ? "the same command with --resume goes on" : "");
  } catch (const Cancelled&) {
    if (!left) throw;
    throw Error("E1201", "cancelled before there was a result to keep", "the same command with --resume goes on");
  }
  if (left) outcome->report["checkpoint"] = path;
  std::error_code ignored;
  if (over && output.bytes == nullptr) std::filesystem::remove(path, ignored);
  return std::move(*outcome);
}

}  // namespace dolab::experiment
