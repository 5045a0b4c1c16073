#include "cli/lab_server.hpp"

#include <cerrno>
#include <cstring>
#include <thread>

#include "cli/lab_guard.hpp"
#include "cli/lab_routes.hpp"

#if !defined(_WIN32)
#include <sys/socket.h>
#endif

namespace dolab::cli {
namespace {

using httplib::Request;
using httplib::Response;

/// As in web/headers.mjs. Everything that the page uses comes from here. The one style hash is that of the empty
/// element which the plotting library inserts; WebAssembly is compiled, no text is.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
    "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; img-src 'self' data: blob:; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

httplib::Headers headers_of_all() {
  return {{"Cross-Origin-Opener-Policy", "same-origin"},   {"Cross-Origin-Embedder-Policy", "require-corp"},
          {"Cross-Origin-Resource-Policy", "same-origin"}, {"Content-Security-Policy", kContentSecurityPolicy},
          {"X-Content-Type-Options", "nosniff"},           {"Referrer-Policy", "no-referrer"}};
}

/// The library's own options would let a second server take the same port, unnoticed.
void set_socket_options([[maybe_unused]] socket_t socket) {
#if !defined(_WIN32)
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
#endif
}

/// What the library refuses by itself has a status and no body.
Refusal refusal_of(int status) {
  if (status == 413) {
    const std::string limit = std::to_string(kLargestBody >> 20);
    return {status, Error("E1304", "the request is larger than " + limit + " MiB", "run it with `dolab run`")};
  }
  return {status, Error("E1304", "the request is malformed, or too long")};
}

}  // namespace

struct LabServer::State {
  State(const std::filesystem::path& folder, int port, int threads) : routes(folder, threads), guard(bind(port)) {}

  int bind(int asked);
  void install();

  httplib::Server server;
  int port = 0;
  LabRoutes routes;
  Guard guard;
  std::thread listener;
  std::atomic<bool> ended{false};
};

int LabServer::State::bind(int asked) {
  const std::string host = "127.0.0.1";
  server.set_socket_options(set_socket_options);
  errno = 0;
  port = asked == 0 ? server.bind_to_any_port(host) : server.bind_to_port(host, asked) ? asked : -1;
  if (port > 0) return port;
  const std::string reason = errno == 0 ? "" : std::string(": ") + std::strerror(errno);
  throw Error("E1301", "port " + std::to_string(asked) + " of this computer cannot be used" + reason,
              "another lab may run; --port 0 takes a free port");
}

void LabServer::State::install() {
  server.new_task_queue = [] { return new httplib::ThreadPool(kConnections); };
  // One request a connection: what is left of a refused one is never taken for the next, and no idle connection
  // holds a thread.
  server.set_keep_alive_max_count(1);
  server.set_payload_max_length(kLargestBody);
  server.set_keep_alive_timeout(2);
  server.set_read_timeout(10);
  server.set_write_timeout(60);
  server.set_default_headers(headers_of_all());
  server.set_pre_routing_handler([this](const Request& request, Response& response) {
    // Parts of files are not served: without its ranges a request asks for the whole.
    const_cast<Request&>(request).ranges.clear();
    const auto refusal = guard.refuse(request);
    if (!refusal) return httplib::Server::HandlerResponse::Unhandled;
    send_refusal(*refusal, response);
    return httplib::Server::HandlerResponse::Handled;
  });
  const auto answer = [this](const Request& request, Response& response) { routes.answer(request, response); };
  const std::string any = R"([\s\S]*)";
  server.Get(any, answer).Post(any, answer).Delete(any, answer);
  const httplib::Server::HandlerWithResponse own_failure = [](const Request&, Response& response) {
    if (response.has_header("Content-Type")) return httplib::Server::HandlerResponse::Unhandled;
    send_refusal(refusal_of(response.status), response);
    return httplib::Server::HandlerResponse::Handled;
  };
  server.set_error_handler(own_failure);
  server.set_post_routing_handler([](const Request&, Response& response) {
    response.headers.erase("Accept-Ranges");
    if (!response.has_header("Cache-Control")) response.set_header("Cache-Control", "no-store");
  });
}

LabServer::LabServer(const std::filesystem::path& folder, int port, int threads)
    : state_(std::make_unique<State>(folder, port, threads)) {
  state_->install();
}

LabServer::~LabServer() { stop(); }

int LabServer::port() const noexcept { return state_->port; }

const std::string& LabServer::token() const noexcept { return state_->guard.token(); }

std::string LabServer::address() const { return "http://127.0.0.1:" + std::to_string(port()) + "/#token=" + token(); }

void LabServer::start() {
  State& state = *state_;
  state.listener = std::thread([&state] {
    state.server.listen_after_bind();
    state.ended = true;
  });
  // A stop that comes before this would be missed.
  while (!state.server.is_running() && !state.ended) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

bool LabServer::running() const noexcept { return !state_->ended; }

bool LabServer::stop() {
  if (!state_->listener.joinable()) return false;
  const bool busy = state_->routes.runs().close();
  state_->server.stop();
  state_->listener.join();
  return busy;
}

}  // namespace dolab::cli
