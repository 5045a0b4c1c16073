// The tables of the library's files, joined to modules in modules.cpp.
#pragma once

#include "lang/library/registry.hpp"

namespace dolab::lang {

const NativeTable& string_methods();
const NativeTable& list_methods();
const NativeTable& tuple_methods();
const NativeTable& dict_methods();
const NativeTable& set_methods();
const NativeTable& tensor_methods();
/// Property of an array; unset if there is none of that name.
Value tensor_property(const Value& tensor, const std::string& name);
const std::vector<std::string>& tensor_property_names();

const NativeTable& math_functions();
const std::vector<LibraryValue>& math_values();
const NativeTable& functools_functions();
const NativeTable& itertools_functions();
const NativeTable& operator_functions();
const NativeTable& collections_functions();
const NativeTable& silent_functions();  // warnings.warn, logging.*
const NativeTable& typing_functions();
const NativeTable& dataclass_functions();

}  // namespace dolab::lang
