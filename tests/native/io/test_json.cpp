#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>

#include "dolab/error.hpp"
#include "io/arguments.hpp"
#include "io/npy.hpp"
#include "io/zip_store.hpp"
#include "tests/native/errors.hpp"

using namespace dolab;
using namespace dolab::io;
using dolab::testing::error_from;
using dolab::testing::mentions;

namespace {

Error argument_error(const std::string& json) {
  INFO(json);
  return error_from([&] { parse_argument(json, "x"); });
}

std::string npy(const std::string& header, const std::string& data) {
  std::string bytes = "\x93NUMPY";
  bytes += '\1';
  bytes += '\0';
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + data;
}

template <class T>
std::string raw(std::initializer_list<T> values) {
  std::string bytes;
  for (const T value : values) {
    char buffer[sizeof value];
    std::memcpy(buffer, &value, sizeof value);
    bytes.append(buffer, sizeof value);
  }
  return bytes;
}

}  // namespace

TEST_CASE("JSON values keep their kind", "[io][json]") {
  const ArgumentMap map = parse_arguments(
      R"({"n": 8, "s": 0.5, "t": true, "w": "text", "z": null, "big": 1e3, "v": [1, 2], "r": [1, 2.5], "b": [true, false],
          "m": [[1, 2, 3], [4, 5, 6]], "h": [1, null], "names": ["a", "b"], "e": [], "ee": [[], []], "mix": [true, 2]})",
      "data.json");
  CHECK(std::get<std::int64_t>(map.at("n")) == 8);
  CHECK(std::get<double>(map.at("s")) == 0.5);
  CHECK(std::get<bool>(map.at("t")));
  CHECK(std::get<std::string>(map.at("w")) == "text");
  CHECK(std::holds_alternative<std::monostate>(map.at("z")));
  CHECK(std::get<double>(map.at("big")) == 1000.0);
  CHECK(std::get<Array>(map.at("v")).dtype() == DType::integer);
  CHECK(std::get<Array>(map.at("r")).dtype() == DType::real);
  CHECK(std::get<Array>(map.at("b")).dtype() == DType::boolean);
  CHECK(std::get<Array>(map.at("m")).shape() == Shape{2, 3});
  CHECK(std::get<Array>(map.at("m")).to_vector() == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(std::get<Array>(map.at("h")).dtype() == DType::real);
  CHECK(std::isnan(std::get<Array>(map.at("h"))[1]));
  CHECK(std::get<std::vector<std::string>>(map.at("names")) == std::vector<std::string>{"a", "b"});
  CHECK(std::get<Array>(map.at("e")).shape() == Shape{0});
  CHECK(std::get<Array>(map.at("ee")).shape() == Shape{2, 0});
  CHECK(std::get<Array>(map.at("mix")).dtype() == DType::integer);
}

TEST_CASE("ragged and mixed lists name the path", "[io][json]") {
  CHECK(mentions(argument_error("[[1, 2], [3]]"), "x[1] has 1 entries where 2 are expected"));
  CHECK(mentions(argument_error("[1, [2]]"), "x[1] has 1 entries where a number is expected"));
  CHECK(mentions(argument_error("[[1], 2]"), "x[1] is a single value"));
  CHECK(mentions(argument_error("[1, \"a\"]"), "mixes text with numbers"));
  CHECK(mentions(argument_error("[[1], [{}]]"), "x[1][0] is an object"));
  CHECK(mentions(argument_error("{\"a\": 1}"), "x is an object"));
}

TEST_CASE("broken JSON is located", "[io][json]") {
  const Error error = error_from([] { parse_arguments("{\n  \"a\": 1,\n  \"b\": [1, NaN]\n}", "data.json"); });
  CHECK(error.code() == "E1005");
  CHECK(error.span().file == "data.json");
  CHECK(error.span().line == 3);
  CHECK(error.hint().find("null") != std::string::npos);
  for (const char* text :
       {"", "{", "[1,", "{\"a\" 1}", "{\"a\": 1} x", "{\"a\": 1e999}", "[1]", "nul", "{\"a\":1,\"a\":2}"}) {
    INFO(text);
    CHECK(error_from([&] { parse_arguments(text, "data.json"); }).code() == "E1005");
  }
  CHECK(argument_error(std::string(100000, '[')).code() == "E1005");
}

TEST_CASE("rows of objects are a table", "[io][json]") {
  const Table table = parse_json_rows(
      R"([{"x": 1, "name": "b", "ok": true}, {"x": null, "name": "a", "late": 2.5}, {"ok": false, "x": 3}])",
      "rows.json");
  CHECK(table.rows() == 3);
  CHECK(table.names() == std::vector<std::string>{"x", "name", "ok", "late"});
  CHECK(table.column("x").type == ColumnType::integer);
  CHECK(std::isnan(table.vector("x")[1]));
  CHECK(table.column("name").categories == std::vector<std::string>{"a", "b"});
  CHECK(table.codes("name")[0] == 1.0);
  CHECK(table.column("ok").type == ColumnType::boolean);
  CHECK(std::isnan(table.vector("late")[0]));
  const Table mixed = parse_json_rows(R"([{"x": 1}, {"x": "1,5"}])", "rows.json");
  CHECK(mentions(error_from([&] { mixed.vector("x"); }), "\"1,5\" in row 2"));
  CHECK(error_from([] { parse_json_rows("[]", "rows.json"); }).code() == "E1002");
  CHECK(error_from([] { parse_json_rows("[1]", "rows.json"); }).code() == "E1002");
  CHECK(mentions(error_from([] { parse_json_rows(R"([{"a": [1]}])", "rows.json"); }), "row 1"));
}

TEST_CASE("one-dimensional arguments are columns", "[io][json]") {
  const Table table =
      columns_of(parse_arguments(R"({"n": 3, "x": [1, 2, 3], "y": [1.5, 2, 3], "k": [0, 1], "m": [[1]]})", "d"), "d");
  CHECK(table.names() == std::vector<std::string>{"x", "y"});
  CHECK(table.column("x").type == ColumnType::integer);
  CHECK(columns_of({}, "d").rows() == 0);
  const Array given = Array::vector({1.0, 2.0});
  const Table shared = columns_of({{"x", given}}, "d");
  CHECK(shared.vector("x").data() == given.data());  // a table may be most of the memory there is
  const Table named = columns_of(parse_arguments(R"({"x": [1, 2, 3], "g": ["b", "a", "b"], "h": ["a"]})", "d"), "d");
  REQUIRE(named.names() == std::vector<std::string>{"g", "x"});
  CHECK(named.column("g").categories == std::vector<std::string>{"a", "b"});
  CHECK(named.codes("g").to_vector() == std::vector<double>{1, 0, 1});
}

TEST_CASE("NPY arrays of every type read alike", "[io][npy]") {
  const auto header = [](const std::string& descr, const std::string& shape = "(3,)", const char* fortran = "False") {
    return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
  };
  const std::vector<double> expected = {1, 0, 3};
  const auto values = [](const std::string& bytes) { return parse_npy(bytes, "a.npy").to_vector(); };
  CHECK(values(npy(header("<f8"), raw<double>({1, 0, 3}))) == expected);
  CHECK(values(npy(header("<f4"), raw<float>({1, 0, 3}))) == expected);
  CHECK(values(npy(header("<i8"), raw<std::int64_t>({1, 0, 3}))) == expected);
  CHECK(values(npy(header("<i4"), raw<std::int32_t>({1, 0, 3}))) == expected);
  CHECK(values(npy(header("<u2"), raw<std::uint16_t>({1, 0, 3}))) == expected);
  CHECK(values(npy(header("|i1"), raw<std::int8_t>({1, 0, 3}))) == expected);
  CHECK(values(npy(header(">i2"), std::string("\0\1\0\0\0\3", 6))) == expected);
  CHECK(values(npy(header("|b1"), std::string("\1\0\2", 3))) == std::vector<double>{1, 0, 1});
  CHECK(parse_npy(npy(header("|b1"), std::string("\1\0\2", 3)), "a").dtype() == DType::boolean);
  CHECK(parse_npy(npy(header("<i8", "()"), raw<std::int64_t>({-7})), "a").item() == -7.0);

  const Array c = parse_npy(npy(header("<f8", "(2, 3)"), raw<double>({1, 2, 3, 4, 5, 6})), "a");
  const Array f = parse_npy(npy(header("<f8", "(2, 3)", "True"), raw<double>({1, 4, 2, 5, 3, 6})), "a");
  CHECK(c.shape() == Shape{2, 3});
  CHECK(c.identical(f));
}

TEST_CASE("damaged NPY files are refused", "[io][npy]") {
  const auto code = [](const std::string& bytes) { return error_from([&] { parse_npy(bytes, "a.npy"); }).code(); };
  const std::string good = "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }\n";
  const std::string bytes = npy(good, raw<double>({1, 2, 3}));
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(code(bytes.substr(0, size)) == "E1002");
  CHECK(code(bytes + "x") == "E1002");
  CHECK(code(npy("{'descr': '<c16', 'fortran_order': False, 'shape': (3,), }", "")) == "E1002");
  CHECK(code(npy("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", "")) == "E1002");
  CHECK(code(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }", "")) == "E1002");
  CHECK(code(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4000000000, 4000000000), }", "")) == "E1002");
  std::mt19937_64 random(9);
  for (int i = 0; i < 3000; ++i) {
    std::string broken = bytes;
    for (int k = 0; k < 3; ++k) broken[6 + random() % (broken.size() - 6)] = static_cast<char>(random());
    std::string code_seen = "none";
    std::int64_t size = 0;
    try {
      size = parse_npy(broken, "a.npy").size();
    } catch (const Error& error) {
      code_seen = error.code();
    }
    REQUIRE(size <= 24);
    REQUIRE((code_seen == "none" || code_seen == "E1002"));
  }
}

TEST_CASE("NPZ archives are arguments by name", "[io][npy]") {
  const auto zip = ZipWriter::in_memory();
  zip->put("x.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n", raw<double>({1, 2})));
  zip->put("n.npy", npy("{'descr': '<i8', 'fortran_order': False, 'shape': (), }\n", raw<std::int64_t>({8})));
  zip->commit();
  const ArgumentMap map = parse_npz(zip->bytes(), "d.npz");
  CHECK(std::get<Array>(map.at("x")).to_vector() == std::vector<double>{1, 2});
  CHECK(std::get<std::int64_t>(map.at("n")) == 8);
  CHECK(error_from([] { parse_npz("PK nonsense", "d.npz"); }).code() == "E1002");
}
