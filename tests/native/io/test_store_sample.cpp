// Writes the store that tests/store/check_store.py opens with Xarray and ArviZ, with what it must find in it:
// into DOLAB_STORE_SAMPLE if that is set, else into a temporary folder.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "io/file_store.hpp"
#include "io/files.hpp"
#include "io/store_draws.hpp"
#include "io/zarr.hpp"

using namespace dolab;
using namespace dolab::io;
using nlohmann::ordered_json;

namespace {

constexpr std::int64_t kChains = 2, kDraws = 50, kKept = 40;

Array pattern(const Shape& shape, DType dtype, int salt) {
  Array array(dtype, shape);
  for (std::int64_t i = 0; i < array.size(); ++i) {
    const double x = std::sin(0.7 * static_cast<double>(i) + salt) * 1e3;
    array.mutable_data()[i] = dtype == DType::real      ? x / 7.0
                              : dtype == DType::integer ? std::floor(x)
                                                        : (x > 0 ? 1 : 0);
  }
  return array;
}

ordered_json values_json(const Array& array) {
  ordered_json values = ordered_json::array();
  for (std::int64_t i = 0; i < array.size(); ++i) {
    values.push_back(std::isnan(array[i]) ? ordered_json(nullptr) : ordered_json(array[i]));
  }
  return values;
}

/// Writes arrays and notes what a reader must see.
class Sample {
 public:
  explicit Sample(ByteStore& store)
      : writer_(store, R"({"dolab_version": "0.1.0", "seed": 42, "kernel": "def model(x):\n    pass  # ä"})") {
    expected_["attributes"] = {{"dolab_version", "0.1.0"}, {"seed", 42}, {"kernel", "def model(x):\n    pass  # ä"}};
  }

  void array(const std::string& group, const std::string& name, const Array& values,
             const std::vector<std::string>& dims, const std::string& dtype) {
    writer_.array(group, name, values, dims, R"({"unit": "m"})");
    note(group, name, values, dims, dtype);
    expected_["groups"][group]["arrays"][name]["attributes"] = {{"unit", "m"}};
  }

  /// Streams draws as a sampler would, cut to kKept if `cancelled`.
  void draws(const std::string& group, bool cancelled) {
    StoreDraws sink(writer_);
    sink.open_group(group, kChains, kDraws);
    const std::int64_t kept = cancelled ? kKept : kDraws;
    const DrawVariable variables[] = {{group, "mu", DType::real, {}, {}},
                                      {group, "theta", DType::real, {3}, {"school"}},
                                      {group, "diverging", DType::boolean, {}, {}},
                                      {group, "n_steps", DType::integer, {}, {}},
                                      {group, "cov", DType::real, {2, 2}, {}}};
    int salt = 0;
    for (const DrawVariable& variable : variables) {
      const int handle = sink.declare(variable);
      Shape shape = {kChains, kDraws};
      shape.insert(shape.end(), variable.shape.begin(), variable.shape.end());
      const Array all = pattern(shape, variable.dtype, ++salt);
      const std::int64_t size = element_count(variable.shape);
      for (std::int64_t chain = 0; chain < kChains; ++chain) {
        for (std::int64_t draw = 0; draw < kDraws; draw += 10) {
          sink.append(handle, {chain, draw, 10}, all.data() + (chain * kDraws + draw) * size);
        }
      }
      shape[1] = kept;
      Array seen(variable.dtype, shape);
      for (std::int64_t chain = 0; chain < kChains; ++chain) {
        std::copy_n(all.data() + chain * kDraws * size, kept * size, seen.mutable_data() + chain * kept * size);
      }
      std::vector<std::string> dims = {"chain", "draw"};
      if (variable.name == "theta") dims.push_back("school");
      if (variable.name == "cov") dims.insert(dims.end(), {"cov_dim_0", "cov_dim_1"});
      const char* dtype = variable.dtype == DType::real      ? "float64"
                          : variable.dtype == DType::integer ? "int64"
                                                             : "bool";
      note(group, variable.name, seen, dims, dtype);
    }
    writer_.coordinate(group, "school", {"Äpfel", "Birnen", ""});
    sink.close_group(group, kept);
    expected_["groups"][group]["coords"] = {{"school", {"Äpfel", "Birnen", ""}}, {"chain", {0, 1}}};
  }

  void finish() {
    writer_.coordinate("observed_data", "obs", Array::vector({10, 20, 30}, DType::integer));
    writer_.texts("constant_data", "label", {"a", "b", "c"}, "obs");
    expected_["groups"]["observed_data"]["coords"] = {{"obs", {10, 20, 30}}};
    expected_["groups"]["constant_data"]["arrays"]["label"] = {{"dims", {"obs"}}, {"text", {"a", "b", "c"}}};
    writer_.close();
  }

  const ordered_json& expected() const { return expected_; }

 private:
  void note(const std::string& group, const std::string& name, const Array& values,
            const std::vector<std::string>& dims, const std::string& dtype) {
    expected_["groups"][group]["arrays"][name] = {
        {"dims", dims}, {"dtype", dtype}, {"shape", values.shape()}, {"values", values_json(values)}};
  }

  StoreWriter writer_;
  ordered_json expected_;
};

}  // namespace

TEST_CASE("a sample store for other readers", "[io][store]") {
  const char* chosen = std::getenv("DOLAB_STORE_SAMPLE");
  const std::filesystem::path folder =
      chosen != nullptr ? std::filesystem::path(chosen) : std::filesystem::temp_directory_path() / "dolab-test-sample";
  std::filesystem::create_directories(folder);
  for (const char* name : {"sample.zarr", "sample.zarr.zip"}) {
    const std::string path = (folder / name).string();
    const auto store = create_store(path, true);
    Sample sample(*store);
    sample.draws("posterior", false);
    sample.draws("sample_stats", true);
    sample.array("observed_data", "y", Array::vector({1.5, std::nan(""), 3}), {"obs"}, "float64");
    sample.array("constant_data", "n", Array::scalar(3, DType::integer), {}, "int64");
    sample.array("constant_data", "x", pattern({3, 2}, DType::real, 9), {"obs", "feature"}, "float64");
    sample.finish();
    store->commit();
    write_file(folder / "expected.json", sample.expected().dump(1));

    const auto opened = open_store(path);
    const StoreReader reader(*opened);
    for (const auto& [group, content] : sample.expected()["groups"].items()) {
      for (const auto& [array, entry] : content["arrays"].items()) {
        CHECK(reader.dims(group, array) == entry["dims"].get<std::vector<std::string>>());
        if (entry.contains("values")) CHECK(values_json(reader.read(group, array)) == entry["values"]);
      }
    }
  }
  if (chosen == nullptr) std::filesystem::remove_all(folder);
}

TEST_CASE("stores by zarr-python and Xarray", "[io][store][foreign]") {
  const char* folder = std::getenv("DOLAB_STORE_FOREIGN");
  if (folder == nullptr) {
    WARN("SKIPPED: DOLAB_STORE_FOREIGN is not set");
    return;
  }
  Array x(DType::real, {2, 7, 3});
  for (std::int64_t i = 0; i < x.size(); ++i) x.mutable_data()[i] = std::sin(0.7 * static_cast<double>(i));
  const auto close = [&x](const Array& other) {
    REQUIRE(other.shape() == x.shape());
    for (std::int64_t i = 0; i < x.size(); ++i) REQUIRE(other[i] == Approx(x[i]).epsilon(1e-14));
  };
  const auto tree = open_store(std::string(folder) + "/xarray.zarr");
  const StoreReader reader(*tree);
  close(reader.read("posterior", "x"));
  CHECK(reader.read("posterior", "k").to_vector()[13] == 13.0);
  CHECK(reader.arrays("posterior").size() == 2);
  CHECK(reader.coordinate("posterior", "school") == std::vector<std::string>{"Äpfel", "b", ""});

  const auto plain = open_store(std::string(folder) + "/plain.zarr");
  const StoreReader plain_reader(*plain);
  for (const char* codec : {"none", "gzip", "zstd"}) close(plain_reader.read("g", codec));
  CHECK(plain_reader.read("g", "sparse").to_vector() == std::vector<double>{7, 7, 7, 7, 1, -2, 7, 7, 7, 7});
}
