// What all subcommands share: common options, workers, progress, the printing of results and errors.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiment/run.hpp"

namespace dolab::cli {

/// Options that every subcommand has.
struct Common {
  bool json = false;
  bool quiet = false;
  bool strict = false;
  bool overwrite = false;
  int threads = 0;  // 0: all
  std::string out;
  experiment::Checkpoints checkpoints{30.0, false};

  experiment::Output output() const { return {out, overwrite, nullptr, checkpoints}; }
};

/// Exit codes of the contract.
enum ExitCode { kDone = 0, kInternal = 1, kUsage = 2, kDiagnostics = 3, kCancelled = 130 };

void add_common(CLI::App& app, Common& common);
/// --out and --overwrite.
void add_output(CLI::App& app, Common& common, const std::string& fallback);
/// --resume and --checkpoint-every.
void add_checkpoints(CLI::App& app, Common& common);

/// Model, data and inference options: each is a key of the experiment file. `document` collects them.
class ExperimentOptions {
 public:
  /// `inference`: with the options of fitting.
  void add(CLI::App& app, bool inference);
  /// The experiment that the options describe. Throws E1103, E1106.
  experiment::Json document() const;

  std::string model;

 private:
  struct Keyed {
    std::string path;
    std::string value;
    bool flag = false;
    bool given = false;
  };
  void add_key(CLI::App& app, const std::string& name, const std::string& path, const std::string& help);
  void add_flag(CLI::App& app, const std::string& name, const std::string& path, const std::string& help);

  std::string data_, kernel_;
  std::vector<std::string> binds_, conditions_, dos_, arguments_, sets_;
  std::vector<std::unique_ptr<Keyed>> keys_;
};

/// A vector option that takes one value each time it is given.
CLI::Option* add_list(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                      const std::string& help);

/// --seed of commands that start from a fit, and --hdi-prob.
CLI::Option* add_seed(CLI::App& app, std::uint64_t& seed);
CLI::Option* add_hdi_prob(CLI::App& app, double& probability, const std::string& fallback);

/// Threads and progress of one command; Ctrl-C cancels the progress.
class Session {
 public:
  explicit Session(const Common& common);
  ~Session();
  experiment::Workers workers() { return {pool_, progress_}; }

 private:
  void draw(const ProgressReport& report);
  bool bar_ = false;
  std::size_t width_ = 0;
  ThreadPool pool_;
  Progress progress_;
};

/// What the exception that is being handled says; E1999 for those that nobody expects.
Error current_error();

/// Prints the report (`table` for people) and its warnings, and returns the exit code.
int finish(const Common& common, const experiment::Outcome& outcome,
           const std::function<std::string(const experiment::Json&)>& table);

/// The file name without folder and extensions: "a/b.dolab.json" -> "b".
std::string stem_of(const std::string& path);

/// Each adds its subcommand; the callback stores the exit code.
void add_check(CLI::App& app, int& code);
void add_fit(CLI::App& app, int& code);
void add_predict(CLI::App& app, int& code);
void add_effect(CLI::App& app, int& code);
void add_summary(CLI::App& app, int& code);
void add_run(CLI::App& app, int& code);
void add_lab(CLI::App& app, int& code);

}  // namespace dolab::cli
