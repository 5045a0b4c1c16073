// Who may ask: the lab's own page, opened on this computer with the token of this start.
#pragma once

#include <optional>
#include <string>

#include "dolab/error.hpp"

namespace httplib {
struct Request;
}

namespace dolab::cli {

struct Refusal {
  int status;
  Error error;
  std::string allow = {};  // methods, of status 405
};

class Guard {
 public:
  /// Draws the token.
  explicit Guard(int port);
  const std::string& token() const noexcept { return token_; }
  /// Judges a request by its headers, before its body is read.
  std::optional<Refusal> refuse(const httplib::Request& request) const;

 private:
  std::optional<Refusal> refuse_foreign(const httplib::Request& request) const;
  std::optional<Refusal> refuse_unauthorized(const httplib::Request& request) const;

  int port_;
  std::string token_;
};

bool is_api_path(const std::string& path);

/// Twice as many digits as bytes, from the operating system's generator.
std::string random_hex(std::size_t bytes);

}  // namespace dolab::cli
