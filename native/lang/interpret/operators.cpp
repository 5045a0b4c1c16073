// Operators on static values and tensors.
#include <cmath>
#include <limits>

#include "lang/interpret/interpreter.hpp"
#include "lang/library/registry.hpp"
#include "tensor/functions/special.hpp"

namespace dolab::lang {
namespace {

using tensor::Binary;

[[noreturn]] void fail_overflow() { throw Error("E908", "a whole number leaves the range of 64 bits", "use a float"); }

std::int64_t checked(bool overflow, std::int64_t value) {
  if (overflow) fail_overflow();
  return value;
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  if (b == 0) throw Error("E209", "division by zero");
  if (a == std::numeric_limits<std::int64_t>::min() && b == -1) fail_overflow();
  const std::int64_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

Value integer_power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) {
    if (base == 0) throw Error("E209", "zero cannot be raised to a negative power");
    return std::pow(static_cast<double>(base), static_cast<double>(exponent));
  }
  std::int64_t result = 1;
  while (exponent > 0) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result)) fail_overflow();
    exponent >>= 1;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) fail_overflow();
  }
  return result;
}

double real_modulo(double a, double b) {
  if (b == 0) throw Error("E209", "division by zero");
  double result = std::fmod(a, b);
  if (result != 0 && (result < 0) != (b < 0)) result += b;
  return result == 0 ? std::copysign(0.0, b) : result;
}

Value integers(Op op, std::int64_t a, std::int64_t b) {
  std::int64_t r = 0;
  switch (op) {
    case Op::add: {
      const bool o = __builtin_add_overflow(a, b, &r);
      return checked(o, r);
    }
    case Op::sub: {
      const bool o = __builtin_sub_overflow(a, b, &r);
      return checked(o, r);
    }
    case Op::mul: {
      const bool o = __builtin_mul_overflow(a, b, &r);
      return checked(o, r);
    }
    case Op::div:
      if (b == 0) throw Error("E209", "division by zero");
      return static_cast<double>(a) / static_cast<double>(b);
    case Op::floor_div:
      return floor_divide(a, b);
    case Op::mod:
      return b == -1 ? 0 : a - floor_divide(a, b) * b;
    case Op::pow:
      return integer_power(a, b);
    case Op::bit_and:
      return a & b;
    case Op::bit_or:
      return a | b;
    case Op::bit_xor:
      return a ^ b;
    case Op::shift_left:
      if (b < 0) throw Error("E209", "negative shift");
      if (a == 0) return 0;
      if (b > 62 || std::llabs(a) > (std::numeric_limits<std::int64_t>::max() >> b)) fail_overflow();
      return a * (std::int64_t{1} << b);
    case Op::shift_right:
      if (b < 0) throw Error("E209", "negative shift");
      return a >> (b > 63 ? 63 : b);
    default:
      break;
  }
  throw Error("E209", std::string("`") + spelling(op) + "` does not work on whole numbers");
}

Value reals(Op op, double a, double b) {
  switch (op) {
    case Op::add:
      return a + b;
    case Op::sub:
      return a - b;
    case Op::mul:
      return a * b;
    case Op::div:
      if (b == 0) throw Error("E209", "division by zero");
      return a / b;
    case Op::floor_div:
      if (b == 0) throw Error("E209", "division by zero");
      return std::floor(a / b);
    case Op::mod:
      return real_modulo(a, b);
    case Op::pow:
      if (a < 0 && b != std::floor(b)) throw Error("E901", "a negative number to a fractional power is complex");
      if (a == 0 && b < 0) throw Error("E209", "zero cannot be raised to a negative power");
      return std::pow(a, b);
    default:
      break;
  }
  throw Error("E209", std::string("`") + spelling(op) + "` does not work on floats");
}

// & | ^ << >> on arrays of integers: known values only.
Tensor bitwise(Op op, const Tensor& a, const Tensor& b) {
  if (a.dtype() == DType::real || b.dtype() == DType::real) {
    throw Error("E209", std::string("`") + spelling(op) + "` needs booleans or whole numbers",
                "compare first, for example (x > 0) & (y > 0)");
  }
  if (!a.is_constant() || !b.is_constant()) {
    throw Error("E209", std::string("`") + spelling(op) + "` of traced whole numbers is not available");
  }
  const Shape shape = broadcast_shapes(a.shape(), b.shape());
  const Array x = tensor::broadcast_to(a, shape).value();
  const Array y = tensor::broadcast_to(b, shape).value();
  Array result(DType::integer, shape);
  double* out = result.mutable_data();
  for (std::int64_t i = 0; i < result.size(); ++i) {
    out[i] = integers(op, static_cast<std::int64_t>(x[i]), static_cast<std::int64_t>(y[i])).number();
  }
  return a.graph().constant(std::move(result));
}

Tensor tensors(Op op, const Tensor& a, const Tensor& b) {
  const bool booleans = a.dtype() == DType::boolean && b.dtype() == DType::boolean;
  switch (op) {
    case Op::add:
      return tensor::binary(Binary::add, a, b);
    case Op::sub:
      return tensor::binary(Binary::subtract, a, b);
    case Op::mul:
      return tensor::binary(Binary::multiply, a, b);
    case Op::div:
      return tensor::binary(Binary::divide, a, b);
    case Op::floor_div:
      return tensor::binary(Binary::floor_divide, a, b);
    case Op::mod:
      return tensor::binary(Binary::modulo, a, b);
    case Op::pow:
      return tensor::power(a, b);
    case Op::matmul:
      if (a.rank() == 0 || b.rank() == 0) {
        throw Error(
            "E407",
            "`@` needs arrays with at least one axis, not " + to_string(a.shape()) + " and " + to_string(b.shape()),
            "use `*` to multiply by a number");
      }
      return tensor::matmul(a, b);
    case Op::bit_and:
      return booleans ? tensor::logical_and(a, b) : bitwise(op, a, b);
    case Op::bit_or:
      return booleans ? tensor::logical_or(a, b) : bitwise(op, a, b);
    case Op::bit_xor:
      return booleans ? tensor::logical_xor(a, b) : bitwise(op, a, b);
    case Op::shift_left:
    case Op::shift_right:
      return bitwise(op, a, b);
    default:
      break;
  }
  throw Error("E209", std::string("`") + spelling(op) + "` does not work on arrays");
}

const char* special_method(Op op) noexcept {
  switch (op) {
    case Op::add:
      return "__add__";
    case Op::sub:
      return "__sub__";
    case Op::mul:
      return "__mul__";
    case Op::div:
      return "__truediv__";
    case Op::floor_div:
      return "__floordiv__";
    case Op::mod:
      return "__mod__";
    case Op::pow:
      return "__pow__";
    case Op::matmul:
      return "__matmul__";
    case Op::less:
      return "__lt__";
    case Op::less_equal:
      return "__le__";
    case Op::greater:
      return "__gt__";
    case Op::greater_equal:
      return "__ge__";
    case Op::equal:
      return "__eq__";
    default:
      return "";
  }
}

// The operator methods that a class of the text defines.
Value call_special(Interpreter& interpreter, Op op, const Value& a, const Value& b) {
  if (!a.is(Kind::instance)) return {};
  const std::string name = special_method(op);
  const Value* method = name.empty() ? nullptr : a.as<InstanceObject>().type.as<ClassObject>().find(name);
  return method == nullptr ? Value() : interpreter.call(*method, Values{a, b});
}

Table combine_sets(Op op, const Table& a, const Table& b) {
  Table result;
  for (const auto& entry : a.entries()) {
    if (!entry.key.is_set()) continue;
    const bool common = b.find(entry.key) != nullptr;
    if (op == Op::bit_or || (op == Op::bit_and) == common) result.set(entry.key, Value::none());
  }
  if (op == Op::bit_or || op == Op::bit_xor) {
    for (const auto& entry : b.entries()) {
      if (entry.key.is_set() && a.find(entry.key) == nullptr) result.set(entry.key, Value::none());
    }
  }
  return result;
}

}  // namespace

Value Interpreter::binary(Op op, const Value& a, const Value& b) {
  if (a.is_number() && b.is_number() && op != Op::matmul) {
    if (!a.is(Kind::real) && !b.is(Kind::real)) {
      const bool logical =
          a.is(Kind::boolean) && b.is(Kind::boolean) && (op == Op::bit_and || op == Op::bit_or || op == Op::bit_xor);
      const Value result = integers(op, a.integer(), b.integer());
      return logical ? Value(result.integer() != 0) : result;
    }
    return reals(op, a.number(), b.number());
  }
  if (a.is(Kind::tensor) || b.is(Kind::tensor)) {
    // `"%s" % x` and list * array are refused by to_operand.
    if (op == Op::pow && b.is(Kind::integer) && std::llabs(b.integer()) <= 64) {
      return tensor::integer_power(a.tensor(), b.integer());
    }
    if (!(a.is(Kind::string) && op == Op::mod)) return tensors(op, to_operand(a), to_operand(b));
  }
  if (a.is(Kind::string)) {
    if (op == Op::mod) return format_percent(*this, a.text(), b);
    if (op == Op::add && b.is(Kind::string)) {
      check_length(static_cast<std::int64_t>(a.text().size() + b.text().size()));
      count_steps(static_cast<std::int64_t>(a.text().size() / 64));
      return a.text() + b.text();
    }
  }
  const bool repeated = op == Op::mul && (a.is_integral() || b.is_integral());
  if (repeated) {
    const Value& sequence = a.is_integral() ? b : a;
    const std::int64_t n = std::max<std::int64_t>(0, a.is_integral() ? a.integer() : b.integer());
    const auto grow = [&](std::size_t size) {
      if (size > 0 && n > limits_.container_items / static_cast<std::int64_t>(size))
        check_length(limits_.container_items + 1);
    };
    if (sequence.is(Kind::string)) {
      grow(sequence.text().size());
      std::string result;
      for (std::int64_t i = 0; i < n; ++i) result += sequence.text();
      return result;
    }
    if (sequence.is(Kind::list) || sequence.is(Kind::tuple)) {
      const Values& source =
          sequence.is(Kind::list) ? sequence.as<ListObject>().items : sequence.as<TupleObject>().items;
      grow(source.size());
      Values result;
      for (std::int64_t i = 0; i < n; ++i) result.insert(result.end(), source.begin(), source.end());
      return sequence.is(Kind::list) ? make_list(std::move(result)) : make_tuple(std::move(result));
    }
  }
  if (op == Op::add && a.kind() == b.kind() && (a.is(Kind::list) || a.is(Kind::tuple))) {
    Values result = items(a);
    const Values more = items(b);
    check_length(static_cast<std::int64_t>(result.size() + more.size()));
    count_steps(static_cast<std::int64_t>((result.size() + more.size()) / 16));
    result.insert(result.end(), more.begin(), more.end());
    return a.is(Kind::list) ? make_list(std::move(result)) : make_tuple(std::move(result));
  }
  if (a.is(Kind::set) && b.is(Kind::set) &&
      (op == Op::sub || op == Op::bit_and || op == Op::bit_or || op == Op::bit_xor)) {
    const auto set = make<SetObject>();
    set->table = combine_sets(op, a.as<SetObject>().table, b.as<SetObject>().table);
    return set;
  }
  if (a.is(Kind::dict) && b.is(Kind::dict) && op == Op::bit_or) {
    const auto dict = make<DictObject>();
    dict->table = a.as<DictObject>().table;
    for (const auto& entry : b.as<DictObject>().table.entries()) {
      if (entry.key.is_set()) dict->table.set(entry.key, entry.value);
    }
    return dict;
  }
  Value special = call_special(*this, op, a, b);
  if (special.is_set()) return special;
  // Unions of types appear in annotations that are evaluated as expressions.
  if (op == Op::bit_or && (a.is(Kind::class_) || a.is(Kind::native) || a.is_none())) return a;
  for (const Value* side : {&a, &b}) {
    if (side->is(Kind::host) || side->is(Kind::opaque)) to_operand(*side);
  }
  const bool list = a.is(Kind::list) || b.is(Kind::list) || a.is(Kind::tuple) || b.is(Kind::tuple);
  const bool missing = a.is_none() || b.is_none();
  throw Error("E209", std::string("`") + spelling(op) + "` does not work on " + describe(a) + " and " + describe(b),
              list      ? "use jnp.array(...) for arithmetic on lists"
              : missing ? "is an argument None that should be an array?"
                        : "");
}

Value Interpreter::unary(Op op, const Value& a) {
  switch (a.kind()) {
    case Kind::boolean:
    case Kind::integer:
      if (op == Op::negate) {
        if (a.integer() == std::numeric_limits<std::int64_t>::min()) fail_overflow();
        return -a.integer();
      }
      return op == Op::invert ? ~a.integer() : a.integer();
    case Kind::real:
      if (op == Op::negate) return -a.real();
      if (op == Op::positive) return a.real();
      break;
    case Kind::tensor:
      if (op == Op::negate) return -a.tensor();
      if (op == Op::positive) return a;
      if (a.tensor().dtype() == DType::boolean) return tensor::logical_not(a.tensor());
      if (a.tensor().dtype() == DType::integer) return -a.tensor() - graph().scalar(1.0, DType::integer);
      throw Error("E209", "`~` needs booleans or whole numbers", "compare first, for example ~(x > 0)");
    default:
      break;
  }
  if (a.is(Kind::host) || a.is(Kind::opaque)) to_operand(a);
  throw Error("E209", std::string("`") + spelling(op) + "` does not work on " + describe(a),
              a.is(Kind::list) || a.is(Kind::tuple) ? "use jnp.array(...)" : "");
}

namespace {

bool same_object(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::none:
    case Kind::ellipsis:
      return true;
    case Kind::boolean:
    case Kind::integer:
      return a.integer() == b.integer();
    case Kind::real:
      return a.real() == b.real();
    case Kind::string:
      return a.text() == b.text();
    case Kind::tensor:
      return a.tensor().id() == b.tensor().id();
    case Kind::module:
      return a.as<ModuleObject>().library == b.as<ModuleObject>().library;
    case Kind::native:
      return a.as<NativeObject>().entry == b.as<NativeObject>().entry;
    case Kind::host:
      return a.as<HostObject>().equals(b.as<HostObject>());
    default:
      return a.object() == b.object();
  }
}

template <class T>
bool ordered(Op op, const T& a, const T& b) {
  switch (op) {
    case Op::less:
      return a < b;
    case Op::greater:
      return a > b;
    case Op::less_equal:
      return a <= b;
    default:
      return a >= b;
  }
}

bool is_order(Op op) noexcept {
  return op == Op::less || op == Op::greater || op == Op::less_equal || op == Op::greater_equal;
}

constexpr int kMaxCompareDepth = 100;

bool contains(Interpreter& in, const Value& container, const Value& item);

bool equal_values(Interpreter& in, const Value& a, const Value& b, int depth) {
  if (depth > kMaxCompareDepth) throw Error("E908", "containers are nested more than 100 deep");
  if (a.is_number() && b.is_number()) return equal_keys(a, b);
  const bool sequences = a.kind() == b.kind() && (a.is(Kind::list) || a.is(Kind::tuple));
  if (sequences) {
    const Values x = in.items(a), y = in.items(b);
    if (x.size() != y.size()) return false;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!equal_values(in, x[i], y[i], depth + 1)) return false;
    }
    return true;
  }
  if (a.is(Kind::dict) && b.is(Kind::dict)) {
    const Table& x = a.as<DictObject>().table;
    const Table& y = b.as<DictObject>().table;
    if (x.size() != y.size()) return false;
    for (const auto& entry : x.entries()) {
      if (!entry.key.is_set()) continue;
      const Value* other = y.find(entry.key);
      if (other == nullptr || !equal_values(in, entry.value, *other, depth + 1)) return false;
    }
    return true;
  }
  if (a.is(Kind::set) && b.is(Kind::set)) {
    const Table& x = a.as<SetObject>().table;
    if (x.size() != b.as<SetObject>().table.size()) return false;
    for (const auto& entry : x.entries()) {
      if (entry.key.is_set() && !contains(in, b, entry.key)) return false;
    }
    return true;
  }
  if (a.is(Kind::range) && b.is(Kind::range))
    return equal_values(in, make_list(in.items(a)), make_list(in.items(b)), depth + 1);
  if (in.is_tensor_like(a) && in.is_tensor_like(b)) return in.truth(in.compare(Op::equal, a, b));
  if (a.is(Kind::host)) return a.as<HostObject>().equals_value(b);
  if (b.is(Kind::host)) return b.as<HostObject>().equals_value(a);
  return same_object(a, b);
}

bool contains(Interpreter& in, const Value& container, const Value& item) {
  switch (container.kind()) {
    case Kind::dict:
      return container.as<DictObject>().table.find(item) != nullptr;
    case Kind::set:
      return container.as<SetObject>().table.find(item) != nullptr;
    case Kind::string:
      return container.text().find(in.to_text(item, "the left side of `in`")) != std::string::npos;
    case Kind::range: {
      const auto& range = container.as<RangeObject>();
      if (!item.is_number()) return false;
      const double offset = item.number() - static_cast<double>(range.start);
      const double step = static_cast<double>(range.step);
      return std::fmod(offset, step) == 0 && offset / step >= 0 && offset / step < static_cast<double>(range.count);
    }
    default:
      break;
  }
  if (item.is_traced() || container.is_traced()) {
    in.fail_traced("E301", item.is_traced() ? item : container, "decides `in`", "use jnp.isin or (x == v).any()");
  }
  if (container.is(Kind::tensor)) {
    const Array values = container.tensor().value();
    const double wanted = in.to_number(item, "the left side of `in`");
    for (std::int64_t i = 0; i < values.size(); ++i) {
      if (values[i] == wanted) return true;
    }
    return false;
  }
  for (const Value& candidate : in.items(container)) {
    if (candidate.is_traced()) continue;
    if (equal_values(in, candidate, item, 0)) return true;
  }
  return false;
}

Tensor compare_tensors(Op op, const Tensor& a, const Tensor& b) {
  switch (op) {
    case Op::less:
      return a < b;
    case Op::greater:
      return a > b;
    case Op::less_equal:
      return a <= b;
    case Op::greater_equal:
      return a >= b;
    case Op::equal:
      return tensor::equal(a, b);
    default:
      return tensor::not_equal(a, b);
  }
}

}  // namespace

Value Interpreter::compare(Op op, const Value& a, const Value& b) {
  if (op == Op::is) return same_object(a, b);
  if (op == Op::is_not) return !same_object(a, b);
  if (op == Op::in) return contains(*this, b, a);
  if (op == Op::not_in) return !contains(*this, b, a);
  if (a.is_number() && b.is_number()) {
    if (!is_order(op)) return equal_keys(a, b) == (op == Op::equal);
    if (a.is_integral() && b.is_integral()) return ordered(op, a.integer(), b.integer());
    return ordered(op, a.number(), b.number());
  }
  if (a.is(Kind::tensor) || b.is(Kind::tensor)) {
    const bool comparable = is_tensor_like(a) && is_tensor_like(b);
    if (!comparable && !is_order(op) && (a.is_none() || b.is_none() || a.is(Kind::string) || b.is(Kind::string))) {
      return op == Op::not_equal;
    }
    return compare_tensors(op, to_operand(a), to_operand(b));
  }
  Value special = call_special(*this, op == Op::not_equal ? Op::equal : op, a, b);
  if (special.is_set()) return op == Op::not_equal ? Value(!truth(special)) : special;
  if (!is_order(op)) return equal_values(*this, a, b, 0) == (op == Op::equal);
  if (a.is(Kind::string) && b.is(Kind::string)) return ordered(op, a.text(), b.text());
  if (a.is(Kind::set) && b.is(Kind::set)) {
    const Value& small = op == Op::less || op == Op::less_equal ? a : b;
    const Value& large = op == Op::less || op == Op::less_equal ? b : a;
    for (const Value& item : items(small)) {
      if (!contains(*this, large, item)) return false;
    }
    const bool strict = op == Op::less || op == Op::greater;
    return !strict || small.as<SetObject>().table.size() < large.as<SetObject>().table.size();
  }
  if (a.kind() == b.kind() && (a.is(Kind::list) || a.is(Kind::tuple))) {
    const Values x = items(a), y = items(b);
    for (std::size_t i = 0; i < x.size() && i < y.size(); ++i) {
      if (!equal_values(*this, x[i], y[i], 0)) return compare(op, x[i], y[i]);
    }
    return ordered(op, x.size(), y.size());
  }
  throw Error("E209", std::string("`") + spelling(op) + "` does not compare " + describe(a) + " and " + describe(b));
}

}  // namespace dolab::lang
