// Metadata of Zarr v3 nodes (https://zarr-specs.readthedocs.io, core version 3.1), as far as dolab writes and
// reads them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/array.hpp"
#include "io/codec.hpp"
#include "io/element.hpp"

namespace dolab::io {

using Json = nlohmann::ordered_json;

/// One array of a store.
struct ArrayMeta {
  Shape shape;
  Shape chunks;  // extents of every chunk, edge chunks included; at least 1
  ElementType type = ElementType::float64;
  std::size_t item_size = 8;  // bytes per element; 0 for text
  bool big_endian = false;
  double fill = 0.0;  // of numbers
  std::string fill_text;
  Codec codec = Codec::none;
  std::vector<std::string> dims;  // empty if the array has no dimension names
  Json attributes = Json::object();
  char separator = '/';  // in chunk keys
  bool v2_keys = false;  // "0.0" instead of "c/0/0"
};

Json to_json(const ArrayMeta& meta);
/// Throws E1007, naming `where`, for what is damaged and for what this reader does not support.
ArrayMeta array_meta_from(const Json& json, const std::string& where);

/// Number of chunks along each axis; 0 for an empty axis.
Shape chunk_grid(const ArrayMeta& meta);
/// Key of one chunk below the array's own key.
std::string chunk_key(const ArrayMeta& meta, const Shape& index);
/// The next index in row-major order; false after the last one.
bool next_index(Shape& index, const Shape& grid) noexcept;
/// Chunk extents of about `target_bytes`: leading axes are cut first, down to 1.
Shape choose_chunks(const Shape& shape, std::size_t item_size, std::size_t target_bytes = std::size_t{4} << 20);

/// A node name for any site name: no "/", no control characters, not empty, not dots only, not reserved.
std::string node_name(const std::string& name);

/// Text as the "vlen-utf8" codec stores it, and back. Throws E1007 unless exactly `count` texts come out.
std::string encode_texts(const std::vector<std::string>& texts);
std::vector<std::string> decode_texts(std::string_view bytes, std::size_t count);

}  // namespace dolab::io
