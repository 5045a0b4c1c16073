// What the library has, as lists: for editors that complete names.
#pragma once

#include <string>
#include <vector>

namespace dolab::lang {

struct ListedName {
  std::string name;
  std::string kind;       // "function", "distribution", "value" or "module"
  std::string signature;  // "loc=0, scale=1" of a function or distribution
};

struct ListedModule {
  std::string path;   // "jax.numpy"
  std::string alias;  // how messages spell it: "jnp"
  std::vector<ListedName> names;
};

/// Every module that has names, with all of them.
std::vector<ListedModule> list_library();

}  // namespace dolab::lang
