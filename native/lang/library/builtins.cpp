// Python's builtins on static values (and where they make sense on arrays).
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "lang/library/registry.hpp"
#include "lang/library/sorting.hpp"
#include "lang/library/tables.hpp"
#include "lang/syntax/unicode.hpp"
#include "tensor/functions/special.hpp"

namespace dolab::lang {
namespace {

Value len(Interpreter& in, NativeCall& c) {
  const Value& v = c[0];
  switch (v.kind()) {
    case Kind::string:
      return count_code_points(v.text());
    case Kind::tuple:
      return static_cast<std::int64_t>(v.as<TupleObject>().items.size());
    case Kind::list:
      return static_cast<std::int64_t>(v.as<ListObject>().items.size());
    case Kind::dict:
      return static_cast<std::int64_t>(v.as<DictObject>().table.size());
    case Kind::set:
      return static_cast<std::int64_t>(v.as<SetObject>().table.size());
    case Kind::range:
      return v.as<RangeObject>().count;
    case Kind::tensor:
      if (v.tensor().rank() == 0) throw Error("E302", "a single number has no length");
      return v.tensor().extent(0);
    case Kind::instance:
      if (const Value* method = v.as<InstanceObject>().type.as<ClassObject>().find("__len__"))
        return in.call(*method, Values{v});
      break;
    default:
      break;
  }
  throw Error("E209", describe(v) + " has no length",
              v.is_none() ? "is an argument missing, or a default None not handled with `is None`?" : "");
}

Value range(Interpreter& in, NativeCall& c) {
  const bool single = !c[1].is_set();
  const auto number = [&](const Value& v) {
    if (v.is_traced()) in.fail_traced("E303", v, "is used as a range bound", "make it an argument or a constant");
    return in.to_integer(v, "a range bound");
  };
  const std::int64_t start = single ? 0 : number(c[0]);
  const std::int64_t stop = number(single ? c[0] : c[1]);
  const std::int64_t step = c[2].is_set() ? number(c[2]) : 1;
  if (step == 0) throw Error("E209", "the step of a range cannot be 0");
  std::int64_t distance = 0;
  if (step > 0 ? __builtin_sub_overflow(stop, start, &distance) : __builtin_sub_overflow(start, stop, &distance)) {
    throw Error("E908", "this range is too long");
  }
  const std::int64_t stride = step > 0 ? step : (step == INT64_MIN ? INT64_MAX : -step);
  return make<RangeObject>(start, distance <= 0 ? 0 : (distance - 1) / stride + 1, step);
}

std::string strip(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\n\r");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\n\r") - first + 1);
}

Value to_int(Interpreter& in, NativeCall& c) {
  const Value& v = c[0];
  if (!v.is_set()) return 0;
  if (v.is_integral()) return v.integer();
  if (v.is_traced())
    in.fail_traced("E302", v, "is turned into an int", "keep it a tensor; .astype(jnp.int32) changes its kind");
  if (v.is(Kind::string)) {
    const std::string text = strip(v.text());
    char* end = nullptr;
    const long long value =
        std::strtoll(text.c_str(), &end, c[1].is_set() ? static_cast<int>(in.to_integer(c[1], "the base")) : 10);
    if (text.empty() || *end != '\0') throw Error("E209", "int() cannot read \"" + v.text() + "\"");
    return static_cast<std::int64_t>(value);
  }
  const double number = in.to_number(v, "the argument of int()");
  if (!std::isfinite(number)) throw Error("E209", "int() of a number that is not finite");
  if (std::fabs(number) >= 9.2e18) throw Error("E908", "a whole number leaves the range of 64 bits");
  return static_cast<std::int64_t>(number);
}

Value to_float(Interpreter& in, NativeCall& c) {
  const Value& v = c[0];
  if (!v.is_set()) return 0.0;
  if (v.is_traced()) in.fail_traced("E302", v, "is turned into a float", "keep it a tensor");
  if (!v.is(Kind::string)) return in.to_number(v, "the argument of float()");
  const std::string text = strip(v.text());
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || text.find_first_of("xX") != std::string::npos) {
    throw Error("E209", "float() cannot read \"" + v.text() + "\"");
  }
  return value;
}

Value to_bool(Interpreter& in, NativeCall& c) {
  if (!c[0].is_set()) return false;
  if (c[0].is_traced()) in.fail_traced("E302", c[0], "is turned into a bool", "keep it a tensor");
  return in.truth(c[0]);
}

Value enumerate(Interpreter& in, NativeCall& c) {
  const std::int64_t start = in.to_integer(c[1], "the start of enumerate");
  Values result;
  for (const Value& item : in.items(c[0])) {
    result.push_back(make_tuple({start + static_cast<std::int64_t>(result.size()), item}));
  }
  return make<IteratorObject>(std::move(result));
}

// Items of several iterables side by side, up to the shortest; iterators without end give as many as needed.
std::vector<Values> in_parallel(Interpreter& in, const Values& iterables, bool strict) {
  std::vector<Values> columns(iterables.size());
  std::size_t shortest = std::string::npos, longest = 0;
  for (std::size_t i = 0; i < iterables.size(); ++i) {
    const bool endless = iterables[i].is(Kind::iterator) && iterables[i].as<IteratorObject>().endless;
    if (endless) continue;
    columns[i] = in.items(iterables[i]);
    shortest = std::min(shortest, columns[i].size());
    longest = std::max(longest, columns[i].size());
  }
  if (iterables.empty()) shortest = 0;
  if (shortest == std::string::npos) throw Error("E905", "none of these iterators ends");
  if (strict && shortest != longest) throw Error("E207", "zip(strict=True) got items of different lengths");
  std::vector<Values> rows(shortest);
  for (std::size_t r = 0; r < shortest; ++r) {
    in.count_steps(1);
    for (std::size_t i = 0; i < iterables.size(); ++i) {
      const bool endless = iterables[i].is(Kind::iterator) && iterables[i].as<IteratorObject>().endless;
      if (endless) {
        auto& iterator = iterables[i].as<IteratorObject>();
        rows[r].push_back(iterator.endless(static_cast<std::int64_t>(iterator.next++)));
      } else {
        rows[r].push_back(columns[i][r]);
      }
    }
  }
  return rows;
}

Value zip(Interpreter& in, NativeCall& c) {
  Values result;
  for (Values& row : in_parallel(in, c[0].as<TupleObject>().items, in.truth(c[1])))
    result.push_back(make_tuple(std::move(row)));
  return make<IteratorObject>(std::move(result));
}

Value map(Interpreter& in, NativeCall& c) {
  Values result;
  for (Values& row : in_parallel(in, c[1].as<TupleObject>().items, false))
    result.push_back(in.call(c[0], std::move(row)));
  return make<IteratorObject>(std::move(result));
}

Value filter(Interpreter& in, NativeCall& c) {
  Values result;
  for (Value& item : in.items(c[1])) {
    if (in.truth(c[0].is_none() ? item : in.call(c[0], Values{item}))) result.push_back(std::move(item));
  }
  return make<IteratorObject>(std::move(result));
}

Value reversed(Interpreter& in, NativeCall& c) {
  Values list = in.items(c[0]);
  std::reverse(list.begin(), list.end());
  return make<IteratorObject>(std::move(list));
}

Value extreme(Interpreter& in, NativeCall& c, Op better) {
  const Values& given = c[0].as<TupleObject>().items;
  const Values list = given.size() == 1 ? in.items(given[0]) : given;
  if (list.empty()) {
    if (c[2].is_set()) return c[2];
    throw Error("E209", std::string(c.name()) + "() of nothing");
  }
  Value best = list[0];
  Value best_key = c.has(1) ? in.call(c[1], Values{best}) : best;
  for (std::size_t i = 1; i < list.size(); ++i) {
    const Value key = c.has(1) ? in.call(c[1], Values{list[i]}) : list[i];
    const Value comparison = in.compare(better, key, best_key);
    if (comparison.is_traced()) {
      in.fail_traced(
          "E301", comparison, std::string("decides ") + c.name() + "()",
          better == Op::less ? "use jnp.minimum(a, b) or jnp.min(x)" : "use jnp.maximum(a, b) or jnp.max(x)");
    }
    if (!in.truth(comparison)) continue;
    best = list[i];
    best_key = key;
  }
  return best;
}

Value sum_of(Interpreter& in, NativeCall& c) {
  if (c[0].is(Kind::tensor) && c[0].tensor().rank() > 0 && c[1].is(Kind::integer) && c[1].integer() == 0) {
    return tensor::sum(c[0].tensor(), {0});
  }
  Value total = c[1];
  for (const Value& item : in.items(c[0])) {
    in.count_steps(1);
    total = in.binary(Op::add, total, item);
  }
  return total;
}

Value any_or_all(Interpreter& in, NativeCall& c, bool stop_at) {
  if (c[0].is_traced()) {
    in.fail_traced("E301", c[0], std::string("decides ") + c.name() + "()", std::string("use jnp.") + c.name() + "(x)");
  }
  for (const Value& item : in.items(c[0])) {
    if (in.truth(item) == stop_at) return stop_at;
  }
  return !stop_at;
}

Value round_number(Interpreter& in, NativeCall& c) {
  const double factor =
      c.has(1) ? std::pow(10.0, static_cast<double>(in.to_integer(c[1], "the digits of round"))) : 1.0;
  if (c[0].is(Kind::tensor)) {
    const Tensor rounded = tensor::unary(tensor::Unary::round, factor == 1.0 ? c[0].tensor() : c[0].tensor() * factor);
    return factor == 1.0 ? rounded : rounded / factor;
  }
  if (c[0].is_integral() && factor >= 1.0) return c[0].integer();
  const double value = std::nearbyint(in.to_number(c[0], "the argument of round") * factor) / factor;
  if (!c.has(1) && std::fabs(value) < 9e18) return static_cast<std::int64_t>(value);
  return value;
}

Value divmod(Interpreter& in, NativeCall& c) {
  return make_tuple({in.binary(Op::floor_div, c[0], c[1]), in.binary(Op::mod, c[0], c[1])});
}

Value to_dict(Interpreter& in, NativeCall& c) {
  const auto dict = make<DictObject>();
  if (c[0].is_set()) {
    if (c[0].is(Kind::dict)) {
      dict->table = c[0].as<DictObject>().table;
    } else {
      for (const Value& item : in.items(c[0])) {
        const Values pair = in.items(item);
        if (pair.size() != 2) throw Error("E207", "dict() needs pairs of key and value");
        dict->table.set(pair[0], pair[1]);
      }
    }
  }
  for (const auto& entry : c[1].as<DictObject>().table.entries()) {
    if (entry.key.is_set()) dict->table.set(entry.key, entry.value);
  }
  return dict;
}

Value to_set(Interpreter& in, NativeCall& c) {
  const auto set = make<SetObject>();
  if (c[0].is_set()) {
    for (const Value& item : in.items(c[0])) set->table.set(item, Value::none());
  }
  return set;
}

Value print(Interpreter& in, NativeCall& c) {
  std::string text;
  for (const Value& item : c[0].as<TupleObject>().items) text += (text.empty() ? "" : " ") + in.str(item);
  in.note(text);
  return Value::none();
}

Value get_attribute(Interpreter& in, NativeCall& c) {
  const std::string& name = in.to_text(c[1], "an attribute's name");
  if (c[2].is_set() && !in.has_attribute(c[0], name) && !is_forbidden_attribute(name)) return c[2];
  return in.attribute(c[0], name);
}

Value type_of(Interpreter& in, NativeCall& c) {
  if (c[0].is(Kind::instance)) return c[0].as<InstanceObject>().type;
  const Value builtin = find_builtin(in, type_name(c[0]));
  if (builtin.is_set()) return builtin;
  return make<ClassObject>(type_name(c[0]));
}

Value next_item(Interpreter&, NativeCall& c) {
  if (!c[0].is(Kind::iterator)) throw Error("E209", "next() needs an iterator, not " + describe(c[0]), "use iter(...)");
  auto& iterator = c[0].as<IteratorObject>();
  if (iterator.endless) return iterator.endless(static_cast<std::int64_t>(iterator.next++));
  if (iterator.next < iterator.items.size()) return iterator.items[iterator.next++];
  if (c[1].is_set()) return c[1];
  throw Raised(make_exception("StopIteration", ""), "StopIteration", "the iterator has no further items");
}

Value mark_function(NativeCall& c, bool FunctionObject::*flag) {
  if (!c[0].is(Kind::function)) throw Error("E209", std::string("`") + c.name() + "` needs a function");
  c[0].as<FunctionObject>().*flag = true;
  return c[0];
}

const NativeTable& table() {
  static const NativeTable rows{
      {"len", "obj, /", len},
      {"range", "start, stop=..., step=..., /", range},
      {"int", "x=..., base=..., /", to_int},
      {"float", "x=..., /", to_float},
      {"bool", "x=..., /", to_bool},
      {"complex", "real=0, imag=0",
       [](Interpreter&, NativeCall&) -> Value {
         throw Error("E901", "complex numbers are not available in the model language");
       }},
      {"str", "object=..., /",
       [](Interpreter& in, NativeCall& c) -> Value {
         if (!c[0].is_set()) return "";
         if (c[0].is_traced()) in.fail_traced("E306", c[0], "is written into a string");
         return in.str(c[0]);
       }},
      {"repr", "object, /", [](Interpreter& in, NativeCall& c) -> Value { return in.repr(c[0]); }},
      {"format", "value, format_spec=\"\", /",
       [](Interpreter& in, NativeCall& c) -> Value { return in.format(c[0], in.to_text(c[1], "a format")); }},
      {"tuple", "iterable=..., /",
       [](Interpreter& in, NativeCall& c) -> Value { return make_tuple(c[0].is_set() ? in.items(c[0]) : Values{}); }},
      {"list", "iterable=..., /",
       [](Interpreter& in, NativeCall& c) -> Value { return make_list(c[0].is_set() ? in.items(c[0]) : Values{}); }},
      {"dict", "iterable=..., /, **kwargs", to_dict},
      {"set", "iterable=..., /", to_set},
      {"frozenset", "iterable=..., /", to_set},
      {"slice", "start, stop=..., step=None, /",
       [](Interpreter&, NativeCall& c) -> Value {
         if (!c[1].is_set()) return make<SliceObject>(Value::none(), c[0], Value::none());
         return make<SliceObject>(c[0], c[1], c[2]);
       }},
      {"enumerate", "iterable, start=0", enumerate},
      {"zip", "*iterables, strict=False", zip},
      {"map", "function, *iterables", map},
      {"filter", "function, iterable, /", filter},
      {"sorted", "iterable, /, *, key=None, reverse=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         return make_list(sorted_items(in, in.items(c[0]), c[1], in.truth(c[2])));
       }},
      {"reversed", "sequence, /", reversed},
      {"min", "*args, key=None, default=...",
       [](Interpreter& in, NativeCall& c) -> Value { return extreme(in, c, Op::less); }},
      {"max", "*args, key=None, default=...",
       [](Interpreter& in, NativeCall& c) -> Value { return extreme(in, c, Op::greater); }},
      {"sum", "iterable, /, start=0", sum_of},
      {"abs", "x, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         if (c[0].is(Kind::tensor)) return tensor::abs(c[0].tensor());
         if (c[0].is_integral()) return c[0].integer() < 0 ? in.unary(Op::negate, c[0]) : Value(c[0].integer());
         return std::fabs(in.to_number(c[0], "the argument of abs"));
       }},
      {"round", "number, ndigits=None", round_number},
      {"any", "iterable, /", [](Interpreter& in, NativeCall& c) -> Value { return any_or_all(in, c, true); }},
      {"all", "iterable, /", [](Interpreter& in, NativeCall& c) -> Value { return any_or_all(in, c, false); }},
      {"divmod", "a, b, /", divmod},
      {"pow", "base, exp, mod=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Value power = in.binary(Op::pow, c[0], c[1]);
         return c.has(2) ? in.binary(Op::mod, power, c[2]) : power;
       }},
      {"isinstance", "object, type, /",
       [](Interpreter& in, NativeCall& c) -> Value { return is_instance(in, c[0], c[1]); }},
      {"hasattr", "object, name, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         return in.has_attribute(c[0], in.to_text(c[1], "an attribute's name"));
       }},
      {"getattr", "object, name, default=..., /", get_attribute},
      {"callable", "object, /",
       [](Interpreter&, NativeCall& c) -> Value {
         const auto* host = c[0].get_if<HostObject>();
         return c[0].is(Kind::function) || c[0].is(Kind::native) || c[0].is(Kind::bound) || c[0].is(Kind::class_) ||
                (host != nullptr && host->callable());
       }},
      {"type", "object, /", type_of},
      {"iter", "iterable, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         return c[0].is(Kind::iterator) ? c[0] : Value(make<IteratorObject>(in.items(c[0])));
       }},
      {"next", "iterator, default=..., /", next_item},
      {"print", "*values, sep=\" \", end=\"\", file=None, flush=False", print},
      {"hash", "object, /",
       [](Interpreter&, NativeCall& c) -> Value {
         if (!c[0].is(Kind::string) && !c[0].is_number())
           throw Error("E901", "hash() is available for strings and numbers only");
         return static_cast<std::int64_t>(hash_value(c[0]) >> 2);
       }},
      {"ord", "c, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const std::string& text = in.to_text(c[0], "the argument of ord");
         if (count_code_points(text) != 1) throw Error("E209", "ord() needs one character");
         return static_cast<std::int64_t>(decode_utf8(text, 0).value);
       }},
      {"chr", "i, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const std::int64_t code = in.to_integer(c[0], "the argument of chr");
         if (code < 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
           throw Error("E209", "chr() argument out of range");
         std::string text;
         append_utf8(text, static_cast<std::uint32_t>(code));
         return text;
       }},
      {"property", "function, /",
       [](Interpreter&, NativeCall& c) -> Value { return mark_function(c, &FunctionObject::is_property); }},
      {"staticmethod", "function, /",
       [](Interpreter&, NativeCall& c) -> Value { return mark_function(c, &FunctionObject::is_static); }},
      {"classmethod", "function, /",
       [](Interpreter&, NativeCall& c) -> Value { return mark_function(c, &FunctionObject::is_class_method); }},
      {"super", "",
       [](Interpreter&, NativeCall&) -> Value {
         throw Error("E901", "super() is available inside methods only, without arguments");
       }},
  };
  return rows;
}

/// What super() gives: the base class's methods with self in place.
struct SuperObject : HostObject {
  SuperObject(Value instance, Value c) : self(std::move(instance)), type(std::move(c)) {}
  std::string describe() const override { return "super()"; }
  void clear() override {
    self = {};
    type = {};
  }
  Value attribute(Interpreter&, const std::string& name) override {
    if (type.is(Kind::class_)) {
      if (const Value* member = type.as<ClassObject>().find(name)) return make<BoundObject>(*member, Values{self});
    }
    static const NativeEntry kNothing{"__init__", "*args, **kwargs",
                                      [](Interpreter&, NativeCall&) -> Value { return Value::none(); }};
    if (name != "__init__") return {};
    const auto native = make<NativeObject>(kNothing, "object.__init__");
    native->parameters = {{"args", lang::Parameter::Kind::var_positional, false, {}},
                          {"kwargs", lang::Parameter::Kind::var_keyword, false, {}}};
    return native;
  }
  Value self, type;
};

}  // namespace

Values sorted_items(Interpreter& in, Values items, const Value& key, bool reverse) {
  std::vector<std::pair<Value, Value>> list;
  for (const Value& item : items)
    list.emplace_back(key.is_none() || !key.is_set() ? item : in.call(key, Values{item}), item);
  const auto before = [&](const Value& a, const Value& b) {
    const Value result = in.compare(Op::less, a, b);
    if (result.is_traced()) in.fail_traced("E301", result, "decides the order", "use jnp.sort");
    in.count_steps(1);
    return in.truth(result);
  };
  // Merge sort of our own: a comparison of the text need not be an order, and must not lead astray.
  std::vector<std::pair<Value, Value>> other(list.size());
  for (std::size_t width = 1; width < list.size(); width *= 2) {
    for (std::size_t begin = 0; begin < list.size(); begin += 2 * width) {
      const std::size_t middle = std::min(begin + width, list.size()), end = std::min(begin + 2 * width, list.size());
      std::size_t left = begin, right = middle;
      for (std::size_t out = begin; out < end; ++out) {
        const bool take_right =
            right < end && (left >= middle || (reverse ? before(list[left].first, list[right].first)
                                                       : before(list[right].first, list[left].first)));
        other[out] = list[take_right ? right++ : left++];
      }
    }
    std::swap(list, other);
  }
  for (std::size_t i = 0; i < items.size(); ++i) items[i] = list[i].second;
  return items;
}

bool is_instance(Interpreter& in, const Value& value, const Value& type) {
  switch (type.kind()) {
    case Kind::tuple:
      for (const Value& one : type.as<TupleObject>().items) {
        if (is_instance(in, value, one)) return true;
      }
      return false;
    case Kind::class_: {
      if (!value.is(Kind::instance)) return type.as<ClassObject>().name == type_name(value);
      const ClassObject* c = &value.as<InstanceObject>().type.as<ClassObject>();
      for (; c != nullptr; c = c->base.is(Kind::class_) ? &c->base.as<ClassObject>() : nullptr) {
        if (c == &type.as<ClassObject>() || (c->is_exception && c->name == type.as<ClassObject>().name)) return true;
      }
      return false;
    }
    case Kind::native: {
      const std::string name = type.as<NativeObject>().entry->name;
      if (name == "int") return value.is_integral();
      if (name == "frozenset") return value.is(Kind::set);
      return type_name(value) == name;
    }
    case Kind::host:
      return type.as<HostObject>().has_instance(value);
    case Kind::opaque:
      return false;
    case Kind::none:
      return value.is_none();
    default:
      throw Error("E209", "isinstance() needs a type, not " + describe(type));
  }
}

Value find_builtin(Interpreter& in, const std::string& name) {
  if (const NativeEntry* entry = table().find(name)) return make_native(in, *entry);
  if (name == "Ellipsis") return Value::ellipsis();
  if (name == "NotImplemented") return Value::none();
  if (name == "__name__") return std::string("model");  // as of a module that is imported, not run
  if (name == "__debug__") return true;
  if (name == "object") return make<ClassObject>("object");
  return exception_type(name);
}

const std::vector<std::string>& builtin_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    for (const NativeEntry& row : table().rows()) result.emplace_back(row.name);
    return result;
  }();
  return names;
}

bool is_super(const Value& function) { return std::string_view(function.as<NativeObject>().entry->name) == "super"; }

Value make_super(Interpreter&, FrameObject* frame) {
  const bool method = frame != nullptr && frame->self_class.is(Kind::class_) && !frame->slots.empty();
  if (!method) throw Error("E901", "super() is available inside methods only");
  return make<SuperObject>(frame->slots[0], frame->self_class.as<ClassObject>().base);
}

}  // namespace dolab::lang
