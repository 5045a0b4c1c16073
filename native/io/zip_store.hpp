// Zip archives: stores in one file (`.zarr.zip`) and NPZ. No zip64: entries and archives stay below 4 GiB.
#pragma once

#include <cstdint>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "base/byte_store.hpp"
#include "io/files.hpp"

namespace dolab::io {

/// Writes an archive of stored (uncompressed) entries; the chunks in it are compressed already.
class ZipWriter : public ByteStore {
 public:
  /// Into a file that appears at commit(). Throws E1006, E1008.
  static std::unique_ptr<ZipWriter> create(const std::string& path, bool overwrite);
  /// Into memory; `bytes()` after commit().
  static std::unique_ptr<ZipWriter> in_memory();
  ~ZipWriter() override;

  void put(const std::string& key, std::string_view bytes) override;
  std::optional<std::string> get(const std::string& key) const override;
  bool exists(const std::string& key) const override;
  std::vector<std::string> list(const std::string& prefix) const override;
  void erase(const std::string& key) override;
  void commit() override;

  /// The archive written in memory, after commit().
  std::string bytes() const;
  std::uint64_t size() const noexcept { return position_; }
  /// Writes it to a file without joining it first. Throws E1008.
  void save(const std::string& path) const;

 private:
  struct Entry {
    std::uint32_t offset = 0, size = 0, crc = 0;
    std::size_t piece = 0;  // in memory: where the content is
  };
  ZipWriter() = default;
  void write(std::string_view bytes);

  std::unique_ptr<PendingPath> pending_;  // null: in memory
  std::FILE* file_ = nullptr;
  std::deque<std::string> pieces_;  // in memory: what was written, which never moves
  std::uint64_t position_ = 0;
  std::map<std::string, Entry> entries_;
  bool committed_ = false;
  mutable std::mutex mutex_;
};

/// Reads archives with stored and deflated members. Every offset and size is checked against the file.
class ZipReader : public ByteStore {
 public:
  /// Throws E1001 if the file cannot be read, E1007 if it is not an archive.
  static std::unique_ptr<ZipReader> open(const std::string& path);
  static std::unique_ptr<ZipReader> from_bytes(std::string archive);
  ~ZipReader() override;

  void put(const std::string& key, std::string_view bytes) override;
  /// Throws E1007 for a damaged member (checksum included).
  std::optional<std::string> get(const std::string& key) const override;
  bool exists(const std::string& key) const override;
  std::vector<std::string> list(const std::string& prefix) const override;
  void erase(const std::string& key) override;

 private:
  struct Entry {
    std::uint64_t header = 0, stored = 0, size = 0;
    std::uint32_t crc = 0;
    int method = 0;
  };
  ZipReader() = default;
  void read_directory();
  std::string read(std::uint64_t offset, std::uint64_t size) const;

  std::FILE* file_ = nullptr;  // null: in memory
  std::string memory_;
  std::uint64_t size_ = 0;
  std::map<std::string, Entry> entries_;
  mutable std::mutex mutex_;
};

}  // namespace dolab::io
