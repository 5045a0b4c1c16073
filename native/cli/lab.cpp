#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "cli/command.hpp"
#include "cli/lab_open.hpp"
#include "cli/lab_server.hpp"

namespace dolab::cli {
namespace {

namespace fs = std::filesystem;

std::atomic<bool> interrupted{false};

extern "C" void on_end(int signal_number) {
  interrupted = true;
  std::signal(signal_number, SIG_DFL);  // a second one ends the program
}

/// Where an installed program has its lab, else where one in a build folder beside web/ has it.
fs::path lab_folder() {
  std::error_code status;
  const fs::path program = fs::read_symlink("/proc/self/exe", status);
  if (status) throw Error("E1302", "where this program lies is unknown here", "name the lab's folder by --dir");
  const fs::path prefix = program.parent_path().parent_path();
  const fs::path built = prefix.parent_path() / "web" / "dist";
  if (fs::exists(prefix / "CMakeCache.txt", status)) return built;
  return prefix / "share" / "dolab" / "lab";
}

struct LabOptions {
  int port = 8787;
  int threads = 0;
  std::string folder;
  bool open = false, json = false, quiet = false;
};

void announce(const LabServer& server, const LabOptions& options, const fs::path& folder) {
  const std::string address = server.address();
  if (options.json) {
    const experiment::Json json = {
        {"url", address}, {"port", server.port()}, {"token", server.token()}, {"folder", folder.string()}};
    std::printf("%s\n", experiment::json_text(json).c_str());
  } else if (options.quiet) {
    std::printf("%s\n", address.c_str());
  } else {
    std::printf(
        "The lab is at %s\nThe address lets its pages compute here: keep it to yourself. Ctrl-C ends the lab.\n",
        address.c_str());
  }
  std::fflush(stdout);
}

int serve(const LabOptions& options) {
  const fs::path folder = options.folder.empty() ? lab_folder() : fs::path(options.folder);
  LabServer server(folder, options.port, options.threads > 0 ? options.threads : hardware_threads());
  interrupted = false;
  std::signal(SIGINT, on_end);
  std::signal(SIGTERM, on_end);
  server.start();
  announce(server, options, folder);
  const BrowserPage page(options.open ? server.address() : "");
  while (!interrupted && server.running()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  if (!interrupted) throw Error("E1301", "the server has stopped: it takes no more connections");
  return server.stop() ? kCancelled : kDone;
}

}  // namespace

void add_lab(CLI::App& app, int& code) {
  const auto options = std::make_shared<LabOptions>();
  CLI::App& command = *app.add_subcommand("lab", "Serve the lab to the browser on this computer, and run for it");
  command.add_option("--port", options->port, "Port of 127.0.0.1; 0: any that is free (default: 8787)")
      ->check(CLI::Range(0, 65535));
  command.add_option("--dir", options->folder, "Folder of a built lab (default: the one installed with the program)");
  command.add_flag("--open", options->open, "Open the page in the browser");
  command.add_option("--threads", options->threads, "Worker threads of runs (default: all)")
      ->check(CLI::Range(1, 4096));
  command.add_flag("--json", options->json, "Print address, port, token and folder as JSON");
  command.add_flag("--quiet", options->quiet, "Print the address alone");
  command.footer(
      "Examples:\n"
      "  dolab lab --open\n"
      "  dolab lab --port 0 --threads 8\n"
      "  dolab lab --dir web/dist\n"
      "Nobody but this computer reaches the server, and only a page with the printed address can run experiments;\n"
      "the token in it is new at every start. What the page keeps belongs to its port, so another port has other\n"
      "projects. Ctrl-C ends the lab: exit code 0, or 130 if a run was cut short.");
  command.callback([options, &code] { code = serve(*options); });
}

}  // namespace dolab::cli
