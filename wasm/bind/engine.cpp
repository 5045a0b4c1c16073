#include "engine.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

#include "answers.hpp"
#include "experiment/check.hpp"
#include "experiment/checkpoint.hpp"
#include "experiment/language.hpp"
#include "experiment/save.hpp"
#include "experiment/store.hpp"
#include "io/file_store.hpp"
#include "io/json.hpp"
#include "io/zip_store.hpp"
#include "progress_message.hpp"

namespace dolab::wasm {
namespace {

// Half of what an engine may have: a table is bound, and evaluated, beside its own copy.
constexpr double kLargestArray = 1024.0 * 1024.0 * 1024.0;

template <class T>
void read(const Json& request, const char* key, std::optional<T>& target) {
  if (const auto found = request.find(key); found != request.end()) target = found->get<T>();
}

template <std::size_t N>
void copy_text(const std::string& text, char (&target)[N]) {
  const std::size_t count = std::min(text.size(), N - 1);
  std::memcpy(target, text.data(), count);
  std::memset(target + count, 0, N - count);
}

void publish(const ProgressReport& report, Control& control) {
  control.version.fetch_add(1, std::memory_order_acq_rel);
  control.done = static_cast<double>(report.done);
  control.total = static_cast<double>(report.total);
  control.seconds = report.seconds;
  control.rate = report.rate;
  control.eta_seconds = report.eta_seconds;
  copy_text(report.phase, control.phase);
  copy_text(report.note, control.note);
  control.version.fetch_add(1, std::memory_order_acq_rel);
}

/// For another run.
void clear(LiveInference& live) {
  live.chains = 0;
  live.losses = 0;
  for (LiveInference::Chain& chain : live.chain) chain.iteration = chain.divergences = chain.step_size = 0.0;
}

/// Progress that is published, and cancelled by the caller's stop word.
struct WatchedProgress {
  explicit WatchedProgress(Control& shared)
      : control(shared), progress([this](const ProgressReport& report) {
          publish(report, control);
          send_progress(&control);
        }) {
    clear(control.live);
    progress.watch(&control.live);
    progress.heed(&control.stop);
  }

  Control& control;
  Progress progress;
};

DType dtype_of(const std::string& name) {
  return name == "boolean" ? DType::boolean : name == "integer" ? DType::integer : DType::real;
}

Json failure(const Error& error) { return {{"error", experiment::error_json(error)}}; }

}  // namespace

Engine::Engine() = default;
Engine::~Engine() = default;

template <class Command>
Json Engine::work(const Json& request, const Command& command) {
  WatchedProgress watched(control_);
  Progress& progress = watched.progress;
  const std::string out = text_of(request, "out");
  const auto bytes = io::ZipWriter::in_memory();
  experiment::Outcome outcome = command(experiment::Output{out, false, out.empty() ? nullptr : bytes.get()},
                                        experiment::Workers{*pool_, progress});
  if (!out.empty()) bytes->save(out);
  return outcome_json(std::move(outcome));
}

io::GivenData Engine::take_staged(const Json& request) {
  if (!request.value("staged", false)) return nullptr;
  return std::make_shared<io::DataFile>(io::from_arguments(std::move(staged_), "data"));
}

experiment::Settings Engine::settings(const Json& request) {
  experiment::Settings settings = experiment::read_settings(request.at("document"), "", "");
  settings.given = take_staged(request);
  return settings;
}

Json Engine::start(const Json& request) {
  pool_ = std::make_unique<ThreadPool>(request.at("threads").get<int>());
  return done({{"version", DOLAB_VERSION}, {"threads", pool_->threads()}});
}

Json Engine::model(const Json& request) {
  const auto kernel =
      experiment::load_kernel(request.at("source"), "model.source", {text_of(request, "kernel"), {}, {}});
  Json parameters = Json::array();
  for (const experiment::KernelParameter& parameter : kernel.parameters) {
    parameters.push_back({{"name", parameter.name}, {"required", parameter.required}});
  }
  return done({{"kernel", kernel.name}, {"parameters", parameters}});
}

Json Engine::language(const Json&) { return done(experiment::language_report()); }

/// {"name", and "value": JSON, or "dtype" and "shape"}: the report of an array has the address for its values.
Json Engine::stage(const Json& request) {
  if (request.empty()) {
    staged_.clear();
    shown_.clear();
    return done(Json::object());
  }
  const std::string name = request.at("name");
  if (const auto value = request.find("value"); value != request.end()) {
    staged_[name] = io::parse_argument(experiment::json_text(*value), name);
    return done(Json::object());
  }
  const Shape shape = request.at("shape").get<Shape>();
  const double bytes = 8.0 * static_cast<double>(element_count(shape));
  if (bytes > kLargestArray) {
    throw Error("E907",
                "\"" + name + "\" needs " + std::to_string(static_cast<std::int64_t>(bytes / 1e6)) +
                    " MB, and an array has at most " + std::to_string(static_cast<std::int64_t>(kLargestArray / 1e6)) +
                    " MB here",
                "use fewer rows, or the command line");
  }
  Array array(dtype_of(request.at("dtype")), shape);
  const auto address = reinterpret_cast<std::uintptr_t>(array.mutable_data());
  staged_[name] = std::move(array);
  return done({{"address", address}});
}

Json Engine::check(const Json& request) {
  const experiment::Settings asked = settings(request);
  const experiment::Prepared prepared = experiment::prepare(asked);
  Json report = experiment::check_report(prepared, asked, {text_of(request, "at"), request.value("gradient", false)});
  if (request.value("dot", false)) report["dot"] = experiment::dot_text(experiment::trace_prepared(prepared, asked));
  return done(std::move(report));
}

Json Engine::fit(const Json& request) { return begin(request, settings(request), false); }

Json Engine::run(const Json& request) {
  experiment::Settings asked = experiment::read_experiment(request.at("experiment"), request.at("overrides"));
  asked.given = take_staged(request);
  return begin(request, std::move(asked), true);
}

Json Engine::predict(const Json& request) {
  return work(request, [&](const experiment::Output& output, const experiment::Workers& workers) {
    experiment::PredictCommand command;
    command.changes = changes(request, "do");
    command.fit = text_of(request, "fit");
    command.data = text_of(request, "data");
    if (command.fit.empty()) {
      command.prior = settings(request);
    } else {
      command.opened = opened(command.fit);
      command.given = take_staged(request);
    }
    command.sites = request.value("sites", command.sites);
    read(request, "seed", command.seed);
    return experiment::predict_command(command, output, workers);
  });
}

/// The answer has "arrays": the draws of the average, and what is known of each row if that was asked for.
Json Engine::effect(const Json& request) {
  Json arrays = Json::object();
  Json result = work(request, [&](const experiment::Output& output, const experiment::Workers& workers) {
    experiment::EffectCommand command;
    command.baseline = changes(request, "baseline");
    command.intervention = changes(request, "intervention");
    command.fit = request.at("fit");
    command.data = text_of(request, "data");
    command.opened = opened(command.fit);
    command.given = take_staged(request);
    if (command.baseline.empty() && command.intervention.empty()) {
      throw Error("E1103", "both scenarios are the observed one", "give an intervention, as in { z: 0 }");
    }
    command.outcome = text_of(request, "outcome");
    command.by = text_of(request, "by");
    command.expected = request.value("expected", false);
    command.by_row = request.value("by_row", false);
    read(request, "hdi_prob", command.hdi_prob);
    read(request, "seed", command.seed);
    experiment::EffectOutcome found = experiment::effect_command(command, output, workers);
    const causal::Effect& effect = found.effect;
    arrays["draws"] = hand_out(Array(DType::real, {effect.chains, effect.draws}, effect.average));
    if (command.by_row) {
      const auto add = [&](const char* name, const std::vector<double>& rows) {
        if (!rows.empty()) arrays[name] = hand_out(Array(DType::real, effect.shape, rows));
      };
      add("mean", effect.row_mean);
      add("sd", effect.row_sd);
      add("hdi_low", effect.row_low);
      add("hdi_high", effect.row_high);
      add("p_direction", effect.row_direction);
    }
    return std::move(found.outcome);
  });
  result["arrays"] = std::move(arrays);
  return result;
}

Json Engine::summary(const Json& request) {
  return work(request, [&](const experiment::Output&, const experiment::Workers& workers) {
    return experiment::summary_command(request.at("store"), request.value("hdi_prob", 0.94), workers);
  });
}

Json Engine::save(const Json& request) {
  return work(request, [&](const experiment::Output& output, const experiment::Workers& workers) {
    experiment::SaveCommand command;
    command.fit = request.at("fit");
    command.data = text_of(request, "data");
    command.opened = opened(command.fit);
    command.given = take_staged(request);
    command.experiment = request.at("experiment");
    return experiment::save_command(command, output, workers);
  });
}

// ---- fits, whole or by slices --------------------------------------------------------------------------

struct Engine::Unfinished {
  Unfinished(Engine& engine, const Json& request, experiment::Settings settings, bool declared)
      : watched(engine.control_),
        workers{*engine.pool_, watched.progress},
        out(text_of(request, "out")),
        bytes(io::ZipWriter::in_memory()),
        command(std::move(settings), {out, false, bytes.get()}, declared, workers) {}

  WatchedProgress watched;
  experiment::Workers workers;
  std::string out;
  std::unique_ptr<io::ZipWriter> bytes;
  experiment::FitCommand command;
};

Engine::Unfinished& Engine::unfinished() {
  if (unfinished_ == nullptr) throw Error("E1999", "there is no unfinished fit");
  return *unfinished_;
}

/// A former fit that was left unfinished is given up.
Json Engine::begin(const Json& request, experiment::Settings settings, bool declared) {
  unfinished_.reset();
  unfinished_ = std::make_unique<Unfinished>(*this, request, std::move(settings), declared);
  if (const std::string path = text_of(request, "resume"); !path.empty()) {
    experiment::resume_checkpoint(unfinished_->command.fitting(), *io::open_store(path), path);
  }
  return go_on(request);
}

Json Engine::go_on(const Json& request) {
  Unfinished& fit = unfinished();
  Progress& progress = fit.watched.progress;
  const auto slice = request.find("slice_seconds");
  progress.pause_at(slice == request.end() ? std::numeric_limits<double>::infinity()
                                           : now_seconds() + slice->get<double>());
  const bool complete = fit.command.go_on(fit.workers);
  const bool cancelled = progress.cancelled();
  if (control_.stop.load(std::memory_order_relaxed) == Control::kAbandon) {
    unfinished_.reset();
    throw Cancelled();
  }
  if (!complete && !cancelled) return {{"unfinished", true}};
  return finish();
}

Json Engine::finish() {
  const std::unique_ptr<Unfinished> fit = std::move(unfinished_);
  experiment::Outcome outcome = fit->command.finish(fit->workers);
  fit->bytes->save(fit->out);
  return outcome_json(std::move(outcome));
}

/// The fit with what there is so far.
Json Engine::finish_early(const Json&) {
  unfinished();
  return finish();
}

/// Writes a checkpoint of the unfinished fit to the file request["out"].
Json Engine::checkpoint(const Json& request) {
  const auto bytes = io::ZipWriter::in_memory();
  experiment::write_checkpoint(unfinished().command.fitting(), *bytes);
  bytes->commit();
  bytes->save(request.at("out"));
  return done({{"bytes", bytes->size()}});
}

Json Engine::abandon(const Json&) {
  unfinished_.reset();
  return done(Json::object());
}

Json Engine::answer(const std::string& command, const Json& request) {
  using Member = Json (Engine::*)(const Json&);
  static const std::map<std::string, Member> commands = {{"start", &Engine::start},
                                                         {"model", &Engine::model},
                                                         {"stage", &Engine::stage},
                                                         {"check", &Engine::check},
                                                         {"fit", &Engine::fit},
                                                         {"run", &Engine::run},
                                                         {"open", &Engine::open},
                                                         {"draws", &Engine::draws},
                                                         {"own_data", &Engine::own_data},
                                                         {"predict", &Engine::predict},
                                                         {"effect", &Engine::effect},
                                                         {"summary", &Engine::summary},
                                                         {"save", &Engine::save},
                                                         {"continue", &Engine::go_on},
                                                         {"finish_early", &Engine::finish_early},
                                                         {"checkpoint", &Engine::checkpoint},
                                                         {"abandon", &Engine::abandon},
                                                         {"table", &Engine::table},
                                                         {"forget", &Engine::forget},
                                                         {"language", &Engine::language}};
  const auto found = commands.find(command);
  if (found == commands.end()) {
    std::string known;
    for (const auto& [name, member] : commands) known += (known.empty() ? "" : ", ") + name;
    throw Error("E1999", "no command \"" + command + "\"", known);
  }
  return (this->*found->second)(request);
}

std::string Engine::call(const std::string& command, const std::string& request) noexcept {
  Json result;
  try {
    result = answer(command, io::parse_json(request, "request"));
  } catch (const Error& error) {
    result = failure(error);
  } catch (const Cancelled&) {
    result = failure(Error("E1201", "cancelled before there was a result to keep"));
  } catch (const std::bad_alloc&) {
    shown_.clear();
    staged_.clear();
    opened_.clear();
    unfinished_.reset();
    result = failure(Error("E907", "the work needs more memory than there is", "use fewer draws, chains or rows"));
  } catch (const std::exception& error) {
    result = failure(Error("E1999", error.what()));
  } catch (...) {
    result = failure(Error("E1999", "an error of an unknown kind"));
  }
  return experiment::json_text(result);
}

}  // namespace dolab::wasm
