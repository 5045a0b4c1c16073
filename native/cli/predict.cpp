#include "cli/command.hpp"
#include "cli/tables.hpp"

namespace dolab::cli {

void add_predict(CLI::App& app, int& code) {
  struct Options {
    Common common;
    experiment::PredictCommand predict;
    std::string source, data, kernel, draws;
    std::vector<std::string> changes, binds, arguments, conditions;
    std::uint64_t seed = 0;
    bool prior = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("predict", "Posterior or prior predictive draws");
  command.add_option("fit", options->source, "Store of a fit; with --prior: model text")->required();
  command.add_option("--data", options->data, "New data (default: the data of the fit)");
  add_list(command, "--do", options->changes, "Intervention: z=0, z=@column, X.a+=1, T*=2; repeatable");
  command.add_option("--sites", options->predict.sites, "Sites to keep (default: what is simulated)")->delimiter(',');
  CLI::Option* seed = add_seed(command, options->seed);
  CLI::Option* prior = command.add_flag("--prior", options->prior, "Draw from the prior of a model");
  command.add_option("--draws", options->draws, "With --prior: number of draws (default: 1000)")->needs(prior);
  command.add_option("--kernel", options->kernel, "With --prior: function to use")->needs(prior);
  add_list(command, "--bind", options->binds, "With --prior: argument=column(s)")->needs(prior);
  add_list(command, "--arg", options->arguments, "With --prior: argument=JSON value")->needs(prior);
  add_output(command, options->common, "NAME.predictions.zarr");
  add_common(command, options->common);
  command.footer(
      "Examples:\n"
      "  dolab predict fit.zarr --data new.csv --out p.zarr\n"
      "  dolab predict fit.zarr --data train.csv --do z=0 --out p0.zarr\n"
      "  dolab predict model.py --prior --data train.csv --bind X=x1,x2 --draws 500 --out prior.zarr");
  command.callback([options, seed, &code] {
    Common& common = options->common;
    experiment::PredictCommand& predict = options->predict;
    predict.changes = experiment::parse_changes(options->changes);
    if (options->prior) {
      experiment::Json document = {
          {"dolab", 1}, {"model", {{"file", options->source}}}, {"data", experiment::Json::object()}};
      if (!predict.changes.empty() || !predict.sites.empty()) {
        throw Error("E1103", "--do and --sites need a fit, not --prior");
      }
      if (!options->data.empty()) document["data"]["train"] = options->data;
      if (!options->kernel.empty()) document["model"]["kernel"] = options->kernel;
      for (const std::string& text : options->binds) {
        const auto [argument, columns] = experiment::parse_binding(text);
        document["data"]["bind"][argument] = columns;
      }
      for (const std::string& text : options->arguments) experiment::apply_override(document, "data.arguments." + text);
      if (!options->draws.empty()) experiment::apply_override(document, "inference.draws=" + options->draws);
      document["seed"] = options->seed;
      predict.prior = experiment::read_settings(std::move(document), "", "");
    } else {
      predict.fit = options->source;
      predict.data = options->data;
      if (seed->count() > 0) predict.seed = options->seed;
    }
    if (common.out.empty()) common.out = stem_of(options->source) + ".predictions.zarr";
    experiment::Outcome outcome;
    {
      Session session(common);
      outcome = experiment::predict_command(predict, {common.out, common.overwrite}, session.workers());
    }
    code = finish(common, outcome, predict_text);
  });
}

}  // namespace dolab::cli
