#include "cli/command.hpp"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <new>

#include "base/printable.hpp"
#include "cli/tables.hpp"

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace dolab::cli {
namespace {

using experiment::Json;

std::atomic<Progress*> active_progress{nullptr};

extern "C" void on_interrupt(int signal_number) {
  Progress* progress = active_progress.load();
  if (progress != nullptr) progress->cancel();
  std::signal(signal_number, SIG_DFL);  // a second one ends the program
}

bool stderr_is_terminal() {
#if defined(_WIN32)
  return _isatty(2) != 0;
#else
  return isatty(2) != 0;
#endif
}

}  // namespace

void add_common(CLI::App& app, Common& common) {
  app.add_flag("--json", common.json, "Machine-readable result on stdout");
  app.add_flag("--quiet", common.quiet, "No tables, no progress");
  app.add_option("--threads", common.threads, "Worker threads (default: all)")->check(CLI::Range(1, 4096));
  app.add_flag("--strict", common.strict, "Exit with 3 if a diagnostic fails");
}

void add_output(CLI::App& app, Common& common, const std::string& fallback) {
  const auto is_option = [](const std::string& path) {
    return path.rfind("--", 0) == 0 ? "this is an option, not a path (./" + path + " would be one)" : std::string();
  };
  app.add_option("--out", common.out, "Store to write (default: " + fallback + ")")->check(is_option);
  app.add_flag("--overwrite", common.overwrite, "Replace an existing store");
}

void add_checkpoints(CLI::App& app, Common& common) {
  app.add_flag("--resume", common.checkpoints.resume,
               "Go on from the checkpoint of a fit that was cancelled or killed");
  app.add_option("--checkpoint-every", common.checkpoints.every,
                 "Seconds between checkpoints, OUT.checkpoint.zarr.zip; 0: none (default: 30)")
      ->check(CLI::Range(0.0, 1e9));
}

CLI::Option* add_seed(CLI::App& app, std::uint64_t& seed) {
  const auto is_seed = [](const std::string& text) {
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    return digits ? std::string() : "\"" + text + "\" is no whole number from 0";
  };
  return app.add_option("--seed", seed, "Seed (default: the fit's)")->check(is_seed);
}

CLI::Option* add_hdi_prob(CLI::App& app, double& probability, const std::string& fallback) {
  const auto is_probability = [](const std::string& text) {
    double value = 0.0;
    const bool inside = CLI::detail::lexical_cast(text, value) && value >= 1e-6 && value <= 1.0 - 1e-6;
    return inside ? std::string() : "\"" + text + "\" is no probability between 0 and 1";
  };
  return app.add_option("--hdi-prob", probability, "Probability of the intervals (default: " + fallback + ")")
      ->check(is_probability);
}

CLI::Option* add_list(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                      const std::string& help) {
  return app.add_option(name, values, help)->allow_extra_args(false)->take_all();
}

void ExperimentOptions::add_key(CLI::App& app, const std::string& name, const std::string& path,
                                const std::string& help) {
  keys_.push_back(std::make_unique<Keyed>());
  Keyed* key = keys_.back().get();
  key->path = path;
  app.add_option_function<std::string>(
         name,
         [key](const std::string& value) {
           key->value = value;
           key->given = true;
         },
         help)
      ->group("Inference");
}

void ExperimentOptions::add_flag(CLI::App& app, const std::string& name, const std::string& path,
                                 const std::string& help) {
  keys_.push_back(std::make_unique<Keyed>());
  Keyed* key = keys_.back().get();
  key->path = path;
  key->value = "true";
  app.add_flag_callback(
         name, [key] { key->given = true; }, help)
      ->group("Inference");
}

void ExperimentOptions::add(CLI::App& app, bool inference) {
  app.add_option("model", model, "Model text (a NumPyro-style Python file)")->required();
  app.add_option("--data", data_, "CSV, TSV (also .gz), JSON, NPY, NPZ or Zarr");
  app.add_option("--kernel", kernel_, "Function to use (default: model)");
  add_list(app, "--bind", binds_, "Argument=column, or argument=a,b for a matrix; repeatable");
  add_list(app, "--arg", arguments_, "Argument=JSON value; repeatable");
  add_list(app, "--condition", conditions_, "Observe a further site: z=@column or z=number; repeatable");
  if (!inference) return;
  add_list(app, "--do", dos_, "Fix a site while fitting: z=@column or z=number; repeatable");
  add_list(app, "--set", sets_, "Any key of the experiment file: path=value; repeatable");
  add_key(app, "--method", "inference.method", "svi, nuts or hmc (default: svi)");
  add_key(app, "--draws", "inference.draws", "Draws of the guide, or of each chain (default: 1000)");
  add_key(app, "--init", "inference.init", "uniform, feasible, median, sample, mean or value");
  add_key(app, "--init-radius", "inference.init_radius", "Of uniform starts (default: 2)");
  add_key(app, "--guide", "inference.guide",
          "SVI: AutoNormal, AutoMultivariateNormal, AutoDelta, ... (default: AutoNormal)");
  add_key(app, "--init-scale", "inference.init_scale", "SVI: initial scale of the guide (default: 0.1)");
  add_key(app, "--rank", "inference.rank", "SVI: rank of AutoLowRankMultivariateNormal");
  add_key(app, "--optimizer", "inference.optimizer.name", "SVI: Adam, ClippedAdam, SGD, ... (default: Adam)");
  add_key(app, "--step-size", "inference.optimizer.step_size", "SVI: step size (default: 0.001)");
  add_key(app, "--steps", "inference.steps", "SVI: steps (default: 10000)");
  add_key(app, "--particles", "inference.particles", "SVI: draws per step (default: 1)");
  add_flag(app, "--stable-update", "inference.stable_update", "SVI: skip steps whose loss is not finite");
  add_key(app, "--chains", "inference.chains", "NUTS: chains (default: 4)");
  add_key(app, "--warmup", "inference.warmup", "NUTS: warm-up draws per chain (default: 1000)");
  add_key(app, "--thinning", "inference.thinning", "NUTS: keep every k-th draw (default: 1)");
  add_key(app, "--target-accept", "inference.target_accept", "NUTS: acceptance rate aimed at (default: 0.8)");
  add_key(app, "--max-depth", "inference.max_depth", "NUTS: largest tree depth (default: 10)");
  add_key(app, "--metric", "inference.metric", "NUTS: gradient, diag or dense (default: gradient)");
  add_key(app, "--trajectory-length", "inference.trajectory_length", "HMC: length of a trajectory");
  add_key(app, "--hdi-prob", "hdi_prob", "Probability of the intervals (default: 0.94)");
  add_key(app, "--seed", "seed", "Seed of all random numbers (default: 0)");
  add_flag(app, "--reproducible", "reproducible", "Strict arithmetic: the same bits on every machine");
}

Json ExperimentOptions::document() const {
  Json document = {{"dolab", 1}, {"model", {{"file", model}}}, {"data", Json::object()}};
  if (!kernel_.empty()) document["model"]["kernel"] = kernel_;
  if (!data_.empty()) document["data"]["train"] = data_;
  for (const std::string& text : binds_) {
    const auto [argument, columns] = experiment::parse_binding(text);
    document["data"]["bind"][argument] = columns;
  }
  for (const std::string& text : arguments_) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) throw Error("E1103", "\"" + text + "\" is no argument=value");
    const Json value = Json::parse(text.substr(equals + 1), nullptr, false);
    document["data"]["arguments"][text.substr(0, equals)] =
        value.is_discarded() ? Json(text.substr(equals + 1)) : value;
  }
  for (const auto& [texts, key] : {std::pair{&conditions_, "condition"}, std::pair{&dos_, "do"}}) {
    for (const std::string& text : *texts) {
      const auto [site, change] = experiment::parse_change(text);
      document["model"][key][site] = change;
    }
  }
  for (const auto& key : keys_) {
    if (key->given) experiment::apply_override(document, key->path + "=" + key->value);
  }
  for (const std::string& text : sets_) experiment::apply_override(document, text);
  return document;
}

// ---- workers and progress ----------------------------------------------------------------------------

Session::Session(const Common& common)
    : bar_(!common.quiet && stderr_is_terminal()),
      pool_(common.threads > 0 ? common.threads : hardware_threads()),
      progress_([this](const ProgressReport& report) { draw(report); }) {
  active_progress = &progress_;
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
#if defined(SIGXFSZ)
  std::signal(SIGXFSZ, SIG_IGN);  // a file-size limit is then an error of the write
#endif
}

Session::~Session() {
  active_progress = nullptr;
  if (width_ > 0) std::fprintf(stderr, "\r%*s\r", static_cast<int>(width_), "");
}

void Session::draw(const ProgressReport& report) {
  if (!bar_) return;
  char line[200];
  const double share =
      report.total > 0 ? 100.0 * static_cast<double>(report.done) / static_cast<double>(report.total) : 0.0;
  const int filled = std::min(20, static_cast<int>(share / 5.0));
  const std::string bar =
      std::string(static_cast<std::size_t>(filled), '#') + std::string(static_cast<std::size_t>(20 - filled), '.');
  const int length =
      std::snprintf(line, sizeof line, "%-9s [%s] %3.0f%% %lld/%lld  %.4g/s  ETA %.0f s  %s", report.phase.c_str(),
                    bar.c_str(), share, static_cast<long long>(report.done), static_cast<long long>(report.total),
                    report.rate, report.eta_seconds, report.note.c_str());
  const std::size_t shown = std::min<std::size_t>(length > 0 ? static_cast<std::size_t>(length) : 0, sizeof line - 1);
  std::fprintf(stderr, "\r%s%*s", line, static_cast<int>(width_ > shown ? width_ - shown : 0), "");
  std::fflush(stderr);
  width_ = shown;
}

Error current_error() {
  try {
    throw;
  } catch (const Error& error) {
    return error;
  } catch (const Cancelled&) {
    return Error("E1201", "cancelled before there was a result to keep");
  } catch (const std::bad_alloc&) {
    return Error("E907", "the work needs more memory than there is", "use fewer draws, chains or rows");
  } catch (const std::exception& error) {
    return Error("E1999", error.what());
  }
}

int finish(const Common& common, const experiment::Outcome& outcome,
           const std::function<std::string(const Json&)>& table) {
  if (common.json) {
    std::printf("%s\n", experiment::json_text(outcome.report).c_str());
  } else if (!common.quiet) {
    std::fputs(printable(table(outcome.report), true).c_str(), stdout);
    print_warnings(outcome.report);
  }
  if (std::fflush(stdout) != 0) return kInternal;
  if (!outcome.complete) return kCancelled;
  return common.strict && !outcome.healthy ? kDiagnostics : kDone;
}

std::string stem_of(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  return name.substr(0, name.find('.', 1));
}

}  // namespace dolab::cli
