#include <algorithm>
#include <set>

#include "dolab/error.hpp"
#include "io/block.hpp"
#include "io/json.hpp"
#include "io/number_text.hpp"
#include "io/utf8.hpp"
#include "io/zarr.hpp"
#include "io/zarr_format.hpp"

namespace dolab::io {

namespace {

/// Arrays with absent chunks are filled in, but not beyond this size: a wrong shape must not exhaust memory.
constexpr std::int64_t kMaxFilled = std::int64_t{1} << 27;
constexpr std::int64_t kMaxAbsent = 1000000;  // chunks

[[noreturn]] void throw_damaged(const std::string& what) { throw Error("E1007", what); }

Json parse_metadata(const std::string& text, const std::string& key) {
  try {
    Json json = parse_json(text, key);
    if (json.is_object()) return json;
  } catch (const Error& error) {
    throw_damaged(error.message());
  }
  throw_damaged(key + ": the metadata are no JSON object");
}

Json attributes_of(const Json& json) {
  const auto found = json.find("attributes");
  return found != json.end() && found->is_object() ? *found : Json::object();
}

/// UTF-32 padded with zeros, as NumPy stores fixed-length text.
std::string text_of_utf32(const char* bytes, std::size_t size, bool big_endian) {
  std::string text;
  for (std::size_t i = 0; i + 4 <= size; i += 4) {
    char32_t code = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      code = code << 8 | static_cast<unsigned char>(bytes[i + (big_endian ? k : 3 - k)]);
    }
    if (code == 0) break;
    append_utf8(text, code);
  }
  return text;
}

}  // namespace

struct StoreReader::State {
  struct Node {
    std::string site, node;
    ArrayMeta meta;
  };
  struct Group {
    Json attributes = Json::object();
    std::vector<Node> nodes;
    std::set<std::string> dims;
  };

  explicit State(const ByteStore& source) : store(source) {}

  void add(const std::string& key, const Json& json);
  const Group& group(const std::string& name) const;
  const Node* find(const std::string& group_name, const std::string& name) const;
  const Node& node(const std::string& group_name, const std::string& name) const;
  bool is_coordinate(const Group& group, const Node& node) const {
    return node.meta.shape.size() == 1 && group.dims.count(node.node) != 0;
  }
  std::string path(const std::string& group_name, const Node& node) const {
    return group_name.empty() ? node.node : group_name + "/" + node.node;
  }
  /// Indices of the chunks that a block touches. Throws if one that must exist does not.
  std::vector<Shape> chunks_of(const std::string& path, const ArrayMeta& meta, const Block& block) const;
  /// The bytes of one chunk, or nothing where it is absent.
  std::optional<std::string> chunk(const std::string& path, const ArrayMeta& meta, const Shape& index) const;
  std::vector<std::string> chunk_texts(const std::string& path, const ArrayMeta& meta, const Shape& index) const;

  const ByteStore& store;
  bool own = false;
  std::map<std::string, Group> groups;  // "" is the root
};

void StoreReader::State::add(const std::string& key, const Json& json) {
  if (!is_valid_key(key) || !json.is_object()) throw_damaged("\"" + key + "\": broken metadata");
  const auto type = json.find("node_type");
  const auto format = json.find("zarr_format");
  if (format == json.end() || *format != 3) throw_damaged("\"" + key + "\": not Zarr version 3");
  if (type != json.end() && *type == "group") {
    groups[key].attributes = attributes_of(json);
    return;
  }
  if (type == json.end() || *type != "array") throw_damaged("\"" + key + "\" is neither group nor array");
  const std::size_t slash = key.rfind('/');
  Group& parent = groups[slash == std::string::npos ? "" : key.substr(0, slash)];
  Node node;
  node.node = slash == std::string::npos ? key : key.substr(slash + 1);
  node.meta = array_meta_from(json, key);
  const auto site = node.meta.attributes.find("site");
  node.site = site != node.meta.attributes.end() && site->is_string() ? site->get<std::string>() : node.node;
  for (std::size_t k = node.meta.dims.size(); k < node.meta.shape.size(); ++k) {
    node.meta.dims.push_back(node.node + "_dim_" + std::to_string(k));
  }
  parent.dims.insert(node.meta.dims.begin(), node.meta.dims.end());
  parent.nodes.push_back(std::move(node));
}

StoreReader::StoreReader(const ByteStore& store) : state_(std::make_unique<State>(store)) {
  State& s = *state_;
  const auto text = store.get("zarr.json");
  if (!text) throw_damaged("there is no zarr.json, so this is no store");
  const Json root = parse_metadata(*text, "zarr.json");
  const auto type = root.find("node_type");
  const auto format = root.find("zarr_format");
  if (format == root.end() || *format != 3) throw_damaged("zarr.json: not Zarr version 3");
  if (type == root.end() || *type != "group") throw_damaged("zarr.json: the root is not a group");
  s.groups[""].attributes = attributes_of(root);
  s.own = s.groups[""].attributes.contains("dolab_store");
  const auto inline_metadata = root.find("consolidated_metadata");
  if (inline_metadata != root.end() && inline_metadata->is_object() && inline_metadata->contains("metadata") &&
      (*inline_metadata)["metadata"].is_object()) {
    for (const auto& [key, json] : (*inline_metadata)["metadata"].items()) s.add(key, json);
    return;
  }
  const std::string suffix = "/zarr.json";
  for (const std::string& key : store.list("")) {
    if (key.size() <= suffix.size() || key.compare(key.size() - suffix.size(), suffix.size(), suffix) != 0) continue;
    s.add(key.substr(0, key.size() - suffix.size()), parse_metadata(*store.get(key), key));
  }
}

StoreReader::~StoreReader() = default;

bool StoreReader::is_own() const noexcept { return state_->own; }

std::vector<std::string> StoreReader::groups() const {
  std::vector<std::string> names;
  for (const auto& group : state_->groups) {
    if (!group.first.empty()) names.push_back(group.first);
  }
  return names;
}

const StoreReader::State::Group& StoreReader::State::group(const std::string& name) const {
  const auto found = groups.find(name);
  if (found == groups.end()) throw_damaged("the store has no group \"" + name + "\"");
  return found->second;
}

const StoreReader::State::Node* StoreReader::State::find(const std::string& group_name, const std::string& name) const {
  const auto found = groups.find(group_name);
  if (found == groups.end()) return nullptr;
  for (const Node& node : found->second.nodes) {
    if (node.site == name) return &node;
  }
  return nullptr;
}

const StoreReader::State::Node& StoreReader::State::node(const std::string& group_name, const std::string& name) const {
  if (const Node* found = find(group_name, name)) return *found;
  throw_damaged("the store has no \"" + name + "\" in group \"" + group_name + "\"");
}

bool StoreReader::contains(const std::string& group) const { return state_->groups.count(group) != 0; }

bool StoreReader::contains(const std::string& group, const std::string& name) const {
  return state_->find(group, name) != nullptr;
}

std::vector<std::string> StoreReader::arrays(const std::string& group_name) const {
  const State::Group& group = state_->group(group_name);
  std::vector<std::string> names;
  for (const State::Node& node : group.nodes) {
    if (!state_->is_coordinate(group, node)) names.push_back(node.site);
  }
  return names;
}

std::string StoreReader::attributes(const std::string& group) const { return state_->group(group).attributes.dump(); }

std::string StoreReader::attributes(const std::string& group, const std::string& name) const {
  return state_->node(group, name).meta.attributes.dump();
}

const Shape& StoreReader::shape(const std::string& group, const std::string& name) const {
  return state_->node(group, name).meta.shape;
}

const std::vector<std::string>& StoreReader::dims(const std::string& group, const std::string& name) const {
  return state_->node(group, name).meta.dims;
}

ElementType StoreReader::type(const std::string& group, const std::string& name) const {
  return state_->node(group, name).meta.type;
}

std::vector<Shape> StoreReader::State::chunks_of(const std::string& path, const ArrayMeta& meta,
                                                 const Block& block) const {
  const std::size_t rank = meta.shape.size();
  Shape low(rank), extent(rank), step(rank, 0);
  for (std::size_t k = 0; k < rank; ++k) {
    if (block.count[k] == 0) return {};
    low[k] = block.first[k] / meta.chunks[k];
    extent[k] = (block.first[k] + block.count[k] - 1) / meta.chunks[k] - low[k] + 1;
  }
  const bool all_needed = own || element_count(block.count) > kMaxFilled;
  std::int64_t absent = 0;
  std::vector<Shape> indices;
  do {
    Shape index(low);
    for (std::size_t k = 0; k < rank; ++k) index[k] += step[k];
    if (!store.exists(path + "/" + chunk_key(meta, index)) && (all_needed || ++absent > kMaxAbsent)) {
      throw_damaged(path + ": chunk " + chunk_key(meta, index) + " is missing");
    }
    indices.push_back(std::move(index));
  } while (next_index(step, extent));
  return indices;
}

std::optional<std::string> StoreReader::State::chunk(const std::string& path, const ArrayMeta& meta,
                                                     const Shape& index) const {
  const std::string key = path + "/" + chunk_key(meta, index);
  auto bytes = store.get(key);
  if (!bytes) return std::nullopt;
  try {
    return decompress(meta.codec, *bytes, static_cast<std::size_t>(element_count(meta.chunks)) * meta.item_size);
  } catch (const Error& error) {
    throw_damaged(key + ": " + error.message());
  }
}

Array StoreReader::read(const std::string& group, const std::string& name) const {
  const Shape& all = shape(group, name);
  return read(group, name, {Shape(all.size(), 0), all});
}

Array StoreReader::read(const std::string& group, const std::string& name, const Block& block) const {
  const State::Node& node = state_->node(group, name);
  const ArrayMeta& meta = node.meta;
  const std::string path = state_->path(group, node);
  if (meta.type >= ElementType::text) throw_damaged(path + " holds text, not numbers");
  bool inside = block.first.size() == meta.shape.size() && block.count.size() == meta.shape.size();
  for (std::size_t k = 0; inside && k < meta.shape.size(); ++k) {
    inside = block.first[k] >= 0 && block.count[k] >= 0 && block.first[k] <= meta.shape[k] - block.count[k];
  }
  if (!inside) throw Error("E1999", "a block lies outside the array " + path);

  // The first chunk is read before the result is allocated: a wrong chunk size shows there.
  const std::vector<Shape> indices = state_->chunks_of(path, meta, block);
  Array out;
  const auto chunk_count = element_count(meta.chunks);
  std::vector<double> values;
  bool allocated = false;
  for (const Shape& index : indices) {
    const auto bytes = state_->chunk(path, meta, index);
    if (!allocated) {
      out = Array(dtype_of(meta.type), block.count);
      std::fill_n(out.mutable_data(), out.size(), meta.fill);
      allocated = true;
    }
    if (!bytes) continue;
    values.resize(static_cast<std::size_t>(chunk_count));
    decode_elements(meta.type, meta.big_endian, bytes->data(), chunk_count, values.data());
    Shape chunk_first(index), first(index), count(index);
    for (std::size_t k = 0; k < index.size(); ++k) chunk_first[k] *= meta.chunks[k];
    intersect(block.first, block.count, chunk_first, meta.chunks, first, count);
    copy_block(values.data(), {meta.chunks, minus(first, chunk_first)}, out.mutable_data(),
               {block.count, minus(first, block.first)}, count);
  }
  return allocated ? out : Array(dtype_of(meta.type), block.count);
}

std::vector<std::string> StoreReader::State::chunk_texts(const std::string& path, const ArrayMeta& meta,
                                                         const Shape& index) const {
  const auto count = static_cast<std::size_t>(element_count(meta.chunks));
  std::vector<std::string> texts;
  if (meta.type == ElementType::fixed_text) {
    const auto bytes = chunk(path, meta, index);
    if (!bytes) return std::vector<std::string>(count, meta.fill_text);
    for (std::size_t i = 0; i < count; ++i) {
      texts.push_back(text_of_utf32(bytes->data() + i * meta.item_size, meta.item_size, meta.big_endian));
    }
    return texts;
  }
  const std::string key = path + "/" + chunk_key(meta, index);
  const auto bytes = store.get(key);
  if (!bytes) return std::vector<std::string>(count, meta.fill_text);
  try {
    return decode_texts(decompress_unsized(meta.codec, *bytes), count);
  } catch (const Error& error) {
    throw_damaged(key + ": " + error.message());
  }
}

std::vector<std::string> StoreReader::read_texts(const std::string& group, const std::string& name) const {
  const State::Node& node = state_->node(group, name);
  const ArrayMeta& meta = node.meta;
  const std::string path = state_->path(group, node);
  if (meta.type < ElementType::text) throw_damaged(path + " holds numbers, not text");
  if (meta.shape.size() != 1) throw_damaged(path + " holds text of several dimensions");
  std::vector<std::string> texts;
  for (const Shape& index : state_->chunks_of(path, meta, {{0}, meta.shape})) {
    for (std::string& text : state_->chunk_texts(path, meta, index)) texts.push_back(std::move(text));
  }
  if (static_cast<std::int64_t>(texts.size()) < meta.shape[0]) throw_damaged(path + ": texts are missing");
  texts.resize(static_cast<std::size_t>(meta.shape[0]));
  return texts;
}

std::vector<std::string> StoreReader::coordinate(const std::string& group, const std::string& dim) const {
  const State::Node* node = state_->find(group, dim);
  if (node == nullptr || node->meta.shape.size() != 1) return {};
  if (node->meta.type >= ElementType::text) return read_texts(group, dim);
  const Array numbers = read(group, dim);
  std::vector<std::string> texts;
  for (std::int64_t i = 0; i < numbers.size(); ++i) texts.push_back(number_text(numbers[i]));
  return texts;
}

}  // namespace dolab::io
