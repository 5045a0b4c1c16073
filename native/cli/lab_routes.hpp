// What the lab's server answers to requests that its guard lets through.
#pragma once

#include <httplib.h>

#include <atomic>

#include "cli/lab_files.hpp"
#include "cli/lab_runs.hpp"

namespace dolab::cli {

struct Refusal;

/// Connections that are served at a time; each open event stream takes one.
inline constexpr std::size_t kConnections = 64;
inline constexpr int kEventStreams = 48;
inline constexpr std::size_t kLargestBody = std::size_t{256} << 20;

class LabRoutes {
 public:
  LabRoutes(const std::filesystem::path& folder, int threads) : files_(folder), runs_(threads) {}

  /// Answers everything: failures too.
  void answer(const httplib::Request& request, httplib::Response& response);
  Runs& runs() noexcept { return runs_; }

 private:
  void answer_file(const httplib::Request& request, httplib::Response& response) const;
  void answer_api(const httplib::Request& request, httplib::Response& response);
  void answer_run(const std::string& method, const std::string& id, const std::string& part,
                  httplib::Response& response);
  void start_run(const httplib::Request& request, httplib::Response& response);
  void stream_events(const std::string& id, httplib::Response& response);

  LabFiles files_;
  Runs runs_;
  std::atomic<int> streams_{0};
};

/// The body of a failure, as the command line writes it.
void send_refusal(const Refusal& refusal, httplib::Response& response);

}  // namespace dolab::cli
