// From text to tokens.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "lang/syntax/token.hpp"

namespace dolab::lang {

/// Owns the one copy of every identifier, so that names compare by address.
class NameTable {
 public:
  const std::string* intern(std::string_view name) { return &*names_.emplace(name).first; }

 private:
  std::unordered_set<std::string> names_;
};

/// Something worth telling the author that stops nothing ("notebook magic ignored").
struct SyntaxNote {
  Span span;
  std::string message;
};

struct Tokens {
  std::vector<Token> tokens;  // always ends with TokenKind::end
  std::vector<StringLiteral> strings;
  std::vector<SyntaxNote> notes;
};

/// Part of a source that holds one expression (a replacement field of an f-string).
struct Fragment {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::int32_t line = 1;
  std::int32_t column = 1;
};

/// Whole program: indentation, brackets and paste hygiene (doctest prompts, notebook magics).
/// Throws E201 (bad character, unclosed bracket: span of the opening one, unterminated string),
/// E202 (indentation, non-breaking space), E902 (more than 500,000 tokens).
Tokens tokenize(const Source& source, NameTable& names);

/// One expression, newlines ignored.
Tokens tokenize_fragment(const Source& source, NameTable& names, const Fragment& fragment);

}  // namespace dolab::lang
