// Methods of str, list, tuple, dict and set.
#include <algorithm>
#include <cstring>

#include "lang/library/registry.hpp"
#include "lang/library/sorting.hpp"
#include "lang/library/tables.hpp"

namespace dolab::lang {
namespace {

const std::string& self_text(NativeCall& c) { return c[0].text(); }
Values& self_list(NativeCall& c) { return c[0].as<ListObject>().items; }
Table& self_dict(NativeCall& c) { return c[0].as<DictObject>().table; }
Table& self_set(NativeCall& c) { return c[0].as<SetObject>().table; }

std::string replace_all(Interpreter& in, const std::string& text, const std::string& from, const std::string& to,
                        std::int64_t limit) {
  if (from.empty()) return text;
  std::string result;
  std::size_t at = 0;
  for (std::size_t hit; limit != 0 && (hit = text.find(from, at)) != std::string::npos; --limit) {
    result.append(text, at, hit - at).append(to);
    in.check_length(static_cast<std::int64_t>(result.size()));
    at = hit + from.size();
  }
  return result.append(text, at, std::string::npos);
}

Values split(Interpreter& in, const std::string& text, const Value& separator, std::int64_t limit) {
  Values parts;
  if (separator.is_none()) {
    std::size_t at = text.find_first_not_of(" \t\n\r");
    while (at != std::string::npos) {
      std::size_t end = limit-- == 0 ? std::string::npos : text.find_first_of(" \t\n\r", at);
      parts.emplace_back(text.substr(at, end == std::string::npos ? end : end - at));
      at = end == std::string::npos ? end : text.find_first_not_of(" \t\n\r", end);
    }
    return parts;
  }
  const std::string& mark = in.to_text(separator, "a separator");
  if (mark.empty()) throw Error("E209", "split() needs a separator that is not empty");
  std::size_t at = 0;
  for (std::size_t hit; limit-- != 0 && (hit = text.find(mark, at)) != std::string::npos; at = hit + mark.size()) {
    parts.emplace_back(text.substr(at, hit - at));
  }
  parts.emplace_back(text.substr(at));
  return parts;
}

std::string strip(Interpreter& in, NativeCall& c, bool left, bool right) {
  const std::string marks = c[1].is_none() ? " \t\n\r\f\v" : in.to_text(c[1], "the characters to strip");
  const std::string& text = self_text(c);
  std::size_t begin = 0, end = text.size();
  while (left && begin < end && marks.find(text[begin]) != std::string::npos) ++begin;
  while (right && end > begin && marks.find(text[end - 1]) != std::string::npos) --end;
  return text.substr(begin, end - begin);
}

template <class F>
std::string map_ascii(const std::string& text, F f) {
  std::string result = text;
  for (char& c : result) c = f(c);
  return result;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

bool every(const std::string& text, bool (*test)(char)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), test);
}

bool affix(Interpreter& in, const Value& pattern, const std::string& text, bool front) {
  if (pattern.is(Kind::tuple)) {
    for (const Value& one : pattern.as<TupleObject>().items) {
      if (affix(in, one, text, front)) return true;
    }
    return false;
  }
  const std::string& part = in.to_text(pattern, "the pattern");
  if (part.size() > text.size()) return false;
  return text.compare(front ? 0 : text.size() - part.size(), part.size(), part) == 0;
}

Value join(Interpreter& in, NativeCall& c) {
  std::string result;
  bool first = true;
  for (const Value& item : in.items(c[1])) {
    if (!first) result += self_text(c);
    first = false;
    result += in.to_text(item, "an item of join()");
    in.check_length(static_cast<std::int64_t>(result.size()));
  }
  return result;
}

std::ptrdiff_t find_item(Interpreter& in, const Values& list, const Value& wanted) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].is_traced() != wanted.is_traced()) continue;
    const Value same = in.compare(list[i].is_traced() ? Op::is : Op::equal, list[i], wanted);
    if (in.truth(same)) return static_cast<std::ptrdiff_t>(i);
  }
  return -1;
}

Value count_items(Interpreter& in, NativeCall& c) {
  std::int64_t n = 0;
  for (const Value& item : in.items(c[0])) n += in.truth(in.compare(Op::equal, item, c[1])) ? 1 : 0;
  return n;
}

Value index_item(Interpreter& in, NativeCall& c) {
  const std::ptrdiff_t at = find_item(in, in.items(c[0]), c[1]);
  if (at < 0) throw Error("E405", in.repr(c[1]) + " is not in the " + type_name(c[0]));
  return static_cast<std::int64_t>(at);
}

Value list_pop(Interpreter& in, NativeCall& c) {
  Values& list = self_list(c);
  const auto size = static_cast<std::int64_t>(list.size());
  std::int64_t i = in.to_integer(c[1], "the index of pop()");
  if (i < 0) i += size;
  if (i < 0 || i >= size) throw Error("E405", size == 0 ? "pop() from an empty list" : "pop() index out of range");
  Value result = list[static_cast<std::size_t>(i)];
  list.erase(list.begin() + i);
  return result;
}

Values dict_items(const Table& table, int part) {
  Values result;
  for (const auto& entry : table.entries()) {
    if (!entry.key.is_set()) continue;
    result.push_back(part == 0 ? entry.key : part == 1 ? entry.value : make_tuple({entry.key, entry.value}));
  }
  return result;
}

Value dict_update(Interpreter& in, NativeCall& c) {
  if (c[1].is(Kind::dict)) {
    const Table other = c[1].as<DictObject>().table;
    for (const auto& entry : other.entries()) {
      if (entry.key.is_set()) self_dict(c).set(entry.key, entry.value);
    }
  } else if (c.has(1)) {
    for (const Value& item : in.items(c[1])) {
      const Values pair = in.items(item);
      if (pair.size() != 2) throw Error("E207", "update() needs pairs of key and value");
      self_dict(c).set(pair[0], pair[1]);
    }
  }
  for (const auto& entry : c[2].as<DictObject>().table.entries()) {
    if (entry.key.is_set()) self_dict(c).set(entry.key, entry.value);
  }
  return Value::none();
}

Value set_combine(Interpreter& in, NativeCall& c, Op op) {
  Value result = c[0];
  for (const Value& other : c[1].as<TupleObject>().items) {
    const auto set = make<SetObject>();
    for (const Value& item : in.items(other)) set->table.set(item, Value::none());
    result = in.binary(op, result, set);
  }
  return result;
}

Value copy_of(const Value& value) {
  if (value.is(Kind::list)) return make_list(value.as<ListObject>().items);
  if (value.is(Kind::dict)) {
    const auto dict = make<DictObject>();
    dict->table = value.as<DictObject>().table;
    return dict;
  }
  const auto set = make<SetObject>();
  set->table = value.as<SetObject>().table;
  return set;
}

Value find_text(Interpreter& in, NativeCall& c) {
  const std::size_t at = self_text(c).find(in.to_text(c[1], "the text to find"));
  return at == std::string::npos ? Value(-1) : Value(static_cast<std::int64_t>(at));
}

}  // namespace

const NativeTable& string_methods() {
  static const NativeTable rows{
      {"format", "self, *args, **kwargs",
       [](Interpreter& in, NativeCall& c) -> Value {
         return format_method(in, self_text(c), c[1].as<TupleObject>().items, c[2].as<DictObject>().table);
       }},
      {"join", "self, iterable", join},
      {"split", "self, sep=None, maxsplit=-1",
       [](Interpreter& in, NativeCall& c) -> Value {
         return make_list(split(in, self_text(c), c[1], in.to_integer(c[2], "maxsplit")));
       }},
      {"splitlines", "self",
       [](Interpreter& in, NativeCall& c) -> Value { return make_list(split(in, self_text(c), Value("\n"), -1)); }},
      {"strip", "self, chars=None", [](Interpreter& in, NativeCall& c) -> Value { return strip(in, c, true, true); }},
      {"lstrip", "self, chars=None", [](Interpreter& in, NativeCall& c) -> Value { return strip(in, c, true, false); }},
      {"rstrip", "self, chars=None", [](Interpreter& in, NativeCall& c) -> Value { return strip(in, c, false, true); }},
      {"lower", "self", [](Interpreter&, NativeCall& c) -> Value { return map_ascii(self_text(c), lower); }},
      {"upper", "self", [](Interpreter&, NativeCall& c) -> Value { return map_ascii(self_text(c), upper); }},
      {"title", "self",
       [](Interpreter&, NativeCall& c) -> Value {
         bool start = true;
         return map_ascii(self_text(c), [&](char x) {
           const bool letter = lower(x) >= 'a' && lower(x) <= 'z';
           const char result = start ? upper(x) : lower(x);
           start = !letter;
           return result;
         });
       }},
      {"capitalize", "self",
       [](Interpreter&, NativeCall& c) -> Value {
         std::string text = map_ascii(self_text(c), lower);
         if (!text.empty()) text[0] = upper(text[0]);
         return text;
       }},
      {"replace", "self, old, new, count=-1",
       [](Interpreter& in, NativeCall& c) -> Value {
         return replace_all(in, self_text(c), in.to_text(c[1], "the old text"), in.to_text(c[2], "the new text"),
                            in.to_integer(c[3], "count"));
       }},
      {"startswith", "self, prefix",
       [](Interpreter& in, NativeCall& c) -> Value { return affix(in, c[1], self_text(c), true); }},
      {"endswith", "self, suffix",
       [](Interpreter& in, NativeCall& c) -> Value { return affix(in, c[1], self_text(c), false); }},
      {"find", "self, sub", find_text},
      {"index", "self, sub",
       [](Interpreter& in, NativeCall& c) -> Value {
         Value at = find_text(in, c);
         if (at.integer() < 0) throw Error("E405", "the text does not contain " + in.repr(c[1]));
         return at;
       }},
      {"count", "self, sub",
       [](Interpreter& in, NativeCall& c) -> Value {
         const std::string& part = in.to_text(c[1], "the text to count");
         std::int64_t n = 0;
         for (std::size_t at = 0; !part.empty() && (at = self_text(c).find(part, at)) != std::string::npos;
              at += part.size())
           ++n;
         return n;
       }},
      {"isdigit", "self",
       [](Interpreter&, NativeCall& c) -> Value {
         return every(self_text(c), [](char x) { return x >= '0' && x <= '9'; });
       }},
      {"isalpha", "self",
       [](Interpreter&, NativeCall& c) -> Value {
         return every(self_text(c), [](char x) { return lower(x) >= 'a' && lower(x) <= 'z'; });
       }},
      {"islower", "self",
       [](Interpreter&, NativeCall& c) -> Value {
         return self_text(c) == map_ascii(self_text(c), lower) && self_text(c) != map_ascii(self_text(c), upper);
       }},
      {"isupper", "self",
       [](Interpreter&, NativeCall& c) -> Value {
         return self_text(c) == map_ascii(self_text(c), upper) && self_text(c) != map_ascii(self_text(c), lower);
       }},
      {"zfill", "self, width",
       [](Interpreter& in, NativeCall& c) -> Value {
         const std::string& text = self_text(c);
         const auto width =
             static_cast<std::size_t>(std::clamp<std::int64_t>(in.to_integer(c[1], "the width"), 0, 10000));
         const std::size_t sign = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
         return width <= text.size() ? text
                                     : text.substr(0, sign) + std::string(width - text.size(), '0') + text.substr(sign);
       }},
      {"ljust", "self, width",
       [](Interpreter& in, NativeCall& c) -> Value {
         return in.format(c[0],
                          "<" + std::to_string(std::clamp<std::int64_t>(in.to_integer(c[1], "the width"), 1, 10000)));
       }},
      {"rjust", "self, width",
       [](Interpreter& in, NativeCall& c) -> Value {
         return in.format(c[0],
                          ">" + std::to_string(std::clamp<std::int64_t>(in.to_integer(c[1], "the width"), 1, 10000)));
       }},
      {"center", "self, width",
       [](Interpreter& in, NativeCall& c) -> Value {
         return in.format(c[0],
                          "^" + std::to_string(std::clamp<std::int64_t>(in.to_integer(c[1], "the width"), 1, 10000)));
       }},
  };
  return rows;
}

const NativeTable& list_methods() {
  static const NativeTable rows{
      {"append", "self, item, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         in.check_length(static_cast<std::int64_t>(self_list(c).size()) + 1);
         self_list(c).push_back(c[1]);
         return Value::none();
       }},
      {"extend", "self, iterable, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Values more = in.items(c[1]);
         in.check_length(static_cast<std::int64_t>(self_list(c).size() + more.size()));
         self_list(c).insert(self_list(c).end(), more.begin(), more.end());
         return Value::none();
       }},
      {"insert", "self, index, item, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         Values& list = self_list(c);
         const auto size = static_cast<std::int64_t>(list.size());
         std::int64_t i = in.to_integer(c[1], "the index");
         i = std::clamp<std::int64_t>(i < 0 ? i + size : i, 0, size);
         in.check_length(size + 1);
         list.insert(list.begin() + i, c[2]);
         return Value::none();
       }},
      {"pop", "self, index=-1, /", list_pop},
      {"remove", "self, item, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const std::ptrdiff_t at = find_item(in, self_list(c), c[1]);
         if (at < 0) throw Error("E405", in.repr(c[1]) + " is not in the list");
         self_list(c).erase(self_list(c).begin() + at);
         return Value::none();
       }},
      {"clear", "self",
       [](Interpreter&, NativeCall& c) -> Value {
         self_list(c).clear();
         return Value::none();
       }},
      {"index", "self, item, /", index_item},
      {"count", "self, item, /", count_items},
      {"reverse", "self",
       [](Interpreter&, NativeCall& c) -> Value {
         std::reverse(self_list(c).begin(), self_list(c).end());
         return Value::none();
       }},
      {"sort", "self, *, key=None, reverse=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         self_list(c) = sorted_items(in, self_list(c), c[1], in.truth(c[2]));
         return Value::none();
       }},
      {"copy", "self", [](Interpreter&, NativeCall& c) -> Value { return copy_of(c[0]); }},
  };
  return rows;
}

const NativeTable& tuple_methods() {
  static const NativeTable rows{
      {"index", "self, item, /", index_item},
      {"count", "self, item, /", count_items},
      {"_replace", "self, /, **changes",
       [](Interpreter&, NativeCall& c) -> Value {
         const auto& self = c[0].as<TupleObject>();
         Values items = self.items;
         for (const auto& entry : c[1].as<DictObject>().table.entries()) {
           if (!entry.key.is_set()) continue;
           const auto found = std::find(self.names.begin(), self.names.end(), entry.key.text());
           if (found == self.names.end()) throw Error("E204", "the tuple has no field `" + entry.key.text() + "`");
           items[static_cast<std::size_t>(found - self.names.begin())] = entry.value;
         }
         return make<TupleObject>(std::move(items), self.names);
       }},
      {"_asdict", "self",
       [](Interpreter&, NativeCall& c) -> Value {
         const auto& self = c[0].as<TupleObject>();
         const auto dict = make<DictObject>();
         for (std::size_t i = 0; i < self.names.size(); ++i) dict->table.set(self.names[i], self.items[i]);
         return dict;
       }},
  };
  return rows;
}

const NativeTable& dict_methods() {
  static const NativeTable rows{
      {"keys", "self", [](Interpreter&, NativeCall& c) -> Value { return make_list(dict_items(self_dict(c), 0)); }},
      {"values", "self", [](Interpreter&, NativeCall& c) -> Value { return make_list(dict_items(self_dict(c), 1)); }},
      {"items", "self", [](Interpreter&, NativeCall& c) -> Value { return make_list(dict_items(self_dict(c), 2)); }},
      {"get", "self, key, default=None, /",
       [](Interpreter&, NativeCall& c) -> Value {
         const Value* found = self_dict(c).find(c[1]);
         return found != nullptr ? *found : c[2];
       }},
      {"pop", "self, key, default=..., /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Value* found = self_dict(c).find(c[1]);
         if (found == nullptr && !c[2].is_set()) throw Error("E405", "the dict has no key " + in.repr(c[1]));
         Value result = found != nullptr ? *found : c[2];
         self_dict(c).erase(c[1]);
         return result;
       }},
      {"popitem", "self",
       [](Interpreter&, NativeCall& c) -> Value {
         const Values keys = dict_items(self_dict(c), 0);
         if (keys.empty()) throw Error("E405", "popitem() from an empty dict");
         Value pair = make_tuple({keys.back(), *self_dict(c).find(keys.back())});
         self_dict(c).erase(keys.back());
         return pair;
       }},
      {"setdefault", "self, key, default=None, /",
       [](Interpreter&, NativeCall& c) -> Value {
         if (const Value* found = self_dict(c).find(c[1])) return *found;
         self_dict(c).set(c[1], c[2]);
         return c[2];
       }},
      {"update", "self, other=None, /, **kwargs", dict_update},
      {"clear", "self",
       [](Interpreter&, NativeCall& c) -> Value {
         self_dict(c).clear();
         return Value::none();
       }},
      {"copy", "self", [](Interpreter&, NativeCall& c) -> Value { return copy_of(c[0]); }},
  };
  return rows;
}

const NativeTable& set_methods() {
  static const NativeTable rows{
      {"add", "self, item, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         self_set(c).set(c[1], Value::none());
         in.check_length(static_cast<std::int64_t>(self_set(c).size()));
         return Value::none();
       }},
      {"discard", "self, item, /",
       [](Interpreter&, NativeCall& c) -> Value {
         self_set(c).erase(c[1]);
         return Value::none();
       }},
      {"remove", "self, item, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         if (!self_set(c).erase(c[1])) throw Error("E405", in.repr(c[1]) + " is not in the set");
         return Value::none();
       }},
      {"update", "self, *others",
       [](Interpreter& in, NativeCall& c) -> Value {
         for (const Value& other : c[1].as<TupleObject>().items) {
           for (const Value& item : in.items(other)) self_set(c).set(item, Value::none());
         }
         return Value::none();
       }},
      {"union", "self, *others",
       [](Interpreter& in, NativeCall& c) -> Value { return set_combine(in, c, Op::bit_or); }},
      {"intersection", "self, *others",
       [](Interpreter& in, NativeCall& c) -> Value { return set_combine(in, c, Op::bit_and); }},
      {"difference", "self, *others",
       [](Interpreter& in, NativeCall& c) -> Value { return set_combine(in, c, Op::sub); }},
      {"issubset", "self, other",
       [](Interpreter& in, NativeCall& c) -> Value { return in.compare(Op::less_equal, c[0], c[1]); }},
      {"copy", "self", [](Interpreter&, NativeCall& c) -> Value { return copy_of(c[0]); }},
  };
  return rows;
}

namespace {

const NativeTable* methods_of(const Value& object) {
  switch (object.kind()) {
    case Kind::string:
      return &string_methods();
    case Kind::list:
      return &list_methods();
    case Kind::tuple:
      return &tuple_methods();
    case Kind::dict:
      return &dict_methods();
    case Kind::set:
      return &set_methods();
    case Kind::tensor:
      return &tensor_methods();
    default:
      return nullptr;
  }
}

}  // namespace

Value type_member(Interpreter& in, const Value& object, const std::string& name) {
  if (object.is(Kind::tensor)) {
    Value property = tensor_property(object, name);
    if (property.is_set()) return property;
  }
  const NativeTable* table = methods_of(object);
  if (table == nullptr) return {};
  const NativeEntry* entry = table->find(name);
  if (entry == nullptr) return {};
  return make<BoundObject>(make_native(in, *entry, type_name(object)), Values{object});
}

std::vector<std::string> type_member_names(const Value& object) {
  std::vector<std::string> names;
  if (object.is(Kind::tensor)) names = tensor_property_names();
  if (const NativeTable* table = methods_of(object)) {
    for (const NativeEntry& row : table->rows()) names.emplace_back(row.name);
  }
  return names;
}

}  // namespace dolab::lang
