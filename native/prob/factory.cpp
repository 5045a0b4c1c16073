#include "prob/factory.hpp"

#include <algorithm>
#include <map>

#include "base/nearest_name.hpp"
#include "dolab/error.hpp"
#include "prob/families/family.hpp"

namespace dolab::prob {

namespace {

using Table = std::map<std::string, FamilyEntry, std::less<>>;

Table make_table() {
  Table table;
  const std::vector<std::vector<FamilyEntry>> groups{
      normal_families(),      truncated_families(),      heavy_tail_families(),
      gamma_families(),       location_scale_families(), beta_families(),
      uniform_families(),     bernoulli_families(),      count_families(),
      categorical_families(), ordered_families(),        multivariate_normal_families(),
      lkj_families(),         mixture_families(),        transformed_families()};
  for (const auto& group : groups) {
    for (const auto& entry : group) table.emplace(entry.spec.name, entry);
  }
  return table;
}

const Table& table() {
  static const Table instance = make_table();
  return instance;
}

constexpr std::string_view kPlanned[] = {"AsymmetricLaplace",
                                         "AsymmetricLaplaceQuantile",
                                         "BetaNegativeBinomial",
                                         "CAR",
                                         "CirculantNormal",
                                         "Dagum",
                                         "DirichletMultinomial",
                                         "DiscreteUniform",
                                         "DoublyTruncatedPowerLaw",
                                         "EulerMaruyama",
                                         "FoldedDistribution",
                                         "GaussianCopula",
                                         "GaussianCopulaBeta",
                                         "GaussianRandomWalk",
                                         "GaussianStateSpace",
                                         "Gompertz",
                                         "HurdleDistribution",
                                         "HurdleGamma",
                                         "HurdleLogNormal",
                                         "HurdleNegativeBinomial2",
                                         "HurdlePoisson",
                                         "IntervalCensoredDistribution",
                                         "InverseWishart",
                                         "InverseWishartCholesky",
                                         "Kumaraswamy",
                                         "LKJ",
                                         "LeftCensoredDistribution",
                                         "Levy",
                                         "LogUniform",
                                         "LowRankMultivariateNormal",
                                         "LowerTruncatedPowerLaw",
                                         "MatrixNormal",
                                         "Mixture",
                                         "MixtureGeneral",
                                         "MultivariateStudentT",
                                         "NegativeBinomial",
                                         "NegativeBinomialLogits",
                                         "NegativeBinomialProbs",
                                         "Pareto",
                                         "ProjectedNormal",
                                         "RelaxedBernoulli",
                                         "RelaxedBernoulliLogits",
                                         "RightCensoredDistribution",
                                         "SineBivariateVonMises",
                                         "SineSkewed",
                                         "SoftLaplace",
                                         "TruncatedCauchy",
                                         "TruncatedDistribution",
                                         "TruncatedGamma",
                                         "TruncatedPolyaGamma",
                                         "Unit",
                                         "VonMises",
                                         "Wishart",
                                         "WishartCholesky",
                                         "ZeroInflatedDistribution",
                                         "ZeroInflatedNegativeBinomial2",
                                         "ZeroSumNormal"};

struct Synonym {
  std::string_view wrong;
  std::string_view right;
};
/// Names of other libraries and textbooks for our parameters.
constexpr Synonym kSynonyms[] = {{"sigma", "scale"},
                                 {"sd", "scale"},
                                 {"std", "scale"},
                                 {"stddev", "scale"},
                                 {"mu", "loc"},
                                 {"mean", "loc"},
                                 {"p", "probs"},
                                 {"prob", "probs"},
                                 {"logit", "logits"},
                                 {"logit_p", "logits"},
                                 {"n", "total_count"},
                                 {"alpha", "concentration1"},
                                 {"beta", "concentration0"},
                                 {"alpha", "concentration"},
                                 {"beta", "rate"},
                                 {"a", "concentration"},
                                 {"lam", "rate"},
                                 {"nu", "df"},
                                 {"lower", "low"},
                                 {"upper", "high"},
                                 {"cov", "covariance_matrix"},
                                 {"chol", "scale_tril"},
                                 {"tau", "precision_matrix"},
                                 {"eta", "concentration"}};

std::string signature(const FamilySpec& spec) {
  std::string text = spec.name + "(";
  bool star = false;
  for (std::size_t i = 0; i < spec.parameters.size(); ++i) {
    const auto& p = spec.parameters[i];
    if (i > 0) text += ", ";
    if (p.keyword_only && !star) {
      text += "*, ";
      star = true;
    }
    text += p.name;
    if (p.required) continue;
    if (p.fallback) {
      const std::string digits = std::to_string(static_cast<std::int64_t>(*p.fallback));
      text += "=" + digits + (p.kind == ParameterKind::integer ? "" : ".0");
    } else {
      text += "=None";
    }
  }
  return text + ")";
}

[[noreturn]] void unknown_keyword(const FamilySpec& spec, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& p : spec.parameters) names.push_back(p.name);
  const auto has = [&](std::string_view n) { return std::find(names.begin(), names.end(), n) != names.end(); };
  std::string suggestion = nearest_name(name, names);
  for (const auto& s : kSynonyms) {
    if (s.wrong == name && has(s.right)) {
      suggestion = std::string(s.right);
      break;
    }
  }
  throw Error("E204", "`" + spec.name + "` has no parameter \"" + name + "\"",
              suggestion.empty() ? "its signature is " + signature(spec) : "use `" + suggestion + "`");
}

[[noreturn]] void unknown_family(std::string_view family) {
  if (is_known_family(family)) {
    throw Error("E204", "`" + std::string(family) + "` is known, not yet supported");
  }
  const std::string suggestion = nearest_name(family, family_names());
  throw Error("E204", "there is no distribution `" + std::string(family) + "`",
              suggestion.empty() ? "" : "did you mean `" + suggestion + "`?");
}

bool is_false(const Argument& argument) {
  const auto* flag = std::get_if<bool>(&argument);
  return flag != nullptr && !*flag;
}

/// Values in the order of the parameters; monostate where nothing was given and there is no default.
struct Binding {
  std::vector<Argument> values;
  bool check = true;
};

Binding bind(const FamilySpec& spec, const Arguments& arguments) {
  Binding result;
  const std::size_t count = spec.parameters.size();
  std::vector<Argument> values(count);
  std::vector<bool> set(count, false);
  const auto by_position = static_cast<std::size_t>(std::count_if(
      spec.parameters.begin(), spec.parameters.end(), [](const ParameterSpec& p) { return !p.keyword_only; }));
  if (arguments.positional.size() > by_position) {
    throw Error("E205",
                "`" + spec.name + "` takes " + std::to_string(by_position) + " positional arguments, got " +
                    std::to_string(arguments.positional.size()),
                "its signature is " + signature(spec));
  }
  for (std::size_t i = 0; i < arguments.positional.size(); ++i) {
    values[i] = arguments.positional[i];
    set[i] = true;
  }
  for (const auto& [name, value] : arguments.named) {
    if (name == "validate_args") {
      result.check = result.check && !is_false(value);
      continue;
    }
    const auto found = std::find_if(spec.parameters.begin(), spec.parameters.end(),
                                    [&name = name](const ParameterSpec& p) { return p.name == name; });
    if (found == spec.parameters.end()) unknown_keyword(spec, name);
    const auto i = static_cast<std::size_t>(found - spec.parameters.begin());
    if (set[i]) throw Error("E205", "`" + spec.name + "` got `" + name + "` twice");
    values[i] = value;
    set[i] = true;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto& p = spec.parameters[i];
    const bool missing = !set[i] || (std::holds_alternative<std::monostate>(values[i]) && p.required);
    if (missing && p.required) {
      throw Error("E205", "`" + spec.name + "` needs `" + p.name + "`", "its signature is " + signature(spec));
    }
    if (std::holds_alternative<std::monostate>(values[i]) && p.fallback) values[i] = *p.fallback;
  }
  result.values = std::move(values);
  return result;
}

}  // namespace

const FamilySpec* find_family(std::string_view name) {
  const auto found = table().find(name);
  return found == table().end() ? nullptr : &found->second.spec;
}

const std::vector<std::string>& family_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    for (const auto& [name, entry] : table()) result.push_back(name);
    return result;
  }();
  return names;
}

bool is_known_family(std::string_view name) {
  return std::find(std::begin(kPlanned), std::end(kPlanned), name) != std::end(kPlanned);
}

DistributionPtr make_distribution(Graph& graph, std::string_view family, const Arguments& arguments) {
  const auto found = table().find(family);
  if (found == table().end()) unknown_family(family);
  const FamilyEntry& entry = found->second;
  Binding binding = bind(entry.spec, arguments);
  const DistributionPtr result = entry.build(Bound(graph, entry.spec, std::move(binding.values), binding.check));
  return binding.check ? result : extrapolating(result);
}

DistributionPtr make_distribution(Graph& graph, std::string_view family, const std::vector<Tensor>& positional) {
  Arguments arguments;
  for (const auto& t : positional) arguments.positional.emplace_back(t);
  return make_distribution(graph, family, arguments);
}

}  // namespace dolab::prob
