#include "impact/draws.hpp"

#include "base/nearest_name.hpp"

namespace dolab {

const DrawnSite* DrawGroup::find(const std::string& site) const noexcept {
  for (const DrawnSite& candidate : sites) {
    if (candidate.name == site) return &candidate;
  }
  return nullptr;
}

Array DrawGroup::at(const std::string& site) const {
  if (const DrawnSite* found = find(site)) return found->values;
  std::vector<std::string> names;
  for (const DrawnSite& candidate : sites) names.push_back(candidate.name);
  throw Error("E104", "group \"" + name + "\" has no site \"" + site + "\"", unknown_name_hint(site, names));
}

const DrawGroup* DrawTree::find(const std::string& group) const noexcept {
  for (const DrawGroup& candidate : groups) {
    if (candidate.name == group) return &candidate;
  }
  return nullptr;
}

const DrawGroup& DrawTree::group(const std::string& group) const& {
  if (const DrawGroup* found = find(group)) return *found;
  std::string names;
  for (const DrawGroup& candidate : groups) names += (names.empty() ? "\"" : ", \"") + candidate.name + "\"";
  throw Error("E811", "there is no group \"" + group + "\"", names.empty() ? "there are no draws" : "groups: " + names);
}

namespace impact {

DrawGroup posterior_group(const infer::Posterior& posterior) {
  DrawGroup group;
  group.name = "posterior";
  group.chains = posterior.chains;
  group.draws = posterior.draws;
  for (const infer::SiteDraws& site : posterior.sites) {
    group.sites.push_back({site.name, site.dims, site.shape, site.deterministic, site.values});
  }
  return group;
}

DrawGroup group_of(const MemoryDraws& draws, const std::string& group, const model::Trace& trace) {
  DrawGroup result;
  result.name = group;
  for (const DrawVariable& variable : draws.variables(group)) {
    const model::Site* site = trace.find(variable.name);
    const bool deterministic = site != nullptr && site->kind == model::SiteKind::deterministic;
    const Array& values = draws.draws(group, variable.name);
    result.chains = values.shape()[0];
    result.draws = values.shape()[1];
    result.sites.push_back({variable.name, variable.dims, variable.shape, deterministic, values});
  }
  return result;
}

infer::Posterior posterior_of(const std::map<std::string, Array>& values, std::int64_t chains) {
  if (values.empty()) throw Error("E808", "the posterior sample has no sites");
  if (chains < 1) throw Error("E1103", "chains is " + std::to_string(chains) + ", it must be at least 1");
  std::int64_t total = -1;
  std::string first;
  for (const auto& [name, array] : values) {
    if (array.rank() == 0) {
      throw Error("E808", "the posterior sample of \"" + name + "\" is a single number",
                  "give one entry per draw along the first axis");
    }
    const std::int64_t count = array.shape().front();
    if (total < 0) {
      total = count;
      first = name;
    }
    if (count != total) {
      throw Error("E806", "the posterior sample has " + std::to_string(total) + " draws of \"" + first + "\" and " +
                              std::to_string(count) + " of \"" + name + "\"");
    }
  }
  if (total == 0) throw Error("E808", "the posterior sample has no draws");
  if (total % chains != 0) {
    throw Error("E806", std::to_string(total) + " draws do not fill " + std::to_string(chains) + " chains");
  }
  infer::Posterior posterior;
  posterior.chains = chains;
  posterior.draws = total / chains;
  for (const auto& [name, array] : values) {
    infer::SiteDraws site;
    site.name = name;
    site.shape.assign(array.shape().begin() + 1, array.shape().end());
    for (std::size_t i = 0; i < site.shape.size(); ++i) site.dims.push_back(name + "_dim_" + std::to_string(i));
    Shape shape = site.shape;
    shape.insert(shape.begin(), {posterior.chains, posterior.draws});
    site.values = array.reshaped(shape);
    posterior.sites.push_back(std::move(site));
  }
  return posterior;
}

}  // namespace impact
}  // namespace dolab
