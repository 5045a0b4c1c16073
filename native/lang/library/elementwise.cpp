// Elementwise functions: jax.numpy, jax.nn, jax.scipy.special, jax.scipy.stats.norm, parts of jax.lax.
#include <cmath>
#include <limits>

#include "lang/library/arguments.hpp"
#include "lang/library/array_tables.hpp"
#include "tensor/functions/reduce.hpp"
#include "tensor/functions/special.hpp"

namespace dolab::lang {
namespace {

double number_at(Interpreter& in, NativeCall& c, std::size_t i) { return in.to_number(c[i], "this parameter"); }

Value where(Interpreter& in, NativeCall& c) {
  if (c[1].is_set() != c[2].is_set()) throw Error("E205", "`where` takes one or three arguments");
  if (!c[1].is_set()) return where_positions(in, c);
  if (!c[0].is_traced() && !c[0].is(Kind::tensor) && c[0].is_number())
    return in.to_tensor(in.truth(c[0]) ? c[1] : c[2]);
  Tensor condition = tensor_at(in, c, 0);
  if (condition.dtype() != DType::boolean)
    condition = tensor::not_equal(condition, in.graph().scalar(0.0, condition.dtype()));
  return tensor::select(condition, tensor_at(in, c, 1), tensor_at(in, c, 2));
}

Value clip(Interpreter& in, NativeCall& c) {
  // clip(x, min, max), also as a_min=, a_max=.
  const auto bound = [&](std::size_t i, std::size_t j) {
    return c.has(i) ? tensor_at(in, c, i) : c.has(j) ? tensor_at(in, c, j) : Tensor();
  };
  return tensor::clip(tensor_at(in, c, 0), bound(1, 3), bound(2, 4));
}

Value power(Interpreter& in, NativeCall& c) {
  if (c[0].is(Kind::tensor))
    return in.binary(Op::pow, c[0], c[1].is_integral() ? Value(c[1].integer()) : Value(tensor_at(in, c, 1)));
  return tensor::power(tensor_at(in, c, 0), tensor_at(in, c, 1));
}

Value round(Interpreter& in, NativeCall& c) {
  const double factor = std::pow(10.0, static_cast<double>(in.to_integer(c[1], "the number of decimals")));
  const Tensor x = tensor_at(in, c, 0);
  if (factor == 1.0) return tensor::unary(tensor::Unary::round, x);
  return tensor::unary(tensor::Unary::round, x * factor) / factor;
}

Value is_infinite(Interpreter& in, NativeCall& c) {
  const Tensor x = tensor_at(in, c, 0);
  return tensor::equal(tensor::abs(x), in.graph().scalar(std::numeric_limits<double>::infinity()));
}

Value nan_to_num(Interpreter& in, NativeCall& c) {
  const auto bound = [&](std::size_t i) {
    return c.has(i) ? std::optional<double>(number_at(in, c, i)) : std::nullopt;
  };
  return tensor::nan_to_num(tensor_at(in, c, 0), c.has(1) ? number_at(in, c, 1) : 0.0, bound(2), bound(3));
}

Value normal_function(Interpreter& in, NativeCall& c, Tensor (*f)(const Tensor&, const Tensor&, const Tensor&)) {
  return f(tensor_at(in, c, 0), tensor_at(in, c, 1), tensor_at(in, c, 2));
}

}  // namespace

const NativeTable& elementwise_functions() {
  static const NativeTable rows{
      {"exp", "x, /", elementwise<tensor::exp>},
      {"expm1", "x, /", elementwise<tensor::expm1>},
      {"exp2", "x, /", elementwise<tensor::exp2>},
      {"log", "x, /", elementwise<tensor::log>},
      {"log1p", "x, /", elementwise<tensor::log1p>},
      {"log2", "x, /", elementwise<tensor::log2>},
      {"log10", "x, /", elementwise<tensor::log10>},
      {"sqrt", "x, /", elementwise<tensor::sqrt>},
      {"cbrt", "x, /", elementwise<tensor::cbrt>},
      {"square", "x, /", elementwise<tensor::square>},
      {"reciprocal", "x, /", elementwise<tensor::reciprocal>},
      {"abs", "x, /", elementwise<tensor::abs>},
      {"absolute", "x, /", elementwise<tensor::abs>},
      {"fabs", "x, /", elementwise<tensor::abs>},
      {"sign", "x, /", unary_of<tensor::Unary::sign>},
      {"negative", "x, /", unary_of<tensor::Unary::negate>},
      {"positive", "x, /", [](Interpreter& in, NativeCall& c) -> Value { return tensor_at(in, c, 0); }},
      {"sin", "x, /", unary_of<tensor::Unary::sin>},
      {"cos", "x, /", unary_of<tensor::Unary::cos>},
      {"tan", "x, /", unary_of<tensor::Unary::tan>},
      {"arcsin", "x, /", unary_of<tensor::Unary::arcsin>},
      {"arccos", "x, /", unary_of<tensor::Unary::arccos>},
      {"arctan", "x, /", unary_of<tensor::Unary::arctan>},
      {"asin", "x, /", unary_of<tensor::Unary::arcsin>},
      {"acos", "x, /", unary_of<tensor::Unary::arccos>},
      {"atan", "x, /", unary_of<tensor::Unary::arctan>},
      {"sinh", "x, /", unary_of<tensor::Unary::sinh>},
      {"cosh", "x, /", unary_of<tensor::Unary::cosh>},
      {"tanh", "x, /", elementwise<tensor::tanh>},
      {"sinc", "x, /", elementwise<tensor::sinc>},
      {"deg2rad", "x, /", elementwise<tensor::deg2rad>},
      {"radians", "x, /", elementwise<tensor::deg2rad>},
      {"rad2deg", "x, /", elementwise<tensor::rad2deg>},
      {"degrees", "x, /", elementwise<tensor::rad2deg>},
      {"arctanh", "x, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor x = tensor_at(in, c, 0);
         return 0.5 * (tensor::log1p(x) - tensor::log1p(-x));
       }},
      {"arcsinh", "x, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor x = tensor_at(in, c, 0), a = tensor::abs(x);
         return tensor::unary(tensor::Unary::sign, x) * tensor::log1p(a + a * a / (tensor::sqrt(a * a + 1.0) + 1.0));
       }},
      {"arccosh", "x, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor x = tensor_at(in, c, 0);
         return tensor::log(x + tensor::sqrt((x - 1.0) * (x + 1.0)));
       }},
      {"floor", "x, /", unary_of<tensor::Unary::floor>},
      {"ceil", "x, /", unary_of<tensor::Unary::ceil>},
      {"rint", "x, /", unary_of<tensor::Unary::round>},
      {"trunc", "x, /",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor x = tensor_at(in, c, 0);
         return tensor::unary(tensor::Unary::sign, x) * tensor::unary(tensor::Unary::floor, tensor::abs(x));
       }},
      {"round", "a, decimals=0", round},
      {"around", "a, decimals=0", round},
      {"isnan", "x, /", unary_of<tensor::Unary::is_nan>},
      {"isfinite", "x, /", unary_of<tensor::Unary::is_finite>},
      {"isinf", "x, /", is_infinite},
      {"logical_not", "x, /", elementwise<tensor::logical_not>},
      {"logical_and", "x1, x2, /", elementwise2<tensor::logical_and>},
      {"logical_or", "x1, x2, /", elementwise2<tensor::logical_or>},
      {"logical_xor", "x1, x2, /", elementwise2<tensor::logical_xor>},
      {"invert", "x, /",
       [](Interpreter& in, NativeCall& c) -> Value { return in.unary(Op::invert, tensor_at(in, c, 0)); }},
      {"bitwise_not", "x, /",
       [](Interpreter& in, NativeCall& c) -> Value { return in.unary(Op::invert, tensor_at(in, c, 0)); }},
      {"bitwise_and", "x1, x2, /", operator_of<Op::bit_and>},
      {"bitwise_or", "x1, x2, /", operator_of<Op::bit_or>},
      {"add", "x1, x2, /", operator_of<Op::add>},
      {"subtract", "x1, x2, /", operator_of<Op::sub>},
      {"multiply", "x1, x2, /", operator_of<Op::mul>},
      {"divide", "x1, x2, /", operator_of<Op::div>},
      {"true_divide", "x1, x2, /", operator_of<Op::div>},
      {"floor_divide", "x1, x2, /", operator_of<Op::floor_div>},
      {"mod", "x1, x2, /", operator_of<Op::mod>},
      {"remainder", "x1, x2, /", operator_of<Op::mod>},
      {"power", "x1, x2, /", power},
      {"pow", "x1, x2, /", power},
      {"float_power", "x1, x2, /", elementwise2<tensor::float_power>},
      {"hypot", "x1, x2, /", elementwise2<tensor::hypot>},
      {"arctan2", "x1, x2, /", binary_of<tensor::Binary::arctan2>},
      {"atan2", "x1, x2, /", binary_of<tensor::Binary::arctan2>},
      {"minimum", "x1, x2, /", elementwise2<tensor::minimum>},
      {"maximum", "x1, x2, /", elementwise2<tensor::maximum>},
      {"fmin", "x1, x2, /", elementwise2<tensor::minimum>},
      {"fmax", "x1, x2, /", elementwise2<tensor::maximum>},
      {"logaddexp", "x1, x2, /", elementwise2<tensor::logaddexp>},
      {"logaddexp2", "x1, x2, /", elementwise2<tensor::logaddexp2>},
      {"heaviside", "x1, x2, /", elementwise2<tensor::heaviside>},
      {"equal", "x1, x2, /", relation_of<Op::equal>},
      {"not_equal", "x1, x2, /", relation_of<Op::not_equal>},
      {"less", "x1, x2, /", relation_of<Op::less>},
      {"less_equal", "x1, x2, /", relation_of<Op::less_equal>},
      {"greater", "x1, x2, /", relation_of<Op::greater>},
      {"greater_equal", "x1, x2, /", relation_of<Op::greater_equal>},
      {"isclose", "a, b, rtol=1e-05, atol=1e-08, equal_nan=False",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::isclose(tensor_at(in, c, 0), tensor_at(in, c, 1), number_at(in, c, 2), number_at(in, c, 3),
                                flag_at(in, c, 4));
       }},
      {"where", "condition, x=..., y=..., /, *, size=None, fill_value=None", where},
      {"clip", "arr, min=None, max=None, *, a_min=None, a_max=None", clip},
      {"nan_to_num", "x, nan=0.0, posinf=None, neginf=None, copy=True", nan_to_num},
      {"polyval", "p, x", elementwise2<tensor::polyval>},
      {"interp", "x, xp, fp",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::interp(tensor_at(in, c, 0), tensor_at(in, c, 1), tensor_at(in, c, 2));
       }},
  };
  return rows;
}

const NativeTable& nn_functions() {
  static const NativeTable rows{
      {"relu", "x", elementwise<tensor::relu>},
      {"relu6", "x", elementwise<tensor::relu6>},
      {"sigmoid", "x", elementwise<tensor::sigmoid>},
      {"softplus", "x", elementwise<tensor::softplus>},
      {"log_sigmoid", "x", elementwise<tensor::log_sigmoid>},
      {"tanh", "x", elementwise<tensor::tanh>},
      {"selu", "x", elementwise<tensor::selu>},
      {"silu", "x", elementwise<tensor::silu>},
      {"swish", "x", elementwise<tensor::silu>},
      {"mish", "x", elementwise<tensor::mish>},
      {"hard_tanh", "x", elementwise<tensor::hard_tanh>},
      {"hard_sigmoid", "x", elementwise<tensor::hard_sigmoid>},
      {"soft_sign", "x", elementwise<tensor::soft_sign>},
      {"elu", "x, alpha=1.0",
       [](Interpreter& in, NativeCall& c) -> Value { return tensor::elu(tensor_at(in, c, 0), number_at(in, c, 1)); }},
      {"celu", "x, alpha=1.0",
       [](Interpreter& in, NativeCall& c) -> Value { return tensor::celu(tensor_at(in, c, 0), number_at(in, c, 1)); }},
      {"leaky_relu", "x, negative_slope=0.01",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::leaky_relu(tensor_at(in, c, 0), number_at(in, c, 1));
       }},
      {"squareplus", "x, b=4.0",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::squareplus(tensor_at(in, c, 0), number_at(in, c, 1));
       }},
      {"gelu", "x, approximate=True",
       [](Interpreter& in, NativeCall& c) -> Value { return tensor::gelu(tensor_at(in, c, 0), flag_at(in, c, 1)); }},
      {"glu", "x, axis=-1",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::glu(tensor_at(in, c, 0), in.to_integer(c[1], "an axis"));
       }},
      {"softmax", "x, axis=-1, where=None",
       [](Interpreter& in, NativeCall& c) -> Value { return tensor::softmax(tensor_at(in, c, 0), axes_at(in, c, 1)); }},
      {"log_softmax", "x, axis=-1, where=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::log_softmax_over(tensor_at(in, c, 0), axes_at(in, c, 1));
       }},
      {"standardize", "x, axis=-1, mean=None, variance=None, epsilon=1e-05",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::standardize(tensor_at(in, c, 0), axes_at(in, c, 1), number_at(in, c, 4));
       }},
  };
  return rows;
}

const NativeTable& special_functions() {
  static const NativeTable rows{
      {"expit", "x", elementwise<tensor::expit>},
      {"logit", "x", elementwise<tensor::logit>},
      {"log_expit", "x", elementwise<tensor::log_sigmoid>},
      {"gammaln", "x", elementwise<tensor::lgamma>},
      {"digamma", "x", elementwise<tensor::digamma>},
      {"psi", "x", elementwise<tensor::digamma>},
      {"erf", "x", elementwise<tensor::erf>},
      {"erfc", "x", elementwise<tensor::erfc>},
      {"erfinv", "x", elementwise<tensor::erfinv>},
      {"ndtr", "x", elementwise<tensor::ndtr>},
      {"ndtri", "p", elementwise<tensor::ndtri>},
      {"log_ndtr", "x", elementwise<tensor::log_ndtr>},
      {"betaln", "a, b", elementwise2<tensor::betaln>},
      {"xlogy", "x, y", elementwise2<tensor::xlogy>},
      {"xlog1py", "x, y", elementwise2<tensor::xlog1py>},
      {"entr", "x", elementwise<tensor::entr>},
      {"kl_div", "p, q", elementwise2<tensor::kl_div>},
      {"rel_entr", "p, q", elementwise2<tensor::rel_entr>},
      {"gamma", "x",
       [](Interpreter& in, NativeCall& c) -> Value { return tensor::exp(tensor::lgamma(tensor_at(in, c, 0))); }},
      {"beta", "a, b",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::exp(tensor::betaln(tensor_at(in, c, 0), tensor_at(in, c, 1)));
       }},
      {"factorial", "n, exact=False",
       [](Interpreter& in, NativeCall& c) -> Value { return tensor::exp(tensor::log_factorial(tensor_at(in, c, 0))); }},
      {"polygamma", "n, x",
       [](Interpreter& in, NativeCall& c) -> Value {
         const std::int64_t n = in.to_integer(c[0], "the order of polygamma");
         if (n == 0) return tensor::digamma(tensor_at(in, c, 1));
         if (n == 1) return tensor::unary(tensor::Unary::trigamma, tensor_at(in, c, 1));
         throw Error("E204", "`polygamma` of order " + std::to_string(n) + " is known, but not supported yet");
       }},
      {"multigammaln", "a, d",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::multigammaln(tensor_at(in, c, 0), in.to_integer(c[1], "the dimension"));
       }},
      {"softmax", "x, axis=-1",
       [](Interpreter& in, NativeCall& c) -> Value { return tensor::softmax(tensor_at(in, c, 0), axes_at(in, c, 1)); }},
      {"log_softmax", "x, axis=-1",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::log_softmax_over(tensor_at(in, c, 0), axes_at(in, c, 1));
       }},
  };
  return rows;
}

const NativeTable& normal_functions() {
  static const NativeTable rows{
      {"logpdf", "x, loc=0, scale=1",
       [](Interpreter& in, NativeCall& c) -> Value { return normal_function(in, c, tensor::normal_logpdf); }},
      {"pdf", "x, loc=0, scale=1",
       [](Interpreter& in, NativeCall& c) -> Value { return normal_function(in, c, tensor::normal_pdf); }},
      {"cdf", "x, loc=0, scale=1",
       [](Interpreter& in, NativeCall& c) -> Value { return normal_function(in, c, tensor::normal_cdf); }},
      {"logcdf", "x, loc=0, scale=1",
       [](Interpreter& in, NativeCall& c) -> Value { return normal_function(in, c, tensor::normal_logcdf); }},
      {"sf", "x, loc=0, scale=1",
       [](Interpreter& in, NativeCall& c) -> Value { return normal_function(in, c, tensor::normal_sf); }},
      {"logsf", "x, loc=0, scale=1",
       [](Interpreter& in, NativeCall& c) -> Value { return normal_function(in, c, tensor::normal_logsf); }},
      {"ppf", "q, loc=0, scale=1",
       [](Interpreter& in, NativeCall& c) -> Value { return normal_function(in, c, tensor::normal_ppf); }},
  };
  return rows;
}

}  // namespace dolab::lang
