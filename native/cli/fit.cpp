#include "cli/command.hpp"
#include "cli/tables.hpp"

namespace dolab::cli {

void add_fit(CLI::App& app, int& code) {
  struct Options {
    Common common;
    ExperimentOptions experiment;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("fit", "Fit a model to data and write a store");
  options->experiment.add(command, true);
  add_output(command, options->common, "MODEL.zarr");
  add_checkpoints(command, options->common);
  add_common(command, options->common);
  command.footer(
      "Examples:\n"
      "  dolab fit model.py --data train.csv --bind X=x1,x2 --bind y=y --out fit.zarr\n"
      "  dolab fit model.py --data train.csv --bind 'X=[x]' --bind C=c --bind y=y --condition z=@z --out fit.zarr\n"
      "  dolab fit schools.py --data schools.json --method nuts --chains 4 --seed 1 --out schools.zarr\n"
      "  dolab fit schools.py --data schools.json --method nuts --chains 4 --seed 1 --out schools.zarr --resume\n"
      "  dolab fit model.py --data d.json --set inference.optimizer.b1=0.95 --out fit.zarr");
  command.callback([options, &code] {
    Common& common = options->common;
    experiment::Settings settings = experiment::read_settings(options->experiment.document(), "", "");
    if (common.out.empty()) common.out = stem_of(options->experiment.model) + ".zarr";
    experiment::Outcome outcome;
    {
      Session session(common);
      outcome = experiment::fit_command(std::move(settings), common.output(), session.workers());
    }
    code = finish(common, outcome, fit_text);
  });
}

}  // namespace dolab::cli
