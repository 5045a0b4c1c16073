// What the commands share: parts of requests and of answers.
#pragma once

#include <string>

#include "engine.hpp"

namespace dolab::wasm {

inline std::string text_of(const Json& request, const char* key) { return request.value(key, std::string()); }

inline const char* dtype_name(DType dtype) {
  return dtype == DType::boolean ? "boolean" : dtype == DType::integer ? "integer" : "real";
}

inline Json outcome_json(experiment::Outcome outcome) {
  return {{"report", std::move(outcome.report)}, {"complete", outcome.complete}, {"healthy", outcome.healthy}};
}

inline Json done(Json report) { return outcome_json({std::move(report), true, true}); }

}  // namespace dolab::wasm
