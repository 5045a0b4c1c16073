// A store in memory: for tests, for the browser, and as the source of an archive.
#pragma once

#include <map>
#include <mutex>

#include "base/byte_store.hpp"

namespace dolab::io {

class MemoryStore : public ByteStore {
 public:
  void put(const std::string& key, std::string_view bytes) override;
  std::optional<std::string> get(const std::string& key) const override;
  bool exists(const std::string& key) const override;
  std::vector<std::string> list(const std::string& prefix) const override;
  void erase(const std::string& key) override;

 private:
  std::map<std::string, std::string> entries_;
  mutable std::mutex mutex_;
};

}  // namespace dolab::io
