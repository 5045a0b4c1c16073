#include "lang/library/distributions.hpp"

#include "base/nearest_name.hpp"
#include "lang/library/arguments.hpp"
#include "lang/library/keys.hpp"
#include "prob/factory.hpp"

namespace dolab::lang {
namespace {

using prob::ParameterKind;

prob::TransformPtr to_transform(const Value& value) {
  if (const auto* transform = value.get_if<TransformObject>()) return transform->transform;
  throw Error("E209", "a transform is needed, not " + describe(value),
              value.is(Kind::native) ? "write the parentheses: " + value.as<NativeObject>().full_name + "()" : "");
}

const prob::Constraint& to_constraint(const Value& value) {
  if (const auto* constraint = value.get_if<ConstraintObject>()) return constraint->constraint;
  throw Error("E209", "a constraint is needed, not " + describe(value), "use dist.constraints");
}

prob::Argument to_argument(Interpreter& in, const Value& value, ParameterKind kind) {
  if (!value.is_set() || value.is_none()) return std::monostate{};
  if (const auto* distribution = value.get_if<DistributionObject>()) return distribution->distribution;
  if (const auto* constraint = value.get_if<ConstraintObject>()) return constraint->constraint;
  if (const auto* transform = value.get_if<TransformObject>())
    return std::vector<prob::TransformPtr>{transform->transform};
  switch (kind) {
    case ParameterKind::shape:
      return in.to_shape(value, "a shape");
    case ParameterKind::transforms: {
      std::vector<prob::TransformPtr> list;
      for (const Value& item : in.items(value)) list.push_back(to_transform(item));
      return list;
    }
    case ParameterKind::integer:
      return in.to_integer(value, "this parameter");
    case ParameterKind::text:
      return in.to_text(value, "this parameter");
    case ParameterKind::constraint:
      return to_constraint(value);
    case ParameterKind::distribution:
      throw Error("E206", "a distribution is needed, not " + describe(value));
    case ParameterKind::tensor:
      break;
  }
  if (value.is(Kind::boolean)) return value.boolean();
  if (value.is(Kind::integer)) return value.integer();
  if (value.is(Kind::real)) return value.real();
  if (value.is(Kind::string)) return value.text();
  return in.to_tensor(value);
}

/// dist.Normal
struct DistributionClass : HostObject {
  explicit DistributionClass(const prob::FamilySpec& s) : spec(&s) {}
  std::string describe() const override { return "the class `dist." + spec->name + "`"; }
  std::string type_name() const override { return "type"; }
  bool callable() const override { return true; }
  bool equals(const HostObject& other) const override {
    const auto* same = dynamic_cast<const DistributionClass*>(&other);
    return same != nullptr && same->spec == spec;
  }
  bool has_instance(const Value& value) const override {
    const auto* distribution = value.get_if<DistributionObject>();
    return distribution != nullptr && distribution->distribution->name() == spec->name;
  }
  Value attribute(Interpreter&, const std::string& name) override {
    return name == "__name__" ? Value(spec->name) : Value();
  }

  Value call(Interpreter& in, CallArguments& arguments) override {
    prob::Arguments converted;
    const auto convert = [&](const Value& value, ParameterKind target, const std::vector<Span>& spans, std::size_t i) {
      try {
        return to_argument(in, value, target);
      } catch (Error& error) {
        if (i < spans.size()) in.module().source.place(error, spans[i]);
        throw;
      }
    };
    for (std::size_t i = 0; i < arguments.positional.size(); ++i) {
      const ParameterKind expected = i < spec->parameters.size() ? spec->parameters[i].kind : ParameterKind::tensor;
      converted.positional.push_back(convert(arguments.positional[i], expected, arguments.positional_spans, i));
    }
    for (std::size_t i = 0; i < arguments.named.size(); ++i) {
      const auto& [name, value] = arguments.named[i];
      ParameterKind expected = ParameterKind::tensor;
      std::vector<std::string> known{"validate_args"};
      bool found = name == "validate_args";
      for (const prob::ParameterSpec& parameter : spec->parameters) {
        known.push_back(parameter.name);
        if (parameter.name != name) continue;
        expected = parameter.kind;
        found = true;
      }
      if (!found) {
        Error error("E204", "`dist." + spec->name + "` has no parameter \"" + name + "\"", keyword_hint(name, known));
        if (i < arguments.named_spans.size()) in.module().source.place(error, arguments.named_spans[i]);
        throw error;
      }
      converted.named.emplace_back(name, convert(value, expected, arguments.named_spans, i));
    }
    return make<DistributionObject>(prob::make_distribution(in.graph(), spec->name, converted));
  }

  const prob::FamilySpec* spec;
};

struct ConstraintClass : HostObject {
  ConstraintClass(std::string n, int a) : name(std::move(n)), arity(a) {}
  std::string describe() const override { return "the constraint `" + name + "`"; }
  bool callable() const override { return true; }
  Value call(Interpreter& in, CallArguments& arguments) override {
    std::vector<Tensor> bounds;
    for (const Value& bound : arguments.positional) bounds.push_back(in.to_tensor(bound));
    for (const auto& named : arguments.named) bounds.push_back(in.to_tensor(named.second));
    return make<ConstraintObject>(prob::make_constraint(name, bounds));
  }
  std::string name;
  int arity;
};

const prob::DistributionPtr& self(NativeCall& c) { return c[0].as<DistributionObject>().distribution; }

Value wrap(prob::DistributionPtr distribution) { return make<DistributionObject>(std::move(distribution)); }

Value draw(Interpreter& in, const prob::DistributionPtr& distribution, const Value& key, const Value& shape) {
  if (!key.is_set() || key.is_none())
    throw Error("E205", "`sample` of a distribution needs a random key",
                "use numpyro.sample(\"name\", ...) in a model");
  const std::uint64_t bits = key_of(key);
  const auto hash = static_cast<std::uint32_t>(bits ^ (bits >> 32));
  return distribution->sample({hash, -1}, shape.is_set() && !shape.is_none() ? in.to_shape(shape, "a shape") : Shape{});
}

const NativeTable& distribution_methods() {
  static const NativeTable rows{
      {"log_prob", "self, value, intermediates=None",
       [](Interpreter& in, NativeCall& c) -> Value { return self(c)->log_prob(in.to_tensor(c[1])); }},
      {"sample", "self, key=None, sample_shape=(), *, rng_key=None",
       [](Interpreter& in, NativeCall& c) -> Value { return draw(in, self(c), c.has(1) ? c[1] : c[3], c[2]); }},
      {"rsample", "self, key=None, sample_shape=()",
       [](Interpreter& in, NativeCall& c) -> Value { return draw(in, self(c), c[1], c[2]); }},
      {"expand", "self, batch_shape",
       [](Interpreter& in, NativeCall& c) -> Value { return wrap(self(c)->expand(in.to_shape(c[1], "a shape"))); }},
      {"expand_by", "self, sample_shape",
       [](Interpreter& in, NativeCall& c) -> Value { return wrap(self(c)->expand_by(in.to_shape(c[1], "a shape"))); }},
      {"to_event", "self, reinterpreted_batch_ndims=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return wrap(self(c)->to_event(c.has(1) ? static_cast<int>(in.to_integer(c[1], "the number of dims")) : -1));
       }},
      {"mask", "self, mask",
       [](Interpreter& in, NativeCall& c) -> Value {
         if (c[1].is(Kind::boolean)) return wrap(self(c)->mask(c[1].boolean()));
         const Tensor mask = in.to_tensor(c[1]);
         if (mask.dtype() != DType::boolean) throw Error("E412", "the mask holds numbers, not booleans");
         return wrap(self(c)->mask(mask));
       }},
      {"cdf", "self, value", [](Interpreter& in, NativeCall& c) -> Value { return self(c)->cdf(in.to_tensor(c[1])); }},
      {"icdf", "self, q", [](Interpreter& in, NativeCall& c) -> Value { return self(c)->icdf(in.to_tensor(c[1])); }},
      {"shape", "self, sample_shape=()",
       [](Interpreter& in, NativeCall& c) -> Value {
         Shape shape = in.to_shape(c[1], "a shape");
         shape.insert(shape.end(), self(c)->batch_shape().begin(), self(c)->batch_shape().end());
         shape.insert(shape.end(), self(c)->event_shape().begin(), self(c)->event_shape().end());
         return shape_value(shape);
       }},
  };
  return rows;
}

// Constructors of transforms.
using Factory = prob::TransformPtr (*)();
template <Factory F>
Value simple(Interpreter&, NativeCall&) {
  return make<TransformObject>(F());
}

}  // namespace

// ---- objects

Value DistributionObject::attribute(Interpreter& in, const std::string& name) {
  if (const NativeEntry* entry = distribution_methods().find(name)) {
    return make<BoundObject>(make_native(in, *entry, distribution->name()),
                             Values{Value(Ref<DistributionObject>(this))});
  }
  if (name == "batch_shape") return shape_value(distribution->batch_shape());
  if (name == "event_shape") return shape_value(distribution->event_shape());
  if (name == "event_dim") return distribution->event_dim();
  if (name == "support") return make<ConstraintObject>(distribution->support());
  if (name == "mean") return distribution->mean();
  if (name == "variance") return distribution->variance();
  if (name == "stddev") return tensor::sqrt(distribution->variance());
  if (name == "is_discrete") return distribution->is_discrete();
  if (name == "has_rsample") return distribution->has_rsample();
  if (name == "base_dist") {
    const prob::Decomposition parts = distribution->decompose();
    return parts.base != nullptr ? wrap(parts.base) : Value();
  }
  const Tensor parameter = distribution->parameter(name);
  return parameter.defined() ? Value(parameter) : Value();
}

std::vector<std::string> DistributionObject::attribute_names() const {
  std::vector<std::string> names{"batch_shape", "event_shape", "event_dim",  "support",
                                 "mean",        "variance",    "is_discrete"};
  for (const NativeEntry& row : distribution_methods().rows()) names.emplace_back(row.name);
  for (const prob::Parameter& parameter : distribution->parameters()) names.push_back(parameter.name);
  return names;
}

Value DistributionObject::call(Interpreter& in, CallArguments& arguments) {
  return in.call(attribute(in, "sample"), std::move(arguments));
}

Value ConstraintObject::attribute(Interpreter& in, const std::string& name) {
  if (name == "check") {
    static const NativeEntry kCheck{"check", "self, value", [](Interpreter& inner, NativeCall& c) -> Value {
                                      return c[0].as<ConstraintObject>().constraint.check(inner.to_tensor(c[1]));
                                    }};
    return make<BoundObject>(make_native(in, kCheck, "constraint"), Values{Value(Ref<ConstraintObject>(this))});
  }
  if (name == "event_dim") return constraint.event_dim;
  if (name == "is_discrete") return constraint.is_discrete();
  if (name == "lower_bound" && constraint.lower.defined()) return constraint.lower;
  if (name == "upper_bound" && constraint.upper.defined()) return constraint.upper;
  return {};
}

Value ConstraintObject::call(Interpreter& in, CallArguments& arguments) {
  if (arguments.positional.size() != 1) throw Error("E205", describe() + " takes one value");
  return constraint.check(in.to_tensor(arguments.positional[0]));
}

Value TransformObject::attribute(Interpreter& in, const std::string& name) {
  static const NativeTable methods{
      {"_inverse", "self, y",
       [](Interpreter& inner, NativeCall& c) -> Value {
         return c[0].as<TransformObject>().transform->inverse(inner.to_tensor(c[1]));
       }},
      {"log_abs_det_jacobian", "self, x, y, intermediates=None",
       [](Interpreter& inner, NativeCall& c) -> Value {
         return c[0].as<TransformObject>().transform->log_abs_det(inner.to_tensor(c[1]), inner.to_tensor(c[2]));
       }},
      {"forward_shape", "self, shape",
       [](Interpreter& inner, NativeCall& c) -> Value {
         return shape_value(c[0].as<TransformObject>().transform->forward_shape(inner.to_shape(c[1], "a shape")));
       }},
  };
  if (const NativeEntry* entry = methods.find(name)) {
    return make<BoundObject>(make_native(in, *entry, transform->name()), Values{Value(Ref<TransformObject>(this))});
  }
  if (name == "inv") return make<TransformObject>(prob::invert(transform));
  if (name == "domain") return make<ConstraintObject>(transform->domain());
  if (name == "codomain") return make<ConstraintObject>(transform->codomain());
  return {};
}

Value TransformObject::call(Interpreter& in, CallArguments& arguments) {
  if (arguments.positional.size() != 1) throw Error("E205", describe() + " takes one value");
  return transform->forward(in.to_tensor(arguments.positional[0]));
}

// ---- members of the modules

Value distribution_class(Interpreter&, const std::string& name) {
  const prob::FamilySpec* spec = prob::find_family(name);
  return spec != nullptr ? Value(make<DistributionClass>(*spec)) : Value();
}

std::vector<std::string> distribution_names() { return prob::family_names(); }
bool is_known_distribution(const std::string& name) { return prob::is_known_family(name); }

Value constraint_member(Interpreter&, const std::string& name) {
  const int arity = prob::constraint_arity(name);
  if (arity < 0) return {};
  if (arity == 0) return make<ConstraintObject>(prob::make_constraint(name));
  return make<ConstraintClass>(name, arity);
}

std::vector<std::string> constraint_names() {
  std::vector<std::string> names;
  for (const char* name : {"real",
                           "real_vector",
                           "positive",
                           "nonnegative",
                           "greater_than",
                           "greater_than_eq",
                           "less_than",
                           "unit_interval",
                           "interval",
                           "open_interval",
                           "circular",
                           "softplus_positive",
                           "simplex",
                           "ordered_vector",
                           "positive_ordered_vector",
                           "l1_ball",
                           "lower_cholesky",
                           "corr_cholesky",
                           "corr_matrix",
                           "positive_definite",
                           "boolean",
                           "integer_interval",
                           "nonnegative_integer",
                           "positive_integer"}) {
    if (prob::constraint_arity(name) >= 0) names.emplace_back(name);
  }
  return names;
}

const NativeTable& constraint_functions() {
  static const NativeTable rows{
      {"independent", "base_constraint, reinterpreted_batch_ndims",
       [](Interpreter& in, NativeCall& c) -> Value {
         return make<ConstraintObject>(
             to_constraint(c[0]).independent(static_cast<int>(in.to_integer(c[1], "the number of dims"))));
       }},
  };
  return rows;
}

const NativeTable& biject_to_function() {
  static const NativeTable rows{
      {"biject_to", "constraint",
       [](Interpreter&, NativeCall& c) -> Value {
         return make<TransformObject>(prob::biject_to(to_constraint(c[0])));
       }},
  };
  return rows;
}

const NativeTable& transform_classes() {
  static const NativeTable rows{
      {"AffineTransform", "loc, scale, domain=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return make<TransformObject>(prob::affine_transform(in.to_tensor(c[0]), in.to_tensor(c[1]),
                                                             c.has(2) ? to_constraint(c[2]) : prob::Constraint{}));
       }},
      {"ExpTransform", "domain=None",
       [](Interpreter&, NativeCall& c) -> Value {
         return make<TransformObject>(prob::exp_transform(c.has(0) ? to_constraint(c[0]) : prob::Constraint{}));
       }},
      {"PowerTransform", "exponent",
       [](Interpreter& in, NativeCall& c) -> Value {
         return make<TransformObject>(prob::power_transform(in.to_tensor(c[0])));
       }},
      {"IdentityTransform", "", simple<prob::identity_transform>},
      {"SigmoidTransform", "", simple<prob::sigmoid_transform>},
      {"SoftplusTransform", "", simple<prob::softplus_transform>},
      {"AbsTransform", "", simple<prob::abs_transform>},
      {"OrderedTransform", "", simple<prob::ordered_transform>},
      {"StickBreakingTransform", "", simple<prob::stick_breaking_transform>},
      {"L1BallTransform", "", simple<prob::l1_ball_transform>},
      {"CorrCholeskyTransform", "", simple<prob::corr_cholesky_transform>},
      {"LowerCholeskyTransform", "", simple<prob::lower_cholesky_transform>},
      {"SoftplusLowerCholeskyTransform", "", simple<prob::softplus_lower_cholesky_transform>},
      {"ScaledUnitLowerCholeskyTransform", "", simple<prob::scaled_unit_lower_cholesky_transform>},
      {"CholeskyTransform", "", simple<prob::cholesky_transform>},
      {"CorrMatrixCholeskyTransform", "", simple<prob::corr_matrix_cholesky_transform>},
      {"LowerCholeskyAffine", "loc, scale_tril",
       [](Interpreter& in, NativeCall& c) -> Value {
         return make<TransformObject>(prob::lower_cholesky_affine(in.to_tensor(c[0]), in.to_tensor(c[1])));
       }},
      {"SimplexToOrderedTransform", "anchor_point=0.0",
       [](Interpreter& in, NativeCall& c) -> Value {
         return make<TransformObject>(prob::simplex_to_ordered(in.to_tensor(c[0])));
       }},
      {"PermuteTransform", "permutation",
       [](Interpreter& in, NativeCall& c) -> Value {
         return make<TransformObject>(prob::permute_transform(in.to_integers(c[0], "a position")));
       }},
      {"ReshapeTransform", "forward_shape, inverse_shape",
       [](Interpreter& in, NativeCall& c) -> Value {
         return make<TransformObject>(
             prob::reshape_transform(in.to_shape(c[0], "a shape"), in.to_shape(c[1], "a shape")));
       }},
      {"ComposeTransform", "parts",
       [](Interpreter& in, NativeCall& c) -> Value {
         std::vector<prob::TransformPtr> parts;
         for (const Value& part : in.items(c[0])) parts.push_back(to_transform(part));
         return make<TransformObject>(prob::compose_transform(parts));
       }},
      {"IndependentTransform", "base_transform, reinterpreted_batch_ndims",
       [](Interpreter& in, NativeCall& c) -> Value {
         return make<TransformObject>(prob::independent_transform(
             to_transform(c[0]), static_cast<int>(in.to_integer(c[1], "the number of dims"))));
       }},
  };
  return rows;
}

const std::vector<LibraryValue>& distribution_values() {
  static const std::vector<LibraryValue> rows{
      {"Distribution",
       [](Interpreter&) -> Value {
         return make<TypeTag>("Distribution",
                              [](const Value& value) { return value.get_if<DistributionObject>() != nullptr; });
       }},
  };
  return rows;
}

}  // namespace dolab::lang
