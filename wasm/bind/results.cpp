// Stores and tables that the engine holds: opened, read, handed out and forgotten.
#include <algorithm>
#include <filesystem>

#include "answers.hpp"
#include "base/nearest_name.hpp"
#include "engine.hpp"
#include "experiment/own_data.hpp"
#include "experiment/table.hpp"
#include "io/file_store.hpp"

namespace dolab::wasm {

/// A store of a fit that comes from elsewhere: read once, so that what is wrong with it is said at once.
Json Engine::open(const Json& request) {
  const std::shared_ptr<const experiment::StoredFit> stored = opened(request.at("store"));
  const experiment::Fitted& fitted = stored->fitted;
  const Json& attributes = stored->attributes;
  Json report = {{"kernel", fitted.kernel.name}, {"method", experiment::method_name(fitted.method)}};
  report["sites"] = fitted.sites;
  report["observed"] = fitted.observed;
  report["complete"] = fitted.complete;
  report["seed"] = fitted.seed;
  report["seconds"] = attributes.at("seconds");
  report["diagnostics"] = attributes.at("diagnostics");
  report["warnings"] = attributes.value("warnings", Json::array());
  report["experiment"] = experiment::own_experiment(*stored);
  return outcome_json({std::move(report), fitted.complete, attributes.value("healthy", true)});
}

/// {"data": {"file", "text"} or null}
Json Engine::own_data(const Json& request) {
  const std::string path = request.at("fit");
  return done({{"data", experiment::own_data_file(*opened(path), path)}});
}

Json Engine::draws(const Json& request) {
  const std::string path = request.at("store"), site = request.at("site");
  const std::unique_ptr<ByteStore> store = io::open_store(path);
  const io::StoreReader reader(*store);
  std::vector<std::string> known;
  for (const char* group : {"posterior", "predictions", "posterior_predictive", "prior", "prior_predictive",
                            "sample_stats", "variational"}) {
    if (!reader.contains(group)) continue;
    if (reader.contains(group, site)) {
      Json result = done({{"group", group}, {"dims", reader.dims(group, site)}});
      result["arrays"]["values"] = hand_out(reader.read(group, site));
      return result;
    }
    for (const std::string& name : reader.arrays(group)) known.push_back(name);
  }
  throw Error("E104", "no draws of a site \"" + site + "\"", unknown_name_hint(site, known));
}

/// The numbers of all columns are one array, column after column.
Json Engine::table(const Json& request) {
  experiment::TableView view = experiment::view_table(request.at("path"));
  Json result = done(std::move(view.report));
  result["arrays"]["values"] = hand_out(std::move(view.values));
  return result;
}

std::shared_ptr<const experiment::StoredFit> Engine::opened(const std::string& store) {
  constexpr std::size_t kKept = 2;
  const auto named = [&](const auto& entry) { return entry.first == store; };
  const auto found = std::find_if(opened_.begin(), opened_.end(), named);
  if (found != opened_.end()) {
    opened_.splice(opened_.begin(), opened_, found);
  } else {
    opened_.emplace_front(store, std::make_shared<const experiment::StoredFit>(experiment::read_fit(store)));
    if (opened_.size() > kKept) opened_.pop_back();
  }
  return opened_.front().second;
}

/// Removes stores that nobody has any more.
Json Engine::forget(const Json& request) {
  for (const std::string store : request.at("stores")) {
    opened_.remove_if([&](const auto& entry) { return entry.first == store; });
    std::filesystem::remove(store);
  }
  return done(Json::object());
}

Json Engine::hand_out(Array array) {
  shown_.push_back(std::move(array));
  const Array& shown = shown_.back();
  return {{"address", reinterpret_cast<std::uintptr_t>(shown.data())},
          {"size", shown.size()},
          {"shape", shown.shape()},
          {"dtype", dtype_name(shown.dtype())}};
}

experiment::ChangeSpecs Engine::changes(const Json& request, const char* key) {
  const auto found = request.find(key);
  if (found == request.end()) return {};
  std::vector<std::pair<std::string, Json>> written;
  experiment::ChangeSpecs specs;
  for (const auto& [target, value] : found->items()) {
    const auto staged = value.is_object() ? value.find("staged") : value.end();
    if (staged == value.end()) {
      written.emplace_back(target, value);
      continue;
    }
    const auto array = staged_.find(staged->get<std::string>());
    if (array == staged_.end()) throw Error("E1999", "the values of \"" + target + "\" were not staged");
    specs[target].value = std::get<Array>(array->second);
    staged_.erase(array);
  }
  specs.merge(experiment::read_changes(written));
  return specs;
}

}  // namespace dolab::wasm
