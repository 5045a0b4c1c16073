#include "experiment/json.hpp"

#include <cmath>
#include <functional>

namespace dolab::experiment {
namespace {

Json nest(const Shape& shape, const std::function<Json(std::int64_t)>& element) {
  std::int64_t next = 0;
  const std::function<Json(std::size_t)> level = [&](std::size_t axis) -> Json {
    if (axis == shape.size()) return element(next++);
    Json list = Json::array();
    for (std::int64_t i = 0; i < shape[axis]; ++i) list.push_back(level(axis + 1));
    return list;
  };
  return level(0);
}

Json plain(double value, DType dtype) {
  if (!std::isfinite(value)) return nullptr;
  if (dtype == DType::boolean) return value != 0.0;
  if (dtype == DType::integer) return static_cast<std::int64_t>(value);
  return value;
}

}  // namespace

Json Report::number(double value, const std::string& quantity, const std::string& owner) {
  if (std::isfinite(value)) return value;
  Missing& missing = missing_[quantity];
  if (missing.count++ == 0) {
    missing.first = owner;
    missing.value = value;
  }
  return nullptr;
}

Json Report::array(const Array& values, const std::string& quantity) {
  return nest(values.shape(), [&](std::int64_t i) {
    if (!std::isfinite(values[i])) return number(values[i], quantity, element_name(quantity, values.shape(), i));
    return plain(values[i], values.dtype());
  });
}

void Report::warn(const std::vector<Warning>& warnings) {
  warnings_.insert(warnings_.end(), warnings.begin(), warnings.end());
}

Json Report::warnings_json() const {
  Json list = Json::array();
  for (const Warning& warning : warnings_) list.push_back(warning_json(warning));
  for (const auto& [quantity, missing] : missing_) {
    const char* what = std::isnan(missing.value) ? "not a number" : missing.value > 0 ? "infinite" : "minus infinity";
    std::string message = quantity + " is " + what;
    if (!missing.first.empty()) message += " for " + missing.first;
    if (missing.count > 1) message += " and " + std::to_string(missing.count - 1) + " more";
    list.push_back(
        {{"code", nullptr}, {"message", message}, {"hint", nullptr}, {"line", nullptr}, {"column", nullptr}});
  }
  return list;
}

Json warning_json(const Warning& warning) {
  Json json = {{"code", warning.code}, {"message", warning.message}};
  json["hint"] = warning.hint.empty() ? Json() : Json(warning.hint);
  json["line"] = warning.span.line > 0 ? Json(warning.span.line) : Json();
  json["column"] = warning.span.line > 0 ? Json(warning.span.column) : Json();
  return json;
}

std::string json_text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json error_json(const Error& error) {
  const SourceSpan& span = error.span();
  Json json = {{"code", error.code()}, {"message", error.message()}};
  json["file"] = span.file.empty() ? Json() : Json(span.file);
  json["line"] = span.line > 0 ? Json(span.line) : Json();
  json["column"] = span.line > 0 ? Json(span.column) : Json();
  json["hint"] = error.hint().empty() ? Json() : Json(error.hint());
  return json;
}

Json nested(const Array& values) {
  return nest(values.shape(), [&](std::int64_t i) { return plain(values[i], values.dtype()); });
}

std::string element_name(const std::string& site, const Shape& shape, std::int64_t index) {
  if (shape.empty()) return site;
  std::string text;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    text = std::to_string(index % shape[axis]) + (text.empty() ? "" : ",") + text;
    index /= shape[axis];
  }
  return site + "[" + text + "]";
}

}  // namespace dolab::experiment
