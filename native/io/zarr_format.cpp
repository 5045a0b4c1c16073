#include "io/zarr_format.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "dolab/error.hpp"
#include "io/utf8.hpp"

namespace dolab::io {

namespace {

constexpr struct {
  const char* name;
  ElementType type;
} kTypes[] = {{"bool", ElementType::boolean},    {"int8", ElementType::int8},       {"int16", ElementType::int16},
              {"int32", ElementType::int32},     {"int64", ElementType::int64},     {"uint8", ElementType::uint8},
              {"uint16", ElementType::uint16},   {"uint32", ElementType::uint32},   {"uint64", ElementType::uint64},
              {"float32", ElementType::float32}, {"float64", ElementType::float64}, {"string", ElementType::text}};

constexpr std::size_t kMaxRank = 32;
constexpr std::int64_t kMaxChunkBytes = (std::int64_t{1} << 31) - 1;  // also what zarr-python allows

const char* type_text(ElementType type) noexcept {
  for (const auto& entry : kTypes) {
    if (entry.type == type) return entry.name;
  }
  return "";
}

[[noreturn]] void throw_damaged(const std::string& where, const std::string& what) {
  throw Error("E1007", where + ": " + what);
}

const Json& member(const Json& json, const char* key, const std::string& where) {
  const auto found = json.find(key);
  if (found == json.end()) throw_damaged(where, std::string("the metadata have no \"") + key + "\"");
  return *found;
}

std::string name_of(const Json& json, const std::string& where) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_object() && json.contains("name") && json["name"].is_string()) return json["name"].get<std::string>();
  throw_damaged(where, "the metadata have an entry without a name");
}

/// A member of an extension's "configuration", or null.
Json setting(const Json& json, const char* key) {
  if (!json.is_object()) return nullptr;
  const auto configuration = json.find("configuration");
  if (configuration == json.end() || !configuration->is_object() || !configuration->contains(key)) return nullptr;
  return (*configuration)[key];
}

Shape extents(const Json& json, std::int64_t smallest, const std::string& where) {
  if (!json.is_array() || json.size() > kMaxRank) throw_damaged(where, "broken shape");
  Shape shape;
  for (const Json& extent : json) {
    if (!extent.is_number_integer() || extent.get<std::int64_t>() < smallest) throw_damaged(where, "broken shape");
    shape.push_back(extent.get<std::int64_t>());
  }
  return shape;
}

Json fill_json(const ArrayMeta& meta) {
  if (meta.type == ElementType::text) return meta.fill_text;
  if (meta.type == ElementType::boolean) return meta.fill != 0.0;
  if (dtype_of(meta.type) == DType::integer) return static_cast<std::int64_t>(meta.fill);
  if (std::isnan(meta.fill)) return "NaN";
  if (std::isinf(meta.fill)) return meta.fill > 0 ? "Infinity" : "-Infinity";
  return meta.fill;
}

void read_fill(const Json& json, ArrayMeta& meta, const std::string& where) {
  if (meta.item_size == 0 || meta.type == ElementType::fixed_text) {
    if (json.is_string()) meta.fill_text = json.get<std::string>();
  } else if (json.is_boolean()) {
    meta.fill = json.get<bool>() ? 1.0 : 0.0;
  } else if (json.is_number()) {
    meta.fill = json.get<double>();
  } else if (json.is_string() && json.get<std::string>() == "Infinity") {
    meta.fill = std::numeric_limits<double>::infinity();
  } else if (json.is_string() && json.get<std::string>() == "-Infinity") {
    meta.fill = -std::numeric_limits<double>::infinity();
  } else if (json.is_string()) {
    meta.fill = std::numeric_limits<double>::quiet_NaN();  // "NaN" or a NaN's bits in hexadecimal
  } else if (!json.is_null()) {
    throw_damaged(where, "broken fill value");
  }
}

void read_type(const Json& json, ArrayMeta& meta, const std::string& where) {
  const std::string name = name_of(json, where);
  if (name == "fixed_length_utf32") {
    const Json bytes = setting(json, "length_bytes");
    if (!bytes.is_number_integer() || bytes.get<std::int64_t>() < 0 || bytes.get<std::int64_t>() % 4 != 0 ||
        bytes.get<std::int64_t>() > (1 << 20)) {
      throw_damaged(where, "broken text length");
    }
    meta.type = ElementType::fixed_text;
    meta.item_size = bytes.get<std::size_t>();
    return;
  }
  for (const auto& entry : kTypes) {
    if (name != entry.name) continue;
    meta.type = entry.type;
    meta.item_size = element_size(entry.type);
    return;
  }
  throw_damaged(where, "the data type \"" + name + "\" is not supported");
}

void read_codecs(const Json& json, ArrayMeta& meta, const std::string& where) {
  if (!json.is_array() || json.empty()) throw_damaged(where, "the metadata list no codecs");
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string name = name_of(json[i], where);
    const bool last = i + 1 == json.size();
    if (i == 0 && name == (meta.type == ElementType::text ? "vlen-utf8" : "bytes")) {
      meta.big_endian = setting(json[i], "endian") == "big";
    } else if (i == 1 && last && (name == "zstd" || name == "gzip")) {
      meta.codec = name == "zstd" ? Codec::zstd : Codec::gzip;
    } else {
      throw_damaged(where, "the codec \"" + name + "\" is not supported");
    }
  }
}

}  // namespace

Json to_json(const ArrayMeta& meta) {
  Json codecs = Json::array();
  if (meta.type == ElementType::text) {
    codecs.push_back({{"name", "vlen-utf8"}, {"configuration", Json::object()}});
  } else {
    codecs.push_back({{"name", "bytes"}, {"configuration", {{"endian", "little"}}}});
  }
  if (meta.codec == Codec::zstd)
    codecs.push_back({{"name", "zstd"}, {"configuration", {{"level", 1}, {"checksum", true}}}});
  if (meta.codec == Codec::gzip) codecs.push_back({{"name", "gzip"}, {"configuration", {{"level", 5}}}});
  Json json;
  json["zarr_format"] = 3;
  json["node_type"] = "array";
  json["shape"] = meta.shape;
  json["data_type"] = type_text(meta.type);
  json["chunk_grid"] = {{"name", "regular"}, {"configuration", {{"chunk_shape", meta.chunks}}}};
  json["chunk_key_encoding"] = {{"name", "default"}, {"configuration", {{"separator", "/"}}}};
  json["fill_value"] = fill_json(meta);
  json["codecs"] = codecs;
  json["attributes"] = meta.attributes;
  json["dimension_names"] = meta.dims;
  json["storage_transformers"] = Json::array();
  return json;
}

ArrayMeta array_meta_from(const Json& json, const std::string& where) {
  ArrayMeta meta;
  if (member(json, "zarr_format", where) != 3) throw_damaged(where, "not Zarr version 3");
  meta.shape = extents(member(json, "shape", where), 0, where);
  const Json& grid = member(json, "chunk_grid", where);
  if (name_of(grid, where) != "regular") throw_damaged(where, "the chunk grid is not regular");
  meta.chunks = extents(setting(grid, "chunk_shape"), 1, where);
  if (meta.chunks.size() != meta.shape.size()) throw_damaged(where, "the chunks do not fit the shape");
  read_type(member(json, "data_type", where), meta, where);
  const auto item_size = static_cast<std::int64_t>(std::max<std::size_t>(meta.item_size, 1));
  if (element_count(meta.chunks) > kMaxChunkBytes / item_size) throw_damaged(where, "a chunk is too large");
  read_codecs(member(json, "codecs", where), meta, where);
  const Json& encoding = member(json, "chunk_key_encoding", where);
  meta.v2_keys = name_of(encoding, where) == "v2";
  if (!meta.v2_keys && name_of(encoding, where) != "default") throw_damaged(where, "unknown chunk key encoding");
  const Json separator = setting(encoding, "separator");
  meta.separator = separator == "." || (separator.is_null() && meta.v2_keys) ? '.' : '/';
  if (json.contains("fill_value")) read_fill(json["fill_value"], meta, where);
  if (json.contains("storage_transformers") && !json["storage_transformers"].empty()) {
    throw_damaged(where, "storage transformers are not supported");
  }
  if (json.contains("attributes") && json["attributes"].is_object()) meta.attributes = json["attributes"];
  if (json.contains("dimension_names") && json["dimension_names"].is_array()) {
    for (const Json& name : json["dimension_names"]) {
      meta.dims.push_back(name.is_string() ? name.get<std::string>() : "dim_" + std::to_string(meta.dims.size()));
    }
    if (meta.dims.size() != meta.shape.size()) throw_damaged(where, "the dimension names do not fit the shape");
  }
  return meta;
}

Shape chunk_grid(const ArrayMeta& meta) {
  Shape grid;
  for (std::size_t k = 0; k < meta.shape.size(); ++k) {
    grid.push_back(meta.shape[k] / meta.chunks[k] + (meta.shape[k] % meta.chunks[k] != 0 ? 1 : 0));
  }
  return grid;
}

std::string chunk_key(const ArrayMeta& meta, const Shape& index) {
  std::string key = meta.v2_keys ? "" : "c";
  for (const std::int64_t i : index) {
    if (!key.empty()) key += meta.separator;
    key += std::to_string(i);
  }
  return key.empty() ? "0" : key;
}

bool next_index(Shape& index, const Shape& grid) noexcept {
  for (std::size_t k = grid.size(); k-- > 0;) {
    if (++index[k] < grid[k]) return true;
    index[k] = 0;
  }
  return false;
}

Shape choose_chunks(const Shape& shape, std::size_t item_size, std::size_t target_bytes) {
  Shape chunks;
  for (const std::int64_t extent : shape) chunks.push_back(std::max<std::int64_t>(extent, 1));
  const auto limit = static_cast<std::int64_t>(target_bytes / std::max<std::size_t>(item_size, 1));
  for (std::size_t k = 0; k < chunks.size() && element_count(chunks) > limit; ++k) {
    const Shape inner(chunks.begin() + static_cast<std::ptrdiff_t>(k) + 1, chunks.end());
    chunks[k] = std::max<std::int64_t>(1, limit / std::max<std::int64_t>(1, element_count(inner)));
  }
  return chunks;
}

std::string node_name(const std::string& name) {
  std::string safe;
  for (const char c : is_valid_utf8(name) ? name : std::string("invalid")) {
    const bool unsafe = c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    safe += unsafe ? '.' : c;
  }
  safe = std::string(utf8_prefix(safe, 200));  // file names end at 255 bytes
  const bool dots_only = safe.find_first_not_of('.') == std::string::npos;
  if (dots_only || safe.compare(0, 2, "__") == 0 || safe == "zarr.json") safe = "site_" + safe;
  return safe;
}

std::string encode_texts(const std::vector<std::string>& texts) {
  std::string bytes;
  const auto append = [&bytes](std::size_t value) {
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(value >> shift & 0xFF));
  };
  append(texts.size());
  for (const std::string& text : texts) {
    append(text.size());
    bytes += text;
  }
  return bytes;
}

std::vector<std::string> decode_texts(std::string_view bytes, std::size_t count) {
  const auto read = [&bytes]() -> std::size_t {
    if (bytes.size() < 4) throw Error("E1007", "damaged text data");
    std::size_t value = 0;
    for (int k = 3; k >= 0; --k) value = value << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(k)]);
    bytes.remove_prefix(4);
    return value;
  };
  if (read() != count || bytes.size() / 4 < count) throw Error("E1007", "damaged text data");
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = read();
    if (size > bytes.size()) throw Error("E1007", "damaged text data");
    texts.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  if (!bytes.empty()) throw Error("E1007", "damaged text data");
  return texts;
}

}  // namespace dolab::io
