#include "io/store_draws.hpp"

#include "dolab/error.hpp"
#include "io/zarr_format.hpp"

namespace dolab::io {

namespace {

/// Large enough that a prediction of many rows makes no file for each draw.
constexpr std::size_t kChunkBytes = std::size_t{8} << 20;

/// Chunks of one chain each, of about kChunkBytes.
Shape chunks_for(const Shape& shape, std::size_t item_size) {
  Shape one_chain(shape);
  one_chain[0] = 1;
  return choose_chunks(one_chain, item_size, kChunkBytes);
}

}  // namespace

void StoreDraws::open_group(const std::string& group, std::int64_t chains, std::int64_t draws) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (groups_.count(group) != 0) throw Error("E808", "group \"" + group + "\" is opened twice");
  groups_[group] = {chains, draws, true};
  writer_.group(group);
}

int StoreDraws::declare(const DrawVariable& variable) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto extent = groups_.find(variable.group);
  if (extent == groups_.end() || !extent->second.open) {
    throw Error("E808", "group \"" + variable.group + "\" is not open for \"" + variable.name + "\"");
  }
  ArraySpec spec;
  spec.shape = {extent->second.chains, extent->second.draws};
  spec.shape.insert(spec.shape.end(), variable.shape.begin(), variable.shape.end());
  spec.dims = {"chain", "draw"};
  for (std::size_t k = 0; k < variable.shape.size(); ++k) {
    spec.dims.push_back(k < variable.dims.size() ? variable.dims[k] : variable.name + "_dim_" + std::to_string(k));
  }
  spec.type = element_type_of(variable.dtype);
  spec.chunks = chunks_for(spec.shape, element_size(spec.type));
  ArrayWriter& array = writer_.open_array(variable.group, variable.name, spec);
  entries_.push_back({variable.group, variable.name, variable.shape, &array, 0});
  return static_cast<int>(entries_.size()) - 1;
}

void StoreDraws::append(int variable, const DrawRange& range, const double* values) {
  Block block;
  ArrayWriter* array = nullptr;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (variable < 0 || variable >= static_cast<int>(entries_.size())) {
      throw Error("E808", "draws are appended to a variable that was never declared");
    }
    Entry& entry = entries_[static_cast<std::size_t>(variable)];
    entry.appended += range.count;
    array = entry.array;
    block.first = {range.chain, range.first};
    block.count = {1, range.count};
    block.first.resize(2 + entry.shape.size(), 0);
    block.count.insert(block.count.end(), entry.shape.begin(), entry.shape.end());
  }
  array->write(block, values);
}

void StoreDraws::close_group(const std::string& group, std::int64_t kept) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = groups_.find(group);
  if (found == groups_.end() || !found->second.open) throw Error("E808", "group \"" + group + "\" is not open");
  if (kept < 0 || kept > found->second.draws) {
    throw Error("E808", "group \"" + group + "\" keeps more draws than it has");
  }
  for (const Entry& entry : entries_) {
    if (entry.group == group && entry.appended < kept * found->second.chains) {
      throw Error("E808", "draws of \"" + entry.name + "\" are missing");
    }
  }
  found->second.open = false;
  if (kept == found->second.draws) return;
  for (const Entry& entry : entries_) {
    if (entry.group == group) entry.array->cut(1, kept);
  }
  writer_.group(group, "{\"complete\": false}");
}

}  // namespace dolab::io
