#include "io/memory_store.hpp"

#include "dolab/error.hpp"

namespace dolab::io {

void MemoryStore::put(const std::string& key, std::string_view bytes) {
  if (!is_valid_key(key)) throw Error("E1008", "\"" + key + "\" cannot be the name of a store entry");
  const std::lock_guard<std::mutex> lock(mutex_);
  entries_[key] = std::string(bytes);
}

std::optional<std::string> MemoryStore::get(const std::string& key) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

bool MemoryStore::exists(const std::string& key) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return entries_.count(key) != 0;
}

std::vector<std::string> MemoryStore::list(const std::string& prefix) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::string> keys;
  for (auto it = entries_.lower_bound(prefix); it != entries_.end() && it->first.compare(0, prefix.size(), prefix) == 0;
       ++it) {
    keys.push_back(it->first);
  }
  return keys;
}

void MemoryStore::erase(const std::string& key) {
  const std::lock_guard<std::mutex> lock(mutex_);
  entries_.erase(key);
}

}  // namespace dolab::io
