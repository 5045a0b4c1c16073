#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>

#include "dolab/error.hpp"
#include "io/codec.hpp"
#include "io/csv.hpp"
#include "io/files.hpp"
#include "io/table.hpp"
#include "tests/native/errors.hpp"

using namespace dolab;
using namespace dolab::io;
using dolab::testing::error_from;
using dolab::testing::mentions;

namespace {

/// The error that `text` raises as a table; fails the test if it raises none.
Error error_of(const std::string& text) {
  try {
    parse_csv(text, "data.csv");
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error for: " << text);
  return Error("", "");
}

}  // namespace

TEST_CASE("columns get the narrowest type that holds them", "[io][table]") {
  const Table table = parse_csv("a,b,c,d,e,f\n1,1.5,true,x,,2\n-2,2,FALSE,y,,NA\n3,1e3,True,x,,nan\n", "data.csv");
  REQUIRE(table.rows() == 3);
  CHECK(table.column("a").type == ColumnType::integer);
  CHECK(table.column("b").type == ColumnType::number);
  CHECK(table.column("c").type == ColumnType::boolean);
  CHECK(table.column("d").type == ColumnType::string);
  CHECK(table.column("e").type == ColumnType::number);
  CHECK(table.column("f").type == ColumnType::integer);
  CHECK(table.vector("a").to_vector() == std::vector<double>{1, -2, 3});
  CHECK(table.vector("a").dtype() == DType::integer);
  CHECK(table.vector("c").to_vector() == std::vector<double>{1, 0, 1});
  CHECK(table.vector("c").dtype() == DType::boolean);
  CHECK(table.column("d").categories == std::vector<std::string>{"x", "y"});
  CHECK(table.codes("d").to_vector() == std::vector<double>{0, 1, 0});
  CHECK(std::isnan(table.vector("e")[0]));
  CHECK(table.vector("f").dtype() == DType::real);
  CHECK(std::isnan(table.vector("f")[2]));
  const Array matrix = table.matrix({"b", "a"});
  CHECK(matrix.shape() == Shape{3, 2});
  CHECK(matrix.dtype() == DType::real);
  CHECK(matrix.to_vector() == std::vector<double>{1.5, 1, 2, -2, 1000, 3});
  CHECK(table.matrix({"a"}).shape() == Shape{3, 1});
}

TEST_CASE("every spelling of the same table reads alike", "[io][table]") {
  const std::vector<double> x = {1, 2}, y = {3.5, 4};
  for (const char* text : {"x,y\n1,3.5\n2,4\n", "x,y\r\n1,3.5\r\n2,4\r\n", "\xEF\xBB\xBFx,y\n1,3.5\n2,4",
                           "x\ty\n1\t3.5\n2\t4\n", "x;y\n1;3.5\n2;4\n", "\"x\",\"y\"\n\"1\",3.5\n2,\"4\"\n",
                           " x , y \n 1 , 3.5\n2 ,4 \n", "\n\nx,y\n1,3.5\n\n2,4\n\n", "x, \"y\"\n1, \"3.5\"\n2,4\n"}) {
    INFO(text);
    const Table table = parse_csv(text, "data.csv");
    CHECK(table.names() == std::vector<std::string>{"x", "y"});
    CHECK(table.vector("x").to_vector() == x);
    CHECK(table.vector("y").to_vector() == y);
  }
}

TEST_CASE("quoted cells hold separators, quotes and line ends", "[io][table]") {
  const Table table = parse_csv("name,x\n\"a, \"\"b\"\"\",1\n\"two\nlines\",2\n5\" pipe,3\n\"\",oops\n", "data.csv");
  CHECK(table.column("name").categories == std::vector<std::string>{"5\" pipe", "a, \"b\"", "two\nlines"});
  CHECK(std::isnan(table.codes("name")[3]));
  const Error error = error_from([&] { table.vector("x"); });
  CHECK(error.code() == "E1004");
  CHECK(mentions(error, "\"oops\" in row 4 (line 6)"));
  CHECK(error.span().line == 6);
  CHECK(error.span().column == 4);
}

TEST_CASE("a text cell keeps the spelling of the numbers around it", "[io][table]") {
  const Table table = parse_csv("id,n\n007,1\n1.50,2\nx1,3\n", "data.csv");
  CHECK(table.column("id").categories == std::vector<std::string>{"007", "1.50", "x1"});
  CHECK(table.codes("id").to_vector() == std::vector<double>{0, 1, 2});
  CHECK(table.vector("n").to_vector() == std::vector<double>{1, 2, 3});
  CHECK(table.column("id").intruder.row == 2);
  const Table mixed = parse_csv("flag\ntrue\n1\n", "data.csv");
  CHECK(mixed.column("flag").categories == std::vector<std::string>{"1", "true"});
}

TEST_CASE("an empty line in a one-column table is a missing cell", "[io][table]") {
  const Table table = parse_csv("y\n1\n\n3\n\n\n", "data.csv");
  REQUIRE(table.rows() == 3);
  CHECK(std::isnan(table.vector("y")[1]));
  CHECK(table.row_span(2).line == 4);
}

TEST_CASE("malformed tables are located", "[io][table]") {
  const Error is_short = error_of("a,b,c\n1,2,3\n1,2\n");
  CHECK(is_short.code() == "E1002");
  CHECK(mentions(is_short, "row 2 (line 3) has 2 cells, the header has 3"));
  CHECK(is_short.span().line == 3);
  CHECK(is_short.hint().find("\"c\"") != std::string::npos);
  CHECK(mentions(error_of("a,b\n1,2,3\n"), "has 3 cells"));
  CHECK(mentions(error_of("a,b\n1,\"2\",3\n"), "has 3 cells"));
  CHECK(mentions(error_of(""), "empty"));
  CHECK(mentions(error_of("\n \n"), "empty"));
  CHECK(mentions(error_of("a,b\n"), "no rows"));
  CHECK(mentions(error_of("1,2\n3,4\n"), "first line holds numbers"));
  CHECK(mentions(error_of("a,a\n3,4\n"), "two columns are named \"a\""));
  CHECK(mentions(error_of("a,b\n1,\"open\n2,3\n"), "never closed"));
  CHECK(error_of("a,b\n1,\"open\n2,3\n").span().line == 2);
  CHECK(mentions(error_of("a,b\n1,\"x\"y\n"), "closing quote"));
  CHECK(mentions(error_of("a,b\n1,\xC3\x28\n"), "UTF-8"));
  CHECK(mentions(error_of(std::string("\xFF\xFE") + "a\0b\0"), "UTF-16"));
  CHECK(mentions(error_of(std::string("a\0b,c\n1,2\n", 10)), "not a text file"));
  CHECK(mentions(error_of("a,b\r1,2\r"), "carriage returns"));
}

TEST_CASE("columns are looked up by name and type", "[io][table]") {
  const Table table = parse_csv("income,city,price;eur\n1,Bern,\"1,5\"\n2,Basel,2\n", "data.csv");
  const Error unknown = error_from([&] { table.column("incmoe"); });
  CHECK(unknown.code() == "E1003");
  CHECK(unknown.hint() == "did you mean \"income\"?");
  const Error text = error_from([&] { table.vector("city"); });
  CHECK(text.code() == "E1004");
  CHECK(mentions(text, "\"Bern\" in row 1 (line 2)"));
  CHECK(error_from([&] { table.matrix({"income", "price;eur"}); }).hint().find("comma") != std::string::npos);
}

TEST_CASE("missing and infinite cells are counted and located", "[io][table]") {
  const Table table = parse_csv("x,y\n1,1\nNA,2\n3,3\nnull,inf\n", "data.csv");
  const Error missing = error_from([&] { table.require_finite("x"); });
  CHECK(missing.code() == "E503");
  CHECK(mentions(missing, "column \"x\" of data.csv: 2 missing of 4 values (first in row 2 (line 3))"));
  CHECK(mentions(error_from([&] { table.require_finite("y"); }), "1 infinite of 4"));
}

TEST_CASE("tables survive being written and read", "[io][table]") {
  const std::string text = "a,b,c\n1,true,\"x, y\"\n-3,false,z\n,true,\n";
  const Table table = parse_csv(text, "data.csv");
  CHECK(csv_text(table) == text);
  CHECK(csv_text(parse_csv(csv_text(table), "again.csv")) == text);
}

TEST_CASE("large and gzipped files read alike", "[io][table]") {
  // Longer than the reader's buffer, so that records straddle its refills; the last row forces a second pass.
  std::mt19937_64 random(3);
  std::string text = "n,x,word\n";
  for (int i = 0; i < 60000; ++i) {
    text += std::to_string(i) + "," + std::to_string(static_cast<double>(random() >> 11) * 1e-9) + ",\"w" +
            std::to_string(random() % 97) + (i % 1000 == 0 ? "\n" : "") + "\"\n";
  }
  text += "60000,seven,w1\n";
  const auto folder = std::filesystem::temp_directory_path() / "dolab-test-table";
  std::filesystem::create_directories(folder);
  write_file(folder / "t.csv", text);
  write_file(folder / "t.csv.gz",
             compress(Codec::gzip, text.substr(0, 500000)) + compress(Codec::gzip, text.substr(500000)));
  const Table memory = parse_csv(text, "t");
  const Table plain = read_csv((folder / "t.csv").string());
  const Table zipped = read_csv((folder / "t.csv.gz").string());
  REQUIRE(memory.rows() == 60001);
  CHECK(memory.vector("n")[60000] == 60000.0);
  CHECK(memory.column("x").intruder.row == 60000);
  CHECK(memory.column("x").intruder.span.line == 60062);
  CHECK(csv_text(plain) == csv_text(memory));
  CHECK(csv_text(zipped) == csv_text(memory));

  write_file(folder / "cut.csv.gz", compress(Codec::gzip, text).substr(0, 1000));
  CHECK(error_from([&] { read_csv((folder / "cut.csv.gz").string()); }).code() == "E1001");
  CHECK(error_from([&] { read_csv((folder / "absent.csv").string()); }).code() == "E1001");
  CHECK(error_from([&] { read_csv(folder.string()); }).code() == "E1001");
  std::filesystem::remove_all(folder);
}

TEST_CASE("any bytes either parse or raise a catalogue error", "[io][table][fuzz]") {
  const std::string alphabet = "a1.,;\t\"\n\r -eNx\xC3\xA4\xFF";
  std::mt19937_64 random(5);
  int parsed = 0, refused = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text = i % 3 == 0 ? "a,b\n" : i % 3 == 1 ? "a\n" : "";
    for (std::size_t k = random() % 14; k > 0; --k) text += alphabet[random() % alphabet.size()];
    try {
      const Table table = parse_csv(text, "fuzz.csv");
      for (const Column& column : table.columns()) {
        REQUIRE(column.values.size() == table.rows());
        if (column.type != ColumnType::string) continue;
        for (const double code : column.cells())
          REQUIRE((std::isnan(code) || code < static_cast<double>(column.categories.size())));
      }
      ++parsed;
    } catch (const Error& error) {
      REQUIRE(error.code() == "E1002");
      ++refused;
    }
  }
  CHECK(parsed > 1000);
  CHECK(refused > 1000);
}
