#include "io/npy.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "dolab/error.hpp"
#include "io/element.hpp"
#include "io/zip_store.hpp"

namespace dolab::io {

namespace {

[[noreturn]] void throw_malformed(const std::string& source, const std::string& what, std::string hint = {}) {
  throw Error("E1002", source + ": " + what, std::move(hint), {source, 0, 0, 0, 0});
}

/// The text after `'key':` in the header dictionary, up to the given terminator.
std::string_view header_value(std::string_view header, const std::string& key, const std::string& source) {
  std::size_t at = header.find("'" + key + "'");
  if (at != std::string_view::npos) at = header.find(':', at);
  if (at == std::string_view::npos) throw_malformed(source, "the NPY header has no " + key);
  at = header.find_first_not_of(" ", at + 1);
  return at == std::string_view::npos ? std::string_view() : header.substr(at);
}

Shape parse_shape(std::string_view text, const std::string& source) {
  Shape shape;
  if (text.empty() || text.front() != '(') throw_malformed(source, "the NPY header has a broken shape");
  std::size_t i = 1;
  while (i < text.size() && text[i] != ')') {
    if (text[i] == ' ' || text[i] == ',') {
      ++i;
      continue;
    }
    std::int64_t extent = 0;
    const std::size_t begin = i;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
      if (extent > std::numeric_limits<std::int64_t>::max() / 20) throw_malformed(source, "the NPY shape is too large");
      extent = extent * 10 + (text[i] - '0');
    }
    if (i == begin) throw_malformed(source, "the NPY header has a broken shape");
    shape.push_back(extent);
  }
  if (i >= text.size() || shape.size() > 32) throw_malformed(source, "the NPY header has a broken shape");
  return shape;
}

/// "<f8" and the like.
ElementType parse_descr(std::string_view text, bool& big_endian, const std::string& source) {
  if (text.size() >= 5 && text[0] == '\'') {
    const std::string_view name = text.substr(2, 2);
    big_endian = text[1] == '>';
    static constexpr struct {
      const char* name;
      ElementType type;
    } kTypes[] = {{"f8", ElementType::float64}, {"f4", ElementType::float32}, {"i8", ElementType::int64},
                  {"i4", ElementType::int32},   {"i2", ElementType::int16},   {"i1", ElementType::int8},
                  {"u8", ElementType::uint64},  {"u4", ElementType::uint32},  {"u2", ElementType::uint16},
                  {"u1", ElementType::uint8},   {"b1", ElementType::boolean}};
    for (const auto& entry : kTypes) {
      if (name == entry.name && text[4] == '\'') return entry.type;
    }
  }
  throw_malformed(source, "the NPY type is not supported", "store plain numbers or booleans");
}

/// Row-major copy of a column-major array.
Array from_fortran(const Array& reversed, const Shape& shape) {
  Array out(reversed.dtype(), shape);
  const auto rank = shape.size();
  Shape stride(rank, 1), index(rank, 0);
  for (std::size_t k = 1; k < rank; ++k) stride[k] = stride[k - 1] * shape[k - 1];
  std::int64_t from = 0;
  for (std::int64_t i = 0; i < out.size(); ++i) {
    out.mutable_data()[i] = reversed[from];
    for (std::size_t k = rank; k-- > 0;) {
      from += stride[k];
      if (++index[k] < shape[k]) break;
      from -= stride[k] * shape[k];
      index[k] = 0;
    }
  }
  return out;
}

}  // namespace

Array parse_npy(std::string_view bytes, const std::string& source) {
  if (bytes.size() < 10 || bytes.substr(0, 6) != "\x93NUMPY") throw_malformed(source, "this is no NPY file");
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  const bool long_header = byte(6) >= 2;
  const std::size_t start = long_header ? 12 : 10;
  if (bytes.size() < start) throw_malformed(source, "the NPY header is cut off");
  const std::size_t length = byte(8) | byte(9) << 8 | (long_header ? byte(10) << 16 | byte(11) << 24 : 0);
  if (length > bytes.size() - start) throw_malformed(source, "the NPY header is cut off");
  const std::string_view header = bytes.substr(start, length);
  const std::string_view data = bytes.substr(start + length);

  bool big_endian = false;
  const ElementType type = parse_descr(header_value(header, "descr", source), big_endian, source);
  const bool fortran = header_value(header, "fortran_order", source).substr(0, 4) == "True";
  const Shape shape = parse_shape(header_value(header, "shape", source), source);
  const auto count = static_cast<std::uint64_t>(element_count(shape));
  const std::uint64_t size = element_size(type);
  if (count > data.size() / size || count * size != data.size()) {
    throw_malformed(source, "an array of shape " + dolab::to_string(shape) + " does not fit the " +
                                std::to_string(data.size()) + " bytes of data");
  }
  Array array(dtype_of(type), shape);
  decode_elements(type, big_endian, data.data(), array.size(), array.mutable_data());
  return fortran && shape.size() > 1 ? from_fortran(array, shape) : array;
}

ArgumentMap parse_npz(std::string archive, const std::string& source) {
  std::unique_ptr<ByteStore> zip;
  try {
    zip = ZipReader::from_bytes(std::move(archive));
  } catch (const Error& error) {
    throw Error("E1002", source + ": " + error.message(), "", {source, 0, 0, 0, 0});
  }
  ArgumentMap arguments;
  for (const std::string& key : zip->list("")) {
    std::string name = key;
    if (name.size() > 4 && name.compare(name.size() - 4, 4, ".npy") == 0) name.resize(name.size() - 4);
    arguments[name] = scalar_or_array(parse_npy(*zip->get(key), source + ": " + name));
  }
  return arguments;
}

}  // namespace dolab::io
