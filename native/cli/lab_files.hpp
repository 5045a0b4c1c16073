// The files of the built lab, as a browser wants them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace dolab::cli {

struct Asset {
  std::string bytes;
  const char* type = "";
  const char* encoding = "";  // br, gzip, or empty
  bool negotiated = false;    // the answer depends on Accept-Encoding
  bool immutable = false;     // the name holds a hash of the content
};

class LabFiles {
 public:
  /// Throws E1302 if there is no built lab in the folder.
  explicit LabFiles(const std::filesystem::path& folder);

  /// `path` as in an address, decoded: "/" or "/assets/index-Dk3jx0aB.js". Nothing for what is not a regular file
  /// inside the folder, links out of it included. Of the files beside it, .br or .gz is sent where it is accepted.
  std::optional<Asset> find(const std::string& path, const std::string& accept_encoding) const;

 private:
  std::optional<std::filesystem::path> inside(const std::filesystem::path& file) const;
  std::filesystem::path folder_;
};

/// Whether a header Accept-Encoding admits a coding (RFC 9110, section 12.5.3; "*" aside).
bool accepts_encoding(const std::string& header, const std::string& coding);

}  // namespace dolab::cli
