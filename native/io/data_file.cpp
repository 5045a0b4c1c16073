#include "io/data_file.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>

#include "io/codec.hpp"
#include "io/csv.hpp"
#include "io/file_store.hpp"
#include "io/files.hpp"
#include "io/npy.hpp"
#include "io/zarr.hpp"
#include "io/zip_store.hpp"

namespace dolab::io {

DataFile from_arguments(ArgumentMap arguments, const std::string& source) {
  DataFile data;
  data.source = source;
  data.table = columns_of(arguments, source);
  data.arguments = std::move(arguments);
  return data;
}

namespace {

enum class Format { csv, json, npy, npz, store };

bool ends_with(const std::string& text, const std::string& suffix) {
  return text.size() >= suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

/// The name in lower case without ".gz".
std::string plain_name(const std::string& name) {
  std::string lower = name;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return ends_with(lower, ".gz") ? lower.substr(0, lower.size() - 3) : lower;
}

/// By extension, else by the first bytes of the (unzipped) content.
Format format_of(const std::string& name, std::string_view start) {
  const std::string plain = plain_name(name);
  if (ends_with(plain, ".zip") || ends_with(plain, ".zarr")) return Format::store;
  if (ends_with(plain, ".npz")) return Format::npz;
  if (ends_with(plain, ".npy")) return Format::npy;
  if (ends_with(plain, ".json")) return Format::json;
  if (ends_with(plain, ".csv") || ends_with(plain, ".tsv")) return Format::csv;
  if (start.substr(0, 6) == "\x93NUMPY") return Format::npy;
  if (start.substr(0, 4) == "PK\3\4") return Format::npz;
  const std::size_t first = start.find_first_not_of(" \t\r\n");
  const char c = first == std::string_view::npos ? '\0' : start[first];
  return c == '{' || c == '[' ? Format::json : Format::csv;
}

std::string stem_of(const std::string& name) {
  const std::size_t slash = name.find_last_of("/\\");
  const std::string file = slash == std::string::npos ? name : name.substr(slash + 1);
  return file.substr(0, file.find('.'));
}

DataFile from_table(Table table) {
  DataFile data;
  data.source = table.source();
  data.is_table = true;
  data.table = std::move(table);
  return data;
}

DataFile from_json(std::string_view text, const std::string& name) {
  const std::size_t first = text.find_first_of("{[");
  if (first != std::string_view::npos && text[first] == '[') return from_table(parse_json_rows(text, name));
  return from_arguments(parse_arguments(text, name), name);
}

DataFile from_store(const ByteStore& store, const std::string& name) {
  const StoreReader reader(store);
  std::vector<std::string> groups;
  for (const char* group : {"constant_data", "observed_data"}) {
    if (reader.contains(group)) groups.emplace_back(group);
  }
  if (groups.empty()) groups.emplace_back();
  ArgumentMap arguments;
  for (const std::string& group : groups) {
    for (const std::string& array : reader.arrays(group)) {
      if (reader.type(group, array) >= ElementType::text) {
        if (reader.shape(group, array).size() == 1) arguments[array] = reader.read_texts(group, array);
      } else {
        arguments[array] = scalar_or_array(reader.read(group, array));
      }
    }
  }
  if (arguments.empty()) {
    throw Error("E1002", name + " holds no data: neither constant_data, observed_data nor arrays of its own", "",
                {name, 0, 0, 0, 0});
  }
  return from_arguments(std::move(arguments), name);
}

DataFile parse_as(Format format, std::string bytes, const std::string& name) {
  switch (format) {
    case Format::json:
      return from_json(bytes, name);
    case Format::npy:
      return from_arguments({{stem_of(name), parse_npy(bytes, name)}}, name);
    case Format::npz:
      return from_arguments(parse_npz(std::move(bytes), name), name);
    case Format::store:
      return from_store(*ZipReader::from_bytes(std::move(bytes)), name);
    case Format::csv:
      break;
  }
  return from_table(parse_csv(bytes, name));
}

/// Errors of the formats know no names; here they get the file's.
template <class Function>
DataFile naming_file(const std::string& name, const Function& function) {
  try {
    return function();
  } catch (Error& error) {
    error.at({name, 0, 0, 0, 0});
    throw;
  }
}

DataFile read_any(const std::string& path) {
  std::error_code status;
  if (std::filesystem::is_directory(path, status)) return from_store(*open_store(path), path);
  // Named tables are streamed: they may be larger than their text would leave room for.
  if (std::filesystem::is_regular_file(path, status) && format_of(path, "") == Format::csv) {
    const std::string plain = plain_name(path);
    if (ends_with(plain, ".csv") || ends_with(plain, ".tsv")) return from_table(read_csv(path));
  }
  return parse_data(read_file(path), path);
}

}  // namespace

DataFile parse_data(std::string bytes, const std::string& name) {
  return naming_file(name, [&] {
    if (looks_gzipped(bytes)) bytes = gunzip(bytes);
    const Format format = format_of(name, std::string_view(bytes).substr(0, 256));
    return parse_as(format, std::move(bytes), name);
  });
}

DataFile read_data(const std::string& path) {
  return naming_file(path, [&] { return read_any(path); });
}

}  // namespace dolab::io
