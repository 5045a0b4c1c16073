// Two doubles in one register (SSE4.2; inside wider files also with fused multiply-add).
static constexpr int kWidth = 2;
struct D {
  __m128d v;
};  // doubles
struct I {
  __m128i v;
};  // 64-bit integers
struct M {
  __m128d v;
};  // one truth value per lane

static inline D set(double x) { return {_mm_set1_pd(x)}; }
static inline D set_like(D, double x) { return set(x); }
static inline I set_bits(std::uint64_t x) { return {_mm_set1_epi64x(static_cast<long long>(x))}; }
static inline I lane_index() { return {_mm_set_epi64x(1, 0)}; }

static inline D load(const double* p) { return {_mm_loadu_pd(p)}; }
static inline D load(const float* p) { return {_mm_setr_pd(p[0], p[1])}; }
template <class T>
static inline D load_partial(const T* p, std::int64_t, double fill) {
  return {_mm_setr_pd(p[0], fill)};
}
static inline void store(double* p, D a) { _mm_storeu_pd(p, a.v); }
static inline void store(float* p, D a) { _mm_storel_pi(reinterpret_cast<__m64*>(p), _mm_cvtpd_ps(a.v)); }
static inline void store_partial(double* p, D a, std::int64_t) { _mm_store_sd(p, a.v); }
static inline void store_partial(float* p, D a, std::int64_t) { _mm_store_ss(p, _mm_cvtpd_ps(a.v)); }
static inline D gather(const double* src, const std::int32_t* index) {
  return {_mm_setr_pd(src[index[0]], src[index[1]])};
}

static inline D operator+(D a, D b) { return {_mm_add_pd(a.v, b.v)}; }
static inline D operator-(D a, D b) { return {_mm_sub_pd(a.v, b.v)}; }
static inline D operator*(D a, D b) { return {_mm_mul_pd(a.v, b.v)}; }
static inline D operator/(D a, D b) { return {_mm_div_pd(a.v, b.v)}; }
#if DOLAB_FMA
static inline D mul_add(D a, D b, D c) { return {_mm_fmadd_pd(a.v, b.v, c.v)}; }
#else
static inline D mul_add(D a, D b, D c) { return a * b + c; }
#endif
static inline D sqrt(D a) { return {_mm_sqrt_pd(a.v)}; }
static inline D floor(D a) { return {_mm_round_pd(a.v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)}; }
static inline D ceil(D a) { return {_mm_round_pd(a.v, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC)}; }
static inline D round(D a) { return {_mm_round_pd(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
static inline D trunc(D a) { return {_mm_round_pd(a.v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC)}; }
static inline D min(D a, D b) { return {_mm_min_pd(a.v, b.v)}; }  // a < b ? a : b
static inline D max(D a, D b) { return {_mm_max_pd(a.v, b.v)}; }  // a > b ? a : b

static inline M operator<(D a, D b) { return {_mm_cmplt_pd(a.v, b.v)}; }
static inline M operator<=(D a, D b) { return {_mm_cmple_pd(a.v, b.v)}; }
static inline M operator==(D a, D b) { return {_mm_cmpeq_pd(a.v, b.v)}; }
static inline M operator!=(D a, D b) { return {_mm_cmpneq_pd(a.v, b.v)}; }
static inline M operator&(M a, M b) { return {_mm_and_pd(a.v, b.v)}; }
static inline M operator|(M a, M b) { return {_mm_or_pd(a.v, b.v)}; }
static inline M operator^(M a, M b) { return {_mm_xor_pd(a.v, b.v)}; }
static inline M operator~(M a) { return {_mm_xor_pd(a.v, _mm_castsi128_pd(_mm_set1_epi64x(-1)))}; }
static inline bool any(M a) { return _mm_movemask_pd(a.v) != 0; }
static inline bool all(M a) { return _mm_movemask_pd(a.v) == 3; }
static inline unsigned lane_bits(M a) { return static_cast<unsigned>(_mm_movemask_pd(a.v)); }
static inline D blend(M m, D a, D b) { return {_mm_blendv_pd(b.v, a.v, m.v)}; }  // m ? a : b

static inline D from_bits(I a) { return {_mm_castsi128_pd(a.v)}; }
static inline I bits(D a) { return {_mm_castpd_si128(a.v)}; }
static inline D negate(D a) { return from_bits({_mm_xor_si128(bits(a).v, _mm_set1_epi64x(1LL << 63))}); }
static inline I operator+(I a, I b) { return {_mm_add_epi64(a.v, b.v)}; }
static inline I operator-(I a, I b) { return {_mm_sub_epi64(a.v, b.v)}; }
static inline I operator&(I a, I b) { return {_mm_and_si128(a.v, b.v)}; }
static inline I operator|(I a, I b) { return {_mm_or_si128(a.v, b.v)}; }
static inline I operator^(I a, I b) { return {_mm_xor_si128(a.v, b.v)}; }
template <int k>
static inline I shift_left(I a) {
  return {_mm_slli_epi64(a.v, k)};
}
template <int k>
static inline I shift_right(I a) {
  return {_mm_srli_epi64(a.v, k)};
}
static inline I high_half(I a) { return {_mm_shuffle_epi32(a.v, 0xb1)}; }  // in the low half; rest arbitrary
static inline I xor3(I a, I b, I c) { return a ^ b ^ c; }
static inline I mul_low32(I a, I b) { return {_mm_mul_epu32(a.v, b.v)}; }  // low halves, 64-bit product
static inline I blend(M m, I a, I b) { return bits(blend(m, from_bits(a), from_bits(b))); }
static inline M is_zero(I a) { return {_mm_castsi128_pd(_mm_cmpeq_epi64(a.v, _mm_setzero_si128()))}; }
