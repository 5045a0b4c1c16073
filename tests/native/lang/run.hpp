// Helpers of the language tests: run a function of a text and look at its result or its error.
#pragma once

#include <string>

#include "lang/interpret/interpreter.hpp"
#include "lang/syntax/parser.hpp"
#include "model/builder.hpp"

namespace dolab::lang::testing {

struct Outcome {
  std::string text;  // repr of the result, "" after an error
  std::string code;  // of the error
  int line = 0;
  int column = 0;
  std::string message;
  std::string hint;
};

inline Outcome run_function(const std::string& source, RunLimits limits = {}) {
  Outcome outcome;
  try {
    const Module module = parse_module(source, "model.py");
    model::Builder builder;
    Interpreter interpreter(module, builder, limits);
    const Value function = interpreter.global("f");
    outcome.text = interpreter.repr(interpreter.call(function, Values{}));
  } catch (const Error& e) {
    outcome.code = e.code();
    outcome.line = e.span().line;
    outcome.column = e.span().column;
    outcome.message = e.message();
    outcome.hint = e.hint();
  }
  return outcome;
}

inline std::string indent(const std::string& body) {
  std::string result = "    ";
  for (const char c : body) {
    result.push_back(c);
    if (c == '\n') result += "    ";
  }
  return result;
}

/// repr of what the body returns; the error's code and message otherwise.
inline std::string result_of(const std::string& body) {
  const Outcome outcome =
      run_function("import jax.numpy as jnp, numpy as np, math, jax, functools, itertools, operator\ndef f():\n" +
                   indent(body) + "\n");
  return outcome.code.empty() ? outcome.text : outcome.code + " " + outcome.message;
}

inline std::string value_of(const std::string& expression) { return result_of("return " + expression); }

}  // namespace dolab::lang::testing
