// Tables from delimited text (RFC 4180 with comma, tab or semicolon).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/table.hpp"

namespace dolab::io {

/// Reads a CSV or TSV file, gzipped or not. A header is required; the separator is the one of `,` `;` and tab
/// that the header has most of; the decimal mark is a point. Empty cells, NA, null and nan are missing. A column
/// is boolean (true/false in any case), integer, number, or else string. Streams: memory is the table's own.
/// Throws E1001 (file), E1002 (no header, short or long row, open quote, bad UTF-8), with line and column.
Table read_csv(const std::string& path);
/// The same from memory; `source` is the name used in messages.
Table parse_csv(std::string_view text, const std::string& source);

/// A table as CSV text; missing cells are empty, cells read back with their type and the same bits.
std::string csv_text(const Table& table);

}  // namespace dolab::io
