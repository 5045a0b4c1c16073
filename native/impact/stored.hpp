// Predictions on disk.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "dolab/impact_model.hpp"

namespace dolab::impact {

struct StoreRequest {
  std::string directory;  // made if missing
  std::string method;     // ends the name: 20260131T235959123456Z_METHOD.zarr
  std::uint64_t seed = 0;
};

/// Writes a store; `write` fills it and says whether it is complete. Nothing is left behind if it throws. E1008.
StoredDraws write_store(const StoreRequest& request, const std::function<bool(DrawSink&)>& write);

/// A new directory for stores under the system's temporary one. Throws E1008.
std::string make_temporary_directory();
/// Removes a directory and what is in it; nothing happens if it is gone.
void remove_directory(const std::string& path) noexcept;

}  // namespace dolab::impact
