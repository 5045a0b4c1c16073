#include "lang/interpret/objects.hpp"

#include <cmath>
#include <cstring>

#include "base/philox.hpp"

namespace dolab::lang {
namespace {

// The heap of the run that is under way on this thread; runs nest only when one starts inside another.
thread_local Heap* current_heap = nullptr;

constexpr std::size_t kLinearSearch = 8;

std::uint64_t mix(std::uint64_t value) noexcept { return splitmix64(value + 0x5851F42D4C957F2Dull); }

std::uint64_t hash_text(const std::string& text) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325ull;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  return mix(hash);
}

// Nesting of containers that comparison and hashing follow.
constexpr int kMaxContainerDepth = 200;
void check_depth(int depth) {
  if (depth > kMaxContainerDepth) throw Error("E908", "containers are nested more than 200 deep");
}

std::string shortened(const std::string& text) {
  return "\"" + (text.size() > 40 ? text.substr(0, 37) + "..." : text) + "\"";
}

}  // namespace

void dispose(Object* object) noexcept {
  thread_local int depth = 0;
  thread_local std::vector<Object*> waiting;
  constexpr int kMaxDepth = 64;
  if (depth >= kMaxDepth) {
    waiting.push_back(object);
    return;
  }
  ++depth;
  delete object;
  if (depth == 1) {
    while (!waiting.empty()) {
      Object* next = waiting.back();
      waiting.pop_back();
      delete next;
    }
  }
  --depth;
}

Object::Object(Kind k) : kind(k), heap_(current_heap) {
  if (heap_ == nullptr) return;
  if (heap_->size_ >= heap_->limit) throw Error("E908", "the model makes too many objects", "vectorise with arrays");
  next_ = heap_->first_;
  if (next_ != nullptr) next_->previous_ = this;
  heap_->first_ = this;
  ++heap_->size_;
}

Object::~Object() {
  if (heap_ == nullptr) return;
  if (previous_ != nullptr) previous_->next_ = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
  if (heap_->first_ == this) heap_->first_ = next_;
  --heap_->size_;
}

Heap::Heap() : outer_(current_heap) { current_heap = this; }

Heap::~Heap() {
  // What is left hangs in cycles: hold everything, let go of the links, then release.
  std::vector<Ref<Object>> held;
  for (Object* object = first_; object != nullptr; object = object->next_) held.emplace_back(object);
  for (const Ref<Object>& object : held) object->clear();
  held.clear();
  for (Object* object = first_; object != nullptr; object = object->next_) object->heap_ = nullptr;
  current_heap = outer_;
}

Value::Value(const Tensor& value) : Value(make<TensorObject>(value)) {}
Value::Value(std::string text) : Value(make<StringObject>(std::move(text))) {}

Value as_key(const Value& value) {
  if (!value.is(Kind::tensor)) return value;
  const Tensor& tensor = value.tensor();
  if (!tensor.is_constant())
    throw Error("E306", "a random value is used as a key", "keys must be known while the model is built");
  if (tensor.rank() != 0) throw Error("E209", "an array cannot be a key", "use a number, a string or a tuple");
  const double number = tensor.value()[0];
  if (tensor.dtype() == DType::boolean) return number != 0;
  if (tensor.dtype() == DType::integer) return static_cast<std::int64_t>(number);
  return number;
}

std::uint64_t hash_value(const Value& value, int depth) {
  check_depth(depth);
  switch (value.kind()) {
    case Kind::none:
      return 1;
    case Kind::boolean:
    case Kind::integer:
      return mix(static_cast<std::uint64_t>(value.integer()));
    case Kind::real: {
      const double number = value.real();
      if (number == std::floor(number) && std::fabs(number) < 9e18) {
        return mix(static_cast<std::uint64_t>(static_cast<std::int64_t>(number)));
      }
      std::uint64_t bits = 0;
      std::memcpy(&bits, &number, sizeof bits);
      return mix(bits);
    }
    case Kind::string:
    case Kind::bytes:
      return hash_text(value.text());
    case Kind::tuple: {
      std::uint64_t hash = 0x9E3779B97F4A7C15ull;
      for (const Value& item : value.as<TupleObject>().items) hash = mix(hash ^ hash_value(item, depth + 1));
      return hash;
    }
    case Kind::tensor:
      return hash_value(as_key(value), depth + 1);
    case Kind::list:
    case Kind::dict:
    case Kind::set:
      throw Error("E209", "a " + type_name(value) + " cannot be a key", "use a tuple");
    default:
      return mix(static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(value.object())));
  }
}

bool equal_keys(const Value& a, const Value& b, int depth) {
  check_depth(depth);
  if (a.is_integral() && b.is_integral()) return a.integer() == b.integer();
  if (a.is_number() && b.is_number()) return a.number() == b.number();
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::string:
    case Kind::bytes:
      return a.text() == b.text();
    case Kind::tuple: {
      const Values& x = a.as<TupleObject>().items;
      const Values& y = b.as<TupleObject>().items;
      if (x.size() != y.size()) return false;
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (!equal_keys(x[i], y[i], depth + 1)) return false;
      }
      return true;
    }
    case Kind::none:
    case Kind::ellipsis:
      return true;
    case Kind::host:
      return a.as<HostObject>().equals(b.as<HostObject>());
    default:
      return a.object() == b.object();
  }
}

std::ptrdiff_t Table::locate(const Value& key, std::uint64_t hash) const {
  if (index_.empty()) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].key.is_set() && equal_keys(entries_[i].key, key)) return static_cast<std::ptrdiff_t>(i);
    }
    return -1;
  }
  const auto range = index_.equal_range(hash);
  for (auto it = range.first; it != range.second; ++it) {
    if (equal_keys(entries_[it->second].key, key)) return static_cast<std::ptrdiff_t>(it->second);
  }
  return -1;
}

Value* Table::find(const Value& original) {
  const Value key = as_key(original);
  const std::ptrdiff_t at = locate(key, hash_value(key));
  return at < 0 ? nullptr : &entries_[static_cast<std::size_t>(at)].value;
}

void Table::set(const Value& original, Value value) {
  const Value key = as_key(original);
  const std::uint64_t hash = hash_value(key);
  const std::ptrdiff_t at = locate(key, hash);
  if (at >= 0) {
    entries_[static_cast<std::size_t>(at)].value = std::move(value);
    return;
  }
  entries_.push_back({key, std::move(value)});
  ++live_;
  if (!index_.empty()) {
    index_.emplace(hash, entries_.size() - 1);
  } else if (entries_.size() > kLinearSearch) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].key.is_set()) index_.emplace(hash_value(entries_[i].key), i);
    }
  }
}

bool Table::erase(const Value& original) {
  const Value key = as_key(original);
  const std::uint64_t hash = hash_value(key);
  const std::ptrdiff_t at = locate(key, hash);
  if (at < 0) return false;
  const auto position = static_cast<std::size_t>(at);
  const auto range = index_.equal_range(hash);
  for (auto it = range.first; it != range.second; ++it) {
    if (it->second != position) continue;
    index_.erase(it);
    break;
  }
  entries_[position] = {};
  if (--live_ == 0) clear();
  return true;
}

void Table::clear() {
  entries_.clear();
  index_.clear();
  live_ = 0;
}

const Value* ClassObject::find(const std::string& member) const {
  for (const ClassObject* type = this; type != nullptr;) {
    for (const auto& [key, value] : type->members) {
      if (key == member) return &value;
    }
    type = type->base.is(Kind::class_) ? &type->base.as<ClassObject>() : nullptr;
  }
  return nullptr;
}

Value* InstanceObject::find(const std::string& member) {
  for (auto& [name, value] : members) {
    if (name == member) return &value;
  }
  return nullptr;
}

namespace {

// What to write in place of a member of another library, or of one that is not there yet; "" if nothing is near.
std::string replacement_hint(const std::string& path) {
  static const std::vector<std::pair<std::string, std::string>> table{
      {"pymc", "write numpyro.sample(\"name\", dist.Normal(loc, scale))"},
      {"pyro.", "write numpyro. and numpyro.distributions. in its place"},
      {"torch", "write jnp. in its place"},
      {"tensorflow", "use numpyro.distributions and jnp"},
      {"numpy.random", "draw with numpyro.sample, or pass the numbers as an argument"},
      {"np.random", "draw with numpyro.sample, or pass the numbers as an argument"},
      {"control_flow.scan", "use jax.lax.scan, with the sample statements outside its body"},
      {"control_flow.cond", "use jnp.where"},
      {"funsor.", "sum the discrete site out by hand: dist.MixtureSameFamily, or logsumexp in numpyro.factor"}};
  for (const auto& [start, hint] : table) {
    if (path.compare(0, start.size(), start) == 0) return hint;
  }
  return "";
}

}  // namespace

void fail_opaque(const Value& value) {
  const auto& opaque = value.as<OpaqueObject>();
  const std::string hint = replacement_hint(opaque.path);
  if (opaque.known) throw Error("E204", "`" + opaque.path + "` is known, but not supported yet", hint);
  throw Error("E901", "`" + opaque.path + "` is not available inside a model",
              hint.empty() ? "pass the data as an argument" : hint);
}

Value HostObject::call(Interpreter&, CallArguments&) { throw Error("E209", describe() + " cannot be called"); }

bool HostObject::has_instance(const Value&) const { throw Error("E209", describe() + " is not a type"); }

Value HostObject::index(Interpreter&, const Value&) { throw Error("E209", describe() + " cannot be indexed"); }

std::string type_name(const Value& value) {
  switch (value.kind()) {
    case Kind::unset:
      return "nothing";
    case Kind::none:
      return "None";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
      return "int";
    case Kind::real:
      return "float";
    case Kind::ellipsis:
      return "ellipsis";
    case Kind::string:
      return "str";
    case Kind::bytes:
      return "bytes";
    case Kind::tuple:
      return "tuple";
    case Kind::list:
      return "list";
    case Kind::dict:
      return "dict";
    case Kind::set:
      return "set";
    case Kind::slice:
      return "slice";
    case Kind::range:
      return "range";
    case Kind::tensor:
      return "array";
    case Kind::iterator:
      return "iterator";
    case Kind::function:
    case Kind::native:
    case Kind::bound:
      return "function";
    case Kind::module:
      return "module";
    case Kind::opaque:
      return "unavailable object";
    case Kind::class_:
      return "class";
    case Kind::instance:
      return value.as<InstanceObject>().type.as<ClassObject>().name;
    case Kind::host:
      return value.as<HostObject>().type_name();
    case Kind::frame:
      break;
  }
  return "object";
}

std::string describe(const Value& value) {
  switch (value.kind()) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return value.boolean() ? "True" : "False";
    case Kind::integer:
      return "the number " + std::to_string(value.integer());
    case Kind::string:
      return "the string " + shortened(value.text());
    case Kind::tensor:
      return (value.is_traced() ? "a tensor of shape " : "an array of shape ") + to_string(value.tensor().shape());
    case Kind::function:
      return "the function `" + *value.as<FunctionObject>().code->name + "`";
    case Kind::native:
      return "the function `" + value.as<NativeObject>().full_name + "`";
    case Kind::class_:
      return "the class `" + value.as<ClassObject>().name + "`";
    case Kind::opaque:
      return "`" + value.as<OpaqueObject>().path + "`";
    case Kind::host:
      return value.as<HostObject>().describe();
    default:
      break;
  }
  const std::string name = type_name(value);
  const bool vowel = std::string("aeiou").find(name[0]) != std::string::npos;
  return (vowel ? "an " : "a ") + name;
}

}  // namespace dolab::lang
