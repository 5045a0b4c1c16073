// Which functions of a program are models.
#pragma once

#include <set>
#include <string>

#include "lang/syntax/ast.hpp"

namespace dolab::lang {

/// Names of the functions at the top level whose text uses a modelling statement (numpyro.sample, plate, ...), or
/// mentions another function that does.
std::set<std::string> find_models(const Module& module);

}  // namespace dolab::lang
