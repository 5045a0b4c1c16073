#include "experiment/checkpoint.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "experiment/inference.hpp"
#include "experiment/schema.hpp"
#include "io/json.hpp"
#include "io/zarr.hpp"

namespace dolab::experiment {
namespace {

constexpr int kFormat = 1;
constexpr const char* kGroup = "checkpoint";
/// A part is stored as rows of this length: coordinates stay short.
constexpr std::int64_t kRow = 4096;

/// Hash of names and values, whatever columns or files they came from.
class DataHash {
 public:
  void text(const std::string& text) { word(fnv1a64(text)); }
  void array(const Array& array) {
    for (const std::int64_t extent : array.shape()) word(static_cast<std::uint64_t>(extent));
    for (std::int64_t i = 0; i < array.size(); ++i) {
      std::uint64_t bits;
      std::memcpy(&bits, array.data() + i, sizeof bits);
      word(bits);
    }
  }
  void argument(const model::Argument& argument) {
    word(argument.value.index());
    if (const auto* text_value = std::get_if<std::string>(&argument.value)) text(*text_value);
    if (const auto* list = std::get_if<model::Argument::List>(&argument.value)) {
      word(list->size());
      for (const model::Argument& item : *list) this->argument(item);
    } else if (!argument.is_none() && !std::holds_alternative<std::string>(argument.value)) {
      array(model::Arguments{{"value", argument}}.array("value"));
    }
  }
  std::string hex() const {
    char text[20];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash_));
    return text;
  }

 private:
  void word(std::uint64_t bits) noexcept { hash_ = splitmix64(hash_ ^ bits); }
  std::uint64_t hash_ = 0;
};

std::string data_hash(const FitRun& run) {
  DataHash hash;
  for (const auto& [name, argument] : run.data.arguments.items()) {
    hash.text(name);
    hash.argument(argument);
  }
  for (const ChangeSpecs* changes : {&run.settings.condition, &run.settings.intervene}) {
    for (const auto& [site, change] : *changes) {
      hash.text(site);
      hash.array(Array::scalar(static_cast<double>(change.kind)));
      hash.array(change_value(change, run.data));
    }
  }
  return hash.hex();
}

/// What a state depends on.
Json origin(const FitRun& run) {
  const Json& document = run.settings.document;
  return {{"kernel", run.fitted.kernel.name},
          {"model", run.fitted.kernel.hash()},
          {"data", data_hash(run)},
          {"seed", run.settings.seed},
          {"reproducible", run.settings.reproducible},
          {"inference", document.value("inference", Json::object())}};
}

/// The first key whose value differs, with both values; a key that is absent has its default. Empty: none.
std::string difference(const Json& before, const Json& now, const std::string& path) {
  const auto value = [](const Json& object, const std::string& key, const std::string& full) {
    const auto found = object.find(key);
    return found != object.end() ? *found : schema_default(full);
  };
  for (const Json* object : {&before, &now}) {
    for (const auto& item : object->items()) {
      const std::string key = path.empty() ? item.key() : path + "." + item.key();
      const Json a = value(before, item.key(), key), b = value(now, item.key(), key);
      if (a.is_object() || b.is_object()) {
        const Json none = Json::object();
        const std::string inner = difference(a.is_object() ? a : none, b.is_object() ? b : none, key);
        if (!inner.empty()) return inner;
        continue;
      }
      if (a == b) continue;
      if (key == "model" || key == "data") return "the " + key + " differ" + (key == "model" ? "s" : "");
      return key + " is " + json_text(a) + " in the checkpoint and " + json_text(b) + " here";
    }
  }
  return {};
}

}  // namespace

void write_checkpoint(Fitting& fitting, ByteStore& store) {
  InferenceRun& inference = fitting.inference();
  io::StoreWriter writer(store, json_text({{"dolab", DOLAB_VERSION}, {"kind", "checkpoint"}}));
  const Json attributes = {{"format", kFormat}, {"parts", inference.parts()}, {"origin", origin(fitting.run())}};
  writer.group(kGroup, json_text(attributes));
  for (std::int64_t part = 0; part < inference.parts(); ++part) {
    std::vector<double> numbers = inference.save(part);
    const auto size = static_cast<std::int64_t>(numbers.size());
    const std::int64_t rows = (size + kRow - 1) / kRow;
    numbers.resize(static_cast<std::size_t>(rows * kRow), 0.0);
    io::ArraySpec spec;
    spec.shape = {rows, kRow};
    spec.attributes = json_text({{"size", size}});
    writer.open_array(kGroup, "part_" + std::to_string(part), spec).write({{0, 0}, spec.shape}, numbers.data());
  }
  writer.close();
}

void resume_checkpoint(Fitting& fitting, const ByteStore& store, const std::string& name) {
  const auto refuse = [&](const std::string& why) { return Error("E1007", "\"" + name + "\" " + why); };
  const io::StoreReader reader(store);
  if (!reader.contains(kGroup)) throw refuse("is not a checkpoint");
  InferenceRun& inference = fitting.inference();
  try {
    const Json attributes = io::parse_json(reader.attributes(kGroup), name);
    if (attributes.at("format") != kFormat) throw refuse("is a checkpoint of another version of dolab");
    const std::string differs = difference(attributes.at("origin"), origin(fitting.run()), "");
    if (!differs.empty()) throw Error("E1009", "\"" + name + "\" is the checkpoint of another fit: " + differs);
    if (attributes.at("parts") != inference.parts()) throw refuse("is damaged");
    for (std::int64_t part = 0; part < inference.parts(); ++part) {
      const std::string key = "part_" + std::to_string(part);
      const std::int64_t size = io::parse_json(reader.attributes(kGroup, key), name).at("size");
      std::vector<double> numbers = reader.read(kGroup, key).to_vector();
      if (size < 0 || static_cast<std::size_t>(size) > numbers.size()) throw refuse("is damaged");
      numbers.resize(static_cast<std::size_t>(size));
      inference.load(part, std::move(numbers));
    }
  } catch (const Json::exception&) {
    throw refuse("has damaged attributes");
  }
}

}  // namespace dolab::experiment
