#include "experiment/schema.hpp"

#include <cmath>

#include "base/nearest_name.hpp"
#include "dolab/error.hpp"

namespace dolab::experiment {
namespace {

const Json& schema() {
  static const Json parsed = Json::parse(schema_text());
  return parsed;
}

/// Follows a reference into $defs.
const Json& resolved(const Json& rule) {
  const auto reference = rule.find("$ref");
  if (reference == rule.end()) return rule;
  const std::string& target = reference->get_ref<const std::string&>();
  return schema().at("$defs").at(target.substr(target.find_last_of('/') + 1));
}

const char* kind_of(const Json& value) {
  if (value.is_object()) return "object";
  if (value.is_array()) return "array";
  if (value.is_string()) return "string";
  if (value.is_boolean()) return "boolean";
  if (value.is_null()) return "null";
  if (value.is_number_integer()) return "integer";
  constexpr double kLargestWhole = 9007199254740992.0;  // beyond it a double does not say which whole number it is
  const double number = value.get<double>();
  return std::floor(number) == number && std::fabs(number) <= kLargestWhole ? "integer" : "number";
}

bool is_kind(const Json& value, const std::string& kind) {
  const std::string actual = kind_of(value);
  return actual == kind || (kind == "number" && actual == "integer");
}

class Checker {
 public:
  explicit Checker(const std::string& source) : source_(source) {}

  void check(const Json& value, const Json& given_rule, const std::string& path) const {
    const Json& rule = resolved(given_rule);
    if (const auto options = rule.find("anyOf"); options != rule.end()) {
      check_any(value, *options, path);
      return;
    }
    check_kind(value, rule, path);
    if (value.is_object()) check_object(value, rule, path);
    if (value.is_array()) check_list(value, rule, path);
    if (value.is_number()) check_number(value.get<double>(), rule, path);
  }

 private:
  [[noreturn]] void refuse(const std::string& path, const std::string& what, const std::string& hint = {}) const {
    throw Error("E1101", (path.empty() ? "the experiment" : "\"" + path + "\"") + " " + what, hint,
                {source_, 0, 0, 0, 0});
  }

  static std::string listed(const Json& values) {
    std::string text;
    for (const Json& value : values) text += (text.empty() ? "" : ", ") + json_text(value);
    return text;
  }

  void check_kind(const Json& value, const Json& rule, const std::string& path) const {
    if (const auto constant = rule.find("const"); constant != rule.end() && value != *constant) {
      refuse(path, "must be " + constant->dump());
    }
    if (const auto choices = rule.find("enum"); choices != rule.end()) {
      for (const Json& choice : *choices) {
        if (choice == value) return;
      }
      refuse(path, "is " + json_text(value) + ", which is none of " + listed(*choices));
    }
    const auto type = rule.find("type");
    if (type == rule.end()) return;
    const Json kinds = type->is_array() ? *type : Json::array({*type});
    std::string names;
    for (const Json& kind : kinds) {
      if (is_kind(value, kind)) return;
      names += (names.empty() ? "" : " or ") + kind.get<std::string>();
    }
    refuse(path, std::string("is of kind ") + kind_of(value) + "; expected: " + names);
  }

  /// The branch of the value's kind decides; errors are its errors.
  void check_any(const Json& value, const Json& options, const std::string& path) const {
    std::string names;
    for (const Json& option : options) {
      const Json& rule = resolved(option);
      const Json kinds = rule.at("type").is_array() ? rule.at("type") : Json::array({rule.at("type")});
      for (const Json& kind : kinds) {
        if (is_kind(value, kind)) {
          check(value, rule, path);
          return;
        }
        names += (names.empty() ? "" : " or ") + kind.get<std::string>();
      }
    }
    refuse(path, std::string("is of kind ") + kind_of(value) + "; expected: " + names);
  }

  void check_object(const Json& value, const Json& rule, const std::string& path) const {
    static const Json none = Json::object();
    const auto found = rule.find("properties");
    const Json& properties = found == rule.end() ? none : *found;
    const auto rest = rule.find("additionalProperties");
    for (const auto& [key, item] : value.items()) {
      const std::string inner = path.empty() ? key : path + "." + key;
      if (const auto known = properties.find(key); known != properties.end()) {
        check(item, *known, inner);
      } else if (rest != rule.end() && rest->is_object()) {
        check(item, *rest, inner);
      } else if (rest != rule.end()) {
        std::vector<std::string> names;
        for (const auto& [name, unused] : properties.items()) names.push_back(name);
        throw Error("E1102", "unknown key \"" + inner + "\"", unknown_name_hint(key, names), {source_, 0, 0, 0, 0});
      }
    }
    if (const auto required = rule.find("required"); required != rule.end()) {
      for (const Json& key : *required) {
        if (!value.contains(key.get<std::string>())) refuse(path, "lacks the key " + key.dump());
      }
    }
    if (value.size() < rule.value("minProperties", std::size_t{0})) refuse(path, "is empty");
    if (value.size() > rule.value("maxProperties", value.size())) refuse(path, "has more than one key");
  }

  void check_list(const Json& value, const Json& rule, const std::string& path) const {
    const auto items = rule.find("items");
    for (std::size_t i = 0; items != rule.end() && i < value.size(); ++i) {
      check(value[i], *items, path + "[" + std::to_string(i) + "]");
    }
    if (value.size() < rule.value("minItems", std::size_t{0})) refuse(path, "has too few entries");
    if (value.size() > rule.value("maxItems", value.size())) refuse(path, "has too many entries");
  }

  void check_number(double value, const Json& rule, const std::string& path) const {
    const auto bound = [&](const char* key, const char* words, auto holds) {
      const auto found = rule.find(key);
      if (found != rule.end() && !holds(value, found->template get<double>())) {
        refuse(path, std::string("must be ") + words + " " + found->dump());
      }
    };
    bound("minimum", "at least", [](double x, double b) { return x >= b; });
    bound("maximum", "at most", [](double x, double b) { return x <= b; });
    bound("exclusiveMinimum", "above", [](double x, double b) { return x > b; });
    bound("exclusiveMaximum", "below", [](double x, double b) { return x < b; });
  }

  const std::string& source_;
};

/// The rule of a key by its path, or null.
const Json* rule_at(const std::string& path) {
  const Json* rule = &schema();
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    const auto properties = rule->find("properties");
    if (properties == rule->end()) return nullptr;
    const auto found = properties->find(path.substr(begin, dot - begin));
    if (found == properties->end()) return nullptr;
    rule = &resolved(*found);
    if (found->contains("default")) rule = &*found;
    begin = dot + 1;
  }
  return rule;
}

}  // namespace

void check_schema(const Json& document, const std::string& source) { Checker(source).check(document, schema(), ""); }

Json schema_default(const std::string& path) {
  const Json* rule = rule_at(path);
  if (rule == nullptr) return nullptr;
  const auto found = rule->find("default");
  return found == rule->end() ? Json() : *found;
}

}  // namespace dolab::experiment
