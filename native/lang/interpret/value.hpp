// Values of a running model: static Python values and tensors. Reference counted; not shared between threads.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "dolab/error.hpp"
#include "tensor/build.hpp"

namespace dolab::lang {

using tensor::Tensor;

enum class Kind : std::uint8_t {
  unset,
  none,
  boolean,
  integer,
  real,
  ellipsis,  // stored in place
  string,
  bytes,
  tuple,
  list,
  dict,
  set,
  slice,
  range,
  tensor,
  iterator,
  function,
  native,
  bound,
  module,
  opaque,
  class_,
  instance,
  host,
  frame
};

class Heap;
class Object;

/// Deletes an object nobody refers to; long chains of objects are taken apart without recursion.
void dispose(Object* object) noexcept;

/// Everything that lives on the heap of one run. Objects are linked, so that the heap can break reference cycles
/// when the run ends.
class Object {
 public:
  explicit Object(Kind k);
  virtual ~Object();
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  /// Drops the references to other objects.
  virtual void clear() {}

  Kind kind;

 private:
  template <class T>
  friend class Ref;
  friend class Value;
  friend class Heap;
  std::uint32_t references_ = 0;
  Heap* heap_ = nullptr;
  Object* previous_ = nullptr;
  Object* next_ = nullptr;
};

/// The objects of one run. While it lives it is the current heap of its thread: objects made meanwhile join it.
class Heap {
 public:
  Heap();
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;
  std::int64_t size() const noexcept { return size_; }
  /// Objects that exist beyond which `Object` throws E908.
  std::int64_t limit = 30'000'000;

 private:
  friend class Object;
  Heap* outer_ = nullptr;
  Object* first_ = nullptr;
  std::int64_t size_ = 0;
};

/// Counted pointer to an object of a known type.
template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* object) noexcept : object_(object) { retain(); }
  Ref(const Ref& other) noexcept : object_(other.object_) { retain(); }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  ~Ref() { release(); }
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  T* get() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }

 private:
  void retain() noexcept {
    if (object_ != nullptr) ++object_->references_;
  }
  void release() noexcept {
    if (object_ != nullptr && --object_->references_ == 0) dispose(object_);
  }
  T* object_ = nullptr;
};

template <class T, class... Args>
Ref<T> make(Args&&... args) {
  return Ref<T>(new T(std::forward<Args>(args)...));
}

/// Sixteen bytes: a kind and a number or an object.
class Value {
 public:
  Value() noexcept { data_.integer = 0; }
  Value(bool value) noexcept : kind_(Kind::boolean) { data_.integer = value ? 1 : 0; }
  Value(std::int64_t value) noexcept : kind_(Kind::integer) { data_.integer = value; }
  Value(int value) noexcept : Value(static_cast<std::int64_t>(value)) {}
  Value(double value) noexcept : kind_(Kind::real) { data_.real = value; }
  Value(const Tensor& value);
  Value(std::string text);
  Value(const char* text) : Value(std::string(text)) {}
  template <class T>
  Value(const Ref<T>& object) noexcept : kind_(object->kind) {
    data_.object = object.get();
    ++data_.object->references_;
  }
  Value(const Value& other) noexcept : kind_(other.kind_), data_(other.data_) { retain(); }
  Value(Value&& other) noexcept : kind_(std::exchange(other.kind_, Kind::unset)), data_(other.data_) {}
  ~Value() { release(); }
  Value& operator=(Value other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(data_, other.data_);
    return *this;
  }
  static Value none() noexcept {
    Value value;
    value.kind_ = Kind::none;
    return value;
  }
  static Value ellipsis() noexcept {
    Value value;
    value.kind_ = Kind::ellipsis;
    return value;
  }

  Kind kind() const noexcept { return kind_; }
  bool is(Kind kind) const noexcept { return kind_ == kind; }
  bool is_set() const noexcept { return kind_ != Kind::unset; }
  bool is_none() const noexcept { return kind_ == Kind::none; }
  /// bool, int or float.
  bool is_number() const noexcept { return kind_ >= Kind::boolean && kind_ <= Kind::real; }
  bool is_integral() const noexcept { return kind_ == Kind::boolean || kind_ == Kind::integer; }

  std::int64_t integer() const noexcept { return data_.integer; }  // also of booleans
  bool boolean() const noexcept { return data_.integer != 0; }
  double real() const noexcept { return data_.real; }
  /// Any number as a double.
  double number() const noexcept { return kind_ == Kind::real ? data_.real : static_cast<double>(data_.integer); }
  Object* object() const noexcept { return kind_ >= Kind::string ? data_.object : nullptr; }
  /// The object as T; the caller has checked the kind.
  template <class T>
  T& as() const noexcept {
    return *static_cast<T*>(data_.object);
  }
  /// The object as T, or nullptr if it is something else.
  template <class T>
  T* get_if() const noexcept {
    return kind_ >= Kind::string ? dynamic_cast<T*>(data_.object) : nullptr;
  }
  const std::string& text() const noexcept;  // of a string
  const Tensor& tensor() const noexcept;     // of a tensor
  bool is_traced() const noexcept;           // a tensor whose value is not known

 private:
  void retain() noexcept {
    if (kind_ >= Kind::string) ++data_.object->references_;
  }
  void release() noexcept {
    if (kind_ >= Kind::string && --data_.object->references_ == 0) dispose(data_.object);
  }
  Kind kind_ = Kind::unset;
  union {
    std::int64_t integer;
    double real;
    Object* object;
  } data_;
};

struct StringObject : Object {
  explicit StringObject(std::string t) : Object(Kind::string), text(std::move(t)) {}
  std::string text;
};

struct TensorObject : Object {
  explicit TensorObject(const Tensor& t) : Object(Kind::tensor), value(t) {}
  Tensor value;
};

inline const std::string& Value::text() const noexcept { return as<StringObject>().text; }
inline const Tensor& Value::tensor() const noexcept { return as<TensorObject>().value; }
inline bool Value::is_traced() const noexcept { return kind_ == Kind::tensor && !tensor().is_constant(); }

}  // namespace dolab::lang
