// a[key] and a[key] = value.
#include "base/nearest_name.hpp"
#include "lang/interpret/index_items.hpp"
#include "lang/interpret/interpreter.hpp"

namespace dolab::lang {
namespace {

struct Bounds {
  std::int64_t start = 0, count = 0, step = 1;
};

// Python's rules for a slice of a sequence of `size` items.
Bounds resolve(Interpreter& in, const SliceObject& slice, std::int64_t size) {
  Bounds result;
  if (!slice.step.is_none()) result.step = in.to_integer(slice.step, "a slice step");
  if (result.step == 0) throw Error("E209", "a slice step cannot be 0");
  const bool forward = result.step > 0;
  const auto bound = [&](const Value& value, std::int64_t otherwise) {
    if (value.is_none()) return otherwise;
    std::int64_t i = in.to_integer(value, "a slice bound");
    if (i < 0) i = i < -size ? -1 : i + size;
    if (value.is_integral() && value.integer() < -size) return forward ? std::int64_t{0} : std::int64_t{-1};
    return std::min(i, forward ? size : size - 1);
  };
  result.start = bound(slice.start, forward ? 0 : size - 1);
  const std::int64_t stop = bound(slice.stop, forward ? size : -1);
  const std::int64_t distance = forward ? stop - result.start : result.start - stop;
  const std::int64_t stride = forward ? result.step : (result.step == INT64_MIN ? INT64_MAX : -result.step);
  result.count = distance <= 0 ? 0 : (distance - 1) / stride + 1;
  return result;
}

Values slice_items(Interpreter& in, const Values& source, const SliceObject& slice) {
  const Bounds bounds = resolve(in, slice, static_cast<std::int64_t>(source.size()));
  Values result;
  for (std::int64_t i = 0; i < bounds.count; ++i) {
    result.push_back(source[static_cast<std::size_t>(bounds.start + i * bounds.step)]);
  }
  return result;
}

std::size_t position(Interpreter& in, const Value& key, std::size_t length, const char* what) {
  if (key.is_traced())
    in.fail_traced("E306", key, std::string("is used as the index of a ") + what, "use jnp.stack(list)[i]");
  const std::int64_t given = in.to_integer(key, (std::string("the index of a ") + what).c_str());
  const auto size = static_cast<std::int64_t>(length);
  const std::int64_t i = given < 0 ? given + size : given;
  if (i < 0 || i >= size) {
    throw Error("E405",
                "index " + std::to_string(given) + " is out of range for a " + what + " of " + std::to_string(size) +
                    (size == 1 ? " item" : " items"),
                "indices run from 0 to " + std::to_string(size - 1));
  }
  return static_cast<std::size_t>(i);
}

std::string missing_key_hint(Interpreter& in, const Table& table, const Value& key) {
  std::vector<std::string> known;
  for (const auto& entry : table.entries()) {
    if (entry.key.is(Kind::string)) known.push_back(entry.key.text());
  }
  if (key.is(Kind::string)) {
    const std::string hint = unknown_name_hint(key.text(), known);
    if (!hint.empty()) return hint;
  }
  std::string keys;
  for (const auto& entry : table.entries()) {
    if (entry.key.is_set() && keys.size() < 60) keys += (keys.empty() ? "" : ", ") + in.repr(entry.key);
  }
  return keys.empty() ? "the dict is empty" : "keys: " + keys;
}

tensor::IndexItem to_item(Interpreter& in, const Value& key) {
  using tensor::IndexItem;
  switch (key.kind()) {
    case Kind::integer:
      return IndexItem::at(key.integer());
    case Kind::none:
      return IndexItem::axis();
    case Kind::ellipsis:
      return IndexItem::rest();
    case Kind::slice: {
      const auto& slice = key.as<SliceObject>();
      const auto bound = [&](const Value& value, const char* what) -> std::optional<std::int64_t> {
        if (value.is_none()) return std::nullopt;
        return in.to_integer(value, what);
      };
      return IndexItem::range(bound(slice.start, "a slice bound"), bound(slice.stop, "a slice bound"),
                              bound(slice.step, "a slice step"));
    }
    case Kind::tensor: {
      const Tensor& index = key.tensor();
      if (index.rank() == 0 && index.is_constant() && index.dtype() == DType::integer) {
        return IndexItem::at(static_cast<std::int64_t>(index.value()[0]));
      }
      return IndexItem::of(index);
    }
    case Kind::list:
    case Kind::range: {
      const Tensor index = in.to_tensor(key);
      return IndexItem::of(index.size() == 0 ? tensor::cast(index, DType::integer) : index);
    }
    case Kind::real:
      throw Error("E209", "an array index must be a whole number, not a float", "use // or int(...)");
    default:
      throw Error("E406", describe(key) + " is no index of an array");
  }
}

}  // namespace

std::vector<tensor::IndexItem> index_items(Interpreter& in, const Value& key) {
  std::vector<tensor::IndexItem> result;
  if (!key.is(Kind::tuple)) return {to_item(in, key)};
  for (const Value& part : key.as<TupleObject>().items) result.push_back(to_item(in, part));
  return result;
}

Value Interpreter::subscript(const Value& object, const Value& key) {
  switch (object.kind()) {
    case Kind::tensor:
      return tensor::index(object.tensor(), index_items(*this, key));
    case Kind::list: {
      const Values& list = object.as<ListObject>().items;
      if (key.is(Kind::slice)) return make_list(slice_items(*this, list, key.as<SliceObject>()));
      return list[position(*this, key, list.size(), "list")];
    }
    case Kind::tuple: {
      const Values& tuple = object.as<TupleObject>().items;
      if (key.is(Kind::slice)) return make_tuple(slice_items(*this, tuple, key.as<SliceObject>()));
      return tuple[position(*this, key, tuple.size(), "tuple")];
    }
    case Kind::dict: {
      Table& table = object.as<DictObject>().table;
      if (const Value* value = table.find(key)) return *value;
      throw Error("E405", "the dict has no key " + repr(key), missing_key_hint(*this, table, key));
    }
    case Kind::string: {
      const Values characters = items(object);
      if (!key.is(Kind::slice)) return characters[position(*this, key, characters.size(), "string")];
      std::string result;
      for (const Value& character : slice_items(*this, characters, key.as<SliceObject>())) result += character.text();
      return result;
    }
    case Kind::range: {
      const auto& range = object.as<RangeObject>();
      if (!key.is(Kind::slice)) {
        return range.at(
            static_cast<std::int64_t>(position(*this, key, static_cast<std::size_t>(range.count), "range")));
      }
      const Bounds bounds = resolve(*this, key.as<SliceObject>(), range.count);
      return make<RangeObject>(range.at(bounds.start), bounds.count, range.step * bounds.step);
    }
    case Kind::host:
      return object.as<HostObject>().index(*this, key);
    case Kind::instance: {
      const Value* method = object.as<InstanceObject>().type.as<ClassObject>().find("__getitem__");
      if (method != nullptr) return call(*method, Values{object, key});
      break;
    }
    // list[int], Callable[..., float]: annotations that are evaluated as expressions.
    case Kind::native:
    case Kind::class_:
      return object;
    case Kind::opaque:
      fail_opaque(object);
    default:
      break;
  }
  throw Error("E209", describe(object) + " cannot be indexed");
}

void Interpreter::assign_subscript(const Value& object, const Value& key, const Value& value) {
  switch (object.kind()) {
    case Kind::list: {
      Values& list = object.as<ListObject>().items;
      if (!key.is(Kind::slice)) {
        list[position(*this, key, list.size(), "list")] = value;
        return;
      }
      const Bounds bounds = resolve(*this, key.as<SliceObject>(), static_cast<std::int64_t>(list.size()));
      const Values replacement = items(value);
      if (bounds.step == 1) {
        const auto begin = list.begin() + bounds.start;
        list.erase(begin, begin + bounds.count);
        list.insert(list.begin() + bounds.start, replacement.begin(), replacement.end());
        check_length(static_cast<std::int64_t>(list.size()));
        return;
      }
      if (static_cast<std::int64_t>(replacement.size()) != bounds.count) {
        throw Error("E207",
                    std::to_string(bounds.count) + " places, " + std::to_string(replacement.size()) + " values");
      }
      for (std::int64_t i = 0; i < bounds.count; ++i) {
        list[static_cast<std::size_t>(bounds.start + i * bounds.step)] = replacement[static_cast<std::size_t>(i)];
      }
      return;
    }
    case Kind::dict: {
      Table& table = object.as<DictObject>().table;
      table.set(key, value);
      check_length(static_cast<std::int64_t>(table.size()));
      return;
    }
    case Kind::tensor:
      throw Error("E305", "the elements of an array cannot be assigned", "write x = x.at[i].set(v)");
    case Kind::instance: {
      const Value* method = object.as<InstanceObject>().type.as<ClassObject>().find("__setitem__");
      if (method == nullptr) break;
      call(*method, Values{object, key, value});
      return;
    }
    default:
      break;
  }
  throw Error("E209", "the items of " + describe(object) + " cannot be assigned",
              object.is(Kind::tuple) ? "use a list" : "");
}

}  // namespace dolab::lang
