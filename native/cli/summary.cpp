#include "cli/command.hpp"
#include "cli/tables.hpp"

namespace dolab::cli {

void add_summary(CLI::App& app, int& code) {
  struct Options {
    Common common;
    std::string store;
    double hdi_prob = 0.94;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("summary", "Summarise the draws of a store");
  command.add_option("store", options->store, "Store of a fit")->required();
  add_hdi_prob(command, options->hdi_prob, "0.94");
  add_common(command, options->common);
  command.footer("Examples:\n  dolab summary fit.zarr\n  dolab summary fit.zarr --hdi-prob 0.9 --json");
  command.callback([options, &code] {
    experiment::Outcome outcome;
    {
      Session session(options->common);
      outcome = experiment::summary_command(options->store, options->hdi_prob, session.workers());
    }
    code = finish(options->common, outcome, summary_text);
  });
}

}  // namespace dolab::cli
