// Linear algebra: jax.numpy, jax.numpy.linalg, jax.scipy.linalg.
#include "tensor/functions/linear.hpp"

#include <cmath>

#include "lang/library/arguments.hpp"
#include "lang/library/array_tables.hpp"

namespace dolab::lang {
namespace {

Value einsum(Interpreter& in, NativeCall& c) {
  std::vector<Tensor> operands;
  for (const Value& operand : c[1].as<TupleObject>().items) operands.push_back(in.to_tensor(operand));
  return tensor::einsum(in.to_text(c[0], "the subscripts of einsum"), operands);
}

Value tensordot(Interpreter& in, NativeCall& c) {
  const Tensor a = tensor_at(in, c, 0), b = tensor_at(in, c, 1);
  if (c[2].is_integral()) return tensor::tensordot(a, b, c[2].integer());
  const Values pair = in.items(c[2]);
  if (pair.size() != 2) throw Error("E209", "axes of tensordot must be a number or a pair");
  return tensor::tensordot(a, b, in.to_integers(pair[0], "an axis"), in.to_integers(pair[1], "an axis"));
}

Value norm(Interpreter& in, NativeCall& c) {
  tensor::NormOrder order;
  if (c[1].is(Kind::string)) {
    if (c[1].text() != "fro")
      throw Error("E204", "norm of order \"" + c[1].text() + "\" is known, but not supported yet");
    order.kind = tensor::NormOrder::Kind::frobenius;
  } else if (c.has(1)) {
    order.kind = tensor::NormOrder::Kind::number;
    order.p = in.to_number(c[1], "the order of the norm");
  }
  return tensor::norm(tensor_at(in, c, 0), order, axes_at(in, c, 2), flag_at(in, c, 3));
}

Value slogdet(Interpreter& in, NativeCall& c) {
  const tensor::SignLogDet result = tensor::slogdet(tensor_at(in, c, 0));
  return make<TupleObject>(Values{Value(result.sign), Value(result.log_abs)},
                           std::vector<std::string>{"sign", "logabsdet"});
}

bool transposed(Interpreter& in, const Value& trans) {
  if (trans.is(Kind::string)) return trans.text() != "N";
  return in.to_integer(trans, "trans") != 0;
}

Value solve_triangular(Interpreter& in, NativeCall& c) {
  const bool transpose = transposed(in, c[2]);
  return tensor::solve_triangular(tensor_at(in, c, 0), tensor_at(in, c, 1), flag_at(in, c, 3), transpose,
                                  flag_at(in, c, 4));
}

Value cho_factor(Interpreter& in, NativeCall& c) {
  const bool lower = flag_at(in, c, 1);
  return make_tuple({Value(tensor::cho_factor(tensor_at(in, c, 0), lower)), Value(lower)});
}

Value cho_solve(Interpreter& in, NativeCall& c) {
  const Values factor = in.items(c[0]);
  if (factor.size() != 2) throw Error("E209", "cho_solve needs the pair that cho_factor gives");
  return tensor::cho_solve(in.to_tensor(factor[0]), in.truth(factor[1]), tensor_at(in, c, 1));
}

Value block_diagonal(Interpreter& in, NativeCall& c) {
  std::vector<Tensor> blocks;
  for (const Value& block : c[0].as<TupleObject>().items) blocks.push_back(in.to_tensor(block));
  return tensor::block_diagonal(blocks);
}

Value cholesky(Interpreter& in, NativeCall& c) {
  const Tensor a = tensor_at(in, c, 0);
  return flag_at(in, c, 1) ? tensor::matrix_transpose(tensor::cholesky(a)) : tensor::cholesky(a);
}

}  // namespace

const NativeTable& linear_functions() {
  static const NativeTable rows{
      {"dot", "a, b, **options", elementwise2<tensor::dot>},
      {"matmul", "a, b, **options", operator_of<Op::matmul>},
      {"einsum", "subscripts, /, *operands, optimize=None, precision=None", einsum},
      {"outer", "a, b", elementwise2<tensor::outer>},
      {"inner", "a, b", elementwise2<tensor::inner>},
      {"vdot", "a, b", elementwise2<tensor::vdot>},
      {"tensordot", "a, b, axes=2", tensordot},
      {"kron", "a, b", elementwise2<tensor::kron>},
      {"cross", "a, b", elementwise2<tensor::cross>},
      {"trace", "a, offset=0",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::trace(tensor_at(in, c, 0), in.to_integer(c[1], "the diagonal"));
       }},
      {"diagonal", "a, offset=0, axis1=0, axis2=1",
       [](Interpreter& in, NativeCall& c) -> Value {
         Tensor a = tensor_at(in, c, 0);
         const std::int64_t i = in.to_integer(c[2], "an axis"), j = in.to_integer(c[3], "an axis");
         if (i == -2 && j == -1 && in.to_integer(c[1], "the diagonal") == 0) return tensor::diagonal(a);
         if (i != 0 || j != 1) throw Error("E204", "`diagonal` over these axes is known, but not supported yet");
         return tensor::diagonal_of(a, in.to_integer(c[1], "the diagonal"));
       }},
      {"tril", "m, k=0",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::tril(tensor_at(in, c, 0), in.to_integer(c[1], "the diagonal"));
       }},
      {"triu", "m, k=0",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::triu(tensor_at(in, c, 0), in.to_integer(c[1], "the diagonal"));
       }},
  };
  return rows;
}

const NativeTable& linalg_functions() {
  static const NativeTable rows{
      {"norm", "x, ord=None, axis=None, keepdims=False", norm},
      {"inv", "a", elementwise<tensor::inv>},
      {"cholesky", "a, upper=False", cholesky},
      {"solve", "a, b", elementwise2<tensor::solve>},
      {"det", "a", elementwise<tensor::det>},
      {"slogdet", "a", slogdet},
      {"matrix_power", "a, n",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::matrix_power(tensor_at(in, c, 0), in.to_integer(c[1], "the power"));
       }},
      {"multi_dot", "arrays",
       [](Interpreter& in, NativeCall& c) -> Value {
         const std::vector<Tensor> parts = tensors_at(in, c, 0);
         if (parts.empty()) throw Error("E205", "multi_dot needs arrays");
         Tensor result = parts[0];
         for (std::size_t i = 1; i < parts.size(); ++i) result = tensor::matmul(result, parts[i]);
         return result;
       }},
  };
  return rows;
}

const NativeTable& scipy_linalg_functions() {
  static const NativeTable rows{
      {"solve_triangular", "a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, check_finite=True",
       solve_triangular},
      {"cho_factor", "a, lower=False, overwrite_a=False, check_finite=True", cho_factor},
      {"cho_solve", "c_and_lower, b, overwrite_b=False, check_finite=True", cho_solve},
      {"cholesky", "a, lower=False, overwrite_a=False, check_finite=True",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor factor = tensor::cholesky(tensor_at(in, c, 0));
         return flag_at(in, c, 1) ? factor : tensor::matrix_transpose(factor);
       }},
      {"solve", "a, b, lower=False, assume_a=\"gen\"", elementwise2<tensor::solve>},
      {"inv", "a", elementwise<tensor::inv>},
      {"det", "a", elementwise<tensor::det>},
      {"block_diag", "*arrs", block_diagonal},
  };
  return rows;
}

}  // namespace dolab::lang
