// What a call throws, for tests of errors.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "dolab/error.hpp"

namespace dolab::testing {

/// The error that `call` throws; a failure of the test if it throws none.
template <class Call>
Error error_from(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return Error("", "");
}

inline bool mentions(const Error& error, const std::string& part) {
  return error.message().find(part) != std::string::npos;
}

}  // namespace dolab::testing
