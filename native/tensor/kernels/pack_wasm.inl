// Two doubles in one register (WebAssembly SIMD128: no fused multiply-add, no gather).
static constexpr int kWidth = 2;
// LLVM 14 never ends simplifying shifts of a vector of which it knows one lane, and rounds lane by lane where it sees
// that two lanes are not used: it must not see. Later ones do neither, and LLVM 19 fails on the hint.
#if __clang_major__ < 15
#define DOLAB_HIDE(v) __asm__("" : "+r"(v))
#else
#define DOLAB_HIDE(v)
#endif
struct D {
  v128_t v;
};  // doubles
struct I {
  v128_t v;
};  // 64-bit integers
struct M {
  v128_t v;
};  // one truth value per lane

static inline D set(double x) { return {wasm_f64x2_splat(x)}; }
static inline D set_like(D, double x) { return set(x); }
static inline I set_bits(std::uint64_t x) { return {wasm_i64x2_splat(static_cast<std::int64_t>(x))}; }
#define DOLAB_SCALAR_PHILOX 1  // products of 64-bit lanes are slow here, of scalars not
static inline std::uint64_t first_lane(I a) { return static_cast<std::uint64_t>(wasm_i64x2_extract_lane(a.v, 0)); }
static inline std::uint64_t second_lane(I a) { return static_cast<std::uint64_t>(wasm_i64x2_extract_lane(a.v, 1)); }
static inline I pair_bits(std::uint64_t x, std::uint64_t y) {
  return {wasm_i64x2_make(static_cast<std::int64_t>(x), static_cast<std::int64_t>(y))};
}
static inline I lane_index() { return {wasm_i64x2_make(0, 1)}; }

static inline D load(const double* p) { return {wasm_v128_load(p)}; }
static inline D load(const float* p) { return {wasm_f64x2_promote_low_f32x4(wasm_v128_load64_zero(p))}; }
template <class T>
static inline D load_partial(const T* p, std::int64_t, double fill) {
  v128_t v = wasm_f64x2_make(p[0], fill);
  DOLAB_HIDE(v);
  return {v};
}
static inline void store(double* p, D a) { wasm_v128_store(p, a.v); }
static inline void store(float* p, D a) {
  v128_t v = wasm_f32x4_demote_f64x2_zero(a.v);
  DOLAB_HIDE(v);
  wasm_v128_store64_lane(p, v, 0);
}
static inline void store_partial(double* p, D a, std::int64_t) { *p = wasm_f64x2_extract_lane(a.v, 0); }
static inline void store_partial(float* p, D a, std::int64_t) {
  *p = static_cast<float>(wasm_f64x2_extract_lane(a.v, 0));
}
static inline D gather(const double* src, const std::int32_t* index) {
  return {wasm_f64x2_make(src[index[0]], src[index[1]])};
}

static inline D operator+(D a, D b) { return {wasm_f64x2_add(a.v, b.v)}; }
static inline D operator-(D a, D b) { return {wasm_f64x2_sub(a.v, b.v)}; }
static inline D operator*(D a, D b) { return {wasm_f64x2_mul(a.v, b.v)}; }
static inline D operator/(D a, D b) { return {wasm_f64x2_div(a.v, b.v)}; }
static inline D mul_add(D a, D b, D c) { return a * b + c; }
static inline D sqrt(D a) { return {wasm_f64x2_sqrt(a.v)}; }
static inline D floor(D a) { return {wasm_f64x2_floor(a.v)}; }
static inline D ceil(D a) { return {wasm_f64x2_ceil(a.v)}; }
static inline D round(D a) { return {wasm_f64x2_nearest(a.v)}; }
static inline D trunc(D a) { return {wasm_f64x2_trunc(a.v)}; }
static inline D min(D a, D b) { return {wasm_f64x2_pmin(b.v, a.v)}; }  // a < b ? a : b
static inline D max(D a, D b) { return {wasm_f64x2_pmax(b.v, a.v)}; }  // a > b ? a : b

static inline M operator<(D a, D b) { return {wasm_f64x2_lt(a.v, b.v)}; }
static inline M operator<=(D a, D b) { return {wasm_f64x2_le(a.v, b.v)}; }
static inline M operator==(D a, D b) { return {wasm_f64x2_eq(a.v, b.v)}; }
static inline M operator!=(D a, D b) { return {wasm_f64x2_ne(a.v, b.v)}; }
static inline M operator&(M a, M b) { return {wasm_v128_and(a.v, b.v)}; }
static inline M operator|(M a, M b) { return {wasm_v128_or(a.v, b.v)}; }
static inline M operator^(M a, M b) { return {wasm_v128_xor(a.v, b.v)}; }
static inline M operator~(M a) { return {wasm_v128_not(a.v)}; }
static inline bool any(M a) { return wasm_v128_any_true(a.v); }
static inline bool all(M a) { return wasm_i64x2_all_true(a.v); }
static inline unsigned lane_bits(M a) { return wasm_i64x2_bitmask(a.v); }
static inline D blend(M m, D a, D b) { return {wasm_v128_bitselect(a.v, b.v, m.v)}; }  // m ? a : b

static inline D from_bits(I a) { return {a.v}; }
static inline I bits(D a) { return {a.v}; }
static inline D negate(D a) { return from_bits({wasm_v128_xor(a.v, wasm_i64x2_splat(std::int64_t{1} << 63))}); }
static inline I operator+(I a, I b) { return {wasm_i64x2_add(a.v, b.v)}; }
static inline I operator-(I a, I b) { return {wasm_i64x2_sub(a.v, b.v)}; }
static inline I operator&(I a, I b) { return {wasm_v128_and(a.v, b.v)}; }
static inline I operator|(I a, I b) { return {wasm_v128_or(a.v, b.v)}; }
static inline I operator^(I a, I b) { return {wasm_v128_xor(a.v, b.v)}; }
template <int k>
static inline I shift_left(I a) {
  return {wasm_i64x2_shl(a.v, k)};
}
template <int k>
static inline I shift_right(I a) {
  return {wasm_u64x2_shr(a.v, k)};
}
static inline I high_half(I a) {
  return {wasm_i32x4_shuffle(a.v, a.v, 1, 0, 3, 2)};
}  // in the low half; rest arbitrary
static inline I xor3(I a, I b, I c) { return a ^ b ^ c; }
static inline I mul_low32(I a, I b) {  // low halves, 64-bit product
  return {
      wasm_u64x2_extmul_low_u32x4(wasm_i32x4_shuffle(a.v, a.v, 0, 2, 0, 2), wasm_i32x4_shuffle(b.v, b.v, 0, 2, 0, 2))};
}
static inline I blend(M m, I a, I b) { return {wasm_v128_bitselect(a.v, b.v, m.v)}; }
static inline M is_zero(I a) { return {wasm_i64x2_eq(a.v, wasm_i64x2_const(0, 0))}; }
