#include "lang/syntax/lexer.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "lang/syntax/paste.hpp"
#include "lang/syntax/unicode.hpp"

namespace dolab::lang {
namespace {

constexpr std::array<std::string_view, 36> kKeywords = {
    "",      "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",
    "break", "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",
    "for",   "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal",
    "not",   "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};

Keyword find_keyword(std::string_view word) noexcept {
  if (word.size() < 2 || word.size() > 8) return Keyword::kw_none;
  for (std::size_t i = 1; i < kKeywords.size(); ++i) {
    if (kKeywords[i] == word) return static_cast<Keyword>(i);
  }
  return Keyword::kw_none;
}

struct Spelled {
  std::string_view text;
  Op op;
};

// Longest first: the first match wins.
constexpr Spelled kOperators[] = {{"**=", Op::pow_assign},
                                  {"//=", Op::floor_div_assign},
                                  {"<<=", Op::shift_left_assign},
                                  {">>=", Op::shift_right_assign},
                                  {"...", Op::ellipsis},
                                  {"**", Op::pow},
                                  {"//", Op::floor_div},
                                  {"<<", Op::shift_left},
                                  {">>", Op::shift_right},
                                  {"<=", Op::less_equal},
                                  {">=", Op::greater_equal},
                                  {"==", Op::equal},
                                  {"!=", Op::not_equal},
                                  {"->", Op::arrow},
                                  {"+=", Op::add_assign},
                                  {"-=", Op::sub_assign},
                                  {"*=", Op::mul_assign},
                                  {"/=", Op::div_assign},
                                  {"%=", Op::mod_assign},
                                  {"@=", Op::matmul_assign},
                                  {"&=", Op::and_assign},
                                  {"|=", Op::or_assign},
                                  {"^=", Op::xor_assign},
                                  {":=", Op::walrus},
                                  {"+", Op::add},
                                  {"-", Op::sub},
                                  {"*", Op::mul},
                                  {"/", Op::div},
                                  {"%", Op::mod},
                                  {"@", Op::matmul},
                                  {"&", Op::bit_and},
                                  {"|", Op::bit_or},
                                  {"^", Op::bit_xor},
                                  {"~", Op::invert},
                                  {"<", Op::less},
                                  {">", Op::greater},
                                  {"(", Op::left_paren},
                                  {")", Op::right_paren},
                                  {"[", Op::left_bracket},
                                  {"]", Op::right_bracket},
                                  {"{", Op::left_brace},
                                  {"}", Op::right_brace},
                                  {",", Op::comma},
                                  {":", Op::colon},
                                  {".", Op::dot},
                                  {";", Op::semicolon},
                                  {"=", Op::assign}};

struct Bracket {
  Op open;
  Span span;
};

struct Indentation {
  int width = 0;  // tabs to multiples of eight
  int plain = 0;  // tabs as one column: must order lines alike
  std::string text;
};

class Lexer {
 public:
  Lexer(const Source& source, NameTable& names, const Fragment& part, bool fragment)
      : source_(source),
        text_(source.text()),
        names_(names),
        at_(part.begin),
        end_(part.end),
        line_(part.line),
        column_(part.column),
        fragment_(fragment) {}

  Tokens run() {
    if (!fragment_) prompts_ = find_prompts(source_);
    result_.tokens.reserve((end_ - at_) / 4 + 8);
    bool line_begins = !fragment_;
    if (!fragment_) skip_prompt();
    while (true) {
      if (line_begins) {
        line_begins = false;
        if (!begin_line()) {
          line_begins = at_ < end_;
          if (at_ >= end_) break;
          continue;
        }
      }
      skip_blanks();
      if (at_ >= end_) break;
      if (text_[at_] == '\n') {
        line_begins = end_line();
        continue;
      }
      read_token();
    }
    finish();
    return std::move(result_);
  }

 private:
  char peek(std::size_t ahead = 0) const noexcept { return at_ + ahead < end_ ? text_[at_ + ahead] : '\0'; }

  /// Moves over ASCII characters that are not newlines.
  void advance(std::size_t count) noexcept {
    at_ += count;
    column_ += static_cast<std::int32_t>(count);
  }

  /// Moves over one code point, newlines included.
  void advance_point() {
    if (text_[at_] == '\n') {
      ++at_;
      ++line_;
      column_ = 1;
      skip_prompt();
      return;
    }
    at_ += static_cast<std::size_t>(decode_utf8(text_, at_).length);
    ++column_;
  }

  void skip_prompt() noexcept {
    const auto index = static_cast<std::size_t>(line_);
    if (index < prompts_.size()) advance(prompts_[index]);
  }

  Span here(int width = 1) const noexcept { return {line_, column_, line_, column_ + width}; }
  Span since(std::int32_t line, std::int32_t column) const noexcept { return {line, column, line_, column_}; }

  [[noreturn]] void fail(const Span& span, std::string message, std::string hint = {},
                         const char* code = "E201") const {
    throw source_.error(code, std::move(message), std::move(hint), span);
  }

  Token& push(TokenKind kind, const Span& span) {
    if (result_.tokens.size() >= kMaxTokens) fail(span, "the source has more than 500000 tokens", "", "E902");
    Token& token = result_.tokens.emplace_back();
    token.kind = kind;
    token.span = span;
    return token;
  }

  bool begin_line();
  bool end_line();
  void skip_blanks();
  void read_token();
  void read_number();
  void read_word();
  bool read_string_prefix(std::size_t& length, StringLiteral& literal) const;
  void read_string(StringLiteral literal, std::size_t prefix);
  void read_operator();
  void open_or_close(const Token& token);
  void indent_to(const Indentation& indentation, const Span& span);
  void finish();
  std::string digits(const char* alphabet, bool leading_underscore);
  [[noreturn]] void fail_character();

  const Source& source_;
  const std::string& text_;
  NameTable& names_;
  std::size_t at_;
  std::size_t end_;
  std::int32_t line_;
  std::int32_t column_;
  bool fragment_;
  std::vector<std::uint8_t> prompts_;
  std::vector<Bracket> brackets_;
  std::vector<Indentation> indents_{Indentation{}};
  Tokens result_;
};

// Reads the indentation. False: the line is blank, a comment or a magic and has been skipped.
bool Lexer::begin_line() {
  Indentation indentation;
  const std::int32_t line = line_, column = column_;
  while (at_ < end_ && (peek() == ' ' || peek() == '\t' || peek() == '\f')) {
    const char c = peek();
    if (c == ' ') {
      ++indentation.width;
      ++indentation.plain;
    } else if (c == '\t') {
      indentation.width = (indentation.width / 8 + 1) * 8;
      ++indentation.plain;
    } else {
      indentation.width = indentation.plain = 0;
    }
    indentation.text.push_back(c);
    advance(1);
  }
  const char c = peek();
  const bool magic = c == '!' || (c == '%' && peek(1) != '=');
  if (magic) result_.notes.push_back({here(), "notebook magic ignored"});
  if (at_ >= end_ || c == '\n' || c == '#' || magic) {
    while (at_ < end_ && text_[at_] != '\n') ++at_;
    if (at_ < end_) advance_point();
    return false;
  }
  if (c == '\\' && peek(1) == '\n') return true;
  indent_to(indentation, {line, column, line_, column_ > column ? column_ : column + 1});
  return true;
}

void Lexer::indent_to(const Indentation& indentation, const Span& span) {
  const auto describe = [](const Indentation& i) {
    int spaces = 0, tabs = 0;
    for (const char c : i.text) (c == '\t' ? tabs : spaces) += 1;
    std::string result = std::to_string(spaces) + (spaces == 1 ? " space" : " spaces");
    if (tabs > 0) result = std::to_string(tabs) + (tabs == 1 ? " tab" : " tabs") + (spaces > 0 ? " and " + result : "");
    return result;
  };
  const auto check = [&](const Indentation& other) {
    const bool same_order = (indentation.width < other.width) == (indentation.plain < other.plain) &&
                            (indentation.width == other.width) == (indentation.plain == other.plain);
    if (same_order) return;
    fail(span, "tabs and spaces are mixed: " + describe(indentation) + " after " + describe(other),
         "indent with spaces only", "E202");
  };
  check(indents_.back());
  if (indentation.width > indents_.back().width) {
    if (indents_.size() > static_cast<std::size_t>(kMaxNesting)) {
      fail(span, "blocks are nested more than " + std::to_string(kMaxNesting) + " deep", "", "E902");
    }
    indents_.push_back(indentation);
    push(TokenKind::indent, span);
    return;
  }
  while (indentation.width < indents_.back().width) {
    const Indentation inner = indents_.back();
    indents_.pop_back();
    check(indents_.back());
    if (indentation.width > indents_.back().width) {
      fail(span,
           "this line is indented by " + describe(indentation) + ", the blocks around it by " +
               describe(indents_.back()) + " and " + describe(inner),
           "align it with one of them", "E202");
    }
    push(TokenKind::dedent, here(0));
  }
}

// At a newline character. True: a logical line has ended.
bool Lexer::end_line() {
  const bool logical = brackets_.empty() && !fragment_;
  if (logical && !result_.tokens.empty() && result_.tokens.back().kind != TokenKind::newline) {
    push(TokenKind::newline, here());
  }
  advance_point();
  return logical;
}

void Lexer::skip_blanks() {
  while (at_ < end_) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\f') {
      advance(1);
    } else if (c == '#' && !fragment_) {
      while (at_ < end_ && text_[at_] != '\n') ++at_;
    } else if (c == '\\') {
      if (peek(1) != '\n') fail(here(), "unexpected character after the line continuation `\\`");
      advance(1);
      advance_point();
      if (at_ >= end_) fail(here(), "the text ends after a line continuation `\\`");
    } else {
      return;
    }
  }
}

void Lexer::read_token() {
  const char c = peek();
  if ((c >= '0' && c <= '9') || (c == '.' && peek(1) >= '0' && peek(1) <= '9')) return read_number();
  std::size_t prefix = 0;
  StringLiteral literal;
  if (read_string_prefix(prefix, literal)) return read_string(literal, prefix);
  const CodePoint point = decode_utf8(text_, at_);
  if (is_identifier_start(point.value)) return read_word();
  read_operator();
}

void Lexer::read_word() {
  const std::int32_t column = column_;
  const std::size_t begin = at_;
  bool ascii = true;
  while (at_ < end_) {
    const CodePoint point = decode_utf8(text_, at_);
    if (!is_identifier_part(point.value)) break;
    ascii = ascii && point.length == 1;
    at_ += static_cast<std::size_t>(point.length);
    ++column_;
  }
  const std::string_view word(text_.data() + begin, at_ - begin);
  const Span span = since(line_, column);
  const Keyword keyword = find_keyword(word);
  if (keyword != Keyword::kw_none) {
    push(TokenKind::keyword, span).keyword = keyword;
    return;
  }
  if (ascii) {
    push(TokenKind::name, span).name = names_.intern(word);
    return;
  }
  std::string folded;
  for (std::size_t i = 0; i < word.size();) {
    const CodePoint point = decode_utf8(word, i);
    append_utf8(folded, fold_compatibility(point.value));
    i += static_cast<std::size_t>(point.length);
  }
  push(TokenKind::name, span).name = names_.intern(folded);
}

// Digits with single underscores between them, underscores dropped.
std::string Lexer::digits(const char* alphabet, bool leading_underscore) {
  std::string result;
  bool underscore_allowed = leading_underscore;
  while (at_ < end_) {
    const char c = peek();
    if (c == '_') {
      if (!underscore_allowed) fail(here(), "misplaced `_` in a number");
      underscore_allowed = false;
      advance(1);
      if (peek() == '\0' || std::strchr(alphabet, peek()) == nullptr) fail(here(), "misplaced `_` in a number");
    } else if (c != '\0' && std::strchr(alphabet, c) != nullptr) {
      result.push_back(c);
      underscore_allowed = true;
      advance(1);
    } else {
      break;
    }
  }
  return result;
}

void Lexer::read_number() {
  const std::int32_t column = column_;
  const char* const kDecimal = "0123456789";
  const auto integer_token = [&](const std::string& text, int base) {
    Token& token = push(TokenKind::integer, since(line_, column));
    std::uint64_t value = 0;
    for (const char c : text) {
      const auto digit = static_cast<std::uint64_t>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
      if (value > (INT64_MAX - digit) / static_cast<std::uint64_t>(base)) {
        token.too_large = true;
        break;
      }
      value = value * static_cast<std::uint64_t>(base) + digit;
    }
    token.integer = static_cast<std::int64_t>(value);
  };
  const auto check_end = [&] {
    if (at_ >= end_) return;
    const CodePoint point = decode_utf8(text_, at_);
    if (!is_identifier_part(point.value)) return;
    // `1if x else y` is legal Python: a keyword may follow at once.
    std::size_t stop = at_;
    while (stop < end_ && text_[stop] >= 'a' && text_[stop] <= 'z') ++stop;
    if (find_keyword(std::string_view(text_).substr(at_, stop - at_)) != Keyword::kw_none) return;
    fail(here(), "a name cannot follow a number directly", "write `*` to multiply");
  };
  const char second = static_cast<char>(peek(1) | 32);
  if (peek() == '0' && (second == 'x' || second == 'o' || second == 'b')) {
    advance(2);
    const char* alphabet = second == 'x' ? "0123456789abcdefABCDEF" : second == 'o' ? "01234567" : "01";
    const std::string value = digits(alphabet, true);
    if (value.empty() || (peek() >= '0' && peek() <= '9')) fail(here(), "bad digit in a number");
    check_end();
    integer_token(value, second == 'x' ? 16 : second == 'o' ? 8 : 2);
    return;
  }
  std::string text = digits(kDecimal, false);
  const std::string whole = text;
  bool real = false;
  if (peek() == '.') {
    real = true;
    advance(1);
    text += '.' + digits(kDecimal, false);
  }
  const bool exponent =
      (peek() | 32) == 'e' &&
      ((peek(1) >= '0' && peek(1) <= '9') || ((peek(1) == '+' || peek(1) == '-') && peek(2) >= '0' && peek(2) <= '9'));
  if (exponent) {
    real = true;
    text.push_back('e');
    advance(1);
    if (peek() == '+' || peek() == '-') {
      text.push_back(peek());
      advance(1);
    }
    text += digits(kDecimal, false);
  }
  const bool imaginary = (peek() | 32) == 'j';
  if (imaginary) advance(1);
  check_end();
  if (imaginary || real) {
    Token& token = push(imaginary ? TokenKind::imaginary : TokenKind::real, since(line_, column));
    token.real = std::strtod(text.c_str(), nullptr);
    return;
  }
  if (whole.size() > 1 && whole[0] == '0' && whole.find_first_not_of('0') != std::string::npos) {
    fail(since(line_, column), "a number cannot start with 0", "octal numbers are written 0o17");
  }
  integer_token(whole, 10);
}

bool Lexer::read_string_prefix(std::size_t& length, StringLiteral& literal) const {
  for (length = 0; length < 3; ++length) {
    const char c = peek(length);
    if (c == '"' || c == '\'') return true;
    const char lower = static_cast<char>(c | 32);
    if (lower == 'r' && !literal.raw) {
      literal.raw = true;
    } else if (lower == 'b' && !literal.bytes && !literal.formatted) {
      literal.bytes = true;
    } else if (lower == 'f' && !literal.formatted && !literal.bytes) {
      literal.formatted = true;
    } else if (lower != 'u' || length != 0 || (peek(1) != '"' && peek(1) != '\'')) {
      return false;
    }
  }
  return false;
}

void Lexer::read_string(StringLiteral literal, std::size_t prefix) {
  const std::int32_t line = line_, column = column_;
  advance(prefix);
  const char quote = peek();
  const bool triple = peek(1) == quote && peek(2) == quote;
  const Span opening{line, column, line, column_ + (triple ? 3 : 1)};
  advance(triple ? 3 : 1);
  literal.begin = at_;
  literal.line = line_;
  literal.column = column_;
  while (true) {
    if (at_ >= end_ || (!triple && text_[at_] == '\n')) {
      fail(opening, "this string is never closed", triple ? "add the closing triple quotes" : "add the closing quote");
    }
    const char c = text_[at_];
    if (c == quote && (!triple || (peek(1) == quote && peek(2) == quote))) break;
    advance_point();
    if (c == '\\' && at_ < end_) advance_point();
  }
  literal.end = at_;
  advance(triple ? 3 : 1);
  push(TokenKind::string, since(line, column)).literal = static_cast<std::uint32_t>(result_.strings.size());
  result_.strings.push_back(literal);
}

void Lexer::read_operator() {
  const std::string_view rest = std::string_view(text_).substr(at_, end_ - at_);
  for (const Spelled& candidate : kOperators) {
    if (rest.compare(0, candidate.text.size(), candidate.text) != 0) continue;
    Token& token = push(TokenKind::op, here(static_cast<int>(candidate.text.size())));
    token.op = candidate.op;
    advance(candidate.text.size());
    open_or_close(token);
    return;
  }
  fail_character();
}

void Lexer::open_or_close(const Token& token) {
  if (token.op == Op::left_paren || token.op == Op::left_bracket || token.op == Op::left_brace) {
    if (brackets_.size() >= static_cast<std::size_t>(kMaxNesting)) {
      fail(token.span, "brackets are nested more than " + std::to_string(kMaxNesting) + " deep", "", "E902");
    }
    brackets_.push_back({token.op, token.span});
    return;
  }
  if (token.op != Op::right_paren && token.op != Op::right_bracket && token.op != Op::right_brace) return;
  const std::string close = spelling(token.op);
  if (brackets_.empty()) fail(token.span, "`" + close + "` closes nothing");
  const Bracket open = brackets_.back();
  brackets_.pop_back();
  const bool match = (open.open == Op::left_paren && token.op == Op::right_paren) ||
                     (open.open == Op::left_bracket && token.op == Op::right_bracket) ||
                     (open.open == Op::left_brace && token.op == Op::right_brace);
  if (match) return;
  Error error = source_.error(
      "E201", "`" + close + "` does not close `" + spelling(open.open) + "` of line " + std::to_string(open.span.line),
      "", token.span);
  error.with_related(source_.locate(open.span), std::string("`") + spelling(open.open) + "` opened here");
  throw error;
}

void Lexer::fail_character() {
  const CodePoint point = decode_utf8(text_, at_);
  const std::string character = text_.substr(at_, static_cast<std::size_t>(point.length));
  if (point.value == 0xA0 || point.value == 0x3000 || point.value == 0x202F || point.value == 0x2007) {
    fail(here(), "non-breaking space", "replace it by an ordinary space", "E202");
  }
  if (point.value >= 0x2018 && point.value <= 0x201F) {
    fail(here(), "typographic quote `" + character + "`", "use straight quotes \" or '");
  }
  if (point.value == 0x2212 || point.value == 0x2013 || point.value == 0x2014) {
    fail(here(), "`" + character + "` is not the minus sign", "use -");
  }
  if (point.value < 0x20 || point.value == 0x200B || point.value == 0xFEFF || point.value == 0x7F) {
    fail(here(), "invisible character with code " + std::to_string(point.value), "delete it");
  }
  if (character == "$" || character == "?" || character == "!" || character == "`") {
    fail(here(), "`" + character + "` is not an operator", character == "!" ? "write `not`" : "");
  }
  fail(here(), "character `" + character + "` is not allowed here");
}

void Lexer::finish() {
  if (!brackets_.empty()) {
    const Bracket& open = brackets_.back();
    fail(open.span, std::string("`") + spelling(open.open) + "` is never closed");
  }
  if (!fragment_ && !result_.tokens.empty() && result_.tokens.back().kind != TokenKind::newline &&
      result_.tokens.back().kind != TokenKind::dedent) {
    push(TokenKind::newline, here());
  }
  for (std::size_t i = 1; i < indents_.size(); ++i) push(TokenKind::dedent, here(0));
  push(TokenKind::end, here());
}

}  // namespace

const char* spelling(Op op) noexcept {
  switch (op) {
    case Op::is:
      return "is";
    case Op::is_not:
      return "is not";
    case Op::in:
      return "in";
    case Op::not_in:
      return "not in";
    case Op::logical_and:
      return "and";
    case Op::logical_or:
      return "or";
    case Op::logical_not:
      return "not";
    case Op::negate:
      return "-";
    case Op::positive:
      return "+";
    default:
      break;
  }
  for (const Spelled& candidate : kOperators) {
    if (candidate.op == op) return candidate.text.data();
  }
  return "";
}

Tokens tokenize(const Source& source, NameTable& names) {
  return Lexer(source, names, Fragment{0, source.text().size(), 1, 1}, false).run();
}

Tokens tokenize_fragment(const Source& source, NameTable& names, const Fragment& fragment) {
  return Lexer(source, names, fragment, true).run();
}

}  // namespace dolab::lang
