// A store as a directory: one file per entry.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>

#include "base/byte_store.hpp"
#include "io/files.hpp"

namespace dolab::io {

class FileStore : public ByteStore {
 public:
  /// A new store, invisible until commit(). Throws E1006 and E1008 as PendingPath does.
  static std::unique_ptr<FileStore> create(const std::string& path, bool overwrite);
  /// An existing directory, read-only. Throws E1001 if it is not there or not a directory.
  static std::unique_ptr<FileStore> open(const std::string& path);

  void put(const std::string& key, std::string_view bytes) override;
  std::optional<std::string> get(const std::string& key) const override;
  bool exists(const std::string& key) const override;
  std::vector<std::string> list(const std::string& prefix) const override;
  void erase(const std::string& key) override;
  void commit() override;

 private:
  FileStore() = default;
  void require_writable(const std::string& key) const;

  std::filesystem::path root_;
  std::unique_ptr<PendingPath> pending_;  // null: read-only
  std::set<std::filesystem::path> made_;  // directories known to exist
  std::mutex mutex_;
};

/// Opens PATH for reading: a directory, or a `.zip` archive. Throws E1001, E1007.
std::unique_ptr<ByteStore> open_store(const std::string& path);
/// Creates PATH: an archive if it ends in ".zip", else a directory. Nothing is visible before commit().
std::unique_ptr<ByteStore> create_store(const std::string& path, bool overwrite);

}  // namespace dolab::io
