// Tokens of the model language.
#pragma once

#include <cstdint>
#include <string>

#include "lang/syntax/source.hpp"

namespace dolab::lang {

enum class TokenKind : std::uint8_t {
  name,
  keyword,
  integer,
  real,
  imaginary,
  string,
  op,
  newline,
  indent,
  dedent,
  end
};

enum class Keyword : std::uint8_t {
  kw_none,
  kw_False,
  kw_None,
  kw_True,
  kw_and,
  kw_as,
  kw_assert,
  kw_async,
  kw_await,
  kw_break,
  kw_class,
  kw_continue,
  kw_def,
  kw_del,
  kw_elif,
  kw_else,
  kw_except,
  kw_finally,
  kw_for,
  kw_from,
  kw_global,
  kw_if,
  kw_import,
  kw_in,
  kw_is,
  kw_lambda,
  kw_nonlocal,
  kw_not,
  kw_or,
  kw_pass,
  kw_raise,
  kw_return,
  kw_try,
  kw_while,
  kw_with,
  kw_yield
};

enum class Op : std::uint8_t {
  none,
  // arithmetic (the order is used by the parser's tables)
  add,
  sub,
  mul,
  div,
  floor_div,
  mod,
  matmul,
  pow,
  shift_left,
  shift_right,
  bit_and,
  bit_or,
  bit_xor,
  invert,
  // comparison
  less,
  greater,
  less_equal,
  greater_equal,
  equal,
  not_equal,
  is,
  is_not,
  in,
  not_in,
  // boolean and unary
  logical_and,
  logical_or,
  logical_not,
  negate,
  positive,
  // punctuation
  left_paren,
  right_paren,
  left_bracket,
  right_bracket,
  left_brace,
  right_brace,
  comma,
  colon,
  dot,
  semicolon,
  assign,
  arrow,
  walrus,
  ellipsis,
  // augmented assignment
  add_assign,
  sub_assign,
  mul_assign,
  div_assign,
  floor_div_assign,
  mod_assign,
  matmul_assign,
  pow_assign,
  shift_left_assign,
  shift_right_assign,
  and_assign,
  or_assign,
  xor_assign
};

/// How the program spells an operator.
const char* spelling(Op op) noexcept;

/// Decoded prefix of a string literal and where its body lies in the source.
struct StringLiteral {
  bool raw = false;
  bool bytes = false;
  bool formatted = false;
  std::size_t begin = 0;  // byte offsets of the body, quotes excluded
  std::size_t end = 0;
  std::int32_t line = 0;  // position of the first character of the body
  std::int32_t column = 0;
};

struct Token {
  TokenKind kind = TokenKind::end;
  Keyword keyword = Keyword::kw_none;
  Op op = Op::none;
  bool too_large = false;     // integer that does not fit 64 bits
  std::uint32_t literal = 0;  // index into Tokens::strings
  Span span;
  const std::string* name = nullptr;  // interned identifier
  double real = 0;
  std::int64_t integer = 0;
};

}  // namespace dolab::lang
