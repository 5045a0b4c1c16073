// Zarr v3 stores: written so that Xarray and ArviZ open them without custom code, and read back.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/array.hpp"
#include "base/byte_store.hpp"
#include "io/codec.hpp"
#include "io/element.hpp"

namespace dolab::io {

/// What is known of an array before its values are.
struct ArraySpec {
  Shape shape;
  std::vector<std::string> dims;  // a name per axis; empty: NAME_dim_0, NAME_dim_1, ...
  ElementType type = ElementType::float64;
  Shape chunks;                   // empty: about 4 MiB
  std::string attributes = "{}";  // a JSON object
};

/// A rectangle of an array: first index and number of elements along each axis.
struct Block {
  Shape first;
  Shape count;
};

/// An array under construction. Blocks may come in any order and from any thread, each element once. A chunk is
/// compressed and written by the thread that completes it; incomplete chunks wait in memory.
class ArrayWriter {
 public:
  ArrayWriter(ArrayWriter&&) noexcept;
  ~ArrayWriter();
  /// `values`: the block's elements, row-major. Throws E1008 (cannot write), E1999 (outside the array).
  void write(const Block& block, const double* values);
  /// Cuts the array to its first `extent` entries along `axis`; what was written beyond is dropped.
  void cut(std::size_t axis, std::int64_t extent);

 private:
  friend class StoreWriter;
  struct State;
  explicit ArrayWriter(std::unique_ptr<State> state);
  void finish();
  std::unique_ptr<State> state_;
};

/// Writes one store. Groups and arrays may be added until `close`, which resolves dimension names, writes
/// coordinates and all metadata (consolidated in the root, and in each group), and leaves `ByteStore::commit` to
/// the caller. Attributes are JSON objects; later keys replace earlier ones.
///
/// Within a group every dimension gets a coordinate: the one given, else 0, 1, 2, ... A dimension name that is
/// taken by another length or by an array is changed to NAME_dim_AXIS. Names that cannot be node names are
/// changed too; the attribute "site" keeps the original, and StoreReader answers to it.
class StoreWriter {
 public:
  explicit StoreWriter(ByteStore& store, const std::string& root_attributes = "{}", Codec codec = preferred_codec());
  ~StoreWriter();

  /// Adds a group, or attributes to an existing one; "" is the root.
  void group(const std::string& name, const std::string& attributes = "{}");
  /// A whole array, stored by its dtype. Integers and booleans that hold NaN are stored as float64.
  void array(const std::string& group, const std::string& name, const Array& values,
             const std::vector<std::string>& dims, const std::string& attributes = "{}");
  /// A one-dimensional array of texts (UTF-8).
  void texts(const std::string& group, const std::string& name, const std::vector<std::string>& values,
             const std::string& dim, const std::string& attributes = "{}");
  /// Coordinate values of a dimension of that length in a group.
  void coordinate(const std::string& group, const std::string& dim, const Array& values);
  void coordinate(const std::string& group, const std::string& dim, const std::vector<std::string>& values);
  /// An array written in blocks. The reference is good until `close`. Throws E1999 for a name used twice.
  ArrayWriter& open_array(const std::string& group, const std::string& name, const ArraySpec& spec);
  /// Takes over the groups of a store by dolab, byte for byte, but for `without` and what is in it. Groups that are
  /// added come after them. Throws E1007 for a damaged store.
  void copy(const ByteStore& from, const std::string& without);

  void close();

 private:
  struct Group;
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads stores by dolab, and plain, gzip or zstd Zarr v3 stores by others. Everything throws E1007 for a
/// damaged store. In dolab's own stores every chunk must be there; elsewhere absent chunks hold the fill value.
class StoreReader {
 public:
  explicit StoreReader(const ByteStore& store);
  ~StoreReader();

  /// Whether dolab wrote it.
  bool is_own() const noexcept;
  /// Names of groups below the root, sorted.
  std::vector<std::string> groups() const;
  bool contains(const std::string& group) const;
  bool contains(const std::string& group, const std::string& name) const;
  /// Arrays of a group ("" is the root) without its coordinates, by site name, in the order written.
  std::vector<std::string> arrays(const std::string& group) const;
  /// JSON objects. "" is the root.
  std::string attributes(const std::string& group = "") const;
  std::string attributes(const std::string& group, const std::string& name) const;

  const Shape& shape(const std::string& group, const std::string& name) const;
  const std::vector<std::string>& dims(const std::string& group, const std::string& name) const;
  ElementType type(const std::string& group, const std::string& name) const;
  Array read(const std::string& group, const std::string& name) const;
  /// A part of an array; only its chunks are read. Throws E1999 outside the array.
  Array read(const std::string& group, const std::string& name, const Block& block) const;
  std::vector<std::string> read_texts(const std::string& group, const std::string& name) const;
  /// Coordinate of a dimension as texts (numbers are printed); empty if there is none.
  std::vector<std::string> coordinate(const std::string& group, const std::string& dim) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dolab::io
