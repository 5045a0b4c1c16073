// math, functools, itertools, operator, collections, typing, dataclasses, warnings, logging.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "lang/library/registry.hpp"
#include "lang/library/tables.hpp"

namespace dolab::lang {
namespace {

double number(Interpreter& in, NativeCall& c, std::size_t i = 0) {
  if (c[i].is_traced()) {
    in.fail_traced("E302", c[i], std::string("is passed to math.") + c.name(), std::string("use jnp.") + c.name());
  }
  return in.to_number(c[i], "the argument");
}

double checked(NativeCall& c, double result, bool valid) {
  if (!valid) throw Error("E209", std::string("math.") + c.name() + " is not defined there");
  return result;
}

Value whole(double value) {
  if (!(std::fabs(value) < 9.2e18)) throw Error("E908", "a whole number leaves the range of 64 bits");
  return static_cast<std::int64_t>(value);
}

std::int64_t multiply(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result))
    throw Error("E908", "a whole number leaves the range of 64 bits", "use a float");
  return result;
}

Value factorial(Interpreter& in, NativeCall& c) {
  const std::int64_t n = in.to_integer(c[0], "the argument of factorial");
  if (n < 0) throw Error("E209", "factorial of a negative number");
  std::int64_t result = 1;
  for (std::int64_t i = 2; i <= n; ++i) result = multiply(result, i);
  return result;
}

Value comb(Interpreter& in, NativeCall& c) {
  const std::int64_t n = in.to_integer(c[0], "n"), k = in.to_integer(c[1], "k");
  if (n < 0 || k < 0) throw Error("E209", "comb of a negative number");
  if (k > n) return 0;
  std::int64_t result = 1;
  const std::int64_t m = std::min(k, n - k);
  for (std::int64_t i = 1; i <= m; ++i) {
    const std::int64_t factor = n - m + i;
    const std::int64_t divisor = std::gcd(result, i);
    result = multiply(result / divisor, factor / (i / divisor));
  }
  return result;
}

template <double (*F)(double)>
Value plain(Interpreter& in, NativeCall& c) {
  return F(number(in, c));
}

Value reduce(Interpreter& in, NativeCall& c) {
  Values list = in.items(c[1]);
  std::size_t i = 0;
  if (list.empty() && !c[2].is_set()) throw Error("E209", "reduce() of nothing needs an initial value");
  Value result = c[2].is_set() ? c[2] : list[i++];
  for (; i < list.size(); ++i) result = in.call(c[0], Values{result, list[i]});
  return result;
}

Value partial(Interpreter&, NativeCall& c) {
  const Values& list = c[0].as<TupleObject>().items;
  if (list.empty()) throw Error("E205", "partial() needs a function");
  std::vector<std::pair<std::string, Value>> named;
  for (const auto& entry : c[1].as<DictObject>().table.entries()) {
    if (entry.key.is_set()) named.emplace_back(entry.key.text(), entry.value);
  }
  return make<BoundObject>(list[0], Values(list.begin() + 1, list.end()), std::move(named));
}

Value identity(Interpreter&, NativeCall& c) { return c[0]; }

// A decorator with options: returns a function that returns its argument.
Value identity_decorator(Interpreter& in, NativeCall&) {
  static const NativeEntry kIdentity{"identity", "function, /", identity};
  return make_native(in, kIdentity);
}

Value product(Interpreter& in, NativeCall& c) {
  std::vector<Values> pools;
  const std::int64_t repeat = in.to_integer(c[1], "repeat");
  std::int64_t total = 1;
  for (std::int64_t r = 0; r < repeat; ++r) {
    for (const Value& pool : c[0].as<TupleObject>().items) {
      pools.push_back(in.items(pool));
      total = multiply(total, static_cast<std::int64_t>(pools.back().size()));
      in.check_length(static_cast<std::int64_t>(pools.size()));
      in.check_length(total);
    }
  }
  Values result;
  for (std::int64_t k = 0; k < total; ++k) {
    in.count_steps(1);
    Values row(pools.size());
    std::int64_t rest = k;
    for (std::size_t i = pools.size(); i-- > 0;) {
      const auto size = static_cast<std::int64_t>(pools[i].size());
      row[i] = pools[i][static_cast<std::size_t>(rest % size)];
      rest /= size;
    }
    result.push_back(make_tuple(std::move(row)));
  }
  return make<IteratorObject>(std::move(result));
}

// Selections of r positions out of n in lexicographic order; `ordered` for permutations.
void choose(Interpreter& in, const Values& pool, std::size_t r, bool ordered, std::vector<std::size_t>& chosen,
            Values& out) {
  if (chosen.size() == r) {
    Values row;
    for (const std::size_t i : chosen) row.push_back(pool[i]);
    out.push_back(make_tuple(std::move(row)));
    in.check_length(static_cast<std::int64_t>(out.size()));
    return;
  }
  for (std::size_t i = ordered || chosen.empty() ? 0 : chosen.back() + 1; i < pool.size(); ++i) {
    in.count_steps(1);
    if (ordered && std::find(chosen.begin(), chosen.end(), i) != chosen.end()) continue;
    chosen.push_back(i);
    choose(in, pool, r, ordered, chosen, out);
    chosen.pop_back();
  }
}

Value selections(Interpreter& in, NativeCall& c, bool ordered) {
  const Values pool = in.items(c[0]);
  const std::int64_t r = c.has(1) ? in.to_integer(c[1], "r") : static_cast<std::int64_t>(pool.size());
  Values result;
  if (r >= 0 && r <= static_cast<std::int64_t>(pool.size())) {
    if (r > 100) throw Error("E908", "selections of more than 100 items");
    std::vector<std::size_t> chosen;
    choose(in, pool, static_cast<std::size_t>(r), ordered, chosen, result);
  }
  return make<IteratorObject>(std::move(result));
}

Value accumulate(Interpreter& in, NativeCall& c) {
  Values result;
  if (c.has(2)) result.push_back(c[2]);
  for (const Value& item : in.items(c[0])) {
    if (result.empty()) {
      result.push_back(item);
    } else {
      result.push_back(c.has(1) ? in.call(c[1], Values{result.back(), item}) : in.binary(Op::add, result.back(), item));
    }
  }
  return make<IteratorObject>(std::move(result));
}

Value endless(std::function<Value(std::int64_t)> f) {
  const auto iterator = make<IteratorObject>(Values{});
  iterator->endless = std::move(f);
  return iterator;
}

Value chain(Interpreter& in, const Values& parts) {
  Values result;
  for (const Value& part : parts) {
    const Values more = in.items(part);
    result.insert(result.end(), more.begin(), more.end());
    in.check_length(static_cast<std::int64_t>(result.size()));
  }
  return make<IteratorObject>(std::move(result));
}

template <Op O>
Value operate(Interpreter& in, NativeCall& c) {
  return in.binary(O, c[0], c[1]);
}
template <Op O>
Value relate(Interpreter& in, NativeCall& c) {
  return in.compare(O, c[0], c[1]);
}

Value silent(Interpreter& in, NativeCall& c) {
  std::string text;
  for (const Value& item : c[0].as<TupleObject>().items) text += (text.empty() ? "" : " ") + in.str(item);
  in.note(text);
  return Value::none();
}

/// logging.getLogger(...): every method is a note.
struct Logger : HostObject {
  std::string describe() const override { return "a logger"; }
  Value attribute(Interpreter& in, const std::string&) override {
    static const NativeEntry kNote{"log", "*args, **kwargs", silent};
    return make_native(in, kNote, "logger");
  }
};

/// The class that collections.namedtuple, or a subclass of typing.NamedTuple, makes.
struct NamedTupleType : HostObject {
  NamedTupleType(std::string n, std::vector<std::string> f, Values d)
      : name(std::move(n)), fields(std::move(f)), defaults(std::move(d)) {
    defaults.resize(fields.size());
  }
  std::string describe() const override { return "the class `" + name + "`"; }
  bool callable() const override { return true; }
  bool has_instance(const Value& value) const override {
    return value.is(Kind::tuple) && value.as<TupleObject>().names == fields;
  }
  Value call(Interpreter&, CallArguments& arguments) override {
    Values items(fields.size());
    if (arguments.positional.size() > fields.size())
      throw Error("E205", "`" + name + "` takes " + std::to_string(fields.size()) + " arguments");
    std::copy(arguments.positional.begin(), arguments.positional.end(), items.begin());
    for (const auto& [key, value] : arguments.named) {
      const auto found = std::find(fields.begin(), fields.end(), key);
      if (found == fields.end()) throw Error("E204", "`" + name + "` has no field `" + key + "`");
      items[static_cast<std::size_t>(found - fields.begin())] = value;
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (!items[i].is_set()) items[i] = defaults[i];
      if (!items[i].is_set()) throw Error("E205", "`" + name + "` needs `" + fields[i] + "`");
    }
    return make<TupleObject>(std::move(items), fields);
  }
  std::string name;
  std::vector<std::string> fields;
  Values defaults;  // one per field, unset where there is none
};

Value namedtuple(Interpreter& in, NativeCall& c) {
  std::vector<std::string> fields;
  if (c[1].is(Kind::string)) {
    std::string text = c[1].text();
    std::replace(text.begin(), text.end(), ',', ' ');
    for (std::size_t at = text.find_first_not_of(' '); at != std::string::npos;) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      fields.push_back(text.substr(at, end - at));
      at = text.find_first_not_of(' ', end);
    }
  } else {
    for (const Value& field : in.items(c[1])) fields.push_back(in.to_text(field, "a field's name"));
  }
  Values defaults;
  if (c.has(2)) {
    defaults = in.items(c[2]);  // of the last fields
    if (defaults.size() > fields.size()) throw Error("E209", "more defaults than fields");
    defaults.insert(defaults.begin(), fields.size() - defaults.size(), Value());
  }
  return make<NamedTupleType>(in.to_text(c[0], "the name of the class"), std::move(fields), std::move(defaults));
}

Value dataclass(Interpreter& in, NativeCall& c) {
  if (!c[0].is_set() || c[0].is_none()) {
    static const NativeEntry kDataclass{"dataclass", "cls=None, **options", dataclass};
    return make_native(in, kDataclass);
  }
  if (!c[0].is(Kind::class_)) throw Error("E209", "`dataclass` needs a class");
  c[0].as<ClassObject>().is_dataclass = true;
  return c[0];
}

}  // namespace

Value make_named_tuple_class(std::string name, const std::vector<std::pair<std::string, Value>>& fields) {
  std::vector<std::string> names;
  Values defaults;
  for (const auto& [field, value] : fields) {
    names.push_back(field);
    defaults.push_back(value);
  }
  return make<NamedTupleType>(std::move(name), std::move(names), std::move(defaults));
}

const NativeTable& math_functions() {
  static const NativeTable rows{
      {"exp", "x, /", plain<std::exp>},
      {"expm1", "x, /", plain<std::expm1>},
      {"sin", "x, /", plain<std::sin>},
      {"cos", "x, /", plain<std::cos>},
      {"tan", "x, /", plain<std::tan>},
      {"atan", "x, /", plain<std::atan>},
      {"sinh", "x, /", plain<std::sinh>},
      {"cosh", "x, /", plain<std::cosh>},
      {"tanh", "x, /", plain<std::tanh>},
      {"asinh", "x, /", plain<std::asinh>},
      {"erf", "x, /", plain<std::erf>},
      {"erfc", "x, /", plain<std::erfc>},
      {"lgamma", "x, /", plain<std::lgamma>},
      {"gamma", "x, /", plain<std::tgamma>},
      {"fabs", "x, /", plain<std::fabs>},
      {"log", "x, base=..., /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const double x = number(in, c);
         const double value = checked(c, std::log(x), x > 0);
         return c[1].is_set() ? value / std::log(number(in, c, 1)) : value;
       }},
      {"log2", "x, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const double x = number(in, c);
         return checked(c, std::log2(x), x > 0);
       }},
      {"log10", "x, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const double x = number(in, c);
         return checked(c, std::log10(x), x > 0);
       }},
      {"log1p", "x, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const double x = number(in, c);
         return checked(c, std::log1p(x), x > -1);
       }},
      {"sqrt", "x, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const double x = number(in, c);
         return checked(c, std::sqrt(x), !(x < 0));
       }},
      {"asin", "x, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const double x = number(in, c);
         return checked(c, std::asin(x), std::fabs(x) <= 1);
       }},
      {"acos", "x, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const double x = number(in, c);
         return checked(c, std::acos(x), std::fabs(x) <= 1);
       }},
      {"atan2", "y, x, /",
       [](Interpreter& in, NativeCall& c) -> Value { return std::atan2(number(in, c), number(in, c, 1)); }},
      {"hypot", "x, y, /",
       [](Interpreter& in, NativeCall& c) -> Value { return std::hypot(number(in, c), number(in, c, 1)); }},
      {"pow", "x, y, /",
       [](Interpreter& in, NativeCall& c) -> Value { return std::pow(number(in, c), number(in, c, 1)); }},
      {"fmod", "x, y, /",
       [](Interpreter& in, NativeCall& c) -> Value { return std::fmod(number(in, c), number(in, c, 1)); }},
      {"copysign", "x, y, /",
       [](Interpreter& in, NativeCall& c) -> Value { return std::copysign(number(in, c), number(in, c, 1)); }},
      {"degrees", "x, /", [](Interpreter& in, NativeCall& c) -> Value { return number(in, c) * (180.0 / M_PI); }},
      {"radians", "x, /", [](Interpreter& in, NativeCall& c) -> Value { return number(in, c) * (M_PI / 180.0); }},
      {"floor", "x, /", [](Interpreter& in, NativeCall& c) -> Value { return whole(std::floor(number(in, c))); }},
      {"ceil", "x, /", [](Interpreter& in, NativeCall& c) -> Value { return whole(std::ceil(number(in, c))); }},
      {"trunc", "x, /", [](Interpreter& in, NativeCall& c) -> Value { return whole(std::trunc(number(in, c))); }},
      {"isnan", "x, /", [](Interpreter& in, NativeCall& c) -> Value { return std::isnan(number(in, c)); }},
      {"isinf", "x, /", [](Interpreter& in, NativeCall& c) -> Value { return std::isinf(number(in, c)); }},
      {"isfinite", "x, /", [](Interpreter& in, NativeCall& c) -> Value { return std::isfinite(number(in, c)); }},
      {"isqrt", "n, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const std::int64_t n = in.to_integer(c[0], "the argument of isqrt");
         if (n < 0) throw Error("E209", "isqrt of a negative number");
         auto root = static_cast<std::int64_t>(std::sqrt(static_cast<double>(n)));
         while (root > 0 && root > n / root) --root;
         while ((root + 1) <= n / (root + 1)) ++root;
         return root;
       }},
      {"gcd", "a, b, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         return std::gcd(in.to_integer(c[0], "a"), in.to_integer(c[1], "b"));
       }},
      {"factorial", "n, /", factorial},
      {"comb", "n, k, /", comb},
      {"prod", "iterable, /, *, start=1",
       [](Interpreter& in, NativeCall& c) -> Value {
         Value result = c[1];
         for (const Value& item : in.items(c[0])) result = in.binary(Op::mul, result, item);
         return result;
       }},
      {"fsum", "iterable, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         double total = 0, error = 0;
         for (const Value& item : in.items(c[0])) {
           const double x = in.to_number(item, "an item");
           const double next = total + x;
           error += std::fabs(total) >= std::fabs(x) ? (total - next) + x : (x - next) + total;
           total = next;
         }
         return total + error;
       }},
  };
  return rows;
}

const std::vector<LibraryValue>& math_values() {
  static const std::vector<LibraryValue> rows{
      {"pi", [](Interpreter&) { return Value(M_PI); }},
      {"e", [](Interpreter&) { return Value(M_E); }},
      {"tau", [](Interpreter&) { return Value(2 * M_PI); }},
      {"inf", [](Interpreter&) { return Value(std::numeric_limits<double>::infinity()); }},
      {"nan", [](Interpreter&) { return Value(std::numeric_limits<double>::quiet_NaN()); }},
  };
  return rows;
}

const NativeTable& functools_functions() {
  static const NativeTable rows{
      {"partial", "*args, **kwargs", partial},
      {"reduce", "function, iterable, initial=..., /", reduce},
      {"wraps", "wrapped, **options", identity_decorator},
      {"lru_cache", "function=None, **options",
       [](Interpreter& in, NativeCall& c) -> Value {
         return c[0].is(Kind::function) ? c[0] : identity_decorator(in, c);
       }},
      {"cache", "function, /", identity},
      {"cached_property", "function, /",
       [](Interpreter&, NativeCall& c) -> Value {
         if (c[0].is(Kind::function)) c[0].as<FunctionObject>().is_property = true;
         return c[0];
       }},
  };
  return rows;
}

const NativeTable& itertools_functions() {
  static const NativeTable rows{
      {"product", "*iterables, repeat=1", product},
      {"combinations", "iterable, r", [](Interpreter& in, NativeCall& c) -> Value { return selections(in, c, false); }},
      {"permutations", "iterable, r=None",
       [](Interpreter& in, NativeCall& c) -> Value { return selections(in, c, true); }},
      {"accumulate", "iterable, func=None, *, initial=None", accumulate},
      {"chain", "*iterables",
       [](Interpreter& in, NativeCall& c) -> Value { return chain(in, c[0].as<TupleObject>().items); }},
      {"count", "start=0, step=1",
       [](Interpreter& in, NativeCall& c) -> Value {
         Interpreter* owner = &in;
         return endless([owner, start = c[0], step = c[1]](std::int64_t i) {
           return owner->binary(Op::add, start, owner->binary(Op::mul, Value(i), step));
         });
       }},
      {"cycle", "iterable",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Values list = in.items(c[0]);
         if (list.empty()) return make<IteratorObject>(Values{});
         return endless([list](std::int64_t i) { return list[static_cast<std::size_t>(i) % list.size()]; });
       }},
      {"repeat", "object, times=...",
       [](Interpreter& in, NativeCall& c) -> Value {
         if (!c[1].is_set()) return endless([item = c[0]](std::int64_t) { return item; });
         const std::int64_t n = std::max<std::int64_t>(0, in.to_integer(c[1], "times"));
         in.check_length(n);
         return make<IteratorObject>(Values(static_cast<std::size_t>(n), c[0]));
       }},
      {"islice", "iterable, start, stop=..., step=1",
       [](Interpreter& in, NativeCall& c) -> Value {
         const std::int64_t first = c[2].is_set() ? in.to_integer(c[1], "start") : 0;
         const std::int64_t last = in.to_integer(c[2].is_set() ? c[2] : c[1], "stop");
         const std::int64_t step = in.to_integer(c[3], "step");
         if (first < 0 || last < 0 || step < 1) throw Error("E209", "islice() needs start, stop >= 0 and step >= 1");
         in.check_length(last);
         Values result;
         if (c[0].is(Kind::iterator) && c[0].as<IteratorObject>().endless) {
           auto& iterator = c[0].as<IteratorObject>();
           for (std::int64_t i = first; i < last; i += step) result.push_back(iterator.endless(i));
         } else {
           const Values list = in.items(c[0]);
           for (std::int64_t i = first; i < last && i < static_cast<std::int64_t>(list.size()); i += step)
             result.push_back(list[static_cast<std::size_t>(i)]);
         }
         return make<IteratorObject>(std::move(result));
       }},
      {"starmap", "function, iterable",
       [](Interpreter& in, NativeCall& c) -> Value {
         Values result;
         for (const Value& item : in.items(c[1])) result.push_back(in.call(c[0], in.items(item)));
         return make<IteratorObject>(std::move(result));
       }},
  };
  return rows;
}

const NativeTable& operator_functions() {
  static const NativeTable rows{
      {"add", "a, b, /", operate<Op::add>},
      {"sub", "a, b, /", operate<Op::sub>},
      {"mul", "a, b, /", operate<Op::mul>},
      {"truediv", "a, b, /", operate<Op::div>},
      {"floordiv", "a, b, /", operate<Op::floor_div>},
      {"mod", "a, b, /", operate<Op::mod>},
      {"pow", "a, b, /", operate<Op::pow>},
      {"matmul", "a, b, /", operate<Op::matmul>},
      {"and_", "a, b, /", operate<Op::bit_and>},
      {"or_", "a, b, /", operate<Op::bit_or>},
      {"xor", "a, b, /", operate<Op::bit_xor>},
      {"lt", "a, b, /", relate<Op::less>},
      {"le", "a, b, /", relate<Op::less_equal>},
      {"gt", "a, b, /", relate<Op::greater>},
      {"ge", "a, b, /", relate<Op::greater_equal>},
      {"eq", "a, b, /", relate<Op::equal>},
      {"ne", "a, b, /", relate<Op::not_equal>},
      {"is_", "a, b, /", relate<Op::is>},
      {"is_not", "a, b, /", relate<Op::is_not>},
      {"contains", "a, b, /", [](Interpreter& in, NativeCall& c) -> Value { return in.compare(Op::in, c[1], c[0]); }},
      {"neg", "a, /", [](Interpreter& in, NativeCall& c) -> Value { return in.unary(Op::negate, c[0]); }},
      {"invert", "a, /", [](Interpreter& in, NativeCall& c) -> Value { return in.unary(Op::invert, c[0]); }},
      {"not_", "a, /", [](Interpreter& in, NativeCall& c) -> Value { return !in.truth(c[0]); }},
      {"getitem", "a, b, /", [](Interpreter& in, NativeCall& c) -> Value { return in.subscript(c[0], c[1]); }},
      {"itemgetter", "*items",
       [](Interpreter& in, NativeCall& c) -> Value {
         static const NativeEntry kGet{"itemgetter", "keys, object, /",
                                       [](Interpreter& inner, NativeCall& call) -> Value {
                                         const Values& keys = call[0].as<TupleObject>().items;
                                         if (keys.size() == 1) return inner.subscript(call[1], keys[0]);
                                         Values result;
                                         for (const Value& key : keys) result.push_back(inner.subscript(call[1], key));
                                         return make_tuple(std::move(result));
                                       }};
         return make<BoundObject>(make_native(in, kGet), Values{c[0]});
       }},
      {"attrgetter", "name",
       [](Interpreter& in, NativeCall& c) -> Value {
         static const NativeEntry kGet{"attrgetter", "name, object, /",
                                       [](Interpreter& inner, NativeCall& call) -> Value {
                                         return inner.attribute(call[1], inner.to_text(call[0], "an attribute's name"));
                                       }};
         return make<BoundObject>(make_native(in, kGet), Values{c[0]});
       }},
  };
  return rows;
}

const NativeTable& collections_functions() {
  static const NativeTable rows{
      {"namedtuple", "typename, field_names, *, defaults=None, **options", namedtuple},
      {"OrderedDict", "iterable=..., /, **kwargs",
       [](Interpreter& in, NativeCall& c) -> Value {
         CallArguments arguments;
         if (c[0].is_set()) arguments.positional.push_back(c[0]);
         for (const auto& entry : c[1].as<DictObject>().table.entries()) {
           if (entry.key.is_set()) arguments.named.emplace_back(entry.key.text(), entry.value);
         }
         return in.call(find_builtin(in, "dict"), std::move(arguments));
       }},
      {"deque", "iterable=..., maxlen=None",
       [](Interpreter& in, NativeCall& c) -> Value { return make_list(c[0].is_set() ? in.items(c[0]) : Values{}); }},
  };
  return rows;
}

const NativeTable& silent_functions() {
  static const NativeTable rows{
      {"warn", "*args, **kwargs", silent},
      {"info", "*args, **kwargs", silent},
      {"debug", "*args, **kwargs", silent},
      {"warning", "*args, **kwargs", silent},
      {"error", "*args, **kwargs", silent},
      {"simplefilter", "*args, **kwargs", [](Interpreter&, NativeCall&) -> Value { return Value::none(); }},
      {"filterwarnings", "*args, **kwargs", [](Interpreter&, NativeCall&) -> Value { return Value::none(); }},
      {"basicConfig", "*args, **kwargs", [](Interpreter&, NativeCall&) -> Value { return Value::none(); }},
      {"getLogger", "name=None", [](Interpreter&, NativeCall&) -> Value { return make<Logger>(); }},
  };
  return rows;
}

const NativeTable& typing_functions() {
  static const NativeTable rows{
      {"cast", "type, value, /", [](Interpreter&, NativeCall& c) -> Value { return c[1]; }},
      {"NamedTuple", "typename, fields=..., **options",
       [](Interpreter& in, NativeCall& c) -> Value {
         std::vector<std::string> fields;
         if (c[1].is_set()) {
           for (const Value& field : in.items(c[1]))
             fields.push_back(in.to_text(in.subscript(field, Value(0)), "a field's name"));
         }
         return make<NamedTupleType>(in.to_text(c[0], "the name of the class"), std::move(fields), Values{});
       }},
      {"TypeVar", "name, *args, **options", [](Interpreter&, NativeCall& c) -> Value { return c[0]; }},
  };
  return rows;
}

const NativeTable& dataclass_functions() {
  static const NativeTable rows{
      {"dataclass", "cls=None, **options", dataclass},
      {"field", "*, default=None, default_factory=None, **options",
       [](Interpreter& in, NativeCall& c) -> Value { return c.has(1) ? in.call(c[1], Values{}) : c[0]; }},
      {"replace", "obj, /, **changes",
       [](Interpreter& in, NativeCall& c) -> Value {
         if (!c[0].is(Kind::instance)) throw Error("E209", "replace() needs an instance of a dataclass");
         const auto copy = make<InstanceObject>(c[0].as<InstanceObject>().type);
         copy->members = c[0].as<InstanceObject>().members;
         for (const auto& entry : c[1].as<DictObject>().table.entries()) {
           if (!entry.key.is_set()) continue;
           Value* member = copy->find(entry.key.text());
           if (member == nullptr) throw Error("E204", "there is no field " + in.repr(entry.key));
           *member = entry.value;
         }
         return copy;
       }},
  };
  return rows;
}

}  // namespace dolab::lang
