#include "cli/lab_open.hpp"

#include <cstdio>
#include <cstdlib>

#include "io/files.hpp"

#if !defined(_WIN32)
#include <signal.h>
#include <spawn.h>
#include <unistd.h>
#endif

namespace dolab::cli {
namespace {

namespace fs = std::filesystem;

#if !defined(_WIN32)
/// A new folder that is this user's alone; empty if there is none. Browsers in a box do not see /tmp.
fs::path private_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  std::error_code status;
  const fs::path parent = runtime != nullptr && *runtime != '\0' ? fs::path(runtime) : fs::temp_directory_path(status);
  std::string name = (parent / "dolab-lab-XXXXXX").string();
  return mkdtemp(name.data()) == nullptr ? fs::path() : fs::path(name);
}

bool open_file(const std::string& file) {
#if defined(__APPLE__)
  std::string program = "open";
#else
  std::string program = "xdg-open";
#endif
  std::string argument = file;
  char* arguments[] = {program.data(), argument.data(), nullptr};
  // The browser may live as long as it likes: in a group of its own, so that Ctrl-C is not for it.
  posix_spawnattr_t attributes;
  if (posix_spawnattr_init(&attributes) != 0) return false;
  sigset_t ignored;
  sigemptyset(&ignored);
  sigaddset(&ignored, SIGPIPE);  // the server ignores it
  posix_spawnattr_setsigdefault(&attributes, &ignored);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  pid_t child = 0;
  const int failure = posix_spawnp(&child, program.c_str(), nullptr, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  return failure == 0;
}
#endif

}  // namespace

BrowserPage::BrowserPage(const std::string& address) {
  if (address.empty()) return;
#if !defined(_WIN32)
  folder_ = private_folder();
  const fs::path file = folder_ / "lab.html";
  if (!folder_.empty()) {
    io::write_file(file, "<!doctype html><meta http-equiv=\"refresh\" content=\"0; url=" + address + "\">\n");
    if (open_file(file.string())) return;
  }
#endif
  std::fputs("No browser could be opened: open the address yourself.\n", stderr);
}

BrowserPage::~BrowserPage() {
  std::error_code status;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, status);
}

}  // namespace dolab::cli
