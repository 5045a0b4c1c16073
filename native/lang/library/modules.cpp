// The import table: which modules exist and what is in them.
#include <iterator>
#include <sstream>

#include "lang/library/arguments.hpp"
#include "lang/library/array_tables.hpp"
#include "lang/library/distributions.hpp"
#include "lang/library/numpyro_tables.hpp"
#include "lang/library/tables.hpp"

namespace dolab::lang {
namespace {

/// Settings objects (jax.config): everything on them may be called and does nothing.
struct Settings : HostObject {
  std::string describe() const override { return "settings"; }
  Value attribute(Interpreter& in, const std::string&) override {
    static const NativeEntry kNothing{"update", "*args, **kwargs",
                                      [](Interpreter&, NativeCall&) -> Value { return Value::none(); }};
    return make_native(in, kNothing, "config");
  }
};

bool is_array(const Value& value) { return value.is(Kind::tensor); }
bool never(const Value&) { return false; }

Value any_type(Interpreter&, const std::string& name) { return make<TypeTag>(name, never); }

const std::vector<LibraryValue>& jax_values() {
  static const std::vector<LibraryValue> rows{
      {"Array", [](Interpreter&) -> Value { return make<TypeTag>("Array", is_array); }},
      {"config", [](Interpreter&) -> Value { return make<Settings>(); }},
  };
  return rows;
}

LibraryModule module(std::string path, std::string alias, std::vector<const NativeTable*> functions,
                     std::vector<const std::vector<LibraryValue>*> values = {},
                     std::vector<std::pair<std::string, std::string>> submodules = {},
                     std::vector<std::string> known = {}) {
  LibraryModule result;
  result.path = std::move(path);
  result.alias = std::move(alias);
  result.functions = std::move(functions);
  result.values = std::move(values);
  result.submodules = std::move(submodules);
  result.known = std::move(known);
  return result;
}

/// The words of a text.
std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), std::istream_iterator<std::string>()};
}

LibraryModule types(const char* path) {
  LibraryModule result = module(path, path, {&typing_functions()});
  result.dynamic = any_type;
  return result;
}

std::vector<const NativeTable*> array_functions() {
  return {&elementwise_functions(), &creation_functions(), &shape_functions(),        &reduction_functions(),
          &host_functions(),        &linear_functions(),   &further_array_functions()};
}

void add_array_modules(std::vector<LibraryModule>& list) {
  const std::vector<std::string> known = words(
      "acosh angle apply_along_axis argpartition array_equiv asinh atanh bitwise_xor block c_ choose conjugate "
      "correlate "
      "cumulative_prod cumulative_sum delete dsplit extract fft fmod frexp fromfunction geomspace gradient histogram "
      "histogram2d histogramdd i0 imag index_exp indices insert isneginf isposinf isreal issubdtype lcm ldexp matvec "
      "mgrid modf nanargmax nanargmin nancumprod nancumsum nanmedian nanpercentile nanprod nanquantile nextafter ogrid "
      "partition piecewise place poly polyadd polyder polyfit polyint polymul promote_types put put_along_axis r_ "
      "ravel_multi_index real resize result_type rollaxis roots s_ signbit spacing trapz trim_zeros unravel_index "
      "unwrap "
      "vecdot vecmat vectorize");
  list.push_back(module("jax.numpy", "jnp", array_functions(), {&array_values(), &array_types()},
                        {{"linalg", "jax.numpy.linalg"}}, known));
  list.push_back(module("numpy", "np", array_functions(), {&array_values(), &array_types()},
                        {{"linalg", "jax.numpy.linalg"}, {"random", "numpy.random"}, {"typing", "numpy.typing"}},
                        known));
  list.push_back(module(
      "jax.numpy.linalg", "jnp.linalg", {&linalg_functions()}, {}, {},
      words("eigh eigvalsh qr svd pinv lstsq eig eigvals matrix_rank cond tensorsolve matrix_norm vector_norm vecdot "
            "svdvals tensorinv diagonal outer trace")));
  list.push_back(module("numpy.linalg", "np.linalg", {&linalg_functions()}, {}, {}, list.back().known));
  list.push_back(module("numpy.random", "np.random", {}));
  list.back().dynamic = [](Interpreter&, const std::string& name) -> Value {
    return make<OpaqueObject>("np.random." + name);
  };
  list.push_back(types("numpy.typing"));
  list.push_back(module("jax", "jax", {&transform_functions(), &tree_functions()}, {&jax_values()},
                        {{"numpy", "jax.numpy"},
                         {"nn", "jax.nn"},
                         {"lax", "jax.lax"},
                         {"random", "jax.random"},
                         {"scipy", "jax.scipy"},
                         {"tree", "jax.tree_util"},
                         {"tree_util", "jax.tree_util"},
                         {"ops", "jax.ops"},
                         {"typing", "jax.typing"}},
                        words("jacfwd jacrev jacobian hessian jvp vjp linearize pmap pure_callback custom_vjp "
                              "custom_jvp custom_gradient debug devices device_count local_device_count "
                              "default_backend disable_jit ensure_compile_time_eval eval_shape make_jaxpr named_scope "
                              "experimental")));
  list.push_back(module("jax.nn", "jax.nn", {&nn_functions(), &one_hot_functions(), &logsumexp_functions()}, {}, {},
                        words("initializers dot_product_attention hard_silu hard_swish sparse_plus sparse_sigmoid")));
  list.push_back(module(
      "jax.lax", "jax.lax", {&lax_functions(), &lax_array_functions(), &elementwise_functions(), &special_functions()},
      {}, {},
      words("acosh asinh atanh bessel_i0e bessel_i1e broadcast_in_dim broadcasted_iota conv conv_general_dilated "
            "cummin custom_root div dot_general gather igamma igammac iota is_finite nextafter pad "
            "population_count pmax pmean psum reduce reduce_and reduce_max reduce_min reduce_or reduce_prod "
            "reduce_sum reduce_window regularized_incomplete_beta rem scatter scatter_add scatter_max "
            "scatter_min slice sort sort_key_val")));
  list.push_back(
      module("jax.random", "jax.random", {&random_functions()}, {}, {},
             words("gamma beta dirichlet poisson binomial t truncated_normal ball orthogonal rademacher "
                   "geometric logistic bits chisquare clone f generalized_normal key_data loggamma lognormal "
                   "maxwell pareto rayleigh triangular wald weibull_min")));
  list.push_back(module("jax.tree_util", "jax.tree", {&tree_functions()}, {}, {},
                        {"tree_flatten", "tree_unflatten", "tree_reduce", "flatten", "unflatten", "reduce"}));
  list.push_back(
      module("jax.ops", "jax.ops", {&segment_functions()}, {}, {}, {"segment_max", "segment_min", "segment_prod"}));
  list.push_back(types("jax.typing"));
}

void add_scipy_modules(std::vector<LibraryModule>& list) {
  for (const std::string base : {"jax.scipy", "scipy"}) {
    list.push_back(module(base, base, {}, {},
                          {{"special", base + ".special"}, {"linalg", base + ".linalg"}, {"stats", base + ".stats"}}));
    list.push_back(
        module(base + ".special", base + ".special", {&special_functions(), &logsumexp_functions()}, {}, {},
               words("i0 i0e i1 i1e betainc gammainc gammaincc zeta expi hyp1f1 hyp2f1 kv ive comb binom lpmn "
                     "boxcox boxcox1p erfcx exp1 expn loggamma poch spence gammasgn bessel_jn")));
    list.push_back(module(base + ".linalg", base + ".linalg", {&scipy_linalg_functions()}, {}, {},
                          words("eigh svd qr expm lu lu_factor lu_solve toeplitz sqrtm schur polar circulant hankel")));
    list.push_back(module(base + ".stats", base + ".stats", {}, {}, {{"norm", base + ".stats.norm"}},
                          {"beta", "gamma", "poisson", "binom", "t", "uniform", "expon", "laplace", "logistic",
                           "multivariate_normal", "bernoulli", "cauchy", "lognorm"}));
    list.push_back(module(base + ".stats.norm", "norm", {&normal_functions()}));
  }
}

void add_numpyro_modules(std::vector<LibraryModule>& list) {
  list.push_back(module("numpyro", "numpyro", {&statement_functions(), &setting_functions()}, {},
                        {{"distributions", "numpyro.distributions"},
                         {"handlers", "numpyro.handlers"},
                         {"infer", "numpyro.infer"},
                         {"optim", "numpyro.optim"},
                         {"contrib", "numpyro.contrib"},
                         {"diagnostics", "numpyro.diagnostics"},
                         {"ops", "numpyro.ops"},
                         {"util", "numpyro.util"},
                         {"primitives", "numpyro.primitives"}},
                        {"module", "mutable", "render_model", "compat"}));
  list.back().hints = {{"Normal", "numpyro.distributions.Normal"},
                       {"normal", "numpyro.distributions.Normal"},
                       {"observe", "numpyro.sample(..., obs=y)"}};
  list.push_back(module("numpyro.primitives", "numpyro", {&statement_functions()}));
  list.push_back(
      module("numpyro.util", "numpyro.util", {&setting_functions()}, {}, {}, {"fori_collect", "format_shapes"}));

  LibraryModule distributions = module("numpyro.distributions", "dist", {}, {&distribution_values()},
                                       {{"constraints", "numpyro.distributions.constraints"},
                                        {"transforms", "numpyro.distributions.transforms"},
                                        {"util", "numpyro.distributions.util"}},
                                       {"kl_divergence", "mixtures", "batch_util", "flows"});
  distributions.functions = {&biject_to_function()};
  distributions.dynamic = distribution_class;
  distributions.dynamic_names = distribution_names;
  distributions.is_known = is_known_distribution;
  distributions.hints = {{"MvNormal", "dist.MultivariateNormal"},
                         {"Gaussian", "dist.Normal"},
                         {"normal", "dist.Normal"},
                         {"Student", "dist.StudentT"},
                         {"HalfStudentT", "dist.TruncatedNormal or dist.HalfCauchy"},
                         {"LKJCorr", "dist.LKJCholesky"},
                         {"NegativeBinomial", "dist.NegativeBinomial2"}};
  list.push_back(std::move(distributions));
  for (const char* path : {"numpyro.distributions.continuous", "numpyro.distributions.discrete"}) {
    LibraryModule part = module(path, "dist", {});
    part.dynamic = distribution_class;
    part.dynamic_names = distribution_names;
    part.is_known = is_known_distribution;
    list.push_back(std::move(part));
  }
  LibraryModule constraints =
      module("numpyro.distributions.constraints", "constraints", {&constraint_functions()}, {}, {},
             {"sphere", "zero_sum", "multinomial", "dependent", "dependent_property", "less_than_eq", "Constraint"});
  constraints.dynamic = constraint_member;
  constraints.dynamic_names = constraint_names;
  list.push_back(std::move(constraints));
  list.push_back(module("numpyro.distributions.transforms", "transforms", {&transform_classes(), &biject_to_function()},
                        {}, {},
                        {"RealFastFourierTransform", "RecursiveLinearTransform", "ZeroSumTransform", "UnpackTransform",
                         "HypersphericalTransform", "Transform"}));
  list.push_back(module("numpyro.distributions.util", "dist.util", {}, {}, {},
                        {"vec_to_tril_matrix", "cholesky_update", "validate_sample", "lazy_property"}));
  list.push_back(module("numpyro.handlers", "handlers", {&handler_functions()}, {}, {},
                        {"lift", "infer_config", "collapse", "Messenger"}));
  list.push_back(
      module("numpyro.infer", "numpyro.infer", {&reparam_functions()}, {},
             {{"reparam", "numpyro.infer.reparam"},
              {"autoguide", "numpyro.infer.autoguide"},
              {"initialization", "numpyro.infer.initialization"},
              {"util", "numpyro.infer.util"}},
             {"MCMC", "NUTS", "HMC", "SVI", "Predictive", "Trace_ELBO", "TraceGraph_ELBO", "TraceMeanField_ELBO",
              "TraceEnum_ELBO", "RenyiELBO", "log_likelihood", "init_to_uniform", "init_to_median", "init_to_feasible",
              "init_to_value", "init_to_sample", "DiscreteHMCGibbs", "BarkerMH"}));
  list.push_back(module("numpyro.infer.reparam", "reparam", {&reparam_functions()}, {}, {},
                        {"CircularReparam", "ExplicitReparam", "ProjectedNormalReparam", "HaarReparam",
                         "DiscreteCosineReparam", "NeuTraReparam", "Reparam"}));
  for (const char* path : {"numpyro.infer.autoguide", "numpyro.infer.initialization", "numpyro.infer.util",
                           "numpyro.optim", "numpyro.diagnostics", "numpyro.ops", "numpyro.contrib", "optax", "aimz"}) {
    list.push_back(module(path, path, {}));
  }
  list.push_back(module("numpyro.ops.indexing", "indexing", {}, {}, {}, {"Vindex"}));
  list.push_back(module("numpyro.contrib.control_flow", "control_flow", {}, {}, {}, {"scan", "cond"}));
  list.push_back(
      module("numpyro.contrib.funsor", "funsor", {}, {}, {}, {"config_enumerate", "markov", "infer_discrete"}));
}

std::vector<LibraryModule> make_modules() {
  std::vector<LibraryModule> list;
  add_array_modules(list);
  add_scipy_modules(list);
  add_numpyro_modules(list);
  list.push_back(module("math", "math", {&math_functions()}, {&math_values()}));
  list.push_back(module("functools", "functools", {&functools_functions()}));
  list.push_back(module("itertools", "itertools", {&itertools_functions()}));
  list.push_back(module("operator", "operator", {&operator_functions()}));
  list.push_back(module("collections", "collections", {&collections_functions()}, {}, {{"abc", "collections.abc"}},
                        {"defaultdict", "Counter"}));
  list.push_back(module("dataclasses", "dataclasses", {&dataclass_functions()}));
  list.push_back(module("warnings", "warnings", {&silent_functions()}));
  list.push_back(module("logging", "logging", {&silent_functions()}));
  for (const char* path : {"typing", "typing_extensions", "collections.abc", "__future__", "types"})
    list.push_back(types(path));
  return list;
}

}  // namespace

const std::vector<LibraryModule>& library_modules() {
  static const std::vector<LibraryModule> list = make_modules();
  return list;
}

}  // namespace dolab::lang
