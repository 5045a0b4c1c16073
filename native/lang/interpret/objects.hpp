// Containers, callables and other objects of a running model.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lang/interpret/value.hpp"
#include "lang/syntax/ast.hpp"

namespace dolab::lang {

class Interpreter;

using Values = std::vector<Value>;

struct TupleObject : Object {
  explicit TupleObject(Values v, std::vector<std::string> n = {})
      : Object(Kind::tuple), items(std::move(v)), names(std::move(n)) {}
  void clear() override { items.clear(); }
  Values items;
  std::vector<std::string> names;  // of a namedtuple
};

struct ListObject : Object {
  explicit ListObject(Values v = {}) : Object(Kind::list), items(std::move(v)) {}
  void clear() override { items.clear(); }
  Values items;
};

/// Hash of a static value that may be a key; throws E306 (traced tensor) or E209 (unhashable).
std::uint64_t hash_value(const Value& value, int depth = 0);
/// Equality of keys: 1 == 1.0 == True, strings, tuples by elements, everything else by identity.
bool equal_keys(const Value& a, const Value& b, int depth = 0);
/// One-element integer and real arrays become numbers; everything else is returned as it is.
Value as_key(const Value& value);

/// Insertion-ordered map.
class Table {
 public:
  Value* find(const Value& key);
  const Value* find(const Value& key) const { return const_cast<Table*>(this)->find(key); }
  void set(const Value& key, Value value);
  bool erase(const Value& key);
  void clear();
  std::size_t size() const noexcept { return live_; }

  struct Entry {
    Value key;  // unset: erased
    Value value;
  };
  /// In order of insertion; entries whose key is unset are to be skipped.
  const std::vector<Entry>& entries() const noexcept { return entries_; }

 private:
  std::ptrdiff_t locate(const Value& key, std::uint64_t hash) const;
  std::vector<Entry> entries_;
  std::multimap<std::uint64_t, std::size_t> index_;  // hash -> position, once there are more than a few
  std::size_t live_ = 0;
};

struct DictObject : Object {
  DictObject() : Object(Kind::dict) {}
  void clear() override { table.clear(); }
  Table table;
};

struct SetObject : Object {
  SetObject() : Object(Kind::set) {}
  void clear() override { table.clear(); }
  Table table;  // values are unused
};

struct SliceObject : Object {
  SliceObject(Value a, Value b, Value c)
      : Object(Kind::slice), start(std::move(a)), stop(std::move(b)), step(std::move(c)) {}
  Value start, stop, step;
};

struct RangeObject : Object {
  RangeObject(std::int64_t a, std::int64_t n, std::int64_t s) : Object(Kind::range), start(a), count(n), step(s) {}
  std::int64_t start, count, step;
  std::int64_t at(std::int64_t i) const noexcept { return start + i * step; }
};

/// Items computed ahead, handed out one by one.
struct IteratorObject : Object {
  explicit IteratorObject(Values v) : Object(Kind::iterator), items(std::move(v)) {}
  void clear() override {
    items.clear();
    endless = {};
  }
  Values items;
  std::size_t next = 0;
  std::function<Value(std::int64_t)> endless;  // itertools.count, cycle, repeat
};

/// Variables of one function call. A slot that is unset has not been assigned yet.
struct FrameObject : Object {
  FrameObject(const Scope& s, Ref<FrameObject> p)
      : Object(Kind::frame), scope(&s), slots(s.locals.size()), parent(std::move(p)) {}
  void clear() override {
    slots.clear();
    parent = {};
  }
  const Scope* scope;
  Values slots;
  Ref<FrameObject> parent;
  Value self_class;  // class whose method runs here (super())
  Value result;      // of `return`
};

struct FunctionObject : Object {
  FunctionObject(const FunctionCode& c, Ref<FrameObject> f) : Object(Kind::function), code(&c), closure(std::move(f)) {}
  void clear() override {
    closure = {};
    defaults.clear();
    owner = {};
  }
  const FunctionCode* code;
  Ref<FrameObject> closure;
  Values defaults;  // one per parameter; unset without a default
  Value owner;      // class it was defined in
  bool is_static = false, is_class_method = false, is_property = false;
};

/// What a call passes, with the places for error messages.
struct CallArguments {
  Values positional;
  std::vector<std::pair<std::string, Value>> named;
  std::vector<Span> positional_spans;  // as many as `positional`, or empty
  std::vector<Span> named_spans;
  Span span;  // of the whole call
};

struct NativeCall;
using NativeCode = Value (*)(Interpreter&, NativeCall&);

/// One row of the library's tables. The signature reads like Python's: "x, axis=None, *, keepdims=False, **rest";
/// a default of `...` means "absent".
struct NativeEntry {
  const char* name;
  const char* signature;
  NativeCode code;
};

struct NativeParameter {
  std::string name;
  Parameter::Kind kind = Parameter::Kind::positional;
  bool required = true;
  Value fallback;  // unset: absent
};

struct NativeObject : Object {
  NativeObject(const NativeEntry& e, std::string full) : Object(Kind::native), entry(&e), full_name(std::move(full)) {}
  const NativeEntry* entry;
  std::string full_name;  // as the user would write it: jnp.exp
  std::vector<NativeParameter> parameters;
};

/// The bound arguments of a native call, by position in its signature.
struct NativeCall {
  const NativeObject& function;
  Values values;
  std::vector<Span> spans;
  Span span;

  const Value& operator[](std::size_t i) const noexcept { return values[i]; }
  /// Given, and not None.
  bool has(std::size_t i) const noexcept { return values[i].is_set() && !values[i].is_none(); }
  const char* name() const noexcept { return function.entry->name; }
};

/// A callable with its first arguments in place: methods, functools.partial.
struct BoundObject : Object {
  BoundObject(Value f, Values a, std::vector<std::pair<std::string, Value>> n = {})
      : Object(Kind::bound), function(std::move(f)), arguments(std::move(a)), named(std::move(n)) {}
  void clear() override {
    function = {};
    arguments.clear();
    named.clear();
  }
  Value function;
  Values arguments;
  std::vector<std::pair<std::string, Value>> named;
};

struct LibraryModule;
struct ModuleObject : Object {
  explicit ModuleObject(const LibraryModule& m) : Object(Kind::module), library(&m) {}
  const LibraryModule* library;
};

/// A name from a module that is not available; using it is an error.
struct OpaqueObject : Object {
  explicit OpaqueObject(std::string p, bool k = false) : Object(Kind::opaque), path(std::move(p)), known(k) {}
  std::string path;
  bool known;  // a library name that is planned: E204 instead of E901
};
[[noreturn]] void fail_opaque(const Value& opaque);

struct ClassObject : Object {
  explicit ClassObject(std::string n) : Object(Kind::class_), name(std::move(n)) {}
  void clear() override {
    members.clear();
    base = {};
  }
  std::string name;
  Value base;  // another class, or unset
  std::vector<std::pair<std::string, Value>> members;
  bool is_exception = false;
  bool is_dataclass = false;
  std::vector<std::pair<std::string, Value>> fields;  // of a dataclass; default or unset
  const Value* find(const std::string& member) const;
};

struct InstanceObject : Object {
  explicit InstanceObject(Value c) : Object(Kind::instance), type(std::move(c)) {}
  void clear() override {
    type = {};
    members.clear();
  }
  Value type;
  std::vector<std::pair<std::string, Value>> members;
  Value* find(const std::string& member);
};

/// Objects of the library (distributions, plates, handlers, keys, dtypes, ...) say themselves what they can do.
struct HostObject : Object {
  HostObject() : Object(Kind::host) {}
  /// "distribution Normal", "plate \"obs\"": for messages.
  virtual std::string describe() const = 0;
  /// Name of its class in Python.
  virtual std::string type_name() const { return describe(); }
  /// The attribute, or unset.
  virtual Value attribute(Interpreter&, const std::string&) { return {}; }
  virtual std::vector<std::string> attribute_names() const { return {}; }
  virtual bool callable() const { return false; }
  /// Throws E209 unless overridden.
  virtual Value call(Interpreter&, CallArguments&);
  virtual Value index(Interpreter&, const Value& key);
  virtual bool is_context() const { return false; }
  /// Entry into `with`; the value of `as`.
  virtual Value enter(Interpreter&) { return Value::none(); }
  virtual void exit(Interpreter&) {}
  /// isinstance(value, this); throws E209 if this is no type.
  virtual bool has_instance(const Value& value) const;
  virtual bool equals(const HostObject& other) const { return this == &other; }
  /// `==` with any value.
  virtual bool equals_value(const Value& other) const {
    const auto* host = other.get_if<HostObject>();
    return host != nullptr && equals(*host);
  }
};

inline Value make_tuple(Values items) { return make<TupleObject>(std::move(items)); }
inline Value make_list(Values items) { return make<ListObject>(std::move(items)); }

/// Name of a value's Python type: "int", "list", "array".
std::string type_name(const Value& value);
/// For messages: "a list", "the string \"a\"", "a tensor of shape (3,)".
std::string describe(const Value& value);

}  // namespace dolab::lang
