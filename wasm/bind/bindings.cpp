// The module's two functions. Everything else crosses as JSON, or as numbers at an address that an answer names.
#include <emscripten.h>
#include <emscripten/bind.h>

#include "engine.hpp"
#include "progress_message.hpp"

#if !defined(__EMSCRIPTEN_PTHREADS__)
EM_JS(void, dolab_send_progress, (const void* control), { Module["onDolabProgress"](control); });
#endif

namespace dolab::wasm {

void send_progress([[maybe_unused]] const void* control) {
#if !defined(__EMSCRIPTEN_PTHREADS__)
  dolab_send_progress(control);
#endif
}

namespace {

Engine& engine() {
  static Engine instance;
  return instance;
}

std::string call(const std::string& command, const std::string& request) { return engine().call(command, request); }

double control() { return static_cast<double>(reinterpret_cast<std::uintptr_t>(&engine().control())); }

}  // namespace
}  // namespace dolab::wasm

EMSCRIPTEN_BINDINGS(dolab) {
  emscripten::function("call", &dolab::wasm::call);
  emscripten::function("control", &dolab::wasm::control);
}
