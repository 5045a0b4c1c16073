#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "lang/syntax/lexer.hpp"

using namespace dolab;
using namespace dolab::lang;

namespace {

struct Lexed {
  Source source;
  NameTable names;
  Tokens tokens;
};

Lexed lex(const std::string& text) {
  Lexed result;
  result.source = Source(text, "model.py");
  result.tokens = tokenize(result.source, result.names);
  return result;
}

// One letter a token: Name, Keyword, Integer, Real, J imaginary, String, Op, newLine, > indent, < dedent, end.
std::string shape(const std::string& text) {
  const Lexed lexed = lex(text);
  std::string result;
  for (const Token& token : lexed.tokens.tokens) result.push_back("NKIRJSOL><."[static_cast<int>(token.kind)]);
  return result;
}

struct LexerFault {
  std::string code;
  int line = 0;
  int column = 0;
  std::string message;
};

LexerFault lexer_fault(const std::string& text) {
  try {
    lex(text);
  } catch (const Error& e) {
    return {e.code(), e.span().line, e.span().column, e.message()};
  }
  return {};
}

}  // namespace

TEST_CASE("tokens have kinds and values", "[lang]") {
  CHECK(shape("x = 1 + 2.5e-3 * 3j\n") == "NOIOROJL.");
  CHECK(shape("") == ".");
  CHECK(shape("\n  # only a comment\n\n") == ".");
  CHECK(shape("x") == "NL.");
  const auto number = [](const std::string& text) { return lex(text).tokens.tokens[0]; };
  CHECK(number("1_000").integer == 1000);
  CHECK(number("0xFF").integer == 255);
  CHECK(number("0b1_01").integer == 5);
  CHECK(number("0o17").integer == 15);
  CHECK(number("00").integer == 0);
  CHECK(number("9223372036854775807").integer == INT64_MAX);
  CHECK_FALSE(number("9223372036854775807").too_large);
  CHECK(number("9223372036854775808").too_large);
  CHECK(number("1.").real == 1.0);
  CHECK(number(".5").real == 0.5);
  CHECK(number("1e-3").real == 1e-3);
  CHECK(number("1_0.2_5E+1").real == 102.5);
  CHECK(number("2j").kind == TokenKind::imaginary);
  CHECK(shape("1if x else 2") == "IKNKIL.");
}

TEST_CASE("operators are matched longest first", "[lang]") {
  const Lexed lexed = lex("a **= b // c -> := ... != @= >>= <<\n");
  std::vector<Op> ops;
  for (const Token& token : lexed.tokens.tokens) {
    if (token.kind == TokenKind::op) ops.push_back(token.op);
  }
  CHECK(ops == std::vector<Op>{Op::pow_assign, Op::floor_div, Op::arrow, Op::walrus, Op::ellipsis, Op::not_equal,
                               Op::matmul_assign, Op::shift_right_assign, Op::shift_left});
}

TEST_CASE("indentation becomes tokens", "[lang]") {
  CHECK(shape("if x:\n  y\n  if z:\n\n      # c\n     w\nv\n") == "KNOL>NLKNOL>NL<<NL.");
  CHECK(shape("f(a,\n      b)\nc") == "NONONOLNL.");
  CHECK(shape("a + \\\n  b\n") == "NONL.");
  CHECK(shape("if x:\n\ty\n") == "KNOL>NL<.");
  CHECK(shape("if x: y\r\nz\r") == "KNONLNL.");
}

TEST_CASE("positions count code points", "[lang]") {
  const Lexed lexed = lex("\xEF\xBB\xBFσ = \"µé\" + μ_α\n");
  const auto& tokens = lexed.tokens.tokens;
  CHECK(*tokens[0].name == "σ");
  CHECK(tokens[2].span.column == 5);
  CHECK(tokens[2].span.end_column == 9);
  CHECK(*tokens[4].name == "μ_α");
  CHECK(tokens[4].span.column == 12);
  CHECK(tokens[4].span.end_column == 15);
}

TEST_CASE("identifiers are folded to their compatibility form", "[lang]") {
  const Lexed lexed = lex("µ μ ϵ ε 𝛽 β ｘ x 𝐀 A\n");
  const auto& tokens = lexed.tokens.tokens;
  for (std::size_t i = 0; i + 1 < 10; i += 2) CHECK(tokens[i].name == tokens[i + 1].name);
  CHECK(*tokens[0].name == "μ");
}

TEST_CASE("strings with every prefix", "[lang]") {
  CHECK(shape("r'a' b\"x\" Rb'y' f'{a}' fR'''z\n''' u'w' 'it\\'s'\n") == "SSSSSSSL.");
  CHECK(shape("uf'x'") == "NSL.");
  CHECK(shape("bf'x'") == "NSL.");
}

TEST_CASE("doctest prompts and notebook magics are ignored", "[lang]") {
  CHECK(shape(">>> def f(x):\n...     return x\n\n>>> f(1)\n") == shape("def f(x):\n    return x\n\nf(1)\n"));
  const Lexed lexed = lex("%matplotlib inline\n!pip install x\nx %= 2\ny = 3\n");
  CHECK(lexed.tokens.notes.size() == 2);
  CHECK(lexed.tokens.notes[1].span.line == 2);
  // A block with an unprompted line is left alone, and then is an error.
  CHECK(lexer_fault(">>> f(1)\n2\n").code.empty());
  CHECK(shape(">>> f(1)\n2\n") == "OONOIOLIL.");
}

TEST_CASE("lexical faults are located", "[lang]") {
  const auto check = [](const std::string& text, const char* code, int line, int column) {
    INFO(text);
    const LexerFault found = lexer_fault(text);
    CHECK(found.code == code);
    CHECK(found.line == line);
    CHECK(found.column == column);
  };
  check("x = (1 + [2\ny = 3\n", "E201", 1, 10);
  check("x = (1 + 2\ny = 3\n", "E201", 1, 5);
  check("x = 1)\n", "E201", 1, 6);
  check("x = (1]\n", "E201", 1, 7);
  check("x = 'abc\ny", "E201", 1, 5);
  check("x = \"\"\"abc\ny", "E201", 1, 5);
  check("x = 1\xC2\xA0+ 2\n", "E202", 1, 6);
  check("x = “a”\n", "E201", 1, 5);
  check("x = a − b\n", "E201", 1, 7);
  check("x = 012\n", "E201", 1, 5);
  check("x = 2x\n", "E201", 1, 6);
  check("x = 1__0\n", "E201", 1, 7);
  check("x = a ? b\n", "E201", 1, 7);
  check("x = \\ 1\n", "E201", 1, 5);
  check("if x:\n    y\n  z\n", "E202", 3, 1);
  check("if x:\n        y\n\tz\n", "E202", 3, 1);
  check("if x:\n  if y:\n        z\n\tw\n", "E202", 4, 1);
  check("x = 'a\xFF'\n", "E201", 1, 7);
  check(std::string("x = 'a\0'\n", 9), "E201", 1, 7);
  CHECK(lexer_fault("if x:\n        y\n\tz\n").message.find("1 tab after 8 spaces") != std::string::npos);
}

TEST_CASE("source limits", "[lang]") {
  CHECK(lexer_fault(std::string((2u << 20) + 1, ' ')).code == "E902");
  CHECK(lexer_fault(std::string(2u << 20, ' ')).code.empty());
  std::string many;
  for (int i = 0; i < 250000; ++i) many += "1,";
  CHECK(lexer_fault(many).code == "E902");
  CHECK(lexer_fault(many.substr(0, many.size() - 10)).code.empty());
  CHECK(lexer_fault(std::string(kMaxNesting + 1, '(')).code == "E902");
  CHECK(lexer_fault(std::string(kMaxNesting, '(')).code == "E201");
}
