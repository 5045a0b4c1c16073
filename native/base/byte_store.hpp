// What stores are written to and read from: named byte strings, wherever they live.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dolab {

/// A flat map from keys such as "posterior/mu/c/0/0" to bytes. Keys are relative, "/"-separated, and free of
/// empty, "." and ".." parts; other keys throw E1008 on writing and are absent on reading.
/// Thread-safe: different keys may be put and got at the same time.
class ByteStore {
 public:
  virtual ~ByteStore() = default;
  ByteStore() = default;
  ByteStore(const ByteStore&) = delete;
  ByteStore& operator=(const ByteStore&) = delete;

  /// Writes or replaces one entry. Throws E1008 (disk full, not permitted, read-only store).
  virtual void put(const std::string& key, std::string_view bytes) = 0;
  /// The entry, or nothing if there is none. Throws E1007 if it exists and cannot be read.
  virtual std::optional<std::string> get(const std::string& key) const = 0;
  virtual bool exists(const std::string& key) const = 0;
  /// Every key that starts with `prefix`, sorted.
  virtual std::vector<std::string> list(const std::string& prefix) const = 0;
  /// Removes one entry; nothing happens if there is none.
  virtual void erase(const std::string& key) = 0;
  /// Makes everything written so far visible under the store's final name, at once. A store that is destroyed
  /// without commit leaves nothing behind.
  virtual void commit() {}
};

/// Whether `key` has the form that ByteStore asks for.
bool is_valid_key(std::string_view key) noexcept;

}  // namespace dolab
