// Fits in pieces, and checkpoints in memory.
#include <catch2/catch.hpp>

#include "experiment/checkpoint.hpp"
#include "experiment/run.hpp"
#include "io/zarr.hpp"
#include "io/zip_store.hpp"

using namespace dolab;

namespace {

experiment::Settings settings_for(const experiment::Json& inference, double first = 2.0) {
  const experiment::Json document = {{"dolab", 1},
                                     {"model",
                                      {{"source",
                                        "import numpyro\nimport numpyro.distributions as dist\n"
                                        "def model(x, y=None):\n"
                                        "    a = numpyro.sample('a', dist.Normal(0, 1))\n"
                                        "    s = numpyro.sample('s', dist.Exponential(1))\n"
                                        "    with numpyro.plate('rows', x.shape[0]):\n"
                                        "        numpyro.sample('y', dist.Normal(a * x, s), obs=y)\n"}}},
                                     {"data", {{"train", {{"x", {1, 2, 3.5}}, {"y", {first, 4, 6.5}}}}}},
                                     {"inference", inference},
                                     {"seed", 3}};
  return experiment::read_settings(document, "", "");
}

/// The fit by slices of no time: every one does what it must, then a checkpoint of each takes the place of the fit.
struct Sliced {
  int slices = 0;
  std::string checkpoint, store;
};

Sliced by_slices(const experiment::Json& inference, int moves) {
  ThreadPool pool(2);
  Progress progress;
  const experiment::Workers workers{pool, progress};
  progress.pause_at(0.0);
  Sliced result;
  auto store = io::ZipWriter::in_memory();
  auto fit = std::make_unique<experiment::FitCommand>(settings_for(inference),
                                                      experiment::Output{"x.zarr", false, store.get()}, false, workers);
  while (!fit->go_on(workers)) {
    if (++result.slices > moves) continue;
    const auto bytes = io::ZipWriter::in_memory();
    experiment::write_checkpoint(fit->fitting(), *bytes);
    bytes->commit();
    result.checkpoint = bytes->bytes();
    store = io::ZipWriter::in_memory();
    fit = std::make_unique<experiment::FitCommand>(settings_for(inference),
                                                   experiment::Output{"x.zarr", false, store.get()}, false, workers);
    experiment::resume_checkpoint(fit->fitting(), *io::ZipReader::from_bytes(result.checkpoint), "checkpoint");
  }
  CHECK(fit->finish(workers).complete);
  result.store = store->bytes();
  return result;
}

std::string whole(const experiment::Json& inference) {
  ThreadPool pool(1);
  Progress progress;
  const auto store = io::ZipWriter::in_memory();
  experiment::fit_command(settings_for(inference), {"x.zarr", false, store.get()}, {pool, progress});
  return store->bytes();
}

std::vector<double> draws_of(const std::string& bytes) {
  const auto store = io::ZipReader::from_bytes(bytes);
  return io::StoreReader(*store).read("posterior", "s").to_vector();
}

/// Code and message of what `resume_checkpoint` throws.
std::string refusal(const experiment::Settings& settings, const std::string& checkpoint) {
  ThreadPool pool(1);
  Progress progress;
  experiment::Fitting fitting(settings, {pool, progress});
  try {
    experiment::resume_checkpoint(fitting, *io::ZipReader::from_bytes(checkpoint), "checkpoint");
  } catch (const Error& error) {
    return error.code() + " " + error.message();
  }
  return {};
}

const experiment::Json kSvi = {{"steps", 40}, {"draws", 20}};
const experiment::Json kNuts = {{"method", "nuts"}, {"chains", 2}, {"warmup", 30}, {"draws", 20}};

}  // namespace

TEST_CASE("a fit by slices and checkpoints is the fit in one piece", "[experiment][checkpoint]") {
  for (const experiment::Json& inference : {kSvi, kNuts}) {
    const Sliced sliced = by_slices(inference, 12);
    CHECK(sliced.slices > 20);
    CHECK(draws_of(sliced.store) == draws_of(whole(inference)));
  }
}

TEST_CASE("a checkpoint belongs to one model, data and settings", "[experiment][checkpoint]") {
  const std::string checkpoint = by_slices(kNuts, 3).checkpoint;
  CHECK(refusal(settings_for(kNuts), checkpoint).empty());
  experiment::Json written_out = kNuts;
  written_out["max_depth"] = 10;
  CHECK(refusal(settings_for(written_out), checkpoint).empty());  // the default
  experiment::Json other = kNuts;
  other["draws"] = 21;
  CHECK(refusal(settings_for(other), checkpoint) ==
        "E1009 \"checkpoint\" is the checkpoint of another fit: inference.draws is 20 in the checkpoint and 21 here");
  CHECK(refusal(settings_for(kNuts, 2.5), checkpoint) ==
        "E1009 \"checkpoint\" is the checkpoint of another fit: the data differ");
  CHECK(refusal(settings_for(kSvi), checkpoint).substr(0, 5) == "E1009");
  CHECK(refusal(settings_for(kNuts), whole(kNuts)) == "E1007 \"checkpoint\" is not a checkpoint");
}
