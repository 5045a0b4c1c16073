// Text of values: repr, str, format specifications.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "lang/interpret/interpreter.hpp"
#include "lang/library/registry.hpp"
#include "lang/syntax/unicode.hpp"

namespace dolab::lang {
namespace {

constexpr int kMaxReprDepth = 20;
constexpr std::size_t kMaxReprItems = 1000;
constexpr int kMaxWidth = 10000;

std::string special_number(double value) {
  if (std::isnan(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}

// The shortest text that reads back as the same number, in Python's form.
std::string real_text(double value) {
  if (!std::isfinite(value)) return special_number(value);
  char buffer[64];
  for (int precision = 1; precision <= 17; ++precision) {
    std::snprintf(buffer, sizeof buffer, "%.*e", precision - 1, value);
    if (std::strtod(buffer, nullptr) == value) break;
  }
  const std::string scientific = buffer;
  const std::size_t e = scientific.find('e');
  const int exponent = std::atoi(scientific.c_str() + e + 1);
  if (exponent < -4 || exponent >= 16) {
    char tail[16];
    std::snprintf(tail, sizeof tail, "e%c%02d", exponent < 0 ? '-' : '+', std::abs(exponent));
    return scientific.substr(0, e) + tail;
  }
  const auto digits = static_cast<int>(e) - (value < 0 ? 1 : 0) - (e > (value < 0 ? 2u : 1u) ? 1 : 0);
  std::snprintf(buffer, sizeof buffer, "%.*f", std::max(1, digits - 1 - exponent), value);
  return buffer;
}

std::string quoted(const std::string& text) {
  const char quote = text.find('\'') != std::string::npos && text.find('"') == std::string::npos ? '"' : '\'';
  std::string result(1, quote);
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else if (c == '\\' || c == quote) {
      result += std::string("\\") + c;
    } else {
      result.push_back(c);
    }
  }
  return result + quote;
}

std::string array_text(const Array& array, std::int64_t& offset, std::size_t axis) {
  const auto element = [&](double x) {
    if (array.dtype() == DType::boolean) return std::string(x != 0 ? "True" : "False");
    if (array.dtype() == DType::integer) return std::to_string(static_cast<std::int64_t>(x));
    return real_text(x);
  };
  if (axis == array.shape().size()) return element(array[offset++]);
  std::string result = "[";
  for (std::int64_t i = 0; i < array.shape()[axis]; ++i)
    result += (i > 0 ? ", " : "") + array_text(array, offset, axis + 1);
  return result + "]";
}

struct Spec {
  std::string fill = " ";
  char align = 0;
  char sign = '-';
  bool alternate = false;
  bool zero = false;
  int width = 0;
  char grouping = 0;
  int precision = -1;
  char type = 0;
};

Spec parse_spec(const std::string& text) {
  Spec spec;
  std::size_t at = 0;
  const auto is_align = [](char c) { return c == '<' || c == '>' || c == '^' || c == '='; };
  const auto fail = [&] { throw Error("E209", "malformed format `" + text + "`"); };
  if (!text.empty()) {
    const auto first = static_cast<std::size_t>(std::max(1, decode_utf8(text, 0).length));
    if (first < text.size() && is_align(text[first])) {
      spec.fill = text.substr(0, first);
      spec.align = text[first];
      at = first + 1;
    } else if (is_align(text[0])) {
      spec.align = text[0];
      at = 1;
    }
  }
  const auto number = [&](int& value) {
    value = 0;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
      value = value * 10 + (text[at++] - '0');
      if (value > kMaxWidth) throw Error("E908", "a format is wider than 10000 characters");
    }
  };
  if (at < text.size() && (text[at] == '+' || text[at] == '-' || text[at] == ' ')) spec.sign = text[at++];
  if (at < text.size() && text[at] == '#') {
    spec.alternate = true;
    ++at;
  }
  if (at < text.size() && text[at] == '0') {
    spec.zero = true;
    ++at;
  }
  number(spec.width);
  if (at < text.size() && (text[at] == ',' || text[at] == '_')) spec.grouping = text[at++];
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (at >= text.size() || text[at] < '0' || text[at] > '9') fail();
    number(spec.precision);
  }
  if (at < text.size()) spec.type = text[at++];
  if (at != text.size()) fail();
  return spec;
}

std::string pad(const std::string& text, const Spec& spec, char default_align, std::size_t sign_length) {
  const auto length = static_cast<int>(count_code_points(text));
  const int missing = spec.width - length;
  if (missing <= 0) return text;
  const char align = spec.align != 0 ? spec.align : spec.zero && default_align == '>' ? '=' : default_align;
  const std::string fill = spec.align == 0 && spec.zero ? "0" : spec.fill;
  const int left = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
  std::string before, after;
  for (int i = 0; i < left; ++i) before += fill;
  for (int i = left; i < missing; ++i) after += fill;
  if (align == '=') return text.substr(0, sign_length) + before + text.substr(sign_length);
  return before + text + after;
}

std::string group(std::string digits, char separator) {
  if (separator == 0) return digits;
  std::size_t end = digits.find_first_not_of("0123456789");
  if (end == std::string::npos) end = digits.size();
  for (std::size_t i = end; i > 3; i -= 3) digits.insert(i - 3, 1, separator);
  return digits;
}

std::string format_integer(std::int64_t value, const Spec& spec) {
  const std::uint64_t magnitude = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  std::string digits;
  const unsigned base = spec.type == 'x' || spec.type == 'X' ? 16 : spec.type == 'o' ? 8 : spec.type == 'b' ? 2 : 10;
  std::uint64_t rest = magnitude;
  do {
    const char* alphabet = spec.type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    digits.insert(digits.begin(), alphabet[rest % base]);
    rest /= base;
  } while (rest != 0);
  digits = group(digits, base == 10 ? spec.grouping : 0);
  if (spec.alternate && base != 10) digits = std::string("0") + spec.type + digits;
  const std::string sign = value < 0 ? "-" : spec.sign == '-' ? "" : std::string(1, spec.sign);
  return pad(sign + digits, spec, '>', sign.size());
}

std::string format_real(double value, const Spec& spec) {
  std::string body;
  const double magnitude = std::fabs(value);
  char buffer[512];
  if (!std::isfinite(value)) {
    body = special_number(magnitude);
  } else if (spec.type == 0 && spec.precision < 0) {
    body = real_text(magnitude);
  } else if (spec.type == '%') {
    std::snprintf(buffer, sizeof buffer, "%.*f%%", std::min(spec.precision < 0 ? 6 : spec.precision, 100),
                  magnitude * 100);
    body = buffer;
  } else {
    const char type = spec.type == 0 || spec.type == 'n' ? 'g' : spec.type;
    const char pattern[] = {'%', '.', '*', type, '\0'};
    std::snprintf(buffer, sizeof buffer, pattern, std::min(spec.precision < 0 ? 6 : spec.precision, 100), magnitude);
    body = buffer;
  }
  body = group(body, spec.grouping);
  const std::string sign = std::signbit(value) && !std::isnan(value) ? "-"
                           : spec.sign == '-'                        ? ""
                                                                     : std::string(1, spec.sign);
  return pad(sign + body, spec, '>', sign.size());
}

// The value with `name`, `name.attribute[key]` looked up for str.format.
Value lookup_field(Interpreter& in, const std::string& field, std::size_t& automatic, const Values& positional,
                   const Table& named) {
  std::size_t end = field.find_first_of(".[");
  if (end == std::string::npos) end = field.size();
  const std::string head = field.substr(0, end);
  Value value;
  if (head.empty() || head.find_first_not_of("0123456789") == std::string::npos) {
    const std::size_t i = head.empty() ? automatic++ : static_cast<std::size_t>(std::atoll(head.c_str()));
    if (i >= positional.size()) throw Error("E205", "the format needs at least " + std::to_string(i + 1) + " values");
    value = positional[i];
  } else {
    const Value* found = named.find(Value(head));
    if (found == nullptr) throw Error("E205", "the format needs `" + head + "`");
    value = *found;
  }
  while (end < field.size()) {
    const bool bracket = field[end] == '[';
    std::size_t next = bracket ? field.find(']', end) : field.find_first_of(".[", end + 1);
    if (next == std::string::npos) next = field.size();
    const std::string part = field.substr(end + 1, next - end - 1);
    if (bracket) {
      const bool digits = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
      value = in.subscript(value, digits ? Value(static_cast<std::int64_t>(std::atoll(part.c_str()))) : Value(part));
      if (next < field.size()) ++next;
    } else {
      value = in.attribute(value, part);
    }
    end = next;
  }
  return value;
}

}  // namespace

std::string Interpreter::repr(const Value& value, int depth) {
  if (depth > kMaxReprDepth) return "...";
  count_steps(1);
  const auto join_items = [&](const Values& list) {
    std::string result;
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i >= kMaxReprItems) return result + ", ...";
      result += (i > 0 ? ", " : "") + repr(list[i], depth + 1);
      check_length(static_cast<std::int64_t>(result.size()));
    }
    return result;
  };
  switch (value.kind()) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return value.boolean() ? "True" : "False";
    case Kind::integer:
      return std::to_string(value.integer());
    case Kind::real:
      return real_text(value.real());
    case Kind::ellipsis:
      return "Ellipsis";
    case Kind::string:
      return quoted(value.text());
    case Kind::bytes:
      return "b" + quoted(value.text());
    case Kind::tuple: {
      const auto& tuple = value.as<TupleObject>();
      return "(" + join_items(tuple.items) + (tuple.items.size() == 1 ? ",)" : ")");
    }
    case Kind::list:
      return "[" + join_items(value.as<ListObject>().items) + "]";
    case Kind::set:
      return value.as<SetObject>().table.size() == 0 ? "set()" : "{" + join_items(items(value)) + "}";
    case Kind::dict: {
      std::string result;
      for (const auto& entry : value.as<DictObject>().table.entries()) {
        if (!entry.key.is_set()) continue;
        result += (result.empty() ? "" : ", ") + repr(entry.key, depth + 1) + ": " + repr(entry.value, depth + 1);
        check_length(static_cast<std::int64_t>(result.size()));
      }
      return "{" + result + "}";
    }
    case Kind::range: {
      const auto& range = value.as<RangeObject>();
      return "range(" + std::to_string(range.start) + ", " + std::to_string(range.at(range.count)) +
             (range.step != 1 ? ", " + std::to_string(range.step) : "") + ")";
    }
    case Kind::tensor: {
      const Tensor& tensor = value.tensor();
      if (!tensor.is_constant() || tensor.size() > 100) return describe(value);
      std::int64_t offset = 0;
      return array_text(tensor.value(), offset, 0);
    }
    case Kind::function:
      return "<function " + *value.as<FunctionObject>().code->name + ">";
    case Kind::class_:
      return "<class '" + value.as<ClassObject>().name + "'>";
    case Kind::instance: {
      const auto& instance = value.as<InstanceObject>();
      const auto& type = instance.type.as<ClassObject>();
      if (const Value* method = type.find("__repr__"))
        return to_text(call(*method, Values{value}), "the result of __repr__");
      if (!type.is_dataclass && !type.is_exception) return "<" + type.name + " object>";
      std::string result;
      for (const auto& [key, member] : instance.members) {
        if (type.is_exception) return type.name + repr(member, depth + 1);
        result += (result.empty() ? "" : ", ") + key + "=" + repr(member, depth + 1);
      }
      return type.name + "(" + result + ")";
    }
    default:
      return "<" + describe(value) + ">";
  }
}

std::string Interpreter::str(const Value& value) {
  if (value.is(Kind::string)) return value.text();
  if (value.is(Kind::instance)) {
    const auto& instance = value.as<InstanceObject>();
    const auto& type = instance.type.as<ClassObject>();
    if (const Value* method = type.find("__str__"))
      return to_text(call(*method, Values{value}), "the result of __str__");
    if (type.is_exception && !instance.members.empty() && instance.members[0].second.is(Kind::tuple)) {
      const Values& args = instance.members[0].second.as<TupleObject>().items;
      return args.empty() ? "" : args.size() == 1 ? str(args[0]) : repr(instance.members[0].second);
    }
  }
  return repr(value);
}

std::string Interpreter::format(const Value& given, const std::string& spec_text) {
  if (spec_text.empty()) return str(given);
  const Value value =
      given.is(Kind::tensor) && given.tensor().is_constant() && given.tensor().rank() == 0 ? as_key(given) : given;
  const Spec spec = parse_spec(spec_text);
  const bool real_type = spec.type != 0 && std::strchr("eEfFgG%", spec.type) != nullptr;
  const bool integer_type = spec.type != 0 && std::strchr("dxXobn", spec.type) != nullptr;
  if (value.is(Kind::real) || (value.is_integral() && real_type)) {
    if (integer_type && spec.type != 'n')
      throw Error("E209", std::string("format `") + spec.type + "` needs a whole number, not a float");
    return format_real(value.number(), spec);
  }
  if (value.is_integral() && spec.type != 's') {
    if (spec.type != 0 && !integer_type)
      throw Error("E209", std::string("unknown format `") + spec.type + "` for a whole number");
    return format_integer(value.integer(), spec);
  }
  if (spec.type != 0 && spec.type != 's') {
    throw Error("E209", std::string("format `") + spec.type + "` needs a number, not " + describe(value));
  }
  std::string text = str(value);
  if (spec.precision >= 0) {
    std::size_t at = 0;
    for (int i = 0; i < spec.precision && at < text.size(); ++i)
      at += static_cast<std::size_t>(std::max(1, decode_utf8(text, at).length));
    text.resize(at);
  }
  return pad(text, spec, '<', 0);
}

std::string format_method(Interpreter& in, const std::string& text, const Values& positional, const Table& named,
                          int depth) {
  if (depth > 2) throw Error("E209", "a format is nested too deep");
  std::string result;
  std::size_t automatic = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] == '{' || text[i] == '}') && i + 1 < text.size() && text[i + 1] == text[i]) {
      result.push_back(text[i++]);
      continue;
    }
    if (text[i] == '}') throw Error("E209", "single `}` in a format");
    if (text[i] != '{') {
      result.push_back(text[i]);
      continue;
    }
    int level = 1;
    std::size_t end = i + 1;
    for (; end < text.size() && level > 0; ++end) level += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
    if (level != 0) throw Error("E209", "`{` is never closed in a format");
    const std::string field = text.substr(i + 1, end - i - 2);
    const std::size_t colon = field.find(':');
    std::string head = field.substr(0, colon);
    const std::size_t bang = head.find('!');
    const char conversion = bang != std::string::npos && bang + 1 < head.size() ? head[bang + 1] : '\0';
    head = head.substr(0, bang);
    Value value = lookup_field(in, head, automatic, positional, named);
    if (value.is_traced()) in.fail_traced("E306", value, "is written into a string");
    if (conversion == 'r') value = in.repr(value);
    if (conversion == 's') value = in.str(value);
    std::string spec = colon == std::string::npos ? "" : field.substr(colon + 1);
    if (spec.find('{') != std::string::npos) spec = format_method(in, spec, positional, named, depth + 1);
    result += in.format(value, spec);
    in.check_length(static_cast<std::int64_t>(result.size()));
    i = end - 1;
  }
  return result;
}

Value format_percent(Interpreter& in, const std::string& text, const Value& values) {
  const Values list = values.is(Kind::tuple) ? values.as<TupleObject>().items : Values{values};
  std::string result;
  std::size_t next = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result.push_back(text[i]);
      continue;
    }
    if (++i < text.size() && text[i] == '%') {
      result.push_back('%');
      continue;
    }
    Value value;
    if (i < text.size() && text[i] == '(') {
      const std::size_t close = text.find(')', i);
      if (close == std::string::npos || !values.is(Kind::dict)) throw Error("E209", "malformed `%` format");
      value = in.subscript(values, Value(text.substr(i + 1, close - i - 1)));
      i = close + 1;
    } else {
      if (next >= list.size()) throw Error("E207", "the `%` format needs more values");
      value = list[next++];
    }
    if (value.is_traced()) in.fail_traced("E306", value, "is written into a string");
    std::string spec;
    bool left = false;
    for (; i < text.size() && std::strchr("-+ 0#", text[i]) != nullptr; ++i) {
      if (text[i] == '-') {
        left = true;
      } else {
        spec.push_back(text[i]);
      }
    }
    for (; i < text.size() && std::strchr("0123456789.", text[i]) != nullptr; ++i) spec.push_back(text[i]);
    if (i >= text.size()) throw Error("E209", "malformed `%` format");
    const char type = text[i];
    if (type == 's' || type == 'r') {
      result += in.format(Value(type == 's' ? in.str(value) : in.repr(value)), (left ? "<" : ">") + spec + "s");
    } else if (type == 'd' || type == 'i') {
      const Value whole =
          value.is(Kind::real) ? Value(static_cast<std::int64_t>(in.to_number(value, "a formatted value"))) : value;
      result += in.format(whole, (left ? "<" : "") + spec + "d");
    } else {
      result += in.format(Value(in.to_number(value, "a formatted value")), (left ? "<" : "") + spec + type);
    }
    in.check_length(static_cast<std::int64_t>(result.size()));
  }
  if (!values.is(Kind::dict) && next < list.size()) throw Error("E207", "the `%` format has values left over");
  return result;
}

}  // namespace dolab::lang
