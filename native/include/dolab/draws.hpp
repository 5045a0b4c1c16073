// Draws by group, site, chain and draw: what fits and predictions return.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "dolab/array.hpp"
#include "dolab/error.hpp"

namespace dolab {

/// Draws of one site.
struct DrawnSite {
  std::string name;
  std::vector<std::string> dims;  // names of the axes of one value: plates, else NAME_dim_i
  Shape shape;                    // of one value
  bool deterministic = false;     // follows from other sites
  Array values;                   // (chain, draw, shape...)
};

/// Sites that share chains and draws. Group names are ArviZ's: "posterior", "posterior_predictive", ...
struct DrawGroup {
  std::string name;
  std::int64_t chains = 1;
  std::int64_t draws = 0;  // per chain
  std::vector<DrawnSite> sites;

  /// nullptr if there is none.
  const DrawnSite* find(const std::string& site) const noexcept;
  /// Values of a site, (chain, draw, shape...). Throws E104 with the nearest name.
  Array at(const std::string& site) const;
};

/// Groups of one result, and what there is to say about it. Arrays are shared, so copies are cheap.
struct DrawTree {
  std::vector<DrawGroup> groups;
  std::vector<Warning> warnings;

  /// nullptr if there is none.
  const DrawGroup* find(const std::string& group) const noexcept;
  /// Throws E811 listing the groups there are.
  const DrawGroup& group(const std::string& group) const&;
  DrawGroup group(const std::string& name) && { return std::as_const(*this).group(name); }
};

}  // namespace dolab
