// Files as the rest of `io` sees them: whole reads, checked writes, results that appear complete or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace dolab::io {

/// The bytes of a file. Throws E1001 naming the path and the system's reason.
std::string read_file(const std::string& path);

/// Writes a file in place. Throws E1008 (also when the disk is full at closing).
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// A file or directory under construction: written beside its destination as `.NAME.tmp-PID`, renamed by
/// `commit`, removed by the destructor otherwise. Parent directories are made, and unmade again if abandoned.
class PendingPath {
 public:
  enum class Kind { file, directory };

  /// Throws E1006 if the destination exists and `overwrite` is not set, or if it is something else than what
  /// will replace it (a directory must be a store or empty); E1008 if it cannot be written there.
  PendingPath(const std::string& destination, Kind kind, bool overwrite);
  ~PendingPath();
  PendingPath(const PendingPath&) = delete;
  PendingPath& operator=(const PendingPath&) = delete;

  /// Where to write. A directory exists already, a file does not.
  const std::filesystem::path& path() const noexcept { return temporary_; }
  const std::filesystem::path& destination() const noexcept { return destination_; }
  /// Renames to the destination. A directory that stood there is moved aside first and deleted afterwards.
  void commit();

 private:
  void check_destination() const;

  std::filesystem::path destination_, temporary_, first_made_parent_;
  Kind kind_;
  bool overwrite_;
  bool committed_ = false;
};

/// Writes a file through PendingPath (tables, JSON results).
void write_file_atomically(const std::string& path, std::string_view bytes, bool overwrite);

}  // namespace dolab::io
