// From values to what the library needs, and the errors when they do not fit.
#include <cmath>
#include <unordered_set>

#include "lang/interpret/interpreter.hpp"

namespace dolab::lang {
namespace {

constexpr int kMaxNestedList = 32;

// Appends the numbers of nested sequences; all rows of one level must have one shape.
struct Flattener {
  Interpreter& interpreter;
  std::vector<double> numbers;
  DType dtype = DType::boolean;

  Shape add(const Value& value, int depth) {
    if (depth > kMaxNestedList) throw Error("E908", "lists are nested more than 32 deep in an array");
    if (value.is_number()) {
      const DType kind = value.is(Kind::boolean)   ? DType::boolean
                         : value.is(Kind::integer) ? DType::integer
                                                   : DType::real;
      dtype = std::max(dtype, kind);
      numbers.push_back(value.number());
      return {};
    }
    const bool sequence =
        value.is(Kind::list) || value.is(Kind::tuple) || value.is(Kind::range) || value.is(Kind::iterator);
    if (!sequence) throw Error("E209", describe(value) + " cannot be part of an array");
    const Values list = interpreter.items(value);
    Shape inner;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Shape shape = add(list[i], depth + 1);
      if (i > 0 && shape != inner) {
        throw Error("E407", "the rows of this array differ: " + to_string(inner) + " and " + to_string(shape));
      }
      inner = shape;
    }
    if (list.empty()) dtype = DType::real;
    interpreter.check_length(static_cast<std::int64_t>(numbers.size()));
    inner.insert(inner.begin(), static_cast<std::int64_t>(list.size()));
    return inner;
  }
};

bool contains_tensor(const Value& value, Interpreter& interpreter, int depth = 0) {
  if (value.is(Kind::tensor)) return true;
  if (depth > kMaxNestedList || !(value.is(Kind::list) || value.is(Kind::tuple))) return false;
  const Values& list = value.is(Kind::list) ? value.as<ListObject>().items : value.as<TupleObject>().items;
  for (const Value& item : list) {
    if (contains_tensor(item, interpreter, depth + 1)) return true;
  }
  return false;
}

}  // namespace

bool Interpreter::is_tensor_like(const Value& value) const { return value.is(Kind::tensor) || value.is_number(); }

Tensor Interpreter::to_operand(const Value& value) {
  switch (value.kind()) {
    case Kind::tensor:
      return value.tensor();
    case Kind::boolean:
      return graph().scalar(value.boolean() ? 1.0 : 0.0, DType::boolean);
    case Kind::integer:
      return graph().scalar(static_cast<double>(value.integer()), DType::integer);
    case Kind::real:
      return graph().scalar(value.real());
    case Kind::list:
    case Kind::tuple:
      throw Error("E209", "an array is needed, not " + describe(value), "use jnp.array(...)");
    case Kind::none:
      throw Error("E209", "an array is needed, not None",
                  "is an argument missing, or a default None not handled with `is None`?");
    case Kind::opaque:
      fail_opaque(value);
    default:
      break;
  }
  if (const auto* host = value.get_if<HostObject>(); host != nullptr && host->type_name() == "Distribution") {
    throw Error("E206", host->describe() + " is used as a number", "draw from it with numpyro.sample(\"name\", ...)");
  }
  throw Error("E209", "an array is needed, not " + describe(value),
              value.is(Kind::function) || value.is(Kind::native) ? "are the call parentheses missing?" : "");
}

Tensor Interpreter::to_tensor(const Value& value) {
  const bool sequence =
      value.is(Kind::list) || value.is(Kind::tuple) || value.is(Kind::range) || value.is(Kind::iterator);
  if (!sequence) return to_operand(value);
  if (contains_tensor(value, *this)) {
    std::vector<Tensor> parts;
    DType widest = DType::boolean;
    for (const Value& item : items(value)) {
      parts.push_back(to_tensor(item));
      widest = std::max(widest, parts.back().dtype());
    }
    for (Tensor& part : parts) part = tensor::cast(part, widest);
    return tensor::stack(parts, 0);
  }
  Flattener flattener{*this, {}};
  const Shape shape = flattener.add(value, 0);
  return graph().constant(Array(flattener.dtype, shape, flattener.numbers));
}

std::int64_t Interpreter::to_integer(const Value& value, const char* what) {
  if (value.is_integral()) return value.integer();
  if (value.is_traced()) fail_traced("E303", value, std::string("is used as ") + what);
  if (value.is(Kind::tensor) && value.tensor().size() == 1 && value.tensor().dtype() != DType::real) {
    return static_cast<std::int64_t>(value.tensor().value()[0]);
  }
  const bool whole = value.is(Kind::real) && value.real() == std::floor(value.real());
  throw Error(
      "E209",
      std::string(what) + " must be a whole number, not " + (value.is(Kind::real) ? "a float" : describe(value)),
      whole ? "write int(...) around it, or // instead of /" : "");
}

double Interpreter::to_number(const Value& value, const char* what) {
  if (value.is_number()) return value.number();
  if (value.is_traced()) fail_traced("E302", value, std::string("is used as ") + what);
  if (value.is(Kind::tensor) && value.tensor().size() == 1) return value.tensor().value()[0];
  throw Error("E209", std::string(what) + " must be a number, not " + describe(value));
}

std::vector<std::int64_t> Interpreter::to_integers(const Value& value, const char* what) {
  std::vector<std::int64_t> result;
  if (value.is_integral() || (value.is(Kind::tensor) && value.tensor().rank() == 0)) return {to_integer(value, what)};
  if (value.is_traced()) fail_traced("E303", value, std::string("is used as ") + what);
  if (value.is(Kind::real) || value.is(Kind::string) || value.is_none()) {
    throw Error("E209", std::string(what) + " must be a whole number or a tuple of them, not " + describe(value));
  }
  for (const Value& item : items(value)) result.push_back(to_integer(item, what));
  return result;
}

Shape Interpreter::to_shape(const Value& value, const char* what) { return to_integers(value, what); }

const std::string& Interpreter::to_text(const Value& value, const char* what) {
  if (value.is(Kind::string)) return value.text();
  throw Error("E209", std::string(what) + " must be a string, not " + describe(value));
}

bool Interpreter::truth(const Value& value) {
  switch (value.kind()) {
    case Kind::none:
      return false;
    case Kind::boolean:
    case Kind::integer:
      return value.integer() != 0;
    case Kind::real:
      return value.real() != 0;
    case Kind::string:
    case Kind::bytes:
      return !value.text().empty();
    case Kind::tuple:
      return !value.as<TupleObject>().items.empty();
    case Kind::list:
      return !value.as<ListObject>().items.empty();
    case Kind::dict:
      return value.as<DictObject>().table.size() > 0;
    case Kind::set:
      return value.as<SetObject>().table.size() > 0;
    case Kind::range:
      return value.as<RangeObject>().count > 0;
    case Kind::tensor: {
      const Tensor& tensor = value.tensor();
      if (!tensor.is_constant()) fail_traced("E301", value, "decides control flow");
      if (tensor.size() == 1) return tensor.value()[0] != 0;
      throw Error("E209", "an array of shape " + to_string(tensor.shape()) + " has no single truth value",
                  "use .any() or .all(), or jnp.where to choose by element");
    }
    case Kind::opaque:
      fail_opaque(value);
    case Kind::instance: {
      const auto& type = value.as<InstanceObject>().type.as<ClassObject>();
      if (const Value* length = type.find("__len__")) return truth(call(*length, Values{value}));
      return true;
    }
    default:
      return true;
  }
}

Values Interpreter::items(const Value& iterable) {
  switch (iterable.kind()) {
    case Kind::list:
      return iterable.as<ListObject>().items;
    case Kind::tuple:
      return iterable.as<TupleObject>().items;
    case Kind::range: {
      const auto& range = iterable.as<RangeObject>();
      check_length(range.count);
      Values result;
      result.reserve(static_cast<std::size_t>(range.count));
      for (std::int64_t i = 0; i < range.count; ++i) result.emplace_back(range.at(i));
      return result;
    }
    case Kind::dict:
    case Kind::set: {
      const Table& table = iterable.is(Kind::dict) ? iterable.as<DictObject>().table : iterable.as<SetObject>().table;
      Values result;
      for (const auto& entry : table.entries()) {
        if (entry.key.is_set()) result.push_back(entry.key);
      }
      return result;
    }
    case Kind::string: {
      Values result;
      const std::string& text = iterable.text();
      check_length(static_cast<std::int64_t>(text.size()));
      for (std::size_t i = 0; i < text.size();) {
        std::size_t n = 1;
        while (i + n < text.size() && (static_cast<unsigned char>(text[i + n]) & 0xC0) == 0x80) ++n;
        result.emplace_back(text.substr(i, n));
        i += n;
      }
      return result;
    }
    case Kind::iterator: {
      auto& iterator = iterable.as<IteratorObject>();
      if (iterator.endless)
        throw Error("E905", "this iterator never ends", "combine it with zip or take items with next()");
      Values result(iterator.items.begin() + static_cast<std::ptrdiff_t>(iterator.next), iterator.items.end());
      iterator.next = iterator.items.size();
      return result;
    }
    case Kind::tensor: {
      const Tensor& tensor = iterable.tensor();
      if (tensor.rank() == 0) throw Error("E209", "a single number cannot be iterated over");
      const std::int64_t count = tensor.extent(0);
      if (count > limits_.loop_trips)
        throw Error("E905", "iteration over " + std::to_string(count) + " rows", "use array operations");
      Values result;
      result.reserve(static_cast<std::size_t>(count));
      for (std::int64_t i = 0; i < count; ++i) result.emplace_back(tensor::take_axis(tensor, 0, i));
      return result;
    }
    case Kind::opaque:
      fail_opaque(iterable);
    default:
      break;
  }
  const auto* host = iterable.get_if<HostObject>();
  const bool plate = host != nullptr && host->type_name() == "plate";
  throw Error("E209", describe(iterable) + " cannot be iterated over",
              plate ? "use `with plate(...)`, or `for i in range(n)` with distinct site names" : "");
}

std::string Interpreter::origin(const Tensor& tensor) const {
  std::vector<tensor::NodeId> stack{tensor.id()};
  std::unordered_set<tensor::NodeId> seen{tensor.id()};
  constexpr std::size_t kMaxVisited = 10000;
  while (!stack.empty() && seen.size() < kMaxVisited) {
    const tensor::NodeId id = stack.back();
    stack.pop_back();
    for (const model::Site& site : builder_.sites()) {
      const bool hit =
          (site.downstream.defined() && site.downstream.id() == id) || (site.value.defined() && site.value.id() == id);
      if (!hit) continue;
      return "depends on " + std::string(site.kind == model::SiteKind::param ? "param" : "latent") + " \"" + site.name +
             "\"" + (site.span.line > 0 ? " (line " + std::to_string(site.span.line) + ")" : "");
    }
    for (const tensor::NodeId input : tensor.graph().node(id).inputs) {
      if (seen.insert(input).second) stack.push_back(input);
    }
  }
  return "is a traced value";
}

void Interpreter::fail_traced(const char* code, const Value& value, const std::string& use, std::string hint) {
  throw Error(code,
              "this value " + use + ", but it " + origin(value.tensor()) + " and is not known while the model is built",
              std::move(hint));
}

}  // namespace dolab::lang
