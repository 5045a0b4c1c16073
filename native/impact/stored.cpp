#include "impact/stored.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <system_error>

#include "base/philox.hpp"
#include "io/file_store.hpp"
#include "io/store_draws.hpp"

namespace dolab {
namespace impact {
namespace {

/// UTC time down to the microsecond; two calls never get the same one.
std::int64_t next_microsecond() {
  static std::atomic<std::int64_t> last{0};
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  std::int64_t before = last.load();
  while (!last.compare_exchange_weak(before, now > before ? now : before + 1)) {
  }
  return now > before ? now : before + 1;
}

std::string utc(std::int64_t microseconds, const char* format) {
  const auto seconds = static_cast<std::time_t>(microseconds / 1000000);
  std::tm parts{};
#ifdef _WIN32
  gmtime_s(&parts, &seconds);
#else
  gmtime_r(&seconds, &parts);
#endif
  char text[64];
  std::strftime(text, sizeof text, format, &parts);
  return text;
}

}  // namespace

StoredDraws write_store(const StoreRequest& request, const std::function<bool(DrawSink&)>& write) {
  const std::int64_t now = next_microsecond();
  char fraction[16];
  std::snprintf(fraction, sizeof fraction, "%06d", static_cast<int>(now % 1000000));
  const std::string name = utc(now, "%Y%m%dT%H%M%S") + fraction + "Z_" + request.method + ".zarr";
  StoredDraws stored;
  stored.path = (std::filesystem::path(request.directory) / name).string();
  const auto store = io::create_store(stored.path, false);
  const std::string attributes = "{\"dolab_version\": \"" DOLAB_VERSION "\", \"created_at\": \"" +
                                 utc(now, "%Y-%m-%dT%H:%M:%SZ") + "\", \"seed\": " + std::to_string(request.seed) + "}";
  io::StoreWriter writer(*store, attributes);
  io::StoreDraws sink(writer);
  stored.complete = write(sink);
  writer.close();
  store->commit();
  return stored;
}

std::string make_temporary_directory() {
  std::error_code failure;
  const std::filesystem::path root = std::filesystem::temp_directory_path(failure);
  if (failure) throw Error("E1008", "there is no temporary directory: " + failure.message(), "set output_dir");
  for (int attempt = 0; attempt < 100; ++attempt) {
    const std::uint64_t tag =
        splitmix64(static_cast<std::uint64_t>(next_microsecond()) + static_cast<std::uint64_t>(attempt));
    const std::filesystem::path path = root / ("dolab-" + std::to_string(tag));
    if (std::filesystem::create_directory(path, failure)) return path.string();
  }
  throw Error("E1008", "no directory can be made in " + root.string() + ": " + failure.message(), "set output_dir");
}

void remove_directory(const std::string& path) noexcept {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

}  // namespace impact

DrawTree read_draws(const std::string& path) {
  const auto store = io::open_store(path);
  const io::StoreReader reader(*store);
  DrawTree tree;
  for (const std::string& name : reader.groups()) {
    DrawGroup group;
    group.name = name;
    for (const std::string& site : reader.arrays(name)) {
      Array values = reader.read(name, site);
      std::vector<std::string> dims = reader.dims(name, site);
      if (dims.size() < 2 || dims[0] != "chain" || dims[1] != "draw") continue;
      group.chains = values.shape()[0];
      group.draws = values.shape()[1];
      const Shape shape(values.shape().begin() + 2, values.shape().end());
      group.sites.push_back({site, {dims.begin() + 2, dims.end()}, shape, false, std::move(values)});
    }
    tree.groups.push_back(std::move(group));
  }
  return tree;
}

}  // namespace dolab
