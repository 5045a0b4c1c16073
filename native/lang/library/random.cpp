// jax.random: keys are static, draws are known arrays. Same key, same numbers.
#include <cmath>

#include "base/philox.hpp"
#include "lang/library/arguments.hpp"
#include "lang/library/array_tables.hpp"
#include "lang/library/keys.hpp"
#include "tensor/functions/reduce.hpp"
#include "tensor/functions/shape.hpp"

namespace dolab::lang {
namespace {

std::uint64_t key_at(NativeCall& c, std::size_t i) { return key_of(c[i]); }

// Uniform numbers in (0, 1): element i reads the counter (i / 2, 0) under the key.
Tensor uniforms(Interpreter& in, std::uint64_t key, const Shape& shape) {
  const std::int64_t size = element_count(shape);
  check_elements(static_cast<double>(size));
  Array result(DType::real, shape);
  double* out = result.mutable_data();
  for (std::int64_t i = 0; i < size; ++i) {
    const auto block = static_cast<std::uint64_t>(i) / 2;
    const auto words = philox(
        key, {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), 0, site_hash("jax.random")});
    out[i] = (static_cast<double>(words[static_cast<std::size_t>(i) % 2] >> 12) + 0.5) * 0x1p-52;
  }
  return in.graph().constant(std::move(result));
}

Shape shape_at(Interpreter& in, NativeCall& c, std::size_t i) {
  return c.has(i) ? in.to_shape(c[i], "a shape") : Shape{};
}

Tensor exponentials(Interpreter& in, std::uint64_t key, const Shape& shape) {
  return -tensor::log(uniforms(in, key, shape));
}
Tensor gumbels(Interpreter& in, std::uint64_t key, const Shape& shape) {
  return -tensor::log(exponentials(in, key, shape));
}
Tensor normals(Interpreter& in, std::uint64_t key, const Shape& shape) {
  return tensor::ndtri(uniforms(in, key, shape));
}

Value split(Interpreter& in, NativeCall& c) {
  const std::int64_t n = in.to_integer(c[1], "the number of keys");
  in.check_length(n);
  Values keys;
  for (std::int64_t i = 0; i < n; ++i)
    keys.push_back(make<KeyObject>(derive_key(key_at(c, 0), static_cast<std::uint64_t>(i))));
  return make_tuple(std::move(keys));
}

Value bernoulli(Interpreter& in, NativeCall& c) {
  const Tensor p = tensor_at(in, c, 1);
  return uniforms(in, key_at(c, 0), c.has(2) ? in.to_shape(c[2], "a shape") : p.shape()) < p;
}

Value categorical(Interpreter& in, NativeCall& c) {
  const Tensor logits = tensor_at(in, c, 1);
  const std::int64_t axis = in.to_integer(c[2], "an axis");
  if (axis != -1 && axis != logits.rank() - 1)
    throw Error("E204", "`categorical` over this axis is known, but not supported yet");
  Shape shape = c.has(3) ? in.to_shape(c[3], "a shape") : Shape(logits.shape().begin(), logits.shape().end() - 1);
  shape.push_back(logits.extent(-1));
  return tensor::argmax(tensor::broadcast_to(logits, shape) + gumbels(in, key_at(c, 0), shape), -1);
}

Value permutation(Interpreter& in, NativeCall& c) {
  const bool number = c[1].is_integral() || (c[1].is(Kind::tensor) && c[1].tensor().rank() == 0);
  const Tensor x =
      number ? tensor::arange(in.graph(), in.to_integer(c[1], "the number of items")) : tensor_at(in, c, 1);
  return tensor::gather(x, tensor::sort_order(uniforms(in, key_at(c, 0), {x.extent(0)})));
}

Value choice(Interpreter& in, NativeCall& c) {
  const Tensor a = c[1].is_integral() ? tensor::arange(in.graph(), c[1].integer()) : tensor_at(in, c, 1);
  const Shape shape = shape_at(in, c, 2);
  const std::int64_t n = a.extent(0), count = element_count(shape);
  const bool replace = in.truth(c[3]);
  if (n == 0 || (!replace && count > n))
    throw Error("E407", "choice of " + std::to_string(count) + " among " + std::to_string(n));
  Tensor index;
  if (!replace) {
    // Largest perturbed log probabilities: weighted sampling without replacement.
    Tensor order = gumbels(in, key_at(c, 0), {n});
    if (c.has(4)) order = order + tensor::log(tensor_at(in, c, 4));
    index = tensor::slice_axis(tensor::sort_order(-order), 0, 0, count);
  } else if (c.has(4)) {
    const Tensor cumulative = tensor::cumsum(tensor_at(in, c, 4), 0);
    const Tensor u = uniforms(in, key_at(c, 0), {count}) * tensor::take_axis(cumulative, 0, -1);
    index = tensor::searchsorted(cumulative, u, true);
  } else {
    index =
        tensor::cast(tensor::unary(tensor::Unary::floor, uniforms(in, key_at(c, 0), {count}) * static_cast<double>(n)),
                     DType::integer);
  }
  Shape full = shape;
  full.insert(full.end(), a.shape().begin() + 1, a.shape().end());
  return tensor::reshape(tensor::gather(a, index), full);
}

Value randint(Interpreter& in, NativeCall& c) {
  const Tensor low = tensor_at(in, c, 2), high = tensor_at(in, c, 3);
  const Tensor u = uniforms(in, key_at(c, 0), shape_at(in, c, 1));
  return tensor::cast(tensor::unary(tensor::Unary::floor, low + u * (high - low)), DType::integer);
}

Value multivariate_normal(Interpreter& in, NativeCall& c) {
  const Tensor mean = tensor_at(in, c, 1), cov = tensor_at(in, c, 2);
  Shape shape = c.has(3) ? in.to_shape(c[3], "a shape") : Shape{};
  shape.push_back(cov.extent(-1));
  const Tensor z = tensor::expand_dims(normals(in, key_at(c, 0), shape), -1);
  return mean + tensor::squeeze(tensor::matmul(tensor::cholesky(cov), z), -1);
}

Value make_key(Interpreter& in, NativeCall& c) {
  return make<KeyObject>(splitmix64(static_cast<std::uint64_t>(in.to_integer(c[0], "a seed"))));
}

}  // namespace

std::uint64_t derive_key(std::uint64_t key, std::uint64_t number) noexcept {
  return splitmix64(key ^ splitmix64(number + 1));
}

std::uint64_t key_of(const Value& value) {
  if (const auto* key = value.get_if<KeyObject>()) return key->key;
  if (value.is_integral()) return splitmix64(static_cast<std::uint64_t>(value.integer()));
  throw Error("E209", "a random key is needed, not " + describe(value),
              "use jax.random.PRNGKey(seed) or numpyro.prng_key()");
}

const NativeTable& random_functions() {
  static const NativeTable rows{
      {"PRNGKey", "seed, *, impl=None", make_key},
      {"key", "seed, *, impl=None", make_key},
      {"split", "key, num=2", split},
      {"fold_in", "key, data",
       [](Interpreter& in, NativeCall& c) -> Value {
         return make<KeyObject>(
             derive_key(key_at(c, 0), 0x10000u + static_cast<std::uint64_t>(in.to_integer(c[1], "data"))));
       }},
      {"uniform", "key, shape=(), dtype=None, minval=0.0, maxval=1.0",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor low = tensor_at(in, c, 3), high = tensor_at(in, c, 4);
         return low + uniforms(in, key_at(c, 0), shape_at(in, c, 1)) * (high - low);
       }},
      {"normal", "key, shape=(), dtype=None",
       [](Interpreter& in, NativeCall& c) -> Value { return normals(in, key_at(c, 0), shape_at(in, c, 1)); }},
      {"exponential", "key, shape=(), dtype=None",
       [](Interpreter& in, NativeCall& c) -> Value { return exponentials(in, key_at(c, 0), shape_at(in, c, 1)); }},
      {"gumbel", "key, shape=(), dtype=None",
       [](Interpreter& in, NativeCall& c) -> Value { return gumbels(in, key_at(c, 0), shape_at(in, c, 1)); }},
      {"laplace", "key, shape=(), dtype=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         const Tensor u = uniforms(in, key_at(c, 0), shape_at(in, c, 1)) - 0.5;
         return -(tensor::unary(tensor::Unary::sign, u) * tensor::log1p(-2.0 * tensor::abs(u)));
       }},
      {"cauchy", "key, shape=(), dtype=None",
       [](Interpreter& in, NativeCall& c) -> Value {
         return tensor::unary(tensor::Unary::tan, (uniforms(in, key_at(c, 0), shape_at(in, c, 1)) - 0.5) * M_PI);
       }},
      {"bernoulli", "key, p=0.5, shape=None", bernoulli},
      {"categorical", "key, logits, axis=-1, shape=None", categorical},
      {"permutation", "key, x, axis=0, independent=False", permutation},
      {"choice", "key, a, shape=(), replace=True, p=None, axis=0", choice},
      {"randint", "key, shape, minval, maxval, dtype=None", randint},
      {"multivariate_normal", "key, mean, cov, shape=None, dtype=None", multivariate_normal},
  };
  return rows;
}

}  // namespace dolab::lang
