#include "cli/lab_routes.hpp"

#include "cli/command.hpp"
#include "cli/lab_guard.hpp"
#include "cli/lab_request.hpp"

#if !defined(_WIN32)
#include <unistd.h>
#endif

namespace dolab::cli {
namespace {

using experiment::Json;
using httplib::Request;
using httplib::Response;
using Bytes = std::shared_ptr<const std::string>;

constexpr std::chrono::milliseconds kLook{1000};  // how soon a stream sees that its client is gone
constexpr int kLooksPerSign = 10;

/// Sends bytes as they are: the library would compress a plain body once more, at its slowest level.
void send(Bytes bytes, const std::string& type, Response& response) {
  if (bytes->empty()) {
    response.set_header("Content-Type", type);
    return;
  }
  const std::size_t size = bytes->size();
  response.set_content_provider(
      size, type, [bytes = std::move(bytes)](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
        return sink.write(bytes->data() + offset, length);
      });
}

void send_json(const Json& json, Response& response, int status = 200) {
  response.status = status;
  send(std::make_shared<const std::string>(experiment::json_text(json)), "application/json", response);
}

void send_bytes(Bytes bytes, const char* type, Response& response) {
  if (bytes != nullptr) return send(std::move(bytes), type, response);
  send_refusal({409, Error("E1304", "the run has no result", "wait for its event \"done\"")}, response);
}

void send_no_run(const std::string& id, Response& response) {
  send_refusal({404, Error("E1305", "there is no run \"" + id + "\"", "it may have been forgotten")}, response);
}

void send_not_allowed(const char* allow, Response& response) {
  send_refusal({405, Error("E1304", "this path has other methods"), allow}, response);
}

Json memory_bytes() {
#if defined(_SC_PHYS_PAGES) && defined(_SC_PAGE_SIZE)
  const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
  if (pages > 0 && size > 0) return static_cast<double>(pages) * static_cast<double>(size);
#endif
  return nullptr;
}

Json info_json(int threads) {
  return {{"version", DOLAB_VERSION},
          {"threads", threads},
          {"memory_bytes", memory_bytes()},
          {"limits",
           {{"body_bytes", kLargestBody},
            {"kept_runs", Runs::kKeptRuns},
            {"kept_bytes", Runs::kKeptBytes},
            {"queued_runs", Runs::kQueuedRuns}}}};
}

Json progress_json(const ProgressReport& report) {
  return {{"phase", report.phase},     {"done", report.done}, {"total", report.total},
          {"seconds", report.seconds}, {"rate", report.rate}, {"eta_seconds", report.eta_seconds},
          {"note", report.note}};
}

Json summary_json(const RunView& view) {
  return {{"id", view.id}, {"title", view.title}, {"state", run_state_name(view.state)}};
}

Json run_json(const RunView& view) {
  Json json = summary_json(view);
  const bool done = view.state == RunState::done;
  json["progress"] = view.state == RunState::queued ? Json() : progress_json(view.progress);
  json["complete"] = done ? Json(view.complete) : Json();
  json["healthy"] = done ? Json(view.healthy) : Json();
  json["error"] = view.error;
  return json;
}

Json event_data(const RunView& view) {
  switch (view.state) {
    case RunState::queued:
      return {{"ahead", view.ahead}};
    case RunState::running:
      return progress_json(view.progress);
    case RunState::done:
      return {{"complete", view.complete}, {"healthy", view.healthy}};
    case RunState::failed:
    case RunState::cancelled:
      break;
  }
  return view.error;
}

std::string event_text(const RunView& view) {
  const std::string name = view.state == RunState::running ? "progress" : run_state_name(view.state);
  return "event: " + name + "\ndata: " + experiment::json_text(event_data(view)) + "\n\n";
}

/// One open stream: tells every change of a run, and ends with it.
class EventStream {
 public:
  EventStream(const Runs& runs, std::string id) : runs_(runs), id_(std::move(id)) {}

  /// False if the client is gone.
  bool next(httplib::DataSink& sink) {
    auto view = runs_.wait(id_, seen_, kLook);
    if (view && view->version == seen_) return stay(sink);
    if (!view) {
      view.emplace();
      view->state = RunState::cancelled;
      view->error = experiment::error_json(Error("E1201", "cancelled, and forgotten"));
    }
    seen_ = view->version;
    const std::string text = event_text(*view);
    if (!sink.write(text.data(), text.size())) return false;
    if (view->ended()) sink.done();
    return true;
  }

 private:
  bool stay(httplib::DataSink& sink) {
    if (!sink.is_writable()) return false;
    if (++quiet_ % kLooksPerSign != 0) return true;
    return sink.write(": here\n\n", 8);
  }

  const Runs& runs_;
  std::string id_;
  std::uint64_t seen_ = 0;
  int quiet_ = 0;
};

}  // namespace

void send_refusal(const Refusal& refusal, Response& response) {
  if (!refusal.allow.empty()) response.set_header("Allow", refusal.allow);
  if (refusal.status == 401) response.set_header("WWW-Authenticate", "Bearer");
  send_json({{"error", experiment::error_json(refusal.error)}}, response, refusal.status);
}

void LabRoutes::answer(const Request& request, Response& response) {
  try {
    if (is_api_path(request.path)) return answer_api(request, response);
    answer_file(request, response);
  } catch (...) {
    const Error error = current_error();
    send_refusal({error.code() == "E1999" ? 500 : 422, error}, response);
  }
}

void LabRoutes::answer_file(const Request& request, Response& response) const {
  auto asset = files_.find(request.path, request.get_header_value("Accept-Encoding"));
  if (!asset) return send_refusal({404, Error("E1001", "the lab has no such file")}, response);
  if (asset->negotiated) response.set_header("Vary", "Accept-Encoding");
  if (*asset->encoding != '\0') response.set_header("Content-Encoding", asset->encoding);
  response.set_header("Cache-Control", asset->immutable ? "public, max-age=31536000, immutable" : "no-cache");
  send(std::make_shared<const std::string>(std::move(asset->bytes)), asset->type, response);
}

void LabRoutes::answer_api(const Request& request, Response& response) {
  const std::string& method = request.method;
  const std::string runs = "/api/v1/runs";
  if (request.path == "/api/v1/info") {
    if (method != "GET") return send_not_allowed("GET", response);
    return send_json(info_json(runs_.threads()), response);
  }
  if (request.path == runs) {
    if (method == "POST") return start_run(request, response);
    if (method != "GET") return send_not_allowed("GET, POST", response);
    Json list = Json::array();
    for (const RunView& view : runs_.list()) list.push_back(summary_json(view));
    return send_json({{"runs", std::move(list)}}, response);
  }
  if (request.path.rfind(runs + "/", 0) != 0) {
    return send_refusal({404, Error("E1304", "the lab's server has no such path")}, response);
  }
  const std::string rest = request.path.substr(runs.size() + 1);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  answer_run(method, rest.substr(0, slash), rest.substr(slash), response);
}

void LabRoutes::answer_run(const std::string& method, const std::string& id, const std::string& part,
                           Response& response) {
  const auto view = runs_.view(id);
  if (!view) return send_no_run(id, response);
  if (part.empty() && method == "DELETE") {
    return runs_.forget(id) ? send_json({{"id", id}}, response) : send_no_run(id, response);
  }
  if (part == "/stop") {
    if (method != "POST") return send_not_allowed("POST", response);
    return runs_.stop(id) ? send_json({{"id", id}}, response, 202) : send_no_run(id, response);
  }
  if (method != "GET") return send_not_allowed(part.empty() ? "GET, DELETE" : "GET", response);
  if (part.empty()) return send_json(run_json(*view), response);
  if (part == "/events") return stream_events(id, response);
  if (part == "/report") return send_bytes(runs_.report(id), "application/json", response);
  if (part == "/store") return send_bytes(runs_.store(id), "application/zip", response);
  send_refusal({404, Error("E1304", "a run has no \"" + part + "\"")}, response);
}

void LabRoutes::start_run(const Request& request, Response& response) {
  std::optional<experiment::Settings> settings;
  try {
    settings = read_request(request.body);
  } catch (const Error& error) {
    const bool malformed = error.code() == "E1304" || error.span().file == "request";
    return send_refusal({malformed ? 400 : 422, error}, response);
  }
  const auto id = runs_.add(std::move(*settings));
  if (!id) {
    const Error error("E1304", "too many runs wait", "stop one, or wait until one has ended");
    return send_refusal({503, error}, response);
  }
  send_json({{"id", *id}}, response, 202);
}

void LabRoutes::stream_events(const std::string& id, Response& response) {
  if (streams_.fetch_add(1) >= kEventStreams) {
    --streams_;
    return send_refusal({503, Error("E1304", "too many event streams are open", "close other tabs")}, response);
  }
  const auto stream = std::make_shared<EventStream>(runs_, id);
  response.status = 200;
  response.set_chunked_content_provider(
      "text/event-stream", [stream](std::size_t, httplib::DataSink& sink) { return stream->next(sink); },
      [this](bool) { --streams_; });
}

}  // namespace dolab::cli
