// Loops over arrays and the table of one instruction set. Included last.

// ---- elementwise -----------------------------------------------------------------------------------------------
// The few that also run on narrow packs (kNarrow) use only what both kinds of pack have.
#define DOLAB_UNARY_OF(Name, is_narrow, expression) \
  struct Name {                                     \
    static constexpr bool kNarrow = is_narrow;      \
    template <class P>                              \
    static inline P apply(P a) {                    \
      return expression;                            \
    }                                               \
  }
#define DOLAB_UNARY(Name, expression) DOLAB_UNARY_OF(Name, false, expression)
static inline D truth(M m) { return blend(m, set(1), set(0)); }

DOLAB_UNARY_OF(Copy, true, a);
DOLAB_UNARY_OF(Negate, true, negate(a));
DOLAB_UNARY(Abs, abs(a));
DOLAB_UNARY(Sign, blend((a == set(0)) | is_nan(a), a, flip(set(1), sign_of(a))));
DOLAB_UNARY_OF(Square, true, a* a);
DOLAB_UNARY_OF(Sqrt, true, sqrt(a));
DOLAB_UNARY_OF(Reciprocal, true, set_like(a, 1) / a);
DOLAB_UNARY(Exp, exp(a));
DOLAB_UNARY(Expm1, expm1(a));
DOLAB_UNARY(Log, log(a));
DOLAB_UNARY(Log1p, log1p(a));
DOLAB_UNARY(Sin, sin(a));
DOLAB_UNARY(Cos, cos(a));
DOLAB_UNARY(Tan, tan(a));
DOLAB_UNARY(Arcsin, arcsin(a));
DOLAB_UNARY(Arccos, arccos(a));
DOLAB_UNARY(Arctan, arctan(a));
DOLAB_UNARY(Sinh, sinh(a));
DOLAB_UNARY(Cosh, cosh(a));
DOLAB_UNARY(Tanh, tanh(a));
DOLAB_UNARY(Sigmoid, sigmoid(a));
DOLAB_UNARY(LogSigmoid, log_sigmoid(a));
DOLAB_UNARY(Softplus, softplus(a));
DOLAB_UNARY(Erf, erf(a));
DOLAB_UNARY(Erfc, erfc(a));
DOLAB_UNARY(Erfinv, erfinv(a));
DOLAB_UNARY(Ndtri, ndtri(a));
DOLAB_UNARY(LogNdtr, log_ndtr(a));
DOLAB_UNARY(Lgamma, lgamma(a));
DOLAB_UNARY(Digamma, digamma(a));
DOLAB_UNARY(Trigamma, trigamma(a));
DOLAB_UNARY(Floor, floor(a));
DOLAB_UNARY(Ceil, ceil(a));
DOLAB_UNARY(Round, round(a));
DOLAB_UNARY(Log1mexp, log1mexp(a));
DOLAB_UNARY(LogicalNot, truth(a == set(0)));
DOLAB_UNARY(IsNan, truth(is_nan(a)));
DOLAB_UNARY(IsFinite, truth(abs(a) < set(kInfinity)));
#undef DOLAB_UNARY
#undef DOLAB_UNARY_OF

#define DOLAB_BINARY_OF(Name, is_narrow, expression) \
  struct Name {                                      \
    static constexpr bool kNarrow = is_narrow;       \
    template <class P>                               \
    static inline P apply(P a, P b) {                \
      return expression;                             \
    }                                                \
  }
#define DOLAB_BINARY(Name, expression) DOLAB_BINARY_OF(Name, false, expression)
DOLAB_BINARY_OF(Add, true, a + b);
DOLAB_BINARY_OF(Subtract, true, a - b);
DOLAB_BINARY_OF(Multiply, true, a* b);
DOLAB_BINARY_OF(Divide, true, a / b);
DOLAB_BINARY(Power, power(a, b));
DOLAB_BINARY(Arctan2, arctan2(a, b));
DOLAB_BINARY(Modulo, modulo(a, b));
DOLAB_BINARY(FloorDivide, floor_divide(a, b));
DOLAB_BINARY(Minimum, blend(is_nan(a), a, min(a, b)));
DOLAB_BINARY(Maximum, blend(is_nan(a), a, max(a, b)));
DOLAB_BINARY(Equal, truth(a == b));
DOLAB_BINARY(NotEqual, truth(a != b));
DOLAB_BINARY(Less, truth(a < b));
DOLAB_BINARY(LessEqual, truth(a <= b));
DOLAB_BINARY(LogicalAnd, truth((a != set(0)) & (b != set(0))));
DOLAB_BINARY(LogicalOr, truth((a != set(0)) | (b != set(0))));
DOLAB_BINARY(LogicalXor, truth((a != set(0)) ^ (b != set(0))));
DOLAB_BINARY(Logaddexp, logaddexp(a, b));
DOLAB_BINARY(Xlogy, xlogy(a, b));
DOLAB_BINARY(Xlog1py, xlog1py(a, b));
#undef DOLAB_BINARY
#undef DOLAB_BINARY_OF

struct MultiplyAdd {
  static constexpr bool kNarrow = true;
  template <class P>
  static inline P apply(P a, P b, P c) {
    return mul_add(a, b, c);
  }
};
struct Select {
  static constexpr bool kNarrow = false;
  static inline D apply(D c, D a, D b) { return blend(c != set(0), a, b); }
};

/// Where an operand comes from. Lanes beyond the end are 1, which no function minds.
template <class T>
struct VectorOperand {
  const T* p;
  explicit VectorOperand(const T* pointer) : p(pointer) {}
  D whole(std::int64_t i) const { return load(p + i); }
  D part(std::int64_t i, std::int64_t n) const { return load_partial(p + i, n, 1.0); }
#if DOLAB_HAS_NARROW
  narrow::D pair(std::int64_t i) const { return narrow::load(p + i); }
  narrow::D single(std::int64_t i) const { return narrow::load_partial(p + i, 1, 1.0); }
#endif
};
template <class T>
struct ScalarOperand {
  double value;
  explicit ScalarOperand(const T* pointer) : value(static_cast<double>(*pointer)) {}
  D whole(std::int64_t) const { return set(value); }
  D part(std::int64_t, std::int64_t) const { return set(value); }
#if DOLAB_HAS_NARROW
  narrow::D pair(std::int64_t) const { return narrow::set(value); }
  narrow::D single(std::int64_t) const { return narrow::set(value); }
#endif
};

/// dst[i] = Op(operands at i): whole packs, then pairs and one, or one partial pack.
template <class Op, class T, class... Operands>
static inline void map(T* dst, std::int64_t n, Operands... operands) {
  std::int64_t i = 0;
  for (; i + kWidth <= n; i += kWidth) store(dst + i, Op::apply(operands.whole(i)...));
#if DOLAB_HAS_NARROW
  if constexpr (Op::kNarrow) {
    for (; i + 2 <= n; i += 2) narrow::store(dst + i, Op::apply(operands.pair(i)...));
    if (i < n) narrow::store_partial(dst + i, Op::apply(operands.single(i)...), 1);
    return;
  }
#endif
  if (i < n) store_partial(dst + i, Op::apply(operands.part(i, n - i)...), n - i);
}
template <class T, class Op>
static void unary_kernel(T* dst, const T* a, std::int64_t n) noexcept {
  map<Op>(dst, n, VectorOperand<T>(a));
}
template <class T, class Op, template <class> class A, template <class> class B>
static void binary_kernel(T* dst, const T* a, const T* b, std::int64_t n) noexcept {
  if (n > 0) map<Op>(dst, n, A<T>(a), B<T>(b));
}
template <class T, template <class> class A, template <class> class B>
static void select_kernel(T* dst, const T* c, const T* a, const T* b, std::int64_t n) noexcept {
  if (n > 0) map<Select>(dst, n, VectorOperand<T>(c), A<T>(a), B<T>(b));
}
template <class T, template <class> class A, template <class> class B, template <class> class C>
static void multiply_add_kernel(T* dst, const T* a, const T* b, const T* c, std::int64_t n) noexcept {
  if (n > 0) map<MultiplyAdd>(dst, n, A<T>(a), B<T>(b), C<T>(c));
}
template <class T>
static void fill_kernel(T* dst, T value, std::int64_t n) noexcept {
  const D v = set(static_cast<double>(value));
  std::int64_t i = 0;
  for (; i + kWidth <= n; i += kWidth) store(dst + i, v);
  if (i < n) store_partial(dst + i, v, n - i);
}
template <class T>
static void gather_kernel(T* dst, const T* src, const std::int32_t* index, std::int64_t n) noexcept {
  std::int64_t i = 0;
  if constexpr (sizeof(T) == sizeof(double)) {
    for (; i + kWidth <= n; i += kWidth) store(dst + i, gather(src, index + i));
  }
  for (; i < n; ++i) dst[i] = src[index[i]];
}

// ---- reductions: eight logical lanes -----------------------------------------------------------------------------
static constexpr int kPacks = 8 / kWidth;

struct Lanes {
  D pack[kPacks];
};
static inline Lanes set_lanes(double x) {
  Lanes l;
  DOLAB_UNROLL
  for (int k = 0; k < kPacks; ++k) l.pack[k] = set(x);
  return l;
}
template <class T>
static inline Lanes load_lanes(const T* p) {
  Lanes l;
  DOLAB_UNROLL
  for (int k = 0; k < kPacks; ++k) l.pack[k] = load(p + k * kWidth);
  return l;
}
template <class T>
static inline Lanes load_lanes_partial(const T* p, std::int64_t n, double fill) {
  Lanes l;
  DOLAB_UNROLL
  for (int k = 0; k < kPacks; ++k) {
    const std::int64_t rest = n - k * kWidth;
    l.pack[k] = rest >= kWidth ? load(p + k * kWidth) : rest > 0 ? load_partial(p + k * kWidth, rest, fill) : set(fill);
  }
  return l;
}
template <class Combine>
static inline double combine(const Lanes& l, Combine f) {
  double x[8];
  DOLAB_UNROLL
  for (int k = 0; k < kPacks; ++k) store(x + k * kWidth, l.pack[k]);
  return f(f(f(x[0], x[4]), f(x[2], x[6])), f(f(x[1], x[5]), f(x[3], x[7])));
}
static inline double sum_lanes(const Lanes& l) {
  return combine(l, [](double a, double b) { return a + b; });
}

struct SumOp {
  static constexpr double kStart = 0;
  static inline D apply(D a, D b) { return a + b; }
  static inline double scalar(double a, double b) { return a + b; }
};
struct ProdOp {
  static constexpr double kStart = 1;
  static inline D apply(D a, D b) { return a * b; }
  static inline double scalar(double a, double b) { return a * b; }
};
struct MaxOp {
  static constexpr double kStart = -kInfinity;
  static inline D apply(D a, D b) { return Maximum::apply(a, b); }
  static inline double scalar(double a, double b) { return a > b || a != a ? a : b; }
};
struct MinOp {
  static constexpr double kStart = kInfinity;
  static inline D apply(D a, D b) { return Minimum::apply(a, b); }
  static inline double scalar(double a, double b) { return a < b || a != a ? a : b; }
};
template <class T, class Op>
static double reduce_kernel(const T* a, std::int64_t n) noexcept {
  Lanes total = set_lanes(Op::kStart);
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const Lanes x = load_lanes(a + i);
    DOLAB_UNROLL
    for (int k = 0; k < kPacks; ++k) total.pack[k] = Op::apply(total.pack[k], x.pack[k]);
  }
  if (i < n) {
    const Lanes x = load_lanes_partial(a + i, n - i, Op::kStart);
    DOLAB_UNROLL
    for (int k = 0; k < kPacks; ++k) total.pack[k] = Op::apply(total.pack[k], x.pack[k]);
  }
  return combine(total, [](double x, double y) { return Op::scalar(x, y); });
}
static inline void accumulate(Lanes& total, const Lanes& x, const Lanes& y) {
  DOLAB_UNROLL
  for (int k = 0; k < kPacks; ++k) total.pack[k] = mul_add(x.pack[k], y.pack[k], total.pack[k]);
}
template <class T>
static double dot_kernel(const T* a, const T* b, std::int64_t n) noexcept {
  Lanes total = set_lanes(0);
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) accumulate(total, load_lanes(a + i), load_lanes(b + i));
  if (i < n) accumulate(total, load_lanes_partial(a + i, n - i, 0), load_lanes_partial(b + i, n - i, 0));
  return sum_lanes(total);
}

// ---- panels --------------------------------------------------------------------------------------------------------
/// eta += panel columns [j, j + count) * w, one sweep over the rows; every row adds its columns in order.
template <int count, class T>
static inline void panel_dot_sweep(double* eta, const T* panel, const T* w, std::int64_t rows) {
  D weight[count];
  DOLAB_UNROLL
  for (int c = 0; c < count; ++c) weight[c] = set(static_cast<double>(w[c]));
  for (std::int64_t i = 0; i < rows; i += kWidth) {
    D sum = load(eta + i);
    DOLAB_UNROLL
    for (int c = 0; c < count; ++c) sum = mul_add(load(panel + c * kPanelRows + i), weight[c], sum);
    store(eta + i, sum);
  }
}
template <class T>
static void panel_dot_kernel(T* eta, const T* panel, const T* w, std::int64_t columns, std::int64_t n) noexcept {
  alignas(64) double sums[kPanelRows];
  const std::int64_t rows = (n + 7) / 8 * 8;
  fill_kernel<double>(sums, 0.0, rows);
  std::int64_t j = 0;
  for (; j + 4 <= columns; j += 4) panel_dot_sweep<4>(sums, panel + j * kPanelRows, w + j, rows);
  for (; j < columns; ++j) panel_dot_sweep<1>(sums, panel + j * kPanelRows, w + j, rows);
  map<Copy>(eta, n, VectorOperand<double>(sums));
}
/// g[c] += sum of column c times r, for `count` columns in one sweep.
template <int count, class T>
static inline void panel_tdot_sweep(double* g, const T* panel, const double* r, std::int64_t rows) {
  Lanes total[count];
  DOLAB_UNROLL
  for (int c = 0; c < count; ++c) total[c] = set_lanes(0);
  for (std::int64_t i = 0; i < rows; i += 8) {
    const Lanes residual = load_lanes(r + i);
    DOLAB_UNROLL
    for (int c = 0; c < count; ++c) accumulate(total[c], load_lanes(panel + c * kPanelRows + i), residual);
  }
  DOLAB_UNROLL
  for (int c = 0; c < count; ++c) g[c] += sum_lanes(total[c]);
}
template <class T>
static void panel_tdot_kernel(double* g, const T* panel, const T* r, std::int64_t columns, std::int64_t n) noexcept {
  alignas(64) double padded[kPanelRows];
  const std::int64_t rows = (n + 7) / 8 * 8;
  for (std::int64_t i = n; i < rows; ++i) padded[i] = 0;
  map<Copy>(padded, n, VectorOperand<T>(r));
  constexpr int kColumns = kWidth == 8 ? 8 : kWidth == 4 ? 4 : 2;
  std::int64_t j = 0;
  for (; j + kColumns <= columns; j += kColumns)
    panel_tdot_sweep<kColumns>(g + j, panel + j * kPanelRows, padded, rows);
  for (; j < columns; ++j) panel_tdot_sweep<1>(g + j, panel + j * kPanelRows, padded, rows);
}

// ---- random numbers
// --------------------------------------------------------------------------------------------------
/// First words of kWidth Philox4x32-10 blocks (Salmon et al. 2011); upper halves of the counters are ignored.
#ifdef DOLAB_SCALAR_PHILOX
static inline std::uint64_t philox_scalar(std::uint64_t c0, std::uint64_t c1, std::uint64_t c2, std::uint64_t c3,
                                          std::uint64_t key) {
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = (c0 & 0xffffffffu) * 0xD2511F53u, p1 = (c2 & 0xffffffffu) * 0xCD9E8D57u;
    c0 = p1 >> 32 ^ c1 ^ k0;
    c2 = p0 >> 32 ^ c3 ^ k1;
    c1 = p1;
    c3 = p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return (c0 & 0xffffffffu) | c1 << 32;
}
static inline I philox_word(I c0, I c1, I c2, I c3, std::uint64_t key) {
  return pair_bits(philox_scalar(first_lane(c0), first_lane(c1), first_lane(c2), first_lane(c3), key),
                   philox_scalar(second_lane(c0), second_lane(c1), second_lane(c2), second_lane(c3), key));
}
#else
static inline I philox_word(I c0, I c1, I c2, I c3, std::uint64_t key) {
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  DOLAB_UNROLL
  for (int round = 0; round < 10; ++round) {
    const I p0 = mul_low32(c0, set_bits(0xD2511F53u));
    const I p1 = mul_low32(c2, set_bits(0xCD9E8D57u));
    c0 = xor3(high_half(p1), c1, set_bits(k0));
    c2 = xor3(high_half(p0), c3, set_bits(k1));
    c1 = p1;
    c3 = p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return (c0 & set_bits(0xffffffffu)) | shift_left<32>(c1);
}
#endif
/// to_uniform: (k + 1/2) 2^-52 = (1 + k 2^-52) - (1 - 2^-53), exact.
static inline D uniform_of(I word) {
  return from_bits(shift_right<12>(word) | set_bits(0x3ff0000000000000u)) - set(1 - 0x1p-53);
}
static inline D uniform_of_float(I word) {
  return from_bits(shift_left<29>(shift_right<41>(word)) | set_bits(0x3ff0000000000000u)) - set(1 - 0x1p-24);
}
template <class T, class F>
static inline void random_map(T* dst, std::uint64_t key, RandomAddress first, bool along_row, std::int64_t n, F f) {
  const I step = set_bits(along_row ? 0 : kWidth), row_step = set_bits(along_row ? kWidth : 0);
  I row = set_bits(first.row), element = set_bits(first.element);
  const I draw = set_bits(first.draw), site = set_bits(first.site);
  if (along_row) {
    row = row + lane_index();
  } else {
    element = element + lane_index();
  }
  std::int64_t i = 0;
  for (; i < n; i += kWidth) {
    const D y = f(philox_word(row, element, draw, site, key));
    if (n - i >= kWidth) {
      store(dst + i, y);
    } else {
      store_partial(dst + i, y, n - i);
    }
    row = row + row_step;
    element = element + step;
  }
}
template <class T>
static void uniform_kernel(T* dst, std::uint64_t key, RandomAddress first, bool along_row, std::int64_t n) noexcept {
  if constexpr (sizeof(T) == sizeof(double)) {
    random_map(dst, key, first, along_row, n, [](I word) { return uniform_of(word); });
  } else {
    random_map(dst, key, first, along_row, n, [](I word) { return uniform_of_float(word); });
  }
}
/// Quantiles of u[0, count), count a multiple of kWidth: the centre everywhere, then the 15% in the tails packed
/// together.
static inline void quantile_block(double* u, std::int64_t count) {
  alignas(64) double tail[kBlockSize + 8];
  std::uint16_t where[kBlockSize + 8];
  std::int64_t tails = 0;
  for (std::int64_t i = 0; i < count; i += kWidth) {
    const D p = load(u + i), q = p - set(0.5);
    const Fraction f = quantile_centre(q);
    store(u + i, f.numerator / f.denominator);
    const M outer = ~quantile_is_central(q);
    if (!any(outer)) continue;
    double kept[kWidth];
    store(kept, p);
    for (unsigned left = lane_bits(outer); left != 0; left &= left - 1) {
      const int lane = __builtin_ctz(left);
      tail[tails] = kept[lane];
      where[tails++] = static_cast<std::uint16_t>(i + lane);
    }
  }
  for (std::int64_t k = tails; k % kWidth != 0; ++k) tail[k] = 0.0625;
  for (std::int64_t k = 0; k < tails; k += kWidth) {
    const D p = load(tail + k), q = p - set(0.5);
    const Fraction f = quantile_tail(blend(p < set(0.5), p, set(1) - p));
    store(tail + k, flip(f.numerator, sign_of(q)) / f.denominator);
  }
  for (std::int64_t k = 0; k < tails; ++k) u[where[k]] = tail[k];
}
template <class T>
static void normal_kernel(T* dst, std::uint64_t key, RandomAddress first, bool along_row, std::int64_t n) noexcept {
  alignas(64) double u[kBlockSize];
  for (std::int64_t start = 0; start < n; start += kBlockSize) {
    const std::int64_t count = n - start < kBlockSize ? n - start : kBlockSize;
    const std::int64_t whole = (count + kWidth - 1) / kWidth * kWidth;
    uniform_kernel<double>(u, key, first, along_row, whole);
    quantile_block(u, whole);
    map<Copy>(dst + start, count, VectorOperand<double>(u));
    (along_row ? first.row : first.element) += static_cast<std::uint32_t>(kBlockSize);
  }
}

// ---- log sum exp
// -----------------------------------------------------------------------------------------------------
/// Lanes run along the columns; a peak of +-inf or NaN decides the result by itself, so nothing is subtracted then.
template <class T>
static void logsumexp_kernel(T* out, const T* x, std::int64_t n, std::int64_t width, std::int64_t stride) noexcept {
  for (std::int64_t j = 0; j < width; j += kWidth) {
    const std::int64_t count = width - j < kWidth ? width - j : kWidth;
    const auto row = [&](std::int64_t i) {
      const VectorOperand<T> operand(x + i * stride + j);
      return count == kWidth ? operand.whole(0) : operand.part(0, count);
    };
    D peak = set(-kInfinity);
    for (std::int64_t i = 0; i < n; ++i) peak = Maximum::apply(peak, row(i));
    const D shift = blend(abs(peak) < set(kInfinity), peak, set(0));
    D total = set(0);
    for (std::int64_t i = 0; i < n; ++i) total = total + exp(row(i) - shift);
    const D result = log(total) + shift;
    if (count == kWidth) {
      store(out + j, result);
    } else {
      store_partial(out + j, result, count);
    }
  }
}

// ---- optimiser
// -------------------------------------------------------------------------------------------------------
template <class T>
static void adam_kernel(T* x, T* m, T* v, const T* g, AdamStep<T> step, std::int64_t n) noexcept {
  const D size = set(static_cast<double>(step.step_size)), epsilon = set(static_cast<double>(step.epsilon));
  const double b1 = static_cast<double>(step.beta1), b2 = static_cast<double>(step.beta2);
  const D beta1 = set(b1), beta2 = set(b2), rest1 = set(1 - b1), rest2 = set(1 - b2);
  const D c1 = set(static_cast<double>(step.correction1)), c2 = set(static_cast<double>(step.correction2));
  std::int64_t i = 0;
  const auto update = [&](D xs, D ms, D vs, D gs, auto put) {
    const D m1 = mul_add(beta1, ms, rest1 * gs);
    const D v1 = mul_add(beta2, vs, rest2 * (gs * gs));
    put(xs - size * (m1 * c1) / (sqrt(v1 * c2) + epsilon), m1, v1);
  };
  for (; i + kWidth <= n; i += kWidth) {
    update(load(x + i), load(m + i), load(v + i), load(g + i), [&](D x1, D m1, D v1) {
      store(x + i, x1);
      store(m + i, m1);
      store(v + i, v1);
    });
  }
  if (i < n) {
    const std::int64_t rest = n - i;
    update(load_partial(x + i, rest, 0), load_partial(m + i, rest, 0), load_partial(v + i, rest, 1),
           load_partial(g + i, rest, 0), [&](D x1, D m1, D v1) {
             store_partial(x + i, x1, rest);
             store_partial(m + i, m1, rest);
             store_partial(v + i, v1, rest);
           });
  }
}

// ---- table
// -----------------------------------------------------------------------------------------------------------
template <class T, class Op>
static constexpr void put_binary(KernelSet<T>& set, Binary op) {
  const int i = static_cast<int>(op);
  set.binary_vv[i] = &binary_kernel<T, Op, VectorOperand, VectorOperand>;
  set.binary_vs[i] = &binary_kernel<T, Op, VectorOperand, ScalarOperand>;
  set.binary_sv[i] = &binary_kernel<T, Op, ScalarOperand, VectorOperand>;
}
template <class T>
static constexpr void put_unary_kernels(KernelSet<T>& s) {
#define DOLAB_PUT(op, Op) s.unary[static_cast<int>(Unary::op)] = &unary_kernel<T, Op>
  DOLAB_PUT(copy, Copy);
  DOLAB_PUT(negate, Negate);
  DOLAB_PUT(abs, Abs);
  DOLAB_PUT(sign, Sign);
  DOLAB_PUT(square, Square);
  DOLAB_PUT(sqrt, Sqrt);
  DOLAB_PUT(reciprocal, Reciprocal);
  DOLAB_PUT(exp, Exp);
  DOLAB_PUT(expm1, Expm1);
  DOLAB_PUT(log, Log);
  DOLAB_PUT(log1p, Log1p);
  DOLAB_PUT(sin, Sin);
  DOLAB_PUT(cos, Cos);
  DOLAB_PUT(tan, Tan);
  DOLAB_PUT(arcsin, Arcsin);
  DOLAB_PUT(arccos, Arccos);
  DOLAB_PUT(arctan, Arctan);
  DOLAB_PUT(sinh, Sinh);
  DOLAB_PUT(cosh, Cosh);
  DOLAB_PUT(tanh, Tanh);
  DOLAB_PUT(sigmoid, Sigmoid);
  DOLAB_PUT(log_sigmoid, LogSigmoid);
  DOLAB_PUT(softplus, Softplus);
  DOLAB_PUT(erf, Erf);
  DOLAB_PUT(erfc, Erfc);
  DOLAB_PUT(erfinv, Erfinv);
  DOLAB_PUT(ndtri, Ndtri);
  DOLAB_PUT(log_ndtr, LogNdtr);
  DOLAB_PUT(lgamma, Lgamma);
  DOLAB_PUT(digamma, Digamma);
  DOLAB_PUT(trigamma, Trigamma);
  DOLAB_PUT(floor, Floor);
  DOLAB_PUT(ceil, Ceil);
  DOLAB_PUT(round, Round);
  DOLAB_PUT(log1mexp, Log1mexp);
  DOLAB_PUT(logical_not, LogicalNot);
  DOLAB_PUT(is_nan, IsNan);
  DOLAB_PUT(is_finite, IsFinite);
#undef DOLAB_PUT
}
template <class T>
static constexpr void put_binary_kernels(KernelSet<T>& s) {
  put_binary<T, Add>(s, Binary::add);
  put_binary<T, Subtract>(s, Binary::subtract);
  put_binary<T, Multiply>(s, Binary::multiply);
  put_binary<T, Divide>(s, Binary::divide);
  put_binary<T, Power>(s, Binary::power);
  put_binary<T, Arctan2>(s, Binary::arctan2);
  put_binary<T, Modulo>(s, Binary::modulo);
  put_binary<T, FloorDivide>(s, Binary::floor_divide);
  put_binary<T, Minimum>(s, Binary::minimum);
  put_binary<T, Maximum>(s, Binary::maximum);
  put_binary<T, Equal>(s, Binary::equal);
  put_binary<T, NotEqual>(s, Binary::not_equal);
  put_binary<T, Less>(s, Binary::less);
  put_binary<T, LessEqual>(s, Binary::less_equal);
  put_binary<T, LogicalAnd>(s, Binary::logical_and);
  put_binary<T, LogicalOr>(s, Binary::logical_or);
  put_binary<T, LogicalXor>(s, Binary::logical_xor);
  put_binary<T, Logaddexp>(s, Binary::logaddexp);
  put_binary<T, Xlogy>(s, Binary::xlogy);
  put_binary<T, Xlog1py>(s, Binary::xlog1py);
}
template <class T>
static constexpr KernelSet<T> make_kernel_set() {
  KernelSet<T> s{};
  s.name = DOLAB_ISA_NAME;
  put_unary_kernels(s);
  put_binary_kernels(s);
  s.select[0] = &select_kernel<T, VectorOperand, VectorOperand>;
  s.select[1] = &select_kernel<T, ScalarOperand, VectorOperand>;
  s.select[2] = &select_kernel<T, VectorOperand, ScalarOperand>;
  s.select[3] = &select_kernel<T, ScalarOperand, ScalarOperand>;
  s.multiply_add[0] = &multiply_add_kernel<T, VectorOperand, VectorOperand, VectorOperand>;
  s.multiply_add[1] = &multiply_add_kernel<T, ScalarOperand, VectorOperand, VectorOperand>;
  s.multiply_add[2] = &multiply_add_kernel<T, VectorOperand, ScalarOperand, VectorOperand>;
  s.multiply_add[3] = &multiply_add_kernel<T, ScalarOperand, ScalarOperand, VectorOperand>;
  s.multiply_add[4] = &multiply_add_kernel<T, VectorOperand, VectorOperand, ScalarOperand>;
  s.multiply_add[5] = &multiply_add_kernel<T, ScalarOperand, VectorOperand, ScalarOperand>;
  s.multiply_add[6] = &multiply_add_kernel<T, VectorOperand, ScalarOperand, ScalarOperand>;
  s.multiply_add[7] = &multiply_add_kernel<T, ScalarOperand, ScalarOperand, ScalarOperand>;
  s.fill = &fill_kernel<T>;
  s.reduce[static_cast<int>(Reduction::sum)] = &reduce_kernel<T, SumOp>;
  s.reduce[static_cast<int>(Reduction::max)] = &reduce_kernel<T, MaxOp>;
  s.reduce[static_cast<int>(Reduction::min)] = &reduce_kernel<T, MinOp>;
  s.reduce[static_cast<int>(Reduction::prod)] = &reduce_kernel<T, ProdOp>;
  s.dot = &dot_kernel<T>;
  s.gather = &gather_kernel<T>;
  s.panel_dot = &panel_dot_kernel<T>;
  s.panel_tdot = &panel_tdot_kernel<T>;
  s.uniform = &uniform_kernel<T>;
  s.normal = &normal_kernel<T>;
  s.multiply = &linear::multiply_kernel<T>;
  s.cholesky = &linear::cholesky_kernel<T>;
  s.tri_solve = &linear::tri_solve_kernel<T>;
  s.logsumexp = &logsumexp_kernel<T>;
  s.adam = &adam_kernel<T>;
  return s;
}
