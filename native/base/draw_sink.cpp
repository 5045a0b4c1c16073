#include "base/draw_sink.hpp"

#include <cstring>

#include "dolab/error.hpp"

namespace dolab {

void MemoryDraws::open_group(const std::string& group, std::int64_t chains, std::int64_t draws) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (groups_.count(group) != 0) throw Error("E808", "group \"" + group + "\" is opened twice");
  groups_[group] = {chains, draws, true};
}

int MemoryDraws::find(const std::string& group, const std::string& name) const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].variable.name == name && entries_[i].variable.group == group) return static_cast<int>(i);
  }
  return -1;
}

int MemoryDraws::declare(const DrawVariable& variable) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto extent = groups_.find(variable.group);
  if (extent == groups_.end() || !extent->second.open) {
    throw Error("E808", "group \"" + variable.group + "\" is not open for \"" + variable.name + "\"");
  }
  if (find(variable.group, variable.name) >= 0) {
    throw Error("E808", "\"" + variable.name + "\" is declared twice in group \"" + variable.group + "\"");
  }
  Shape shape = {extent->second.chains, extent->second.draws};
  shape.insert(shape.end(), variable.shape.begin(), variable.shape.end());
  entries_.push_back({variable, Array(variable.dtype, shape), 0});
  return static_cast<int>(entries_.size()) - 1;
}

void MemoryDraws::append(int variable, const DrawRange& range, const double* values) {
  double* target = nullptr;
  std::int64_t size = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (variable < 0 || variable >= static_cast<int>(entries_.size())) {
      throw Error("E808", "draws are appended to a variable that was never declared");
    }
    Entry& entry = entries_[static_cast<std::size_t>(variable)];
    const Extent& extent = groups_[entry.variable.group];
    if (range.chain < 0 || range.chain >= extent.chains || range.first < 0 || range.count < 0 ||
        range.first > extent.draws - range.count) {
      throw Error("E808", "draws of \"" + entry.variable.name + "\" lie outside their group");
    }
    size = element_count(entry.variable.shape);
    target = entry.draws.mutable_data() + (range.chain * extent.draws + range.first) * size;
    entry.appended += range.count;
  }
  if (size * range.count > 0)
    std::memcpy(target, values, static_cast<std::size_t>(size * range.count) * sizeof(double));
}

void MemoryDraws::close_group(const std::string& group, std::int64_t kept) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = groups_.find(group);
  if (found == groups_.end() || !found->second.open) throw Error("E808", "group \"" + group + "\" is not open");
  Extent& extent = found->second;
  if (kept < 0 || kept > extent.draws) throw Error("E808", "group \"" + group + "\" keeps more draws than it has");
  for (Entry& entry : entries_) {
    if (entry.variable.group != group) continue;
    if (entry.appended < kept * extent.chains) {
      throw Error("E808", "draws of \"" + entry.variable.name + "\" are missing");
    }
    if (kept == extent.draws) continue;
    Shape shape = entry.draws.shape();
    shape[1] = kept;
    Array cut(entry.variable.dtype, shape);
    const std::int64_t size = element_count(entry.variable.shape);
    for (std::int64_t chain = 0; chain < extent.chains && kept * size > 0; ++chain) {
      std::memcpy(cut.mutable_data() + chain * kept * size, entry.draws.data() + chain * extent.draws * size,
                  static_cast<std::size_t>(kept * size) * sizeof(double));
    }
    entry.draws = std::move(cut);
  }
  extent.draws = kept;
  extent.open = false;
}

std::vector<std::string> MemoryDraws::groups() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::string> names;
  for (const auto& group : groups_) names.push_back(group.first);
  return names;
}

std::vector<DrawVariable> MemoryDraws::variables(const std::string& group) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<DrawVariable> found;
  for (const Entry& entry : entries_) {
    if (entry.variable.group == group) found.push_back(entry.variable);
  }
  return found;
}

bool MemoryDraws::contains(const std::string& group, const std::string& name) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return find(group, name) >= 0;
}

const Array& MemoryDraws::draws(const std::string& group, const std::string& name) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const int index = find(group, name);
  if (index < 0) throw Error("E808", "there are no draws of \"" + name + "\" in group \"" + group + "\"");
  return entries_[static_cast<std::size_t>(index)].draws;
}

}  // namespace dolab
