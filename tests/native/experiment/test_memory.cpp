// Commands without files: data that are in memory, and stores that go there.
#include <catch2/catch.hpp>
#include <filesystem>

#include "experiment/run.hpp"
#include "io/zarr.hpp"
#include "io/zip_store.hpp"

using namespace dolab;

namespace {

experiment::Settings settings_with(const experiment::Json& train) {
  experiment::Json document = {{"dolab", 1},
                               {"model",
                                {{"source",
                                  "import numpyro\nimport numpyro.distributions as dist\n"
                                  "def model(x, y=None):\n"
                                  "    a = numpyro.sample('a', dist.Normal(0, 1))\n"
                                  "    with numpyro.plate('rows', x.shape[0]):\n"
                                  "        numpyro.sample('y', dist.Normal(a * x, 1), obs=y)\n"}}},
                               {"inference", {{"steps", 50}, {"draws", 20}}}};
  if (!train.is_null()) document["data"] = {{"train", train}};
  return experiment::read_settings(document, "", "");
}

std::string fit_bytes(experiment::Settings settings) {
  ThreadPool pool(1);
  Progress progress;
  const auto store = io::ZipWriter::in_memory();
  experiment::fit_command(std::move(settings), {"nowhere.zarr", false, store.get()}, {pool, progress});
  return store->bytes();
}

std::vector<double> draws_of_a(const std::string& bytes) {
  const auto store = io::ZipReader::from_bytes(bytes);
  return io::StoreReader(*store).read("posterior", "a").to_vector();
}

}  // namespace

TEST_CASE("a fit of data in memory is the fit of the same data in the experiment", "[experiment]") {
  experiment::Settings given = settings_with(nullptr);
  given.given = std::make_shared<io::DataFile>(
      io::from_arguments({{"x", Array::vector({1, 2, 3.5})}, {"y", Array::vector({2, 4, 6.5})}}, "memory"));
  const std::string bytes = fit_bytes(std::move(given));
  CHECK_FALSE(std::filesystem::exists("nowhere.zarr"));
  const std::vector<double> draws = draws_of_a(bytes);
  REQUIRE(draws.size() == 20);
  CHECK(draws == draws_of_a(fit_bytes(settings_with({{"x", {1, 2, 3.5}}, {"y", {2, 4, 6.5}}}))));
}
