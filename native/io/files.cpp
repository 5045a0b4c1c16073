#include "io/files.hpp"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>

#if defined(__unix__) || defined(__APPLE__) || defined(__EMSCRIPTEN__)
#include <signal.h>
#include <unistd.h>
#elif defined(_WIN32)
#include <process.h>
#endif

#include "dolab/error.hpp"

namespace dolab::io {

namespace fs = std::filesystem;

namespace {

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

long process_id() noexcept {
#if defined(_WIN32)
  return _getpid();
#elif defined(__unix__) || defined(__APPLE__) || defined(__EMSCRIPTEN__)
  return static_cast<long>(getpid());
#else
  return 0;
#endif
}

[[noreturn]] void throw_unwritable(const fs::path& path, const std::string& reason) {
  throw Error("E1008", "cannot write \"" + path.string() + "\": " + reason, "", {path.string(), 0, 0, 0, 0});
}

[[noreturn]] void throw_unreadable(const std::string& path) {
  throw Error("E1001", "cannot read \"" + path + "\": " + std::strerror(errno), "", {path, 0, 0, 0, 0});
}

/// Numbers the temporary names of one process, so that two results for one destination do not meet.
std::string temporary_name(const fs::path& destination, const char* word) {
  static std::atomic<int> counter{0};
  const int number = counter.fetch_add(1);
  std::string name = "." + destination.filename().string() + "." + word + "-" + std::to_string(process_id());
  return number == 0 ? name : name + "-" + std::to_string(number);
}

/// True if it is certain that no process has that number.
bool is_gone(long process) noexcept {
#if (defined(__unix__) || defined(__APPLE__)) && !defined(__EMSCRIPTEN__)
  return process > 0 && kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH;
#else
  return process < 0;
#endif
}

/// Takes away what killed processes left beside `destination`. If one was killed in the instant when the former result
/// was aside and the new one not yet in place, the former comes back.
void remove_abandoned(const fs::path& destination) {
  std::error_code status;
  const std::string start = "." + destination.filename().string() + ".";
  for (fs::directory_iterator it(destination.parent_path(), status), end; !status && it != end; it.increment(status)) {
    const std::string name = it->path().filename().string();
    if (name.compare(0, start.size(), start) != 0) continue;
    const std::string rest = name.substr(start.size());  // "tmp-123" or "old-123-1"
    const bool former = rest.compare(0, 4, "old-") == 0;
    if (!former && rest.compare(0, 4, "tmp-") != 0) continue;
    if (!is_gone(std::strtol(rest.c_str() + 4, nullptr, 10))) continue;
    std::error_code ignored;
    if (former && !fs::exists(destination, ignored)) {
      fs::rename(it->path(), destination, ignored);
    } else {
      fs::remove_all(it->path(), ignored);
    }
  }
}

}  // namespace

std::string read_file(const std::string& path) {
  std::error_code status;
  if (fs::is_directory(path, status))
    throw Error("E1001", "cannot read \"" + path + "\": it is a directory", "", {path, 0, 0, 0, 0});
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) throw_unreadable(path);
  std::string bytes;
  const auto size = fs::file_size(path, status);
  if (!status && fs::is_regular_file(path, status)) bytes.reserve(size);
  char block[1 << 16];
  std::size_t count;
  while ((count = std::fread(block, 1, sizeof block, file.get())) > 0) bytes.append(block, count);
  if (std::ferror(file.get()) != 0) throw_unreadable(path);
  return bytes;
}

void write_file(const fs::path& path, std::string_view bytes) {
  File file(std::fopen(path.string().c_str(), "wb"));
  if (!file) throw_unwritable(path, std::strerror(errno));
  if (std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) {
    throw_unwritable(path, std::strerror(errno));
  }
  if (std::fclose(file.release()) != 0) throw_unwritable(path, std::strerror(errno));
}

PendingPath::PendingPath(const std::string& destination, Kind kind, bool overwrite)
    : kind_(kind), overwrite_(overwrite) {
  if (destination.empty()) throw Error("E1008", "the output path is empty");
  std::error_code status;
  destination_ = fs::absolute(destination, status).lexically_normal();
  if (!destination_.has_filename()) destination_ = destination_.parent_path();  // a trailing slash
  if (fs::is_symlink(destination_, status)) {
    const fs::path target = fs::canonical(destination_, status);
    if (status) throw_unwritable(destination_, "it is a link to nowhere");
    destination_ = target;
  }
  remove_abandoned(destination_);
  check_destination();

  const fs::path parent = destination_.parent_path();
  for (fs::path missing = parent; !missing.empty() && !fs::exists(missing, status); missing = missing.parent_path()) {
    first_made_parent_ = missing;
    if (status || missing == missing.parent_path()) break;
  }
  fs::create_directories(parent, status);
  if (!status && !fs::is_directory(parent, status)) status = std::make_error_code(std::errc::not_a_directory);
  if (status) throw_unwritable(destination_, status.message());
  do {
    temporary_ = parent / temporary_name(destination_, "tmp");
  } while (fs::exists(temporary_, status));
  if (kind_ == Kind::directory) {
    fs::create_directory(temporary_, status);
  } else if (const File probe{std::fopen(temporary_.string().c_str(), "wb")}; !probe) {
    status = std::error_code(errno, std::generic_category());
  }
  if (status) throw_unwritable(destination_, status.message());
}

void PendingPath::check_destination() const {
  std::error_code status;
  const auto type = fs::status(destination_, status).type();
  if (type == fs::file_type::not_found || type == fs::file_type::none) return;
  const std::string name = "\"" + destination_.string() + "\"";
  if (!overwrite_) throw Error("E1006", name + " exists already");
  if (kind_ == Kind::file) {
    if (type != fs::file_type::regular) throw Error("E1006", name + " is not a file", "choose another --out");
    return;
  }
  const bool replaceable = type == fs::file_type::directory &&
                           (fs::exists(destination_ / "zarr.json", status) || fs::is_empty(destination_, status));
  if (!replaceable) throw Error("E1006", name + " exists and is not a store", "choose another --out");
}

PendingPath::~PendingPath() {
  if (committed_) return;
  std::error_code ignored;
  fs::remove_all(temporary_, ignored);
  if (first_made_parent_.empty()) return;
  for (fs::path made = destination_.parent_path();; made = made.parent_path()) {
    if (!fs::remove(made, ignored) || made == first_made_parent_) break;  // not empty: someone else uses it
  }
}

void PendingPath::commit() {
  if (committed_) return;
  check_destination();  // it may have appeared while we were writing
  std::error_code status;
  fs::path aside;
  if (kind_ == Kind::directory && fs::exists(destination_, status)) {  // a file is replaced by the rename itself
    aside = destination_.parent_path() / temporary_name(destination_, "old");
    fs::rename(destination_, aside, status);
    if (status) throw_unwritable(destination_, status.message());
  }
  fs::rename(temporary_, destination_, status);
  if (status) {
    const std::string reason = status.message();
    if (!aside.empty()) fs::rename(aside, destination_, status);
    throw_unwritable(destination_, reason);
  }
  committed_ = true;
  if (!aside.empty()) fs::remove_all(aside, status);
}

void write_file_atomically(const std::string& path, std::string_view bytes, bool overwrite) {
  PendingPath pending(path, PendingPath::Kind::file, overwrite);
  write_file(pending.path(), bytes);
  pending.commit();
}

}  // namespace dolab::io
