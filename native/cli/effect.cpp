#include "cli/command.hpp"
#include "cli/tables.hpp"

namespace dolab::cli {

void add_effect(CLI::App& app, int& code) {
  struct Options {
    Common common;
    experiment::EffectCommand effect;
    std::vector<std::string> baseline, intervention;
    std::uint64_t seed = 0;
    double hdi_prob = 0.94;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("effect", "Contrast two scenarios for one outcome");
  command.add_option("fit", options->effect.fit, "Store of a fit")->required();
  command.add_option("--data", options->effect.data, "Rows to average over (default: the data of the fit)");
  add_list(command, "--baseline", options->baseline, "z=0, z=@column, X.a+=1, T*=2; repeatable (default: observed)");
  add_list(command, "--intervention", options->intervention, "The same forms; repeatable (default: observed)");
  command.add_option("--outcome", options->effect.outcome, "Site (default: the only outcome)");
  command.add_option("--by", options->effect.by, "Column whose values group the rows");
  command.add_flag("--expected", options->effect.expected, "Contrast means of the outcome's distribution");
  CLI::Option* hdi = add_hdi_prob(command, options->hdi_prob, "the fit's");
  CLI::Option* seed = add_seed(command, options->seed);
  add_output(command, options->common, "none is written");
  add_common(command, options->common);
  command.footer(
      "Examples:\n"
      "  dolab effect fit.zarr --data train.csv --baseline z=@z --intervention z=0\n"
      "  dolab effect fit.zarr --data train.csv --intervention X.MedInc+=1 --by region --json\n"
      "  dolab effect fit.zarr --data train.csv --baseline T=0 --intervention T=1 --expected --out effect.zarr");
  command.callback([options, hdi, seed, &code] {
    const Common& common = options->common;
    experiment::EffectCommand& effect = options->effect;
    effect.baseline = experiment::parse_changes(options->baseline);
    effect.intervention = experiment::parse_changes(options->intervention);
    if (effect.baseline.empty() && effect.intervention.empty()) {
      throw Error("E1103", "both scenarios are the observed one", "give --intervention, as in --intervention z=0");
    }
    if (hdi->count() > 0) effect.hdi_prob = options->hdi_prob;
    if (seed->count() > 0) effect.seed = options->seed;
    experiment::Outcome outcome;
    {
      Session session(common);
      outcome = experiment::effect_command(effect, {common.out, common.overwrite}, session.workers()).outcome;
    }
    code = finish(common, outcome, effects_text);
  });
}

}  // namespace dolab::cli
