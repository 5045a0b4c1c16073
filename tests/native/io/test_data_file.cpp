#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "dolab/error.hpp"
#include "io/codec.hpp"
#include "io/data_file.hpp"
#include "io/file_store.hpp"
#include "io/files.hpp"
#include "io/zarr.hpp"

using namespace dolab;
using namespace dolab::io;

namespace {

const std::string kCsv = "x,y\n1,2.5\n3,4\n";
const std::string kArguments = R"({"x": [1, 3], "n": 2})";

std::string code_of(const std::string& bytes, const std::string& name) {
  try {
    parse_data(bytes, name);
  } catch (const Error& error) {
    return error.code();
  }
  return "none";
}

}  // namespace

TEST_CASE("data are recognised by name and by content", "[io][data]") {
  for (const char* name : {"d.csv", "d.CSV", "d", "d.txt", "d.csv.gz"}) {
    const DataFile data = parse_data(kCsv, name);
    CHECK(data.is_table);
    CHECK(data.table.vector("y").to_vector() == std::vector<double>{2.5, 4});
    CHECK(data.arguments.empty());
  }
  CHECK(parse_data(compress(Codec::gzip, kCsv), "d.csv.gz").table.rows() == 2);
  for (const char* name : {"d.json", "d"}) {
    const DataFile data = parse_data(kArguments, name);
    CHECK_FALSE(data.is_table);
    CHECK(std::get<std::int64_t>(data.arguments.at("n")) == 2);
    CHECK(data.table.vector("x").to_vector() == std::vector<double>{1, 3});
  }
  CHECK(parse_data(R"( [{"x": 1}, {"x": 2}])", "rows.json").is_table);
  CHECK(code_of("x,y\n1,2\n", "d.json") == "E1005");
  CHECK(code_of("", "d.json") == "E1005");
  CHECK(code_of("", "d.csv") == "E1002");
  CHECK(code_of("junk", "d.npy") == "E1002");
  CHECK(code_of("junk", "d.npz") == "E1002");
  CHECK(code_of("junk", "d.zarr.zip") == "E1007");
}

TEST_CASE("files and stores are data", "[io][data]") {
  const auto folder = std::filesystem::temp_directory_path() / "dolab-test-data";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  write_file(folder / "d.csv", kCsv);
  write_file(folder / "d.tsv.gz", compress(Codec::gzip, "x\ty\n1\t2.5\n3\t4\n"));
  write_file(folder / "d.json", kArguments);
  CHECK(read_data((folder / "d.csv").string()).table.rows() == 2);
  CHECK(read_data((folder / "d.tsv.gz").string()).table.vector("y")[0] == 2.5);
  CHECK(read_data((folder / "d.json").string()).arguments.size() == 2);
  for (const char* name : {"d.zarr", "d.zarr.zip"}) {
    const auto store = create_store((folder / name).string(), false);
    StoreWriter writer(*store);
    writer.array("constant_data", "x", Array::vector({1, 3}), {"obs"});
    writer.array("constant_data", "n", Array::scalar(2, DType::integer), {});
    writer.array("observed_data", "y", Array::vector({2.5, 4}), {"obs"});
    writer.array("posterior", "mu", Array::vector({2.5, 4}), {"chain"});
    writer.close();
    store->commit();
    const DataFile data = read_data((folder / name).string());
    CHECK(data.arguments.size() == 3);
    CHECK(std::get<std::int64_t>(data.arguments.at("n")) == 2);
    CHECK(data.table.names() == std::vector<std::string>{"x", "y"});
  }
  CHECK_THROWS_AS(read_data((folder / "absent.csv").string()), Error);
  CHECK_THROWS_AS(read_data(folder.string()), Error);
  std::filesystem::remove_all(folder);
}
