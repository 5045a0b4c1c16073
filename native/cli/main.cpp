// The program `dolab`: subcommands, errors, exit codes.
#include <cstdio>
#include <cstring>

#include "base/nearest_name.hpp"
#include "cli/command.hpp"

namespace {

using dolab::Error;
using dolab::experiment::Json;

/// The readable error on stderr, its object on stdout if asked for.
int report(const Error& error, bool json, int code) {
  std::fputs(error.render().c_str(), stderr);
  if (json)
    std::printf("%s\n", dolab::experiment::json_text({{"error", dolab::experiment::error_json(error)}}).c_str());
  return code;
}

bool asks_for_json(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) return true;
  }
  return false;
}

/// What CLI11 found wrong, in our form. An unknown option gets the nearest known one as a hint.
Error usage_error(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  const CLI::App* used = &app;
  for (const CLI::App* command : app.get_subcommands()) used = command;
  if (used == &app && argc > 1 && argv[1][0] != '-') {
    std::vector<std::string> commands;
    for (const CLI::App* command : app.get_subcommands({})) commands.push_back(command->get_name());
    return Error("E1102", std::string("unknown command ") + argv[1], dolab::unknown_name_hint(argv[1], commands));
  }
  std::vector<std::string> names;
  for (const CLI::Option* option : used->get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
    for (int i = 1; i < argc; ++i) {
      const std::string option(argv[i], std::strcspn(argv[i], "="));
      const bool known = std::find(names.begin(), names.end(), option) != names.end();
      if (option.rfind("--", 0) != 0 || known) continue;
      return Error("E1102", "unknown option " + option, dolab::unknown_name_hint(option, names));
    }
    return Error("E1102", error.what());
  }
  return Error("E1103", error.what(), "see dolab " + (used == &app ? "" : used->get_name() + " ") + "--help");
}

int run(CLI::App& app, int argc, char** argv, const int& code) {
  const bool json = asks_for_json(argc, argv);
  try {
    app.parse(argc, argv);
    return code;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return report(usage_error(app, error, argc, argv), json, dolab::cli::kUsage);
  } catch (...) {
    const Error error = dolab::cli::current_error();
    const bool internal = error.code() == "E1999", cancelled = error.code() == "E1201";
    return report(error, json,
                  internal    ? dolab::cli::kInternal
                  : cancelled ? dolab::cli::kCancelled
                              : dolab::cli::kUsage);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("dolab: from a NumPyro-style model and a table to a causal effect", "dolab");
  app.set_version_flag("--version", "dolab " DOLAB_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  dolab fit model.py --data train.csv --bind X=x --bind C=c --bind y=y --condition z=@z --out fit.zarr\n"
      "  dolab effect fit.zarr --data train.csv --baseline z=@z --intervention z=0\n"
      "  dolab run network.dolab.json\n"
      "`dolab COMMAND --help` says more. Exit codes: 0 done, 1 internal, 2 usage or input, 3 diagnostics failed\n"
      "under --strict, 130 cancelled (partial results kept).");
  int code = 0;
  dolab::cli::add_check(app, code);
  dolab::cli::add_fit(app, code);
  dolab::cli::add_predict(app, code);
  dolab::cli::add_effect(app, code);
  dolab::cli::add_summary(app, code);
  dolab::cli::add_run(app, code);
  dolab::cli::add_lab(app, code);
  return run(app, argc, argv, code);
}
