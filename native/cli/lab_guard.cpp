#include "cli/lab_guard.hpp"

#include <httplib.h>

#include <random>

namespace dolab::cli {
namespace {

using httplib::Request;

std::string header(const Request& request, const char* name) { return request.get_header_value(name); }

/// Takes the same time wherever the texts differ. Their length is no secret.
bool equal_secrets(const std::string& left, const std::string& right) noexcept {
  if (left.size() != right.size()) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference = static_cast<unsigned char>(
        difference | (static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(right[i])));
  }
  return difference == 0;
}

/// A link on some page may open the lab; nothing else that another site starts gets an answer.
bool opens_the_page(const Request& request) {
  return !is_api_path(request.path) && header(request, "Sec-Fetch-Mode") == "navigate" &&
         header(request, "Sec-Fetch-Dest") == "document";
}

bool is_json(std::string type) {
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  for (char& c : type) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return type == "application/json";
}

/// The library would read a body without a length until the client falls silent, and unpack a packed one to any size.
std::optional<Refusal> refuse_body(const Request& request) {
  if (request.has_header("Transfer-Encoding") || !request.has_header("Content-Length")) {
    return Refusal{411, Error("E1304", "the request does not say how long its body is", "send Content-Length")};
  }
  const bool empty = header(request, "Content-Length") == "0";
  if (!empty && (request.has_header("Content-Encoding") || !is_json(header(request, "Content-Type")))) {
    return Refusal{415, Error("E1304", "the body is not application/json", "send Content-Type: application/json")};
  }
  return std::nullopt;
}

}  // namespace

bool is_api_path(const std::string& path) { return path == "/api" || path.rfind("/api/", 0) == 0; }

std::string random_hex(std::size_t bytes) {
  // libstdc++ reads the kernel's generator here, others their system's.
#if defined(__GLIBCXX__)
  std::random_device source("/dev/urandom");
#else
  std::random_device source;
#endif
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) {
    const unsigned value = source() & 0xff;
    text.push_back("0123456789abcdef"[value >> 4]);
    text.push_back("0123456789abcdef"[value & 15]);
  }
  return text;
}

Guard::Guard(int port) : port_(port), token_(random_hex(32)) {}

std::optional<Refusal> Guard::refuse(const Request& request) const {
  if (auto refusal = refuse_foreign(request)) return refusal;
  const std::string& method = request.method;
  if (!is_api_path(request.path)) {
    if (method == "GET" || method == "HEAD") return std::nullopt;
    return Refusal{405, Error("E1304", "files are only read"), "GET, HEAD"};
  }
  if (auto refusal = refuse_unauthorized(request)) return refusal;
  if (method == "POST") return refuse_body(request);
  const std::string length = header(request, "Content-Length");
  if (request.has_header("Transfer-Encoding") || (!length.empty() && length != "0")) {
    return Refusal{400, Error("E1304", "only a POST has a body")};
  }
  if (method == "GET" || method == "DELETE") return std::nullopt;
  return Refusal{405, Error("E1304", "no request of the lab is a " + method), "GET, POST, DELETE"};
}

std::optional<Refusal> Guard::refuse_foreign(const Request& request) const {
  const std::string host = header(request, "Host");
  bool own = request.get_header_value_count("Host") == 1;
  const std::string port = ":" + std::to_string(port_);
  own = own && (host == "127.0.0.1" + port || host == "localhost" + port || host == "[::1]" + port);
  // A name of another site that leads to this address (DNS rebinding) is in this header.
  if (!own) return Refusal{421, Error("E1303", "this server is not \"" + host + "\"")};
  const bool foreign_origin = request.has_header("Origin") && header(request, "Origin") != "http://" + host;
  const std::string site = header(request, "Sec-Fetch-Site");
  const bool foreign_site = !site.empty() && site != "same-origin" && site != "none" && !opens_the_page(request);
  if (!foreign_origin && !foreign_site) return std::nullopt;
  return Refusal{403, Error("E1303", "only the lab's own page may ask")};
}

std::optional<Refusal> Guard::refuse_unauthorized(const Request& request) const {
  if (equal_secrets(header(request, "Authorization"), "Bearer " + token_)) return std::nullopt;
  return Refusal{401, Error("E1303", "the request has not the token of this start",
                            "open the address that `dolab lab` has printed")};
}

}  // namespace dolab::cli
