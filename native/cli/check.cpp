#include "experiment/check.hpp"

#include <cstdio>

#include "base/printable.hpp"
#include "cli/command.hpp"
#include "cli/tables.hpp"

namespace dolab::cli {

void add_check(CLI::App& app, int& code) {
  struct Options {
    Common common;
    ExperimentOptions experiment;
    experiment::CheckOptions check;
    bool dot = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("check", "Trace a model: sites, shapes, graph, warnings, densities");
  options->experiment.add(command, false);
  command.add_flag("--dot", options->dot, "Print the graph in the DOT language");
  CLI::Option* at = command.add_option("--at", options->check.at, "Log densities at the site values of a JSON file");
  command.add_flag("--gradient", options->check.gradient, "With --at: the gradient, checked by differences")->needs(at);
  add_common(command, options->common);
  command.footer(
      "Examples:\n"
      "  dolab check model.py --data train.csv --bind X=x --bind C=c --bind y=y\n"
      "  dolab check model.py --data data.json --at values.json --gradient --json\n"
      "  dolab check model.py --data data.json --dot | dot -Tsvg > model.svg");
  command.callback([options, &code] {
    const experiment::Settings settings = experiment::read_settings(options->experiment.document(), "", "");
    const experiment::Prepared prepared = experiment::prepare(settings);
    if (options->dot) {
      const std::string dot = experiment::dot_text(experiment::trace_prepared(prepared, settings));
      std::fputs(printable(dot, true).c_str(), stdout);
      code = kDone;
      return;
    }
    const experiment::Outcome outcome{experiment::check_report(prepared, settings, options->check), true, true};
    code = finish(options->common, outcome, check_text);
  });
}

}  // namespace dolab::cli
