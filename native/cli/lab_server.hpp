// The server of the lab: its files, and the runs of experiments behind /api/v1. What it answers is in README.md.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace dolab::cli {

class LabServer {
 public:
  /// Takes the port of 127.0.0.1 (0: any that is free). Throws E1301 and E1302.
  LabServer(const std::filesystem::path& folder, int port, int threads);
  ~LabServer();

  int port() const noexcept;
  const std::string& token() const noexcept;
  /// What to open. The token is in the fragment, which browsers send nowhere.
  std::string address() const;

  /// Answers from now on, on threads of its own.
  void start();
  bool running() const noexcept;
  /// Cancels the runs and returns when nothing is answered any more. True if a run was cut short.
  bool stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dolab::cli
