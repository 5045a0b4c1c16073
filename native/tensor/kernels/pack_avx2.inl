// Four doubles in one register (AVX2, FMA).
namespace narrow {  // for the ends of arrays and very short ones
#include "tensor/kernels/pack_sse42.inl"
}
static constexpr int kWidth = 4;
struct D {
  __m256d v;
};  // doubles
struct I {
  __m256i v;
};  // 64-bit integers
struct M {
  __m256d v;
};  // one truth value per lane

static inline D set(double x) { return {_mm256_set1_pd(x)}; }
static inline D set_like(D, double x) { return set(x); }
static inline I set_bits(std::uint64_t x) { return {_mm256_set1_epi64x(static_cast<long long>(x))}; }
static inline I lane_index() { return {_mm256_setr_epi64x(0, 1, 2, 3)}; }

static inline D load(const double* p) { return {_mm256_loadu_pd(p)}; }
static inline D load(const float* p) { return {_mm256_cvtps_pd(_mm_loadu_ps(p))}; }
[[gnu::always_inline]] static inline D load_partial(const double* p, std::int64_t n, double fill) {
  const __m256d rest = _mm256_set1_pd(fill);
  if (n == 1) return {_mm256_blend_pd(rest, _mm256_castpd128_pd256(_mm_load_sd(p)), 1)};
  const __m256d low = _mm256_castpd128_pd256(_mm_loadu_pd(p));
  if (n == 2) return {_mm256_blend_pd(rest, low, 3)};
  return {_mm256_blend_pd(rest, _mm256_insertf128_pd(low, _mm_load_sd(p + 2), 1), 7)};
}
static inline D load_partial(const float* p, std::int64_t n, double fill) {
  return {_mm256_setr_pd(p[0], n > 1 ? p[1] : fill, n > 2 ? p[2] : fill, fill)};
}
static inline void store(double* p, D a) { _mm256_storeu_pd(p, a.v); }
static inline void store(float* p, D a) { _mm_storeu_ps(p, _mm256_cvtpd_ps(a.v)); }
[[gnu::always_inline]] static inline void store_partial(double* p, D a, std::int64_t n) {
  const __m128d low = _mm256_castpd256_pd128(a.v);
  if (n == 1) return _mm_store_sd(p, low);
  _mm_storeu_pd(p, low);
  if (n == 3) _mm_store_sd(p + 2, _mm256_extractf128_pd(a.v, 1));
}
static inline void store_partial(float* p, D a, std::int64_t n) {
  const __m128 f = _mm256_cvtpd_ps(a.v);
  _mm_store_ss(p, f);
  if (n > 1) _mm_store_ss(p + 1, _mm_shuffle_ps(f, f, 1));
  if (n > 2) _mm_store_ss(p + 2, _mm_shuffle_ps(f, f, 2));
}
static inline D gather(const double* src, const std::int32_t* index) {
  return {_mm256_setr_pd(src[index[0]], src[index[1]], src[index[2]], src[index[3]])};
}

static inline D operator+(D a, D b) { return {_mm256_add_pd(a.v, b.v)}; }
static inline D operator-(D a, D b) { return {_mm256_sub_pd(a.v, b.v)}; }
static inline D operator*(D a, D b) { return {_mm256_mul_pd(a.v, b.v)}; }
static inline D operator/(D a, D b) { return {_mm256_div_pd(a.v, b.v)}; }
#if DOLAB_FMA
static inline D mul_add(D a, D b, D c) { return {_mm256_fmadd_pd(a.v, b.v, c.v)}; }
static inline D neg_mul_add(D a, D b, D c) { return {_mm256_fnmadd_pd(a.v, b.v, c.v)}; }
static inline D mul_sub(D a, D b, D c) { return {_mm256_fmsub_pd(a.v, b.v, c.v)}; }
#else
static inline D mul_add(D a, D b, D c) { return a * b + c; }
#endif
static inline D sqrt(D a) { return {_mm256_sqrt_pd(a.v)}; }
static inline D floor(D a) { return {_mm256_round_pd(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)}; }
static inline D ceil(D a) { return {_mm256_round_pd(a.v, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC)}; }
static inline D round(D a) { return {_mm256_round_pd(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
static inline D trunc(D a) { return {_mm256_round_pd(a.v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC)}; }
static inline D min(D a, D b) { return {_mm256_min_pd(a.v, b.v)}; }  // a < b ? a : b
static inline D max(D a, D b) { return {_mm256_max_pd(a.v, b.v)}; }  // a > b ? a : b

static inline M operator<(D a, D b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_LT_OQ)}; }
static inline M operator<=(D a, D b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_LE_OQ)}; }
static inline M operator==(D a, D b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_EQ_OQ)}; }
static inline M operator!=(D a, D b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_NEQ_UQ)}; }
static inline M operator&(M a, M b) { return {_mm256_and_pd(a.v, b.v)}; }
static inline M operator|(M a, M b) { return {_mm256_or_pd(a.v, b.v)}; }
static inline M operator^(M a, M b) { return {_mm256_xor_pd(a.v, b.v)}; }
static inline M operator~(M a) { return {_mm256_xor_pd(a.v, _mm256_castsi256_pd(_mm256_set1_epi64x(-1)))}; }
static inline bool any(M a) { return _mm256_movemask_pd(a.v) != 0; }
static inline bool all(M a) { return _mm256_movemask_pd(a.v) == 15; }
static inline unsigned lane_bits(M a) { return static_cast<unsigned>(_mm256_movemask_pd(a.v)); }
static inline D blend(M m, D a, D b) { return {_mm256_blendv_pd(b.v, a.v, m.v)}; }  // m ? a : b

static inline D from_bits(I a) { return {_mm256_castsi256_pd(a.v)}; }
static inline I bits(D a) { return {_mm256_castpd_si256(a.v)}; }
static inline D negate(D a) { return from_bits({_mm256_xor_si256(bits(a).v, _mm256_set1_epi64x(1LL << 63))}); }
static inline I operator+(I a, I b) { return {_mm256_add_epi64(a.v, b.v)}; }
static inline I operator-(I a, I b) { return {_mm256_sub_epi64(a.v, b.v)}; }
static inline I operator&(I a, I b) { return {_mm256_and_si256(a.v, b.v)}; }
static inline I operator|(I a, I b) { return {_mm256_or_si256(a.v, b.v)}; }
static inline I operator^(I a, I b) { return {_mm256_xor_si256(a.v, b.v)}; }
template <int k>
static inline I shift_left(I a) {
  return {_mm256_slli_epi64(a.v, k)};
}
template <int k>
static inline I shift_right(I a) {
  return {_mm256_srli_epi64(a.v, k)};
}
static inline I high_half(I a) { return {_mm256_shuffle_epi32(a.v, 0xb1)}; }  // in the low half; rest arbitrary
static inline I xor3(I a, I b, I c) { return a ^ b ^ c; }
static inline I mul_low32(I a, I b) { return {_mm256_mul_epu32(a.v, b.v)}; }  // low halves, 64-bit product
static inline I blend(M m, I a, I b) { return bits(blend(m, from_bits(a), from_bits(b))); }
static inline M is_zero(I a) { return {_mm256_castsi256_pd(_mm256_cmpeq_epi64(a.v, _mm256_setzero_si256()))}; }
