#include "lang/library/registry.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/nearest_name.hpp"

namespace dolab::lang {
namespace {

using NativeKind = lang::Parameter::Kind;

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

Value parse_default(const std::string& text) {
  if (text == "None") return Value::none();
  if (text == "True") return true;
  if (text == "False") return false;
  if (text == "()") return make_tuple({});
  if (text == "...") return {};
  if (text[0] == '"') return text.substr(1, text.size() - 2);
  if (text.find_first_of(".e") != std::string::npos) return std::strtod(text.c_str(), nullptr);
  return static_cast<std::int64_t>(std::atoll(text.c_str()));
}

std::vector<NativeParameter> parse_signature(const std::string& signature) {
  std::vector<NativeParameter> result;
  bool keyword_only = false;
  std::size_t at = 0;
  while (at < signature.size()) {
    std::size_t end = signature.find(',', at);
    if (end == std::string::npos) end = signature.size();
    std::string part = trimmed(signature.substr(at, end - at));
    at = end + 1;
    if (part == "*") {
      keyword_only = true;
      continue;
    }
    if (part == "/") {
      for (NativeParameter& earlier : result) earlier.kind = NativeKind::positional_only;
      continue;
    }
    NativeParameter parameter;
    if (part.rfind("**", 0) == 0) {
      parameter.kind = NativeKind::var_keyword;
      part = part.substr(2);
    } else if (part[0] == '*') {
      parameter.kind = NativeKind::var_positional;
      part = part.substr(1);
      keyword_only = true;
    } else if (keyword_only) {
      parameter.kind = NativeKind::keyword_only;
    }
    const std::size_t equals = part.find('=');
    parameter.name = part.substr(0, equals);
    const bool variadic = parameter.kind == NativeKind::var_positional || parameter.kind == NativeKind::var_keyword;
    parameter.required = equals == std::string::npos && !variadic;
    if (equals != std::string::npos) parameter.fallback = parse_default(part.substr(equals + 1));
    result.push_back(std::move(parameter));
  }
  return result;
}

// Spellings of other libraries and of habit, and what they are called here.
const std::multimap<std::string, std::string>& synonyms() {
  static const std::multimap<std::string, std::string> table{{"sigma", "scale"},
                                                             {"sd", "scale"},
                                                             {"std", "scale"},
                                                             {"stddev", "scale"},
                                                             {"scale", "sigma"},
                                                             {"mu", "loc"},
                                                             {"mean", "loc"},
                                                             {"p", "probs"},
                                                             {"prob", "probs"},
                                                             {"probability", "probs"},
                                                             {"logit", "logits"},
                                                             {"logit_p", "logits"},
                                                             {"n", "total_count"},
                                                             {"N", "size"},
                                                             {"lam", "rate"},
                                                             {"lambda_", "rate"},
                                                             {"lower", "low"},
                                                             {"upper", "high"},
                                                             {"min", "low"},
                                                             {"max", "high"},
                                                             {"alpha", "concentration1"},
                                                             {"alpha", "concentration"},
                                                             {"beta", "concentration0"},
                                                             {"beta", "rate"},
                                                             {"nu", "df"},
                                                             {"cov", "covariance_matrix"},
                                                             {"observed", "obs"},
                                                             {"shape", "sample_shape"},
                                                             {"shape", "event_shape"},
                                                             {"dims", "dim"},
                                                             {"keep_dims", "keepdims"},
                                                             {"a", "concentration"},
                                                             {"b", "rate"},
                                                             {"eta", "concentration"},
                                                             {"kappa", "concentration"},
                                                             {"phi", "concentration"},
                                                             {"weights", "probs"}};
  return table;
}

Value make_class(const std::string& name, const char* base) {
  const auto type = make<ClassObject>(name);
  type->is_exception = true;
  if (base != nullptr) type->base = exception_type(base);
  return type;
}

constexpr std::pair<const char*, const char*> kExceptions[] = {{"BaseException", nullptr},
                                                               {"Exception", "BaseException"},
                                                               {"ValueError", "Exception"},
                                                               {"TypeError", "Exception"},
                                                               {"RuntimeError", "Exception"},
                                                               {"NotImplementedError", "RuntimeError"},
                                                               {"RecursionError", "RuntimeError"},
                                                               {"AssertionError", "Exception"},
                                                               {"AttributeError", "Exception"},
                                                               {"NameError", "Exception"},
                                                               {"ImportError", "Exception"},
                                                               {"ModuleNotFoundError", "ImportError"},
                                                               {"LookupError", "Exception"},
                                                               {"KeyError", "LookupError"},
                                                               {"IndexError", "LookupError"},
                                                               {"ArithmeticError", "Exception"},
                                                               {"ZeroDivisionError", "ArithmeticError"},
                                                               {"OverflowError", "ArithmeticError"},
                                                               {"FloatingPointError", "ArithmeticError"},
                                                               {"StopIteration", "Exception"},
                                                               {"OSError", "Exception"},
                                                               {"FileNotFoundError", "OSError"},
                                                               {"Warning", "Exception"},
                                                               {"UserWarning", "Warning"},
                                                               {"DeprecationWarning", "Warning"},
                                                               {"FutureWarning", "Warning"},
                                                               {"RuntimeWarning", "Warning"},
                                                               {"SystemExit", "BaseException"},
                                                               {"KeyboardInterrupt", "BaseException"}};

}  // namespace

NativeTable::NativeTable(std::initializer_list<NativeEntry> rows) : rows_(rows) {
  std::sort(rows_.begin(), rows_.end(),
            [](const NativeEntry& a, const NativeEntry& b) { return std::string_view(a.name) < b.name; });
}

const NativeEntry* NativeTable::find(const std::string& name) const noexcept {
  const auto found =
      std::lower_bound(rows_.begin(), rows_.end(), name,
                       [](const NativeEntry& row, const std::string& key) { return std::string_view(row.name) < key; });
  return found != rows_.end() && found->name == name ? &*found : nullptr;
}

Value make_native(Interpreter& in, const NativeEntry& entry, const std::string& prefix) {
  Value& known = in.natives[{&entry, prefix}];
  if (!known.is_set()) {
    const auto native = make<NativeObject>(entry, prefix.empty() ? entry.name : prefix + "." + entry.name);
    native->parameters = parse_signature(entry.signature);
    known = native;
  }
  return known;
}

// ---- modules

namespace {

bool is_known_member(const LibraryModule& module, const std::string& name) {
  return std::find(module.known.begin(), module.known.end(), name) != module.known.end() ||
         (module.is_known != nullptr && module.is_known(name));
}

}  // namespace

const LibraryModule* find_module(const std::string& path) {
  for (const LibraryModule& module : library_modules()) {
    if (module.path == path) return &module;
  }
  return nullptr;
}

Value import_module(const std::string& path) {
  const LibraryModule* module = find_module(path);
  return module != nullptr ? Value(make<ModuleObject>(*module)) : Value(make<OpaqueObject>(path));
}

Value import_member(Interpreter& in, const std::string& path, const std::string& member) {
  const LibraryModule* module = find_module(path);
  if (module == nullptr) return make<OpaqueObject>(path + "." + member);
  Value value = module_member(in, *module, member);
  if (value.is_set()) return value;
  const bool known = is_known_member(*module, member);
  if (!known && !module->open_ended) fail_unknown_member(*module, member);
  return make<OpaqueObject>((module->alias.empty() ? path : module->alias) + "." + member, known);
}

Value star_member(Interpreter& in, const std::string& path, const std::string& member) {
  const LibraryModule* module = find_module(path);
  return module == nullptr ? Value() : module_member(in, *module, member);
}

Value module_member(Interpreter& in, const LibraryModule& module, const std::string& name) {
  for (const NativeTable* table : module.functions) {
    if (const NativeEntry* entry = table->find(name)) return make_native(in, *entry, module.alias);
  }
  for (const auto* values : module.values) {
    for (const LibraryValue& value : *values) {
      if (name == value.name) return value.make(in);
    }
  }
  for (const auto& [member, path] : module.submodules) {
    if (member == name) return import_module(path);
  }
  if (module.dynamic != nullptr) return module.dynamic(in, name);
  return {};
}

std::vector<std::string> module_names(const LibraryModule& module) {
  std::vector<std::string> names;
  for (const NativeTable* table : module.functions) {
    for (const NativeEntry& row : table->rows()) names.emplace_back(row.name);
  }
  for (const auto* values : module.values) {
    for (const LibraryValue& value : *values) names.emplace_back(value.name);
  }
  for (const auto& submodule : module.submodules) names.push_back(submodule.first);
  if (module.dynamic_names != nullptr) {
    for (const std::string& name : module.dynamic_names()) names.push_back(name);
  }
  return names;
}

void fail_unknown_member(const LibraryModule& module, const std::string& name) {
  const std::string full = "`" + (module.alias.empty() ? module.path : module.alias) + "." + name + "`";
  const auto synonym = module.hints.find(name);
  std::string hint = synonym != module.hints.end() ? "use `" + synonym->second + "`" : "";
  if (is_known_member(module, name)) throw Error("E204", full + " is known, but not supported yet", hint);
  if (hint.empty()) {
    const std::string nearest = nearest_name(name, module_names(module));
    if (!nearest.empty()) hint = "did you mean `" + nearest + "`?";
  }
  throw Error("E204", full + " does not exist", hint);
}

std::string missing_import_hint(const std::string& name) {
  static const std::map<std::string, std::string> imports{
      {"jnp", "import jax.numpy as jnp"},
      {"np", "import numpy as np"},
      {"numpy", "import numpy"},
      {"numpyro", "import numpyro"},
      {"dist", "import numpyro.distributions as dist"},
      {"jax", "import jax"},
      {"lax", "from jax import lax"},
      {"nn", "from jax import nn"},
      {"math", "import math"},
      {"handlers", "from numpyro import handlers"},
      {"plate", "from numpyro import plate"},
      {"sample", "from numpyro import sample"},
      {"random", "from jax import random"},
      {"deterministic", "from numpyro import deterministic"},
      {"constraints", "from numpyro.distributions import constraints"},
      {"partial", "from functools import partial"},
      {"logsumexp", "from jax.scipy.special import logsumexp"},
      {"expit", "from jax.scipy.special import expit"},
      {"reparam", "from numpyro.handlers import reparam"},
      {"scan", "from jax.lax import scan"},
      {"functools", "import functools"},
      {"itertools", "import itertools"}};
  const auto found = imports.find(name);
  return found == imports.end() ? "" : "add `" + found->second + "`";
}

std::string keyword_hint(const std::string& given, const std::vector<std::string>& known) {
  const auto range = synonyms().equal_range(given);
  for (auto it = range.first; it != range.second; ++it) {
    if (std::find(known.begin(), known.end(), it->second) != known.end()) return "use `" + it->second + "`";
  }
  const std::string nearest = nearest_name(given, known);
  return nearest.empty() ? "" : "did you mean `" + nearest + "`?";
}

// ---- the closed world

bool is_forbidden_name(const std::string& name) {
  static const char* const kNames[] = {
      "eval",       "exec",      "compile", "open", "input",      "globals", "locals",   "vars",   "breakpoint",
      "__import__", "importlib", "os",      "sys",  "subprocess", "socket",  "pickle",   "ctypes", "dir",
      "memoryview", "delattr",   "setattr", "exit", "quit",       "help",    "builtins", "shutil", "pathlib"};
  for (const char* forbidden : kNames) {
    if (name == forbidden) return true;
  }
  return name.size() > 4 && name.compare(0, 2, "__") == 0 && name.compare(name.size() - 2, 2, "__") == 0;
}

bool is_forbidden_attribute(const std::string& name) {
  if (name.compare(0, 2, "__") != 0) return false;
  return name != "__init__" && name != "__call__" && name != "__name__" && name.size() > 4 &&
         name.compare(name.size() - 2, 2, "__") == 0;
}

// ---- exceptions

Value exception_type(const std::string& name) {
  for (const auto& [known, base] : kExceptions) {
    if (name == known) return make_class(name, base);
  }
  return {};
}

Value make_exception(const std::string& type, const std::string& message) {
  Value type_value = exception_type(type);
  if (!type_value.is_set()) type_value = exception_type("Exception");
  const auto instance = make<InstanceObject>(type_value);
  instance->members.emplace_back("args", make_tuple(message.empty() ? Values{} : Values{Value(message)}));
  return instance;
}

bool exception_matches(Interpreter& in, const Value& raised, const std::string& type, const Value& pattern) {
  if (pattern.is(Kind::tuple)) {
    for (const Value& one : pattern.as<TupleObject>().items) {
      if (exception_matches(in, raised, type, one)) return true;
    }
    return false;
  }
  if (pattern.is(Kind::opaque)) return false;
  if (!pattern.is(Kind::class_)) throw Error("E209", "`except` needs an exception class, not " + describe(pattern));
  const std::string& wanted = pattern.as<ClassObject>().name;
  // Errors of the library are less precise than Python's classes: let the close relatives match.
  if (type == "LookupError" && (wanted == "KeyError" || wanted == "IndexError")) return true;
  if (type == "TypeError" && (wanted == "ZeroDivisionError" || wanted == "ValueError")) return true;
  const ClassObject* c = raised.is(Kind::instance) ? &raised.as<InstanceObject>().type.as<ClassObject>() : nullptr;
  for (; c != nullptr; c = c->base.is(Kind::class_) ? &c->base.as<ClassObject>() : nullptr) {
    if (c->name == wanted) return true;
  }
  return false;
}

}  // namespace dolab::lang
