// Progress for a caller that shares no memory with the engine.
#pragma once

namespace dolab::wasm {

/// Hands the control block to the worker's script, which posts it. Nothing happens where memory is shared: the caller
/// reads the block itself, and the calling thread may be one without that script.
void send_progress(const void* control);

}  // namespace dolab::wasm
