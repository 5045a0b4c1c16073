#include <algorithm>
#include <cmath>
#include <set>

#include "dolab/error.hpp"
#include "io/block.hpp"
#include "io/json.hpp"
#include "io/zarr.hpp"
#include "io/zarr_format.hpp"

namespace dolab::io {

namespace {

Json parse_attributes(const std::string& text) {
  Json json = parse_json(text, "attributes");
  if (!json.is_object()) throw Error("E1999", "attributes of a store must be a JSON object");
  return json;
}

Json consolidated(Json metadata) {
  return {{"kind", "inline"}, {"must_understand", false}, {"metadata", std::move(metadata)}};
}

Json group_json(const Json& attributes, Json metadata) {
  Json json;
  json["zarr_format"] = 3;
  json["node_type"] = "group";
  json["attributes"] = attributes;
  json["consolidated_metadata"] = consolidated(std::move(metadata));
  return json;
}

bool holds_nan(const Array& values) {
  return std::any_of(values.data(), values.data() + values.size(), [](double x) { return std::isnan(x); });
}

}  // namespace

struct ArrayWriter::State {
  /// A chunk that is not complete yet.
  struct Pending {
    std::vector<double> values;
    std::int64_t filled = 0;
  };

  State(ByteStore& target, std::string array_key) : store(target), key(std::move(array_key)) {}

  void put_chunk(const Shape& index, const double* values) const {
    const std::int64_t count = element_count(meta.chunks);
    std::string bytes(static_cast<std::size_t>(count) * meta.item_size, '\0');
    encode_elements(meta.type, values, count, bytes.data());
    store.put(key + "/" + chunk_key(meta, index), compress(meta.codec, bytes));
  }
  /// Elements of a chunk that lie inside the array.
  Shape inner_extent(const Shape& chunk_first) const {
    Shape extent(meta.shape.size());
    for (std::size_t k = 0; k < extent.size(); ++k) {
      extent[k] = std::min(meta.chunks[k], meta.shape[k] - chunk_first[k]);
    }
    return extent;
  }
  Shape first_of(const Shape& index) const {
    Shape first(index);
    for (std::size_t k = 0; k < first.size(); ++k) first[k] *= meta.chunks[k];
    return first;
  }
  void check(const Block& block) const;
  void write_overlap(const Shape& index, const Block& block, const double* values);

  ByteStore& store;
  std::string key;
  ArrayMeta meta;
  std::mutex mutex;
  std::map<Shape, Pending> pending;
};

void ArrayWriter::State::check(const Block& block) const {
  bool inside = block.first.size() == meta.shape.size() && block.count.size() == meta.shape.size();
  for (std::size_t k = 0; inside && k < meta.shape.size(); ++k) {
    inside = block.first[k] >= 0 && block.count[k] >= 0 && block.first[k] <= meta.shape[k] - block.count[k];
  }
  if (!inside) throw Error("E1999", "a block lies outside the array " + key);
}

void ArrayWriter::State::write_overlap(const Shape& index, const Block& block, const double* values) {
  const Shape chunk_first = first_of(index);
  const Shape inner = inner_extent(chunk_first);
  Shape first(index), count(index);
  intersect(block.first, block.count, chunk_first, inner, first, count);
  const Shape from = minus(first, block.first);
  const Shape to = minus(first, chunk_first);
  const auto size = static_cast<std::size_t>(element_count(meta.chunks));
  std::vector<double> complete;
  if (count == inner) {
    complete.assign(size, meta.fill);
    copy_block(values, {block.count, from}, complete.data(), {meta.chunks, to}, count);
  } else {
    const std::lock_guard<std::mutex> lock(mutex);
    Pending& chunk = pending[index];
    if (chunk.values.empty()) chunk.values.assign(size, meta.fill);
    copy_block(values, {block.count, from}, chunk.values.data(), {meta.chunks, to}, count);
    chunk.filled += element_count(count);
    if (chunk.filled < element_count(inner)) return;
    complete = std::move(chunk.values);
    pending.erase(index);
  }
  put_chunk(index, complete.data());
}

ArrayWriter::ArrayWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
ArrayWriter::ArrayWriter(ArrayWriter&&) noexcept = default;
ArrayWriter::~ArrayWriter() = default;

void ArrayWriter::write(const Block& block, const double* values) {
  State& s = *state_;
  s.check(block);
  if (element_count(block.count) == 0) return;
  // The chunks that the block touches form a grid of their own.
  const std::size_t rank = block.first.size();
  Shape low(rank), extent(rank), step(rank, 0);
  for (std::size_t k = 0; k < rank; ++k) {
    low[k] = block.first[k] / s.meta.chunks[k];
    extent[k] = (block.first[k] + block.count[k] - 1) / s.meta.chunks[k] - low[k] + 1;
  }
  do {
    Shape index(low);
    for (std::size_t k = 0; k < rank; ++k) index[k] += step[k];
    s.write_overlap(index, block, values);
  } while (next_index(step, extent));
}

void ArrayWriter::cut(std::size_t axis, std::int64_t extent) {
  State& s = *state_;
  const std::lock_guard<std::mutex> lock(s.mutex);
  const Shape before = chunk_grid(s.meta);
  s.meta.shape[axis] = extent;
  const std::int64_t kept = chunk_grid(s.meta)[axis];
  Shape index(before.size(), 0);
  if (element_count(before) == 0) return;
  do {
    if (index[axis] < kept) continue;
    s.pending.erase(index);
    s.store.erase(s.key + "/" + chunk_key(s.meta, index));
  } while (next_index(index, before));
}

void ArrayWriter::finish() {
  for (const auto& [index, chunk] : state_->pending) state_->put_chunk(index, chunk.values.data());
  state_->pending.clear();
}

struct StoreWriter::Group {
  struct Coordinate {
    Array numbers;
    std::vector<std::string> texts;
    bool is_text = false;
    std::int64_t size() const { return is_text ? static_cast<std::int64_t>(texts.size()) : numbers.size(); }
  };
  std::string name;
  Json attributes = Json::object();
  std::deque<ArrayWriter> arrays;
  std::vector<std::string> nodes;  // names of `arrays`
  std::map<std::string, Coordinate> coordinates;
};

struct StoreWriter::State {
  State(ByteStore& target, Codec chosen) : store(target), codec(chosen) {}

  Group& group(const std::string& name);
  std::string free_node(const Group& group, const std::string& name) const;
  ArrayWriter& add(Group& group, const std::string& node, ArrayMeta meta);
  void add_texts(Group& group, const std::string& node, const std::vector<std::string>& values, ArrayMeta meta);
  void resolve_dims(Group& group);
  void add_coordinate(Group& group, const std::string& dim, std::int64_t size, const Group::Coordinate* given);
  Json write_group(Group& group);

  ByteStore& store;
  Codec codec;
  Json root = Json::object();
  Json copied = Json::object();  // metadata of nodes from another store
  std::deque<Group> groups;      // references stay good
  std::mutex mutex;
  bool closed = false;
};

StoreWriter::StoreWriter(ByteStore& store, const std::string& root_attributes, Codec codec)
    : state_(std::make_unique<State>(store, codec)) {
  state_->root["dolab_store"] = 1;
  state_->root.update(parse_attributes(root_attributes));
}

StoreWriter::~StoreWriter() = default;

StoreWriter::Group& StoreWriter::State::group(const std::string& name) {
  for (Group& group : groups) {
    if (group.name == name) return group;
  }
  if (!is_valid_key(name)) throw Error("E1999", "\"" + name + "\" cannot be the name of a group");
  const std::size_t slash = name.rfind('/');
  if (slash != std::string::npos) group(name.substr(0, slash));
  Group& added = groups.emplace_back();
  added.name = name;
  return added;
}

void StoreWriter::group(const std::string& name, const std::string& attributes) {
  const Json parsed = parse_attributes(attributes);
  const std::lock_guard<std::mutex> lock(state_->mutex);
  (name.empty() ? state_->root : state_->group(name).attributes).update(parsed);
}

/// The node name of a new array: safe, unlike the other nodes of its group, and no sample dimension.
std::string StoreWriter::State::free_node(const Group& group, const std::string& name) const {
  const auto taken = [&group](const std::string& node) {
    return node == "chain" || node == "draw" ||
           std::find(group.nodes.begin(), group.nodes.end(), node) != group.nodes.end();
  };
  const std::string wanted = node_name(name);
  std::string node = wanted;
  for (int number = 2; taken(node); ++number) node = wanted + "_" + std::to_string(number);
  return node;
}

ArrayWriter& StoreWriter::State::add(Group& group, const std::string& node, ArrayMeta meta) {
  auto array = std::make_unique<ArrayWriter::State>(store, group.name + "/" + node);
  array->meta = std::move(meta);
  group.nodes.push_back(node);
  group.arrays.push_back(ArrayWriter(std::move(array)));
  return group.arrays.back();
}

void StoreWriter::State::add_texts(Group& group, const std::string& node, const std::vector<std::string>& values,
                                   ArrayMeta meta) {
  const auto size = static_cast<std::int64_t>(values.size());
  meta.type = ElementType::text;
  meta.item_size = 0;
  meta.shape = {size};
  meta.chunks = {std::max<std::int64_t>(size, 1)};
  meta.codec = codec;
  add(group, node, std::move(meta));
  if (size > 0) store.put(group.name + "/" + node + "/c/0", compress(codec, encode_texts(values)));
}

ArrayWriter& StoreWriter::open_array(const std::string& group_name, const std::string& name, const ArraySpec& spec) {
  ArrayMeta meta;
  meta.attributes = parse_attributes(spec.attributes);
  meta.shape = spec.shape;
  meta.type = spec.type;
  meta.item_size = element_size(spec.type);
  meta.chunks = spec.chunks.empty() ? choose_chunks(spec.shape, meta.item_size) : spec.chunks;
  meta.codec = state_->codec;
  meta.fill = dtype_of(spec.type) == DType::real ? std::nan("") : 0.0;
  meta.dims = spec.dims;
  for (std::size_t k = meta.dims.size(); k < spec.shape.size(); ++k) {
    meta.dims.push_back(name + "_dim_" + std::to_string(k));
  }
  const std::lock_guard<std::mutex> lock(state_->mutex);
  Group& group = state_->group(group_name);
  for (const ArrayWriter& array : group.arrays) {
    const Json& attributes = array.state_->meta.attributes;
    const auto site = attributes.find("site");
    const std::string key =
        site != attributes.end() && site->is_string() ? group_name + "/" + site->get<std::string>() : array.state_->key;
    if (key == group_name + "/" + name) throw Error("E1999", "the array " + key + " is written twice");
  }
  const std::string node = state_->free_node(group, name);
  if (node != name) meta.attributes["site"] = name;
  return state_->add(group, node, std::move(meta));
}

void StoreWriter::array(const std::string& group, const std::string& name, const Array& values,
                        const std::vector<std::string>& dims, const std::string& attributes) {
  ArraySpec spec;
  spec.shape = values.shape();
  spec.dims = dims;
  spec.type = holds_nan(values) ? ElementType::float64 : element_type_of(values.dtype());
  spec.attributes = attributes;
  open_array(group, name, spec).write({Shape(values.shape().size(), 0), values.shape()}, values.data());
}

void StoreWriter::texts(const std::string& group_name, const std::string& name, const std::vector<std::string>& values,
                        const std::string& dim, const std::string& attributes) {
  ArrayMeta meta;
  meta.attributes = parse_attributes(attributes);
  meta.dims = {dim};
  const std::lock_guard<std::mutex> lock(state_->mutex);
  Group& group = state_->group(group_name);
  const std::string node = state_->free_node(group, name);
  if (node != name) meta.attributes["site"] = name;
  state_->add_texts(group, node, values, std::move(meta));
}

void StoreWriter::coordinate(const std::string& group, const std::string& dim, const Array& values) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  state_->group(group).coordinates[node_name(dim)] = {values, {}, false};
}

void StoreWriter::coordinate(const std::string& group, const std::string& dim, const std::vector<std::string>& values) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  state_->group(group).coordinates[node_name(dim)] = {Array(), values, true};
}

void StoreWriter::State::add_coordinate(Group& group, const std::string& dim, std::int64_t size,
                                        const Group::Coordinate* given) {
  ArrayMeta meta;
  meta.dims = {dim};
  if (given != nullptr && given->is_text) return add_texts(group, dim, given->texts, std::move(meta));
  Array values(DType::integer, {size});
  for (std::int64_t i = 0; i < size; ++i) values.mutable_data()[i] = static_cast<double>(i);
  if (given != nullptr) values = given->numbers;
  meta.shape = {size};
  meta.chunks = {std::max<std::int64_t>(size, 1)};
  meta.type = element_type_of(values.dtype());
  meta.item_size = element_size(meta.type);
  meta.codec = codec;
  add(group, dim, std::move(meta)).write({{0}, {size}}, values.data());
}

void StoreWriter::copy(const ByteStore& from, const std::string& without) {
  const auto wanted = [&](const std::string& key) { return key != without && key.rfind(without + "/", 0) != 0; };
  const std::lock_guard<std::mutex> lock(state_->mutex);
  for (const std::string& key : from.list("")) {
    if (key == "zarr.json" || !wanted(key)) continue;
    if (const auto bytes = from.get(key)) state_->store.put(key, *bytes);
  }
  try {
    const Json root = parse_json(from.get("zarr.json").value_or(""), "zarr.json");
    for (const auto& [key, node] : root.at("consolidated_metadata").at("metadata").items()) {
      if (wanted(key)) state_->copied[key] = node;
    }
  } catch (const Json::exception&) {
    throw Error("E1007", "the store has damaged metadata");
  }
}

/// Gives every dimension of a group one length and a name that no array has, then adds the coordinates.
void StoreWriter::State::resolve_dims(Group& group) {
  struct Dim {
    std::string wanted;
    std::int64_t size;
  };
  const std::set<std::string> arrays(group.nodes.begin(), group.nodes.end());
  std::map<std::string, Dim> dims;
  for (std::size_t i = 0; i < group.nodes.size(); ++i) {
    ArrayMeta& meta = group.arrays[i].state_->meta;
    std::set<std::string> used;
    for (std::size_t k = 0; k < meta.dims.size(); ++k) {
      const std::string wanted = node_name(meta.dims[k]);
      std::string dim = wanted;
      const auto taken = [&] {
        const auto known = dims.find(dim);
        return arrays.count(dim) != 0 || used.count(dim) != 0 ||
               (known != dims.end() && (known->second.size != meta.shape[k] || known->second.wanted != wanted));
      };
      for (int number = 1; taken(); ++number) {
        dim = group.nodes[i] + "_dim_" + std::to_string(k) + (number > 1 ? "_" + std::to_string(number) : "");
      }
      used.insert(dim);
      dims[dim] = {wanted, meta.shape[k]};
      meta.dims[k] = dim;
    }
  }
  for (const auto& [name, dim] : dims) {
    const auto given = group.coordinates.find(dim.wanted);
    const bool fits = given != group.coordinates.end() && given->second.size() == dim.size;
    add_coordinate(group, name, dim.size, fits ? &given->second : nullptr);
  }
}

/// Writes the metadata of a group and its arrays; returns the arrays' by node name.
Json StoreWriter::State::write_group(Group& group) {
  resolve_dims(group);
  Json arrays = Json::object();
  for (std::size_t i = 0; i < group.arrays.size(); ++i) {
    group.arrays[i].finish();
    const Json json = to_json(group.arrays[i].state_->meta);
    store.put(group.arrays[i].state_->key + "/zarr.json", json.dump());
    arrays[group.nodes[i]] = json;
  }
  store.put(group.name + "/zarr.json", group_json(group.attributes, arrays).dump());
  return arrays;
}

void StoreWriter::close() {
  State& s = *state_;
  const std::lock_guard<std::mutex> lock(s.mutex);
  if (s.closed) return;
  Json metadata = s.copied;
  for (Group& group : s.groups) {
    const Json arrays = s.write_group(group);
    metadata[group.name] = group_json(group.attributes, Json::object());
    for (const auto& [node, json] : arrays.items()) metadata[group.name + "/" + node] = json;
  }
  s.store.put("zarr.json", group_json(s.root, metadata).dump(2));
  s.closed = true;
}

}  // namespace dolab::io
