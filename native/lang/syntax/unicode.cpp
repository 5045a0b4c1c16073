#include "lang/syntax/unicode.hpp"

#include <cstddef>

namespace dolab::lang {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Not letters: spaces, punctuation, symbols, number forms, private use, emoji.
constexpr Range kSymbols[] = {
    {0x80, 0xA9},       {0xAB, 0xB4},       {0xB6, 0xB9},       {0xBB, 0xBF},        {0xD7, 0xD7},
    {0xF7, 0xF7},       {0x2C2, 0x2C5},     {0x2D2, 0x2DF},     {0x37E, 0x37E},      {0x387, 0x387},
    {0x3F6, 0x3F6},     {0x55A, 0x55F},     {0x589, 0x58A},     {0x60C, 0x60D},      {0x61B, 0x61F},
    {0x964, 0x965},     {0x1680, 0x1680},   {0x180E, 0x180E},   {0x2000, 0x203E},    {0x2041, 0x2053},
    {0x2055, 0x2070},   {0x2072, 0x207E},   {0x2080, 0x208F},   {0x20A0, 0x20CF},    {0x2100, 0x2101},
    {0x2103, 0x2106},   {0x2108, 0x2109},   {0x2114, 0x2114},   {0x2116, 0x2117},    {0x211E, 0x2123},
    {0x2125, 0x2125},   {0x2127, 0x2127},   {0x2129, 0x2129},   {0x213A, 0x213B},    {0x2140, 0x2144},
    {0x214A, 0x214D},   {0x214F, 0x215F},   {0x2189, 0x2BFF},   {0x2E00, 0x3004},    {0x3008, 0x3020},
    {0x3030, 0x3030},   {0x30A0, 0x30A0},   {0x30FB, 0x30FB},   {0xE000, 0xF8FF},    {0xFD3E, 0xFD3F},
    {0xFE10, 0xFE1F},   {0xFE30, 0xFE32},   {0xFE35, 0xFE4C},   {0xFE50, 0xFE6F},    {0xFEFF, 0xFEFF},
    {0xFF01, 0xFF0F},   {0xFF1A, 0xFF20},   {0xFF3B, 0xFF3E},   {0xFF40, 0xFF40},    {0xFF5B, 0xFF65},
    {0xFFE0, 0xFFFF},   {0x1D100, 0x1D1FF}, {0x1D6C1, 0x1D6C1}, {0x1D6DB, 0x1D6DB},  {0x1D6FB, 0x1D6FB},
    {0x1D715, 0x1D715}, {0x1D735, 0x1D735}, {0x1D74F, 0x1D74F}, {0x1D76F, 0x1D76F},  {0x1D789, 0x1D789},
    {0x1D7A9, 0x1D7A9}, {0x1D7C3, 0x1D7C3}, {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF},
};

// Allowed inside an identifier, not at its start.
constexpr Range kContinue[] = {
    {0x300, 0x36F},   {0x483, 0x487},   {0x591, 0x5BD},   {0x610, 0x61A},     {0x64B, 0x669},
    {0x966, 0x96F},   {0x1AB0, 0x1ACE}, {0x1DC0, 0x1DFF}, {0x203F, 0x2040},   {0x20D0, 0x20F0},
    {0xFE20, 0xFE2F}, {0xFE33, 0xFE34}, {0xFF10, 0xFF19}, {0x1D7CE, 0x1D7FF},
};

template <std::size_t N>
bool within(const Range (&ranges)[N], std::uint32_t value) noexcept {
  for (const Range& range : ranges) {
    if (value >= range.first && value <= range.last) return true;
  }
  return false;
}

// Mathematical alphanumeric symbols U+1D400..U+1D7FF: thirteen Latin alphabets, five Greek ones, five sets of digits.
std::uint32_t fold_mathematical(std::uint32_t value) noexcept {
  if (value >= 0x1D7CE) return '0' + (value - 0x1D7CE) % 10;
  if (value == 0x1D6A4) return 0x131;
  if (value == 0x1D6A5) return 0x237;
  if (value < 0x1D6A8) {
    const std::uint32_t letter = (value - 0x1D400) % 52;
    return letter < 26 ? 'A' + letter : 'a' + letter - 26;
  }
  if (value > 0x1D7C9) return value == 0x1D7CA ? 0x3DC : 0x3DD;
  const std::uint32_t letter = (value - 0x1D6A8) % 58;
  constexpr std::uint32_t kVariants[] = {0x3B5, 0x3B8, 0x3BA, 0x3C6, 0x3C1, 0x3C0};
  if (letter == 17) return 0x398;
  if (letter < 25) return 0x391 + letter;
  if (letter == 25) return value;
  if (letter < 51) return 0x3B1 + (letter - 26);
  return letter == 51 ? value : kVariants[letter - 52];
}

}  // namespace

CodePoint decode_utf8(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return {first, 1};
  int length = 0;
  std::uint32_t value = 0;
  if ((first & 0xE0) == 0xC0) {
    length = 2;
    value = first & 0x1Fu;
  } else if ((first & 0xF0) == 0xE0) {
    length = 3;
    value = first & 0x0Fu;
  } else if ((first & 0xF8) == 0xF0) {
    length = 4;
    value = first & 0x07u;
  } else {
    return {};
  }
  if (at + static_cast<std::size_t>(length) > text.size()) return {};
  for (int i = 1; i < length; ++i) {
    const unsigned char next = byte(at + static_cast<std::size_t>(i));
    if ((next & 0xC0) != 0x80) return {};
    value = (value << 6) | (next & 0x3Fu);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[length] || value > 0x10FFFF || surrogate) return {};
  return {value, length};
}

void append_utf8(std::string& out, std::uint32_t value) {
  if (value < 0x80) {
    out.push_back(static_cast<char>(value));
  } else if (value < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (value >> 6)));
    out.push_back(static_cast<char>(0x80 | (value & 0x3F)));
  } else if (value < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (value >> 12)));
    out.push_back(static_cast<char>(0x80 | ((value >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (value & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (value >> 18)));
    out.push_back(static_cast<char>(0x80 | ((value >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((value >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (value & 0x3F)));
  }
}

std::int64_t count_code_points(std::string_view text) noexcept {
  std::int64_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

bool is_identifier_start(std::uint32_t value) noexcept {
  if (value < 0x80) return value == '_' || (value | 32) - 'a' < 26;
  return !within(kSymbols, value) && !within(kContinue, value);
}

bool is_identifier_part(std::uint32_t value) noexcept {
  if (value < 0x80) return is_identifier_start(value) || value - '0' < 10;
  return value == 0xB7 || !within(kSymbols, value);
}

std::uint32_t fold_compatibility(std::uint32_t value) noexcept {
  if (value < 0xAA) return value;
  if (value >= 0x1D400 && value <= 0x1D7FF) return fold_mathematical(value);
  if (value >= 0xFF10 && value <= 0xFF5A) return value - 0xFEE0;
  switch (value) {
    case 0xAA:
      return 'a';
    case 0xBA:
      return 'o';
    case 0xB5:
      return 0x3BC;
    case 0x17F:
      return 's';
    case 0x3D0:
      return 0x3B2;
    case 0x3D1:
      return 0x3B8;
    case 0x3D2:
      return 0x3A5;
    case 0x3D5:
      return 0x3C6;
    case 0x3D6:
      return 0x3C0;
    case 0x3F0:
      return 0x3BA;
    case 0x3F1:
      return 0x3C1;
    case 0x3F2:
      return 0x3C2;
    case 0x3F4:
      return 0x398;
    case 0x3F5:
      return 0x3B5;
    case 0x1D62:
      return 'i';
    case 0x1D63:
      return 'r';
    case 0x1D64:
      return 'u';
    case 0x1D65:
      return 'v';
    case 0x2071:
      return 'i';
    case 0x207F:
      return 'n';
    case 0x2090:
      return 'a';
    case 0x2091:
      return 'e';
    case 0x2092:
      return 'o';
    case 0x2093:
      return 'x';
    case 0x2102:
      return 'C';
    case 0x210B:
    case 0x210C:
    case 0x210D:
      return 'H';
    case 0x210E:
      return 'h';
    case 0x2110:
    case 0x2111:
      return 'I';
    case 0x2112:
      return 'L';
    case 0x2113:
      return 'l';
    case 0x2115:
      return 'N';
    case 0x2119:
      return 'P';
    case 0x211A:
      return 'Q';
    case 0x211B:
    case 0x211C:
    case 0x211D:
      return 'R';
    case 0x2124:
    case 0x2128:
      return 'Z';
    case 0x2126:
      return 0x3A9;
    case 0x212A:
      return 'K';
    case 0x212B:
      return 0xC5;
    case 0x212C:
      return 'B';
    case 0x212F:
      return 'e';
    case 0x2130:
      return 'E';
    case 0x2131:
      return 'F';
    case 0x2133:
      return 'M';
    case 0x2134:
      return 'o';
    default:
      return value;
  }
}

}  // namespace dolab::lang
