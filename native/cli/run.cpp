#include "cli/command.hpp"
#include "cli/tables.hpp"

namespace dolab::cli {

void add_run(CLI::App& app, int& code) {
  struct Options {
    Common common;
    std::string experiment;
    std::vector<std::string> sets;
    std::string seed;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("run", "Everything that an experiment file declares");
  command.add_option("experiment", options->experiment, "Experiment file (*.dolab.json)")->required();
  add_list(command, "--set", options->sets, "Replace a key: inference.steps=2000; repeatable");
  command.add_option("--seed", options->seed, "Replace the seed");
  add_output(command, options->common, "EXPERIMENT.zarr");
  add_checkpoints(command, options->common);
  add_common(command, options->common);
  command.footer(
      "Examples:\n"
      "  dolab run network.dolab.json --out network.zarr\n"
      "  dolab run network.dolab.json --out network.zarr --resume\n"
      "  dolab run network.dolab.json --set inference.steps=2000 --seed 7 --json --overwrite");
  command.callback([options, &code] {
    Common& common = options->common;
    if (!options->seed.empty()) options->sets.push_back("seed=" + options->seed);
    experiment::Settings settings = experiment::read_experiment(options->experiment, options->sets);
    if (common.out.empty()) common.out = stem_of(options->experiment) + ".zarr";
    experiment::Outcome outcome;
    {
      Session session(common);
      outcome = experiment::run_command(std::move(settings), common.output(), session.workers());
    }
    code = finish(common, outcome, run_text);
  });
}

}  // namespace dolab::cli
