// JSON of reports: numbers with full precision, arrays nested like the values they show.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/array.hpp"
#include "dolab/error.hpp"

namespace dolab::experiment {

using Json = nlohmann::ordered_json;

/// Collects the parts of one report. Numbers that JSON cannot hold become null, and the warnings say how many there
/// are of each quantity and which is the first.
class Report {
 public:
  /// `quantity`: "r_hat"; `owner`: "theta[3]".
  Json number(double value, const std::string& quantity, const std::string& owner = {});
  Json array(const Array& values, const std::string& quantity);
  void warn(Warning warning) { warnings_.push_back(std::move(warning)); }
  void warn(const std::vector<Warning>& warnings);
  const std::vector<Warning>& warnings() const noexcept { return warnings_; }
  /// All warnings, numbers without a value included: [{"code", "message", "hint", "line", "column"}].
  Json warnings_json() const;

 private:
  struct Missing {
    std::int64_t count = 0;
    std::string first;
    double value = 0.0;
  };
  std::vector<Warning> warnings_;
  std::map<std::string, Missing> missing_;
};

/// {"code", "message", "file", "line", "column", "hint"}; line and column are null without a position.
/// JSON text; bytes that are no UTF-8 (of a path, say) become U+FFFD.
std::string json_text(const Json& json);

Json error_json(const Error& error);
Json warning_json(const Warning& warning);

/// A list of numbers, nested like `shape`; integers and booleans as such.
Json nested(const Array& values);
/// "theta[3]", "w[0,2]", or the bare name for a scalar.
std::string element_name(const std::string& site, const Shape& shape, std::int64_t index);

}  // namespace dolab::experiment
