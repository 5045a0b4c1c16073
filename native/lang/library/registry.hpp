// The library as the text sees it: modules, functions, methods of the built-in types, builtins.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lang/interpret/interpreter.hpp"
#include "lang/interpret/objects.hpp"

namespace dolab::lang {

/// Functions by name.
class NativeTable {
 public:
  NativeTable(std::initializer_list<NativeEntry> rows);
  const NativeEntry* find(const std::string& name) const noexcept;
  const std::vector<NativeEntry>& rows() const noexcept { return rows_; }

 private:
  std::vector<NativeEntry> rows_;  // sorted by name
};

/// A value that is made when it is first read: constants, classes, objects.
struct LibraryValue {
  const char* name;
  Value (*make)(Interpreter&);
};

/// One module of the library. Tables are static and shared by all runs.
struct LibraryModule {
  std::string path;   // "jax.numpy"
  std::string alias;  // how messages spell it: "jnp"
  std::vector<const NativeTable*> functions;
  std::vector<const std::vector<LibraryValue>*> values;
  std::vector<std::pair<std::string, std::string>> submodules;   // name -> path
  std::vector<std::string> known;                                // exists in Python, not supported here
  std::map<std::string, std::string> hints;                      // names of other libraries -> ours
  Value (*dynamic)(Interpreter&, const std::string&) = nullptr;  // members that are not in a table
  std::vector<std::string> (*dynamic_names)() = nullptr;
  bool (*is_known)(const std::string&) = nullptr;
  bool open_ended = true;  // unknown members may be imported; using them is the error
};

// ---- modules ----
const LibraryModule* find_module(const std::string& path);
/// Every module of the library; the tables are written in library/*.cpp.
const std::vector<LibraryModule>& library_modules();
/// Module object of a known path, an opaque object otherwise.
Value import_module(const std::string& path);
/// `from module import member`; opaque for unknown modules, E204 for unknown members of known ones.
Value import_member(Interpreter& in, const std::string& module, const std::string& member);
/// Member through `from module import *`; unset if there is none.
Value star_member(Interpreter& in, const std::string& module, const std::string& member);
/// Unset if the module has no such member.
Value module_member(Interpreter& in, const LibraryModule& module, const std::string& name);
std::vector<std::string> module_names(const LibraryModule& module);
[[noreturn]] void fail_unknown_member(const LibraryModule& module, const std::string& name);

// ---- builtins and types ----
Value find_builtin(Interpreter& in, const std::string& name);
/// The class of `class Name(typing.NamedTuple)`: fields with their defaults, unset where there is none.
Value make_named_tuple_class(std::string name, const std::vector<std::pair<std::string, Value>>& fields);
const std::vector<std::string>& builtin_names();
/// Method or property of a built-in type; unset if there is none.
Value type_member(Interpreter& in, const Value& object, const std::string& name);
std::vector<std::string> type_member_names(const Value& object);
/// The function object of a table's row; made once a run.
Value make_native(Interpreter& in, const NativeEntry& entry, const std::string& prefix = {});

/// "import numpyro" and the like for names whose import was forgotten; "" otherwise.
std::string missing_import_hint(const std::string& name);
/// Hint for an unknown keyword: synonyms of other libraries first ("use `scale`"), then the nearest name.
std::string keyword_hint(const std::string& given, const std::vector<std::string>& known);

// ---- the closed world (language page, section 6) ----
bool is_forbidden_name(const std::string& name);
bool is_forbidden_attribute(const std::string& name);

// ---- exceptions and classes ----
Value make_exception(const std::string& type, const std::string& message);
/// Class of a built-in exception; unset for other names.
Value exception_type(const std::string& name);
bool is_instance(Interpreter& in, const Value& value, const Value& type);
/// Does `raised` (of class name `type`) match the class or tuple of classes after `except`?
bool exception_matches(Interpreter& in, const Value& raised, const std::string& type, const Value& pattern);
bool is_super(const Value& function);
Value make_super(Interpreter& in, FrameObject* frame);

// ---- formatting of strings (interpret/format.cpp) ----
std::string format_method(Interpreter& in, const std::string& text, const Values& positional, const Table& named,
                          int depth = 0);
Value format_percent(Interpreter& in, const std::string& text, const Value& values);

}  // namespace dolab::lang
