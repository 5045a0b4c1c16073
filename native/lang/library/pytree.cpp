#include "lang/library/pytree.hpp"

#include <algorithm>

namespace dolab::lang {
namespace {

constexpr int kMaxDepth = 100;

bool is_branch(const Value& value) {
  return value.is(Kind::tuple) || value.is(Kind::list) || value.is(Kind::dict) || value.is_none();
}

// Children in the order of leaves.
Values children(const Value& tree) {
  if (tree.is(Kind::tuple)) return tree.as<TupleObject>().items;
  if (tree.is(Kind::list)) return tree.as<ListObject>().items;
  Values result;
  if (!tree.is(Kind::dict)) return result;
  std::vector<const Table::Entry*> entries;
  for (const auto& entry : tree.as<DictObject>().table.entries()) {
    if (entry.key.is_set()) entries.push_back(&entry);
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Table::Entry* a, const Table::Entry* b) {
    if (a->key.is(Kind::string) && b->key.is(Kind::string)) return a->key.text() < b->key.text();
    return a->key.is_number() && b->key.is_number() && a->key.number() < b->key.number();
  });
  for (const Table::Entry* entry : entries) result.push_back(entry->value);
  return result;
}

Value rebuild(const Value& tree, const Values& leaves, std::size_t& next) {
  if (!is_branch(tree)) return leaves[next++];
  if (tree.is_none()) return Value::none();
  Values items;
  for (const Value& child : children(tree)) items.push_back(rebuild(child, leaves, next));
  if (tree.is(Kind::tuple)) return make<TupleObject>(std::move(items), tree.as<TupleObject>().names);
  if (tree.is(Kind::list)) return make_list(std::move(items));
  // Values come by sorted key; the dict keeps its own order.
  const auto dict = make<DictObject>();
  dict->table = tree.as<DictObject>().table;
  std::vector<Value> keys;
  for (const auto& entry : tree.as<DictObject>().table.entries()) {
    if (entry.key.is_set()) keys.push_back(entry.key);
  }
  std::stable_sort(keys.begin(), keys.end(), [](const Value& a, const Value& b) {
    if (a.is(Kind::string) && b.is(Kind::string)) return a.text() < b.text();
    return a.is_number() && b.is_number() && a.number() < b.number();
  });
  for (std::size_t i = 0; i < keys.size(); ++i) dict->table.set(keys[i], items[i]);
  return dict;
}

void describe_structure(Interpreter& in, const Value& tree, bool shapes, std::string& out, int depth) {
  if (depth > kMaxDepth) throw Error("E908", "containers are nested more than 100 deep");
  if (!is_branch(tree)) {
    out += shapes ? "array " + to_string(in.to_tensor(tree).shape()) : "*";
    return;
  }
  if (tree.is_none()) {
    out += "None";
    return;
  }
  const char* brackets = tree.is(Kind::tuple) ? "()" : tree.is(Kind::list) ? "[]" : "{}";
  out.push_back(brackets[0]);
  if (tree.is(Kind::dict)) {
    std::vector<std::pair<std::string, const Value*>> entries;
    for (const auto& entry : tree.as<DictObject>().table.entries()) {
      if (entry.key.is_set()) entries.emplace_back(in.repr(entry.key), &entry.value);
    }
    std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < entries.size(); ++i) {
      out += (i > 0 ? ", " : "") + entries[i].first + ": ";
      describe_structure(in, *entries[i].second, shapes, out, depth + 1);
    }
  } else {
    const Values items = children(tree);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out += ", ";
      describe_structure(in, items[i], shapes, out, depth + 1);
    }
  }
  out.push_back(brackets[1]);
  in.check_length(static_cast<std::int64_t>(out.size()));
}

}  // namespace

void flatten_values(Interpreter& in, const Value& tree, Values& leaves, int depth) {
  if (depth > kMaxDepth) throw Error("E908", "containers are nested more than 100 deep");
  if (!is_branch(tree)) {
    leaves.push_back(tree);
    in.check_length(static_cast<std::int64_t>(leaves.size()));
    return;
  }
  for (const Value& child : children(tree)) flatten_values(in, child, leaves, depth + 1);
}

void flatten(Interpreter& in, const Value& tree, std::vector<Tensor>& leaves, int depth) {
  Values values;
  flatten_values(in, tree, values, depth);
  for (const Value& value : values) leaves.push_back(in.to_operand(value));
}

Value unflatten(const Value& tree, const Values& leaves) {
  std::size_t next = 0;
  return rebuild(tree, leaves, next);
}

Value unflatten(const Value& tree, const std::vector<Tensor>& leaves) {
  return unflatten(tree, Values(leaves.begin(), leaves.end()));
}

std::string structure(Interpreter& in, const Value& tree, bool shapes) {
  std::string result;
  describe_structure(in, tree, shapes, result, 0);
  return result;
}

}  // namespace dolab::lang
