#include "cli/lab_request.hpp"

#include <filesystem>
#include <map>

#include "base/nearest_name.hpp"
#include "io/json.hpp"

namespace dolab::cli {
namespace {

using experiment::Json;
using Files = std::map<std::string, std::string>;

/// 0 to 63, or -1.
int base64_digit(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/// RFC 4648, section 4. Throws E1304.
std::string decode_base64(std::string_view text, const std::string& name) {
  const auto refuse = [&name] { throw Error("E1304", "file \"" + name + "\" is no base64"); };
  if (text.size() % 4 != 0) refuse();
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) refuse();
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) refuse();
    buffer = (buffer << 6) | static_cast<unsigned>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>((buffer >> bits) & 0xff));
  }
  return bytes;
}

/// "./data/../train.csv" and "train.csv" are one name.
std::string normal(const std::string& name) { return std::filesystem::path(name).lexically_normal().generic_string(); }

Files read_files(const Json& sent) {
  Files files;
  if (!sent.is_object()) throw Error("E1304", "\"files\" is no object");
  for (const auto& [name, value] : sent.items()) {
    const bool encoded =
        value.is_object() && value.size() == 1 && value.contains("base64") && value["base64"].is_string();
    if (!value.is_string() && !encoded) {
      throw Error("E1304", "file \"" + name + "\" is neither text nor {\"base64\": …}");
    }
    files[normal(name)] = encoded ? decode_base64(value["base64"].get_ref<const std::string&>(), name)
                                  : value.get_ref<const std::string&>();
  }
  return files;
}

std::string take(Files& files, const std::string& name) {
  const auto found = files.find(normal(name));
  if (found != files.end()) return std::move(found->second);
  std::vector<std::string> names;
  for (const auto& [sent, bytes] : files) names.push_back(sent);
  throw Error("E1001", "the experiment names \"" + name + "\", which was not sent", unknown_name_hint(name, names),
              {"experiment", 0, 0, 0, 0});
}

}  // namespace

experiment::Settings read_request(std::string_view body) {
  Json request = io::parse_json(body, "request");
  if (!request.is_object() || !request.contains("experiment")) {
    throw Error("E1304", "the request is no object with the key \"experiment\"");
  }
  for (const auto& [key, value] : request.items()) {
    if (key != "experiment" && key != "files") throw Error("E1304", "the request has an unknown key \"" + key + "\"");
  }
  Json& document = request["experiment"];
  if (document.is_string()) document = io::parse_json(document.get<std::string>(), "experiment");
  experiment::Settings settings = experiment::read_settings(std::move(document), "experiment", "");
  Files files = request.contains("files") ? read_files(request["files"]) : Files();
  if (settings.model_text.empty()) settings.model_text = take(files, settings.model_file);
  // Without a text the model would be read from the disk.
  if (settings.model_text.empty()) settings.model_text.push_back('\n');
  if (settings.train.is_string()) {
    const auto name = settings.train.get<std::string>();
    settings.given = std::make_shared<io::DataFile>(io::parse_data(take(files, name), name));
  }
  return settings;
}

}  // namespace dolab::cli
