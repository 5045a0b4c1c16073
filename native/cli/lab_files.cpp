#include "cli/lab_files.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include "dolab/error.hpp"
#include "io/files.hpp"

namespace dolab::cli {
namespace {

namespace fs = std::filesystem;

const char* type_of(const fs::path& file) {
  static const std::map<std::string, const char*> types = {
      {".css", "text/css; charset=utf-8"},
      {".csv", "text/csv; charset=utf-8"},
      {".html", "text/html; charset=utf-8"},
      {".ico", "image/x-icon"},
      {".js", "text/javascript; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".png", "image/png"},
      {".py", "text/plain; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".txt", "text/plain; charset=utf-8"},
      {".wasm", "application/wasm"},
      {".webmanifest", "application/manifest+json"},
      {".webp", "image/webp"},
      {".woff2", "font/woff2"},
  };
  const auto found = types.find(file.extension().string());
  return found == types.end() ? "application/octet-stream" : found->second;
}

/// The bundler writes assets/NAME-HASH.EXTENSION with a hash of eight characters.
bool has_hashed_name(const std::string& path, const fs::path& file) {
  const std::string stem = file.stem().string();
  return path.rfind("/assets/", 0) == 0 && stem.size() > 9 && stem[stem.size() - 9] == '-';
}

/// Hidden files, "..", and what other systems take for separators name nothing.
bool is_plain(const std::string& part) {
  static const std::string odd("\\:\0", 3);
  return !part.empty() && part.front() != '.' && part.find_first_of(odd) == std::string::npos;
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

bool accepts_encoding(const std::string& header, const std::string& coding) {
  std::istringstream items(header);
  for (std::string item; std::getline(items, item, ',');) {
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    if (trimmed(item.substr(0, semicolon)) != coding) continue;
    const std::size_t weight = item.find("q=", semicolon);
    // q=0, q=0.0 and so on refuse it.
    return weight == std::string::npos || item.find_first_of("123456789", weight) != std::string::npos;
  }
  return false;
}

LabFiles::LabFiles(const fs::path& folder) {
  std::error_code status;
  folder_ = fs::canonical(folder, status);
  if (!status && fs::is_regular_file(folder_ / "index.html", status)) return;
  throw Error("E1302", "there is no built lab in \"" + folder.string() + "\"");
}

std::optional<fs::path> LabFiles::inside(const fs::path& file) const {
  std::error_code status;
  const fs::path real = fs::canonical(file, status);
  if (status || !fs::is_regular_file(real, status)) return std::nullopt;
  const auto [end, rest] = std::mismatch(folder_.begin(), folder_.end(), real.begin(), real.end());
  return end == folder_.end() ? std::optional(real) : std::nullopt;
}

std::optional<Asset> LabFiles::find(const std::string& path, const std::string& accept_encoding) const {
  if (path.empty() || path.front() != '/') return std::nullopt;
  fs::path file = folder_;
  std::istringstream parts(path.substr(1) + (path.back() == '/' ? "index.html" : ""));
  for (std::string part; std::getline(parts, part, '/');) {
    if (!is_plain(part)) return std::nullopt;
    file /= part;
  }
  const auto plain = inside(file);
  if (!plain) return std::nullopt;
  Asset asset;
  asset.type = type_of(file);
  asset.immutable = has_hashed_name(path, file);
  for (const auto& [suffix, coding] : {std::pair{".br", "br"}, std::pair{".gz", "gzip"}}) {
    const auto packed = inside(file.string() + suffix);
    if (!packed) continue;
    asset.negotiated = true;
    if (*asset.encoding != '\0' || !accepts_encoding(accept_encoding, coding)) continue;
    asset.encoding = coding;
    asset.bytes = io::read_file(packed->string());
  }
  if (*asset.encoding == '\0') asset.bytes = io::read_file(plain->string());
  return asset;
}

}  // namespace dolab::cli
