// Eight doubles in one register (AVX-512 F, DQ, VL, BW).
namespace narrow {  // for the ends of arrays and very short ones
#include "tensor/kernels/pack_sse42.inl"
}
static constexpr int kWidth = 8;
struct D {
  __m512d v;
};  // doubles
struct I {
  __m512i v;
};  // 64-bit integers
struct M {
  __mmask8 v;
};  // one truth value per lane

static inline D set(double x) { return {_mm512_set1_pd(x)}; }
static inline D set_like(D, double x) { return set(x); }
static inline I set_bits(std::uint64_t x) { return {_mm512_set1_epi64(static_cast<long long>(x))}; }
static inline I lane_index() { return {_mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7)}; }

static inline __mmask8 first_lanes(std::int64_t n) { return static_cast<__mmask8>((1u << n) - 1u); }
static inline D load(const double* p) { return {_mm512_loadu_pd(p)}; }
static inline D load(const float* p) { return {_mm512_cvtps_pd(_mm256_loadu_ps(p))}; }
// Pieces instead of one masked access: what a masked store wrote is not forwarded to the load that follows it.
[[gnu::always_inline]] static inline D load_partial(const double* p, std::int64_t n, double fill) {
  const double* q = p + (n & 4);
  __m256d rest = _mm256_setzero_pd();
  if (n & 2) {
    rest = _mm256_castpd128_pd256(_mm_loadu_pd(q));
    if (n & 1) rest = _mm256_insertf128_pd(rest, _mm_load_sd(q + 2), 1);
  } else if (n & 1) {
    rest = _mm256_zextpd128_pd256(_mm_load_sd(q));
  }
  const __m512d all =
      n & 4 ? _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_loadu_pd(p)), rest, 1) : _mm512_castpd256_pd512(rest);
  return {_mm512_mask_mov_pd(_mm512_set1_pd(fill), first_lanes(n), all)};
}
static inline D load_partial(const float* p, std::int64_t n, double fill) {
  return {_mm512_cvtps_pd(_mm256_mask_loadu_ps(_mm256_set1_ps(static_cast<float>(fill)), first_lanes(n), p))};
}
static inline void store(double* p, D a) { _mm512_storeu_pd(p, a.v); }
static inline void store(float* p, D a) { _mm256_storeu_ps(p, _mm512_cvtpd_ps(a.v)); }
[[gnu::always_inline]] static inline void store_partial(double* p, D a, std::int64_t n) {
  __m256d rest = _mm512_castpd512_pd256(a.v);
  if (n & 4) {
    _mm256_storeu_pd(p, rest);
    rest = _mm512_extractf64x4_pd(a.v, 1);
    p += 4;
  }
  if (n & 2) {
    _mm_storeu_pd(p, _mm256_castpd256_pd128(rest));
    if (n & 1) _mm_store_sd(p + 2, _mm256_extractf128_pd(rest, 1));
  } else if (n & 1) {
    _mm_store_sd(p, _mm256_castpd256_pd128(rest));
  }
}
static inline void store_partial(float* p, D a, std::int64_t n) {
  _mm256_mask_storeu_ps(p, first_lanes(n), _mm512_cvtpd_ps(a.v));
}
static inline D gather(const double* src, const std::int32_t* index) {
  return {_mm512_i32gather_pd(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(index)), src, 8)};
}

static inline D operator+(D a, D b) { return {_mm512_add_pd(a.v, b.v)}; }
static inline D operator-(D a, D b) { return {_mm512_sub_pd(a.v, b.v)}; }
static inline D operator*(D a, D b) { return {_mm512_mul_pd(a.v, b.v)}; }
static inline D operator/(D a, D b) { return {_mm512_div_pd(a.v, b.v)}; }
#if DOLAB_FMA
static inline D mul_add(D a, D b, D c) { return {_mm512_fmadd_pd(a.v, b.v, c.v)}; }
static inline D neg_mul_add(D a, D b, D c) { return {_mm512_fnmadd_pd(a.v, b.v, c.v)}; }
static inline D mul_sub(D a, D b, D c) { return {_mm512_fmsub_pd(a.v, b.v, c.v)}; }
#else
static inline D mul_add(D a, D b, D c) { return a * b + c; }
#endif
static inline D sqrt(D a) { return {_mm512_sqrt_pd(a.v)}; }
static inline D floor(D a) { return {_mm512_roundscale_pd(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)}; }
static inline D ceil(D a) { return {_mm512_roundscale_pd(a.v, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC)}; }
static inline D round(D a) { return {_mm512_roundscale_pd(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
static inline D trunc(D a) { return {_mm512_roundscale_pd(a.v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC)}; }
static inline D min(D a, D b) { return {_mm512_min_pd(a.v, b.v)}; }  // a < b ? a : b
static inline D max(D a, D b) { return {_mm512_max_pd(a.v, b.v)}; }  // a > b ? a : b

static inline M operator<(D a, D b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_LT_OQ)}; }
static inline M operator<=(D a, D b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_LE_OQ)}; }
static inline M operator==(D a, D b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_EQ_OQ)}; }
static inline M operator!=(D a, D b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_NEQ_UQ)}; }
static inline M operator&(M a, M b) { return {static_cast<__mmask8>(a.v & b.v)}; }
static inline M operator|(M a, M b) { return {static_cast<__mmask8>(a.v | b.v)}; }
static inline M operator^(M a, M b) { return {static_cast<__mmask8>(a.v ^ b.v)}; }
static inline M operator~(M a) { return {static_cast<__mmask8>(~a.v)}; }
static inline bool any(M a) { return a.v != 0; }
static inline bool all(M a) { return a.v == 0xff; }
static inline unsigned lane_bits(M a) { return a.v; }
static inline D blend(M m, D a, D b) { return {_mm512_mask_blend_pd(m.v, b.v, a.v)}; }  // m ? a : b

static inline D from_bits(I a) { return {_mm512_castsi512_pd(a.v)}; }
static inline I bits(D a) { return {_mm512_castpd_si512(a.v)}; }
static inline D negate(D a) { return from_bits({_mm512_xor_si512(bits(a).v, _mm512_set1_epi64(1LL << 63))}); }
static inline I operator+(I a, I b) { return {_mm512_add_epi64(a.v, b.v)}; }
static inline I operator-(I a, I b) { return {_mm512_sub_epi64(a.v, b.v)}; }
static inline I operator&(I a, I b) { return {_mm512_and_si512(a.v, b.v)}; }
static inline I operator|(I a, I b) { return {_mm512_or_si512(a.v, b.v)}; }
static inline I operator^(I a, I b) { return {_mm512_xor_si512(a.v, b.v)}; }
template <int k>
static inline I shift_left(I a) {
  return {_mm512_slli_epi64(a.v, k)};
}
template <int k>
static inline I shift_right(I a) {
  return {_mm512_srli_epi64(a.v, k)};
}
static inline I high_half(I a) {
  return {_mm512_shuffle_epi32(a.v, _MM_PERM_CDAB)};
}  // in the low half; rest arbitrary
static inline I xor3(I a, I b, I c) { return {_mm512_ternarylogic_epi64(a.v, b.v, c.v, 0x96)}; }
static inline I mul_low32(I a, I b) { return {_mm512_mul_epu32(a.v, b.v)}; }  // low halves, 64-bit product
static inline I blend(M m, I a, I b) { return {_mm512_mask_blend_epi64(m.v, b.v, a.v)}; }
static inline M is_zero(I a) { return {_mm512_testn_epi64_mask(a.v, a.v)}; }
