#include <catch2/catch.hpp>
#include <cmath>

#include "dolab/error.hpp"
#include "functions_reference.hpp"
#include "tensor/execute.hpp"
#include "tensor/functions/special.hpp"

namespace dolab::tensor {

namespace {

using testing::FunctionCase;
using testing::Tensors;

Tensor row(const Tensor& like, const std::vector<double>& values) {
  return like.graph().constant(Array::vector(values));
}

std::vector<FunctionCase> numpy_cases() {
  return {
      {"clip",
       [](const Tensors& x) {
         return Tensors{clip(x[0], x[1], x[2]), clip(x[0], x[1], {}), clip(x[0], {}, x[2])};
       },
       true, false},
      {"logarithms",
       [](const Tensors& x) {
         return Tensors{log2(x[0]), log10(x[0]), exp2(x[0] / 100.0)};
       }},
      {"logaddexp2", [](const Tensors& x) { return Tensors{logaddexp2(x[0], x[1])}; }},
      {"cbrt", [](const Tensors& x) { return Tensors{cbrt(x[0])}; }},
      {"hypot", [](const Tensors& x) { return Tensors{hypot(x[0], x[1])}; }},
      {"sinc", [](const Tensors& x) { return Tensors{sinc(x[0])}; }},
      {"angles",
       [](const Tensors& x) {
         return Tensors{deg2rad(x[0]), rad2deg(x[0])};
       }},
      {"heaviside", [](const Tensors& x) { return Tensors{heaviside(x[0], x[0].graph().scalar(0.25))}; }, true, false},
      {"nan_to_num",
       [](const Tensors& x) {
         return Tensors{nan_to_num(x[0]), nan_to_num(x[0], 2.0, 3.0, 4.0)};
       },
       true, false},
      {"isclose",
       [](const Tensors& x) {
         return Tensors{isclose(x[0], x[1]), isclose(x[0], x[1], 1e-5, 1e-8, true)};
       },
       true, false},
      {"integer_power",
       [](const Tensors& x) {
         return Tensors{integer_power(x[0], 2),  integer_power(x[0], 3), integer_power(x[0], 7),
                        integer_power(x[0], -2), integer_power(x[1], 3), integer_power(x[1], 0)};
       }},
      {"float_power", [](const Tensors& x) { return Tensors{float_power(x[0], x[0].graph().scalar(-2))}; }},
      {"polyval", [](const Tensors& x) { return Tensors{polyval(x[0], x[1])}; }},
      {"interp",
       [](const Tensors& x) {
         return Tensors{interp(x[0], row(x[0], {-2, -1, 0.5, 2}), x[1])};
       }},
  };
}

std::vector<FunctionCase> activation_cases() {
  return {
      {"relu", [](const Tensors& x) { return Tensors{relu(x[0])}; }, true, false},
      {"relu_integers", [](const Tensors& x) { return Tensors{relu(x[0])}; }},
      {"relu6", [](const Tensors& x) { return Tensors{relu6(x[0])}; }, true, false},
      {"activations",
       [](const Tensors& x) {
         return Tensors{leaky_relu(x[0]), leaky_relu(x[0], 0.2), elu(x[0]),
                        elu(x[0], 0.7),   celu(x[0], 1.3),       selu(x[0])};
       }},
      {"smooth_activations",
       [](const Tensors& x) {
         return Tensors{gelu(x[0]), gelu(x[0], false), silu(x[0]), mish(x[0]), soft_sign(x[0]), squareplus(x[0])};
       }},
      {"hard_activations",
       [](const Tensors& x) {
         return Tensors{hard_tanh(x[0]), hard_sigmoid(x[0])};
       },
       true, false},
      {"glu", [](const Tensors& x) { return Tensors{glu(x[0])}; }},
      {"standardize",
       [](const Tensors& x) {
         return Tensors{standardize(x[0]), standardize(x[0], {0}, 0.1)};
       }},
  };
}

std::vector<FunctionCase> special_cases() {
  return {
      {"logit",
       [](const Tensors& x) {
         return Tensors{logit(x[0]), expit(x[0])};
       },
       true, false},
      {"multigammaln",
       [](const Tensors& x) {
         return Tensors{multigammaln(x[0] + 1.0, 1), multigammaln(x[0] + 1.0, 3)};
       }},
      {"entr", [](const Tensors& x) { return Tensors{entr(x[0])}; }},
      {"entr_zero", [](const Tensors& x) { return Tensors{entr(x[0])}; }},
      {"relative_entropy",
       [](const Tensors& x) {
         return Tensors{rel_entr(x[0], x[1]), kl_div(x[0], x[1])};
       },
       true, false},
      {"erfinv",
       [](const Tensors& x) {
         return Tensors{erfinv(x[0]), ndtri(x[0])};
       },
       true, false},
      {"ndtr",
       [](const Tensors& x) {
         return Tensors{ndtr(x[0]), log_ndtr(x[0])};
       }},
      {"normal",
       [](const Tensors& x) {
         return Tensors{normal_logpdf(x[0], x[1], x[2]), normal_pdf(x[0], x[1], x[2]), normal_cdf(x[0], x[1], x[2]),
                        normal_logcdf(x[0], x[1], x[2]), normal_sf(x[0], x[1], x[2]),  normal_logsf(x[0], x[1], x[2])};
       }},
      {"normal_ppf", [](const Tensors& x) { return Tensors{normal_ppf(x[0], x[1], x[2])}; }, true, false},
  };
}

}  // namespace

TEST_CASE("elementwise functions agree with jax.numpy", "[tensor][functions]") {
  testing::check_cases("numpy", numpy_cases());
}

TEST_CASE("activations agree with jax.nn", "[tensor][functions]") {
  testing::check_cases("activation", activation_cases());
}

TEST_CASE("special functions agree with jax.scipy", "[tensor][functions]") {
  testing::check_cases("special", special_cases());
}

TEST_CASE("betaln is exact where the gamma functions cancel", "[tensor][functions]") {
  // References: mpmath at 50 digits.
  Graph graph;
  const Tensor a = graph.input({6}), b = graph.input({6});
  const auto out = evaluate({betaln(a, b)}, {a, b},
                            {Array::vector({0.5, 2, 1e-3, 3, 1e6, 12}), Array::vector({0.5, 3, 10, 1e8, 1e6, 1e5})});
  const std::vector<double> expected{1.1447298858494002, -2.4849066497880004, 6.904927080213461,
                                     -54.56889508129715, -1386300.003362921,  -120.65345770847031};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(out[0][static_cast<std::int64_t>(i)] == Approx(expected[i]).epsilon(1e-14));
  }
}

TEST_CASE("entropy is -inf below 0 and 0 at 0", "[tensor][functions]") {
  Graph graph;
  const Tensor x = graph.input({3});
  const auto out = evaluate({entr(x)}, {x}, {Array::vector({-1, 0, std::nan("")})});
  CHECK(out[0][0] == -HUGE_VAL);
  CHECK(out[0][1] == 0.0);
  CHECK(std::isnan(out[0][2]));
}

TEST_CASE("kinks have JAX's derivatives", "[tensor][functions]") {
  Graph graph;
  const Tensor x = graph.input({});
  const auto slope = [&](const Tensor& f) { return evaluate({gradient(f, {x})[0]}, {x}, {Array::scalar(0.0)})[0][0]; };
  CHECK(slope(relu(x)) == 0.0);
  CHECK(slope(abs(x)) == 0.0);
  CHECK(slope(maximum(x, graph.scalar(0.0))) == 0.5);
  CHECK(slope(clip(x, graph.scalar(0.0), graph.scalar(1.0))) == 0.5);
  CHECK(slope(hypot(x, x)) == 0.0);
  CHECK(slope(sinc(x)) == 0.0);
  CHECK(slope(entr(exp(x))) == -1.0);
}

TEST_CASE("bad arguments of special functions are errors", "[tensor][functions]") {
  Graph graph;
  const Tensor a = graph.input({2, 3});
  CHECK_THROWS_AS(glu(a), Error);
  CHECK_THROWS_AS(multigammaln(a, 0), Error);
  CHECK_THROWS_AS(polyval(a, a), Error);
  CHECK_THROWS_AS(interp(a, a, a), Error);
}

}  // namespace dolab::tensor
