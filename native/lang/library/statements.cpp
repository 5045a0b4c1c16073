// numpyro.sample, deterministic, factor, param, plate, subsample.
#include "base/nearest_name.hpp"
#include "lang/library/arguments.hpp"
#include "lang/library/distributions.hpp"
#include "lang/library/keys.hpp"
#include "lang/library/numpyro_tables.hpp"

namespace dolab::lang {
namespace {

/// A plate, or a stack of plates entered together.
struct PlateObject : HostObject {
  explicit PlateObject(std::vector<model::PlatePtr> p) : plates(std::move(p)) {}
  std::string describe() const override {
    return plates.empty() ? "an empty plate stack" : "plate \"" + plates[0]->frame().name + "\"";
  }
  std::string type_name() const override { return "plate"; }
  bool is_context() const override { return true; }
  Value enter(Interpreter& in) override {
    Value indices;
    std::size_t entered = 0;
    try {
      for (; entered < plates.size(); ++entered) indices = in.builder().enter(plates[entered]);
    } catch (...) {
      while (entered-- > 0) in.builder().exit(plates[entered]);
      throw;
    }
    return indices.is_set() ? indices : Value::none();
  }
  void exit(Interpreter& in) override {
    for (std::size_t i = plates.size(); i-- > 0;) in.builder().exit(plates[i]);
  }
  Value attribute(Interpreter&, const std::string& attribute_name) override {
    if (plates.size() != 1) return {};
    const model::PlateFrame& frame = plates[0]->frame();
    if (attribute_name == "name") return frame.name;
    if (attribute_name == "dim") return frame.dim;
    if (attribute_name == "size") return frame.size;
    if (attribute_name == "subsample_size") return frame.extent;
    return {};
  }
  std::vector<std::string> attribute_names() const override { return {"name", "dim", "size", "subsample_size"}; }
  std::vector<model::PlatePtr> plates;
};

const std::string& name_at(NativeCall& c, const char* what) {
  if (c[0].is(Kind::string)) {
    constexpr std::size_t kMaxName = 4096;
    if (c[0].text().size() > kMaxName)
      throw Error("E908", std::string("the name of a ") + what + " has more than 4096 characters");
    return c[0].text();
  }
  throw Error("E105", std::string("the name of a ") + what + " must be a string, not " + describe(c[0]),
              c[0].get_if<DistributionObject>() != nullptr ? "write sample(\"name\", dist...)" : "");
}

void refuse_in_body(Interpreter& in, const char* statement, const std::string& name) {
  if (in.pure_depth == 0) return;
  throw Error("E605", std::string(statement) + " \"" + name + "\" inside " + in.pure_name,
              std::string(in.pure_name) == "jax.lax.scan" ? "use numpyro.contrib.control_flow.scan"
                                                          : "move the statement out of the function");
}

model::InferOptions infer_options(Interpreter& in, const Value& value) {
  model::InferOptions options;
  if (!value.is_set() || value.is_none()) return options;
  if (!value.is(Kind::dict)) throw Error("E209", "infer= must be a dict, not " + describe(value));
  for (const auto& entry : value.as<DictObject>().table.entries()) {
    if (!entry.key.is_set() || !entry.key.is(Kind::string)) continue;
    const std::string& key = entry.key.text();
    if (key == "enumerate" && !entry.value.is_none())
      options.enumerate = in.to_text(entry.value, "infer[\"enumerate\"]");
    if (key == "is_auxiliary") options.is_auxiliary = in.truth(entry.value);
    if (key == "kl") options.analytic_kl = entry.value.is(Kind::string) && entry.value.text() == "analytic";
  }
  return options;
}

Value sample(Interpreter& in, NativeCall& c) {
  const std::string& name = name_at(c, "site");
  refuse_in_body(in, "sample", name);
  const auto* distribution = c[1].get_if<DistributionObject>();
  if (distribution == nullptr) {
    if (c[1].is(Kind::opaque)) fail_opaque(c[1]);
    const auto* host = c[1].get_if<HostObject>();
    const bool is_class = host != nullptr && host->type_name() == "type";
    Error error("E206", "second argument of sample \"" + name + "\" is " + describe(c[1]) + ", not a distribution",
                is_class ? "write the parentheses: dist.Normal()" : "use numpyro.deterministic for a value");
    in.module().source.place(error, c.spans[1]);
    throw error;
  }
  model::SampleOptions options;
  if (c.has(2)) options.observation = in.to_tensor(c[2]);
  if (c.has(4)) options.sample_shape = in.to_shape(c[4], "a sample shape");
  options.infer = infer_options(in, c[5]);
  if (c.has(6)) options.observation_mask = in.to_tensor(c[6]);
  try {
    return in.builder().sample(name, distribution->distribution, options);
  } catch (const Error& error) {
    if (error.code() != "E401" && error.code() != "E407") throw;
    // Shapes that do not fit are the distribution's: point at it instead of the whole statement.
    Error placed(error.code(), error.message(), error.hint());
    for (const RelatedSpan& related : error.related()) placed.with_related(related.span, related.message);
    in.module().source.place(placed, c.spans[1]);
    throw placed;
  }
}

Value deterministic(Interpreter& in, NativeCall& c) {
  const std::string& name = name_at(c, "site");
  refuse_in_body(in, "deterministic", name);
  if (c[1].get_if<DistributionObject>() != nullptr) {
    throw Error("E206", "the value of deterministic \"" + name + "\" is " + describe(c[1]),
                "use numpyro.sample for a distribution");
  }
  return in.builder().deterministic(name, in.to_tensor(c[1]));
}

Value factor(Interpreter& in, NativeCall& c) {
  const std::string& name = name_at(c, "site");
  refuse_in_body(in, "factor", name);
  in.builder().factor(name, in.to_tensor(c[1]));
  return Value::none();
}

Value param(Interpreter& in, NativeCall& c) {
  const std::string& name = name_at(c, "param");
  refuse_in_body(in, "param", name);
  Value init = c[1];
  if (!init.is_set() || init.is_none()) throw Error("E205", "param \"" + name + "\" needs an initial value");
  const bool function = init.is(Kind::function) || init.is(Kind::native) || init.is(Kind::bound);
  if (function) init = in.call(init, Values{Value(make<KeyObject>(splitmix64(site_hash(name))))}, c.span);
  prob::Constraint constraint;
  if (c.has(2)) {
    const auto* given = c[2].get_if<ConstraintObject>();
    if (given == nullptr)
      throw Error("E209", "constraint= must be a constraint, not " + describe(c[2]),
                  "use dist.constraints.positive and its like");
    constraint = given->constraint;
  }
  std::optional<std::int64_t> event_dim;
  if (c.has(3)) event_dim = in.to_integer(c[3], "event_dim");
  Tensor start = in.to_tensor(init);
  if (!start.is_constant()) in.fail_traced("E302", init, "is the initial value of param \"" + name + "\"");
  if (start.dtype() != DType::real) start = tensor::cast(start, DType::real);
  return in.builder().param(name, start, constraint, event_dim);
}

std::int64_t size_at(Interpreter& in, NativeCall& c, std::size_t i, const std::string& name) {
  const Value& size = c[i];
  if (size.is_traced())
    in.fail_traced("E303", size, "is the size of plate \"" + name + "\"", "make it an argument or a constant");
  const bool whole = size.is_integral() ||
                     (size.is(Kind::tensor) && size.tensor().dtype() != DType::real && size.tensor().size() == 1);
  if (!whole) {
    throw Error("E402", "plate \"" + name + "\" has the size " +
                            (size.is(Kind::real) ? in.repr(size) : describe(size)) + ", not a whole number");
  }
  return in.to_integer(size, "the size of a plate");
}

Value plate(Interpreter& in, NativeCall& c) {
  const std::string& name = name_at(c, "plate");
  std::optional<std::int64_t> subsample, dim;
  if (c.has(2)) subsample = size_at(in, c, 2, name);
  if (c.has(3)) dim = in.to_integer(c[3], "the dim of a plate");
  return make<PlateObject>(
      std::vector<model::PlatePtr>{in.builder().plate(name, size_at(in, c, 1, name), subsample, dim)});
}

Value plate_stack(Interpreter& in, NativeCall& c) {
  const std::string& prefix = name_at(c, "plate");
  return make<PlateObject>(in.builder().plate_stack(prefix, in.to_integers(c[1], "the size of a plate"),
                                                    in.to_integer(c[2], "rightmost_dim")));
}

template <NativeCode F>
Value located(Interpreter& in, NativeCall& c) {
  in.mark_position(c.span);
  return F(in, c);
}

}  // namespace

Value site_value(const model::Site& site) {
  const auto dict = make<DictObject>();
  Table& table = dict->table;
  table.set("name", site.name);
  table.set("type", site.kind == model::SiteKind::factor ? "sample" : model::to_string(site.kind));
  if (site.distribution != nullptr) table.set("fn", make<DistributionObject>(site.distribution));
  table.set("value", site.downstream.defined() ? Value(site.downstream)
                     : site.value.defined()    ? Value(site.value)
                                               : Value::none());
  table.set("is_observed", site.observed);
  table.set("scale", site.scale.defined() ? Value(site.scale) : Value::none());
  const auto infer = make<DictObject>();
  if (!site.infer.enumerate.empty()) infer->table.set("enumerate", site.infer.enumerate);
  if (site.infer.is_auxiliary) infer->table.set("is_auxiliary", true);
  table.set("infer", infer);
  return dict;
}

const NativeTable& statement_functions() {
  static const NativeTable rows{
      {"sample", "name, fn, obs=None, rng_key=None, sample_shape=(), infer=None, obs_mask=None", located<sample>},
      {"deterministic", "name, value", located<deterministic>},
      {"factor", "name, log_factor", located<factor>},
      {"param", "name, init_value=None, constraint=None, event_dim=None, **kwargs", located<param>},
      {"plate", "name, size, subsample_size=None, dim=None", located<plate>},
      {"plate_stack", "prefix, sizes, rightmost_dim=-1", located<plate_stack>},
      {"subsample", "data, event_dim",
       [](Interpreter& in, NativeCall& c) -> Value {
         in.mark_position(c.span);
         return in.builder().subsample(in.to_tensor(c[0]), in.to_integer(c[1], "event_dim"));
       }},
      {"prng_key", "",
       [](Interpreter& in, NativeCall&) -> Value {
         return make<KeyObject>(splitmix64(0x6b6579u + static_cast<std::uint64_t>(in.key_count++)));
       }},
      {"get_mask", "",
       [](Interpreter& in, NativeCall&) -> Value {
         const Tensor mask = in.builder().current_mask();
         return mask.defined() ? Value(mask) : Value::none();
       }},
  };
  return rows;
}

const NativeTable& setting_functions() {
  static const NativeCode nothing = [](Interpreter&, NativeCall&) -> Value { return Value::none(); };
  static const NativeTable rows{
      {"enable_x64", "*args, **kwargs", nothing},
      {"set_platform", "*args, **kwargs", nothing},
      {"set_host_device_count", "*args, **kwargs", nothing},
      {"enable_validation", "*args, **kwargs", nothing},
      {"validation_enabled", "*args, **kwargs", nothing},
  };
  return rows;
}

}  // namespace dolab::lang
