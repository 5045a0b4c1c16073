// numpyro.handlers and the reparameterisations: wrappers, decorators and contexts.
#include "lang/library/arguments.hpp"
#include "lang/library/distributions.hpp"
#include "lang/library/keys.hpp"
#include "lang/library/numpyro_tables.hpp"

namespace dolab::lang {
namespace {

struct ReparamObject : HostObject {
  ReparamObject(std::string n, model::ReparamPtr r) : name(std::move(n)), reparam(std::move(r)) {}
  std::string describe() const override { return "the reparameterisation " + name; }
  std::string type_name() const override { return "Reparam"; }
  std::string name;
  model::ReparamPtr reparam;
};

bool is_function(const Value& value) {
  const auto* host = value.get_if<HostObject>();
  return value.is(Kind::function) || value.is(Kind::native) || value.is(Kind::bound) || value.is(Kind::class_) ||
         value.is(Kind::instance) || (host != nullptr && host->callable());
}

/// A handler alone (context, decorator) or around a function (called like the function).
struct HandlerObject : HostObject {
  HandlerObject(std::string n, std::function<model::HandlerPtr()> m, Value f)
      : name(std::move(n)), make_handler(std::move(m)), function(std::move(f)) {}
  std::string describe() const override { return "handler " + name; }
  std::string type_name() const override { return "handler"; }
  void clear() override {
    function = {};
    make_handler = {};
  }
  bool callable() const override { return true; }
  bool is_context() const override { return !function.is_set(); }

  Value enter(Interpreter& in) override {
    active.push_back(make_handler());
    in.builder().push(active.back());
    return Ref<HandlerObject>(this);
  }
  void exit(Interpreter& in) override {
    in.builder().pop(active.back());
    active.pop_back();
  }

  Value call(Interpreter& in, CallArguments& arguments) override {
    if (!function.is_set()) {
      const bool decorates =
          arguments.positional.size() == 1 && arguments.named.empty() && is_function(arguments.positional[0]);
      if (!decorates)
        throw Error("E209", describe() + " needs a function to wrap",
                    "use it in `with`, or as handlers." + name + "(model, ...)");
      return lang::make<HandlerObject>(name, make_handler, arguments.positional[0]);
    }
    return run(in, make_handler(), std::move(arguments));
  }

  Value run(Interpreter& in, const model::HandlerPtr& handler, CallArguments arguments) {
    const model::Scoped scoped(in.builder(), handler);
    return in.call(function, std::move(arguments));
  }

  Value attribute(Interpreter& in, const std::string& attribute_name) override;

  std::string name;
  std::function<model::HandlerPtr()> make_handler;
  Value function;
  std::vector<model::HandlerPtr> active;
};

Value get_trace(Interpreter& in, NativeCall& c) {
  auto& object = c[0].as<HandlerObject>();
  const auto recorder = std::make_shared<model::TraceHandler>();
  CallArguments arguments;
  arguments.span = c.span;
  arguments.positional = c[1].as<TupleObject>().items;
  for (const auto& entry : c[2].as<DictObject>().table.entries()) {
    if (entry.key.is_set()) arguments.named.emplace_back(entry.key.text(), entry.value);
  }
  object.run(in, recorder, std::move(arguments));
  const auto trace = make<DictObject>();
  for (const model::Site& site : recorder->sites()) trace->table.set(site.name, site_value(site));
  return trace;
}

Value HandlerObject::attribute(Interpreter& in, const std::string& attribute_name) {
  static const NativeEntry kGetTrace{"get_trace", "self, /, *args, **kwargs", get_trace};
  if (name != "trace" || attribute_name != "get_trace" || !function.is_set()) return {};
  return lang::make<BoundObject>(make_native(in, kGetTrace, "trace"), Values{Value(Ref<HandlerObject>(this))});
}

Value wrap(NativeCall& c, std::function<model::HandlerPtr()> make_handler) {
  const bool given = c.has(0);
  if (given && !is_function(c[0]))
    throw Error("E209", "handlers." + std::string(c.name()) + " wraps a function, not " + describe(c[0]));
  // Faults in the handler's own arguments belong to this call.
  make_handler();
  return make<HandlerObject>(c.name(), std::move(make_handler), given ? c[0] : Value());
}

// Values by site name; None is left out.
model::ValueMap value_map(Interpreter& in, const Value& data, const char* handler) {
  model::ValueMap result;
  if (data.is_none()) return result;
  if (!data.is(Kind::dict))
    throw Error("E209", "the data of handlers." + std::string(handler) + " must be a dict, not " + describe(data));
  for (const auto& entry : data.as<DictObject>().table.entries()) {
    if (!entry.key.is_set() || entry.value.is_none()) continue;
    result[in.to_text(entry.key, "the name of a site")] = in.to_tensor(entry.value);
  }
  return result;
}

model::SiteFunction site_function(Interpreter& in, const Value& function) {
  if (function.is_none()) return {};
  return [&in, function](const model::Site& site) -> Tensor {
    const Value value = in.call(function, Values{site_value(site)});
    return value.is_none() ? Tensor() : in.to_tensor(value);
  };
}

Value intervene(Interpreter& in, NativeCall& c) {
  std::map<std::string, model::Intervention> data;
  for (const auto& [name, value] : value_map(in, c[1], "do")) {
    data[name] = [value = value](const Tensor& natural) {
      return natural.defined() && value.rank() < natural.rank() ? tensor::broadcast_to(value, natural.shape()) : value;
    };
  }
  return wrap(c, [data] { return model::intervene(data); });
}

std::vector<std::string> names_of(Interpreter& in, const Value& list) {
  std::vector<std::string> result;
  if (list.is_none()) return result;
  if (list.is(Kind::string)) return {list.text()};
  for (const Value& item : in.items(list)) result.push_back(in.to_text(item, "a name"));
  return result;
}

std::set<model::SiteKind> kinds_of(Interpreter& in, const Value& list) {
  std::set<model::SiteKind> result;
  for (const std::string& name : names_of(in, list)) {
    for (const model::SiteKind kind : {model::SiteKind::sample, model::SiteKind::deterministic, model::SiteKind::factor,
                                       model::SiteKind::param, model::SiteKind::plate}) {
      if (name == model::to_string(kind)) result.insert(kind);
    }
  }
  return result;
}

Value block(Interpreter& in, NativeCall& c) {
  model::BlockOptions options;
  if (c.has(1)) {
    options.hide_function = [&in, function = c[1]](const model::Site& site) {
      return in.truth(in.call(function, Values{site_value(site)}));
    };
  }
  options.hide = names_of(in, c[2]);
  options.hide_given = c.has(2);
  options.expose_kinds = kinds_of(in, c[3]);
  options.expose = names_of(in, c[4]);
  options.expose_given = c.has(4);
  return wrap(c, [options] { return model::block(options); });
}

model::ReparamPtr to_reparam(const Value& value) {
  if (value.is_none()) return nullptr;
  if (const auto* reparam = value.get_if<ReparamObject>()) return reparam->reparam;
  if (value.is(Kind::opaque)) fail_opaque(value);
  throw Error("E209", "a reparameterisation is needed, not " + describe(value),
              value.is(Kind::native) ? "write the parentheses: " + value.as<NativeObject>().full_name + "()" : "");
}

Value reparam(Interpreter& in, NativeCall& c) {
  if (!c.has(1)) throw Error("E205", "handlers.reparam needs config=");
  if (is_function(c[1])) {
    return wrap(c, [&in, function = c[1]] {
      return model::reparam(
          [&in, function](const model::Site& site) { return to_reparam(in.call(function, Values{site_value(site)})); });
    });
  }
  if (!c[1].is(Kind::dict)) throw Error("E209", "config must be a dict or a function, not " + describe(c[1]));
  std::map<std::string, model::ReparamPtr> config;
  for (const auto& entry : c[1].as<DictObject>().table.entries()) {
    if (entry.key.is_set() && !entry.value.is_none())
      config[in.to_text(entry.key, "the name of a site")] = to_reparam(entry.value);
  }
  return wrap(c, [config] { return model::reparam(config); });
}

Value replay(Interpreter& in, NativeCall& c) {
  if (!c.has(1)) throw Error("E205", "handlers.replay needs trace=");
  model::ValueMap values;
  if (!c[1].is(Kind::dict)) throw Error("E209", "the trace must be a dict, not " + describe(c[1]));
  for (const auto& entry : c[1].as<DictObject>().table.entries()) {
    if (!entry.key.is_set() || !entry.value.is(Kind::dict)) continue;
    const Table& site = entry.value.as<DictObject>().table;
    const Value* type = site.find("type");
    const Value* observed = site.find("is_observed");
    const Value* value = site.find("value");
    const bool latent = type != nullptr && type->is(Kind::string) && type->text() == "sample" && observed != nullptr &&
                        !in.truth(*observed);
    if (latent && value != nullptr && !value->is_none())
      values[in.to_text(entry.key, "the name of a site")] = in.to_tensor(*value);
  }
  return wrap(c, [values] { return model::substitute(values); });
}

Value mask(Interpreter& in, NativeCall& c) {
  Tensor value = c.has(1) ? in.to_tensor(c[1]) : in.graph().scalar(1.0, DType::boolean);
  return wrap(c, [value] { return model::mask(value); });
}

Value seed(Interpreter&, NativeCall& c) {
  // seed(rng_seed=0) and seed(model, 0), but also `with seed(0)`.
  if (c[0].is_integral() || c[0].get_if<KeyObject>() != nullptr) {
    const std::uint64_t key = key_of(c[0]);
    return make<HandlerObject>(
        "seed", [key] { return model::seed(key); }, Value());
  }
  const std::uint64_t key = c.has(1) ? key_of(c[1]) : 0;
  return wrap(c, [key] { return model::seed(key); });
}

Value loc_scale(Interpreter& in, NativeCall& c) {
  const std::vector<std::string> shape_params = names_of(in, c[1]);
  if (!c.has(0)) return make<ReparamObject>("LocScaleReparam", model::loc_scale_reparam(std::nullopt, shape_params));
  if (c[0].is_number()) {
    const double centered = c[0].number();
    if (!(centered >= 0 && centered <= 1)) throw Error("E209", "centered must lie between 0 and 1");
    return make<ReparamObject>("LocScaleReparam",
                               model::loc_scale_reparam(std::optional<double>(centered), shape_params));
  }
  return make<ReparamObject>("LocScaleReparam", model::loc_scale_reparam(in.to_tensor(c[0]), shape_params));
}

}  // namespace

const NativeTable& handler_functions() {
  static const NativeTable rows{
      {"seed", "fn=None, rng_seed=None, hide_types=()", seed},
      {"trace", "fn=None",
       [](Interpreter&, NativeCall& c) -> Value {
         return wrap(c, [] { return std::make_shared<model::TraceHandler>(); });
       }},
      {"substitute", "fn=None, data=None, substitute_fn=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return wrap(c, [data = value_map(in, c[1], "substitute"), f = site_function(in, c[2])] {
           return model::substitute(data, f);
         });
       }},
      {"condition", "fn=None, data=None, condition_fn=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return wrap(c, [data = value_map(in, c[1], "condition"), f = site_function(in, c[2])] {
           return model::condition(data, f);
         });
       }},
      {"do", "fn=None, data=None", intervene},
      {"scale", "fn=None, scale=1.0",
       [](Interpreter& in, NativeCall& c) -> Value {
         return wrap(c, [factor = in.to_tensor(c[1])] { return model::scale(factor); });
       }},
      {"mask", "fn=None, mask=True", mask},
      {"block", "fn=None, hide_fn=None, hide=None, expose_types=None, expose=None", block},
      {"reparam", "fn=None, config=None", reparam},
      {"replay", "fn=None, trace=None", replay},
      {"scope", "fn=None, prefix=\"\", divider=\"/\", hide_types=()",
       [](Interpreter& in, NativeCall& c) -> Value {
         const std::string prefix = in.to_text(c[1], "the prefix"), divider = in.to_text(c[2], "the divider");
         const std::set<model::SiteKind> hidden = kinds_of(in, c[3]);
         return wrap(c, [prefix, divider, hidden] { return model::scope(prefix, divider, hidden); });
       }},
      {"uncondition", "fn=None",
       [](Interpreter&, NativeCall& c) -> Value { return wrap(c, [] { return model::uncondition(); }); }},
  };
  return rows;
}

const NativeTable& reparam_functions() {
  static const NativeTable rows{
      {"LocScaleReparam", "centered=None, shape_params=()", loc_scale},
      {"TransformReparam", "",
       [](Interpreter&, NativeCall&) -> Value {
         return make<ReparamObject>("TransformReparam", model::transform_reparam());
       }},
  };
  return rows;
}

}  // namespace dolab::lang
