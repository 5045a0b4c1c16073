#include "io/file_store.hpp"

#include <algorithm>
#include <system_error>

#include "dolab/error.hpp"
#include "io/zip_store.hpp"

namespace dolab::io {

namespace fs = std::filesystem;

std::unique_ptr<FileStore> FileStore::create(const std::string& path, bool overwrite) {
  std::unique_ptr<FileStore> store(new FileStore);
  store->pending_ = std::make_unique<PendingPath>(path, PendingPath::Kind::directory, overwrite);
  store->root_ = store->pending_->path();
  return store;
}

std::unique_ptr<FileStore> FileStore::open(const std::string& path) {
  std::error_code status;
  if (!fs::exists(path, status)) throw Error("E1001", "there is no store at \"" + path + "\"");
  if (!fs::is_directory(path, status)) throw Error("E1007", "\"" + path + "\" is a file, not a store");
  std::unique_ptr<FileStore> store(new FileStore);
  store->root_ = path;
  return store;
}

void FileStore::require_writable(const std::string& key) const {
  if (!pending_) throw Error("E1008", "cannot write \"" + key + "\": the store is open for reading");
  if (!is_valid_key(key)) throw Error("E1008", "\"" + key + "\" cannot be the name of a store entry");
}

void FileStore::put(const std::string& key, std::string_view bytes) {
  require_writable(key);
  const fs::path file = root_ / key;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (made_.insert(file.parent_path()).second) {
      std::error_code status;
      fs::create_directories(file.parent_path(), status);
      if (status) throw Error("E1008", "cannot write \"" + file.string() + "\": " + status.message());
    }
  }
  write_file(file, bytes);
}

std::optional<std::string> FileStore::get(const std::string& key) const {
  if (!exists(key)) return std::nullopt;
  try {
    return read_file((root_ / key).string());
  } catch (const Error& error) {
    throw Error("E1007", error.message());
  }
}

bool FileStore::exists(const std::string& key) const {
  std::error_code status;
  return is_valid_key(key) && fs::is_regular_file(root_ / key, status);
}

std::vector<std::string> FileStore::list(const std::string& prefix) const {
  std::vector<std::string> keys;
  std::error_code status;
  fs::recursive_directory_iterator it(root_, status);
  for (; !status && it != fs::recursive_directory_iterator(); it.increment(status)) {
    std::error_code entry_status;
    if (!it->is_regular_file(entry_status)) continue;
    std::string key = it->path().lexically_relative(root_).generic_string();
    if (key.compare(0, prefix.size(), prefix) == 0) keys.push_back(std::move(key));
  }
  if (status) throw Error("E1007", "cannot list \"" + root_.string() + "\": " + status.message());
  std::sort(keys.begin(), keys.end());
  return keys;
}

void FileStore::erase(const std::string& key) {
  require_writable(key);
  std::error_code ignored;
  fs::remove(root_ / key, ignored);
}

void FileStore::commit() {
  if (!pending_) return;
  pending_->commit();
  root_ = pending_->destination();
  pending_.reset();
}

std::unique_ptr<ByteStore> open_store(const std::string& path) {
  std::error_code status;
  if (fs::is_regular_file(path, status)) {
    try {
      return ZipReader::open(path);
    } catch (Error& error) {
      error.at({path, 0, 0, 0, 0});
      throw;
    }
  }
  return FileStore::open(path);
}

std::unique_ptr<ByteStore> create_store(const std::string& path, bool overwrite) {
  const std::string suffix = ".zip";
  if (path.size() > suffix.size() && path.compare(path.size() - suffix.size(), suffix.size(), suffix) == 0) {
    return ZipWriter::create(path, overwrite);
  }
  return FileStore::create(path, overwrite);
}

}  // namespace dolab::io
