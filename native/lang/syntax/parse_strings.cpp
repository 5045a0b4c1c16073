// String literals: escapes, concatenation, f-strings.
#include "lang/syntax/parser_core.hpp"
#include "lang/syntax/unicode.hpp"

namespace dolab::lang {
namespace {

constexpr int kMaxFStringNesting = 4;

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 32);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Reads `count` hexadecimal digits; -1 if there are fewer.
std::int64_t read_hex(const std::string& text, std::size_t at, std::size_t end, int count) noexcept {
  std::int64_t value = 0;
  for (int i = 0; i < count; ++i, ++at) {
    const int digit = at < end ? hex_value(text[at]) : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

// Appends the character that the escape at text[at] == '\\' stands for; returns the offset behind it,
// or npos for a malformed numeric escape. Unknown escapes keep their backslash.
std::size_t append_escape(const std::string& text, std::size_t at, std::size_t end, std::string& out) {
  const char c = at + 1 < end ? text[at + 1] : '\\';
  switch (c) {
    case '\n':
      return at + 2;
    case '\\':
    case '\'':
    case '"':
      out.push_back(c);
      return at + 2;
    case 'a':
      out.push_back('\a');
      return at + 2;
    case 'b':
      out.push_back('\b');
      return at + 2;
    case 'f':
      out.push_back('\f');
      return at + 2;
    case 'n':
      out.push_back('\n');
      return at + 2;
    case 'r':
      out.push_back('\r');
      return at + 2;
    case 't':
      out.push_back('\t');
      return at + 2;
    case 'v':
      out.push_back('\v');
      return at + 2;
    case 'x':
    case 'u':
    case 'U': {
      const int count = c == 'x' ? 2 : c == 'u' ? 4 : 8;
      const std::int64_t value = read_hex(text, at + 2, end, count);
      if (value < 0 || value > 0x10FFFF) return std::string::npos;
      const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
      append_utf8(out, surrogate ? 0xFFFDu : static_cast<std::uint32_t>(value));
      return at + 2 + static_cast<std::size_t>(count);
    }
    default:
      break;
  }
  if (c < '0' || c > '7') {
    out.push_back('\\');
    return at + 1;
  }
  std::uint32_t value = 0;
  std::size_t next = at + 1;
  for (int i = 0; i < 3 && next < end && text[next] >= '0' && text[next] <= '7'; ++i, ++next) {
    value = value * 8 + static_cast<std::uint32_t>(text[next] - '0');
  }
  append_utf8(out, value);
  return next;
}

}  // namespace

/// Reads the body of one string literal into parts.
class FStringReader {
 public:
  FStringReader(Parser& parser, const StringLiteral& literal)
      : parser_(parser),
        text_(parser.module_.source.text()),
        literal_(literal),
        at_(literal.begin),
        line_(literal.line),
        column_(literal.column) {}

  std::string plain() {
    std::string result;
    if (literal_.raw) return text_.substr(literal_.begin, literal_.end - literal_.begin);
    result.reserve(literal_.end - literal_.begin);
    while (at_ < literal_.end) append_character(result);
    return result;
  }

  std::vector<FStringPart> parts() { return read_parts(0); }

 private:
  char peek(std::size_t ahead = 0) const noexcept { return at_ + ahead < literal_.end ? text_[at_ + ahead] : '\0'; }

  void advance_to(std::size_t target) {
    while (at_ < target) {
      if (text_[at_] == '\n') {
        ++line_;
        column_ = 1;
      } else if ((static_cast<unsigned char>(text_[at_]) & 0xC0) != 0x80) {
        ++column_;
      }
      ++at_;
    }
  }

  void append_character(std::string& out) {
    if (text_[at_] != '\\' || literal_.raw) {
      out.push_back(text_[at_]);
      advance_to(at_ + 1);
      return;
    }
    const std::size_t next = append_escape(text_, at_, literal_.end, out);
    if (next == std::string::npos) {
      parser_.fail_at({line_, column_, line_, column_ + 2}, "malformed character escape in a string");
    }
    advance_to(next);
  }

  std::vector<FStringPart> read_parts(int nesting) {
    std::vector<FStringPart> result;
    std::string text;
    while (at_ < literal_.end) {
      const char c = peek();
      if (nesting > 0 && c == '}') break;
      if (c == '{' && peek(1) == '{' && nesting == 0) {
        text.push_back('{');
        advance_to(at_ + 2);
      } else if (c == '{') {
        FStringPart& part = result.emplace_back();
        part.text = std::move(text);
        text.clear();
        read_field(part, nesting);
      } else if (c == '}') {
        if (peek(1) != '}') fail_here("a single `}` in an f-string", "write `}}` for the character");
        text.push_back('}');
        advance_to(at_ + 2);
      } else if (c == '\\' && !literal_.raw && peek(1) == 'N' && peek(2) == '{') {
        std::size_t close = text_.find('}', at_);
        close = close == std::string::npos || close >= literal_.end ? literal_.end - 1 : close;
        text.append(text_, at_, close + 1 - at_);
        advance_to(close + 1);
      } else {
        append_character(text);
      }
    }
    if (!text.empty()) result.emplace_back().text = std::move(text);
    return result;
  }

  // At `{`. Reads up to and including the matching `}`.
  void read_field(FStringPart& part, int nesting) {
    const Span open{line_, column_, line_, column_ + 1};
    if (nesting >= kMaxFStringNesting) parser_.fail_at(open, "f-string nested too deeply", "", "E902");
    advance_to(at_ + 1);
    const std::int32_t line = line_, column = column_;
    const std::size_t begin = at_;
    const std::size_t end = find_expression_end(open);
    bool blank = true;
    for (std::size_t i = begin; i < end; ++i)
      blank = blank && (text_[i] == ' ' || text_[i] == '\n' || text_[i] == '\t');
    if (blank) parser_.fail_at(open, "empty expression in an f-string", "write `{{` for the character");
    part.value = parser_.parse_fragment({begin, end, line, column});
    advance_to(end);
    if (peek() == '=') {
      std::size_t after = at_ + 1;
      while (after < literal_.end && text_[after] == ' ') ++after;
      part.text.append(text_, begin, after - begin);
      advance_to(after);
      if (peek() == '}') part.conversion = 'r';
    }
    if (peek() == '!') {
      part.conversion = peek(1);
      if (part.conversion != 'r' && part.conversion != 's' && part.conversion != 'a') {
        fail_here("unknown conversion in an f-string", "use !r, !s or !a");
      }
      advance_to(at_ + 2);
    }
    if (peek() == ':') {
      advance_to(at_ + 1);
      part.format = read_parts(nesting + 1);
    }
    if (peek() != '}') parser_.fail_at(open, "`{` is never closed in this f-string");
    advance_to(at_ + 1);
  }

  // The expression ends at `}`, `:`, `!r` or `=` outside brackets and strings.
  std::size_t find_expression_end(const Span& open) const {
    int depth = 0;
    for (std::size_t i = at_; i < literal_.end; ++i) {
      const char c = text_[i];
      const char next = i + 1 < literal_.end ? text_[i + 1] : '\0';
      if (c == '\'' || c == '"') {
        const bool triple = text_.compare(i, 3, std::string(3, c)) == 0;
        const std::size_t close = text_.find(triple ? std::string(3, c) : std::string(1, c), i + (triple ? 3 : 1));
        if (close == std::string::npos || close >= literal_.end) {
          parser_.fail_at(open, "a string inside this f-string is never closed");
        }
        i = close + (triple ? 2 : 0);
      } else if (c == '(' || c == '[' || c == '{') {
        ++depth;
      } else if (depth > 0) {
        if (c == ')' || c == ']' || c == '}') --depth;
      } else if (c == '}' || c == ':') {
        return i;
      } else if (c == '!' && next != '=') {
        return i;
      } else if (c == '!' || c == '<' || c == '>') {
        if (next == '=') ++i;
      } else if (c == '=') {
        if (next != '=') return i;
        ++i;
      }
    }
    parser_.fail_at(open, "`{` is never closed in this f-string");
  }

  [[noreturn]] void fail_here(const char* message, const char* hint) const {
    parser_.fail_at({line_, column_, line_, column_ + 1}, message, hint);
  }

  Parser& parser_;
  const std::string& text_;
  const StringLiteral& literal_;
  std::size_t at_;
  std::int32_t line_;
  std::int32_t column_;
};

const Expr* Parser::parse_fragment(const Fragment& fragment) {
  const Depth depth(*this);
  const Tokens tokens = tokenize_fragment(module_.source, names_, fragment);
  const Tokens* const outer = std::exchange(tokens_, &tokens);
  const std::size_t outer_at = std::exchange(at_, 0);
  const Span outer_last = last_;
  const Expr* result = at(Keyword::kw_yield) ? parse_yield() : parse_expressions();
  if (!at(TokenKind::end)) fail("expected the end of the expression in an f-string, found " + describe(peek()));
  tokens_ = outer;
  at_ = outer_at;
  last_ = outer_last;
  return result;
}

const Expr* Parser::parse_strings() {
  const Span begin = peek().span;
  bool formatted = false, bytes = false, first = true;
  std::string text;
  std::vector<FStringPart> parts;
  while (at(TokenKind::string)) {
    const StringLiteral literal = tokens_->strings[peek().literal];
    if (!first && literal.bytes != bytes) fail("bytes and text cannot be joined");
    bytes = literal.bytes;
    first = false;
    take();
    FStringReader reader(*this, literal);
    if (!literal.formatted) {
      text += reader.plain();
      continue;
    }
    formatted = true;
    for (FStringPart& part : reader.parts()) {
      text += part.text;
      if (part.value == nullptr) continue;
      part.text = std::move(text);
      text.clear();
      parts.push_back(std::move(part));
    }
  }
  if (formatted) {
    FString* result = make<FString>(from(begin));
    if (!text.empty()) parts.emplace_back().text = std::move(text);
    result->parts = std::move(parts);
    return result;
  }
  Constant* result = make<Constant>(bytes ? ConstantKind::bytes : ConstantKind::string, from(begin));
  result->text = std::move(text);
  return result;
}

}  // namespace dolab::lang
