// Text of others on its way to a terminal, and what errors make of it.
#include <catch2/catch.hpp>

#include "base/printable.hpp"
#include "dolab/error.hpp"

namespace dolab {

TEST_CASE("printable text has no control characters and is UTF-8", "[base]") {
  CHECK(printable("plain, \xC3\xA9 \xF0\x9F\x98\x80") == "plain, \xC3\xA9 \xF0\x9F\x98\x80");
  CHECK(printable("a\x1b[31m\x7f\n\t") == "a\\x1b[31m\\x7f\\x0a\\x09");
  CHECK(printable("a\n\tb\r", true) == "a\n\tb\\x0d");
  CHECK(printable("\xE2\x80\xAE\xC2\x85") == "\\u{202e}\\u{85}");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  // A lone continuation, an overlong form, a surrogate, a cut character, beyond the last code point.
  CHECK(printable("\x80") == "\\x80");
  CHECK(printable("\xC0\xAF") == "\\xc0\\xaf");
  CHECK(printable("\xED\xA0\x80") == "\\xed\\xa0\\x80");
  CHECK(printable("\xE2\x82") == "\\xe2\\x82");
  CHECK(printable("\xF5\x80\x80\x80") == "\\xf5\\x80\\x80\\x80");
}

TEST_CASE("long text is cut in the middle, between characters", "[base]") {
  CHECK(shortened("short", 10) == "short");
  CHECK(shortened(std::string(100, 'a') + std::string(100, 'b'), 40) ==
        std::string(30, 'a') + " ... " + std::string(10, 'b'));
  std::string accents;
  for (int i = 0; i < 100; ++i) accents += "\xC3\xA9";
  for (std::size_t limit = 10; limit < 60; ++limit) {
    const std::string cut = shortened(accents, limit);
    CHECK(printable(cut) == cut);
    CHECK(cut.size() <= limit + 5);
  }
}

TEST_CASE("errors show what is safe to show", "[base]") {
  const Error escape("E1004", "cell \"\x1b[2J\"", "drop \xFF", {"a\x1b.csv", 2, 1, 2, 1});
  CHECK(escape.message() == "cell \"\\x1b[2J\"");
  CHECK(escape.hint() == "drop \\xff");
  CHECK(escape.render().find('\x1b') == std::string::npos);
  CHECK(Error("E1004", std::string(1 << 20, 'x')).message().size() < 2100);
  // The caret stays under the place it points at, also in a long line.
  Error error("E203", "name `zz` is not defined", "", {"m.py", 1, 5001, 1, 5003});
  error.with_source_line(std::string(5000, '1') + "zz" + std::string(5000, '2'));
  const std::string text = error.render();
  CHECK(text.size() < 600);
  const std::size_t line = text.find("1  | ") + 5, caret = text.find("^^");
  CHECK(text.substr(caret, 3) == "^^\n");
  const std::size_t under = text.rfind('\n', caret) + 1;
  CHECK(text.substr(line + caret - under - 5, 4) == "zz22");
}

}  // namespace dolab
