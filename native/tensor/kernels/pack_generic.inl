// One double: plain C++ for machines without a SIMD path of their own.
static constexpr int kWidth = 1;
struct D {
  double v;
};
struct I {
  std::uint64_t v;
};
struct M {
  bool v;
};

static inline D set(double x) { return {x}; }
static inline D set_like(D, double x) { return set(x); }
static inline I set_bits(std::uint64_t x) { return {x}; }
static inline I lane_index() { return {0}; }

template <class T>
static inline D load(const T* p) {
  return {static_cast<double>(*p)};
}
template <class T>
static inline D load_partial(const T*, std::int64_t, double fill) {
  return {fill};
}
template <class T>
static inline void store(T* p, D a) {
  *p = static_cast<T>(a.v);
}
template <class T>
static inline void store_partial(T*, D, std::int64_t) {}
static inline D gather(const double* src, const std::int32_t* index) { return {src[*index]}; }

static inline D operator+(D a, D b) { return {a.v + b.v}; }
static inline D operator-(D a, D b) { return {a.v - b.v}; }
static inline D operator*(D a, D b) { return {a.v * b.v}; }
static inline D operator/(D a, D b) { return {a.v / b.v}; }
static inline D mul_add(D a, D b, D c) { return a * b + c; }
// These four are exact or correctly rounded by IEEE 754, so that the C library cannot differ.
static inline D sqrt(D a) { return {__builtin_sqrt(a.v)}; }
static inline D floor(D a) { return {__builtin_floor(a.v)}; }
static inline D ceil(D a) { return {__builtin_ceil(a.v)}; }
static inline D round(D a) { return {__builtin_rint(a.v)}; }
static inline D trunc(D a) { return {__builtin_trunc(a.v)}; }
static inline D min(D a, D b) { return {a.v < b.v ? a.v : b.v}; }
static inline D max(D a, D b) { return {a.v > b.v ? a.v : b.v}; }

static inline M operator<(D a, D b) { return {a.v < b.v}; }
static inline M operator<=(D a, D b) { return {a.v <= b.v}; }
static inline M operator==(D a, D b) { return {a.v == b.v}; }
static inline M operator!=(D a, D b) { return {a.v != b.v}; }
static inline M operator&(M a, M b) { return {a.v && b.v}; }
static inline M operator|(M a, M b) { return {a.v || b.v}; }
static inline M operator^(M a, M b) { return {a.v != b.v}; }
static inline M operator~(M a) { return {!a.v}; }
static inline bool any(M a) { return a.v; }
static inline bool all(M a) { return a.v; }
static inline unsigned lane_bits(M a) { return a.v ? 1u : 0u; }
static inline D blend(M m, D a, D b) { return m.v ? a : b; }

static inline D from_bits(I a) {
  double x;
  __builtin_memcpy(&x, &a.v, sizeof x);
  return {x};
}
static inline I bits(D a) {
  std::uint64_t x;
  __builtin_memcpy(&x, &a.v, sizeof x);
  return {x};
}
static inline D negate(D a) { return from_bits({bits(a).v ^ std::uint64_t{1} << 63}); }
static inline I operator+(I a, I b) { return {a.v + b.v}; }
static inline I operator-(I a, I b) { return {a.v - b.v}; }
static inline I operator&(I a, I b) { return {a.v & b.v}; }
static inline I operator|(I a, I b) { return {a.v | b.v}; }
static inline I operator^(I a, I b) { return {a.v ^ b.v}; }
template <int k>
static inline I shift_left(I a) {
  return {a.v << k};
}
template <int k>
static inline I shift_right(I a) {
  return {a.v >> k};
}
static inline I high_half(I a) { return {a.v >> 32}; }
static inline I xor3(I a, I b, I c) { return {a.v ^ b.v ^ c.v}; }
static inline I mul_low32(I a, I b) { return {(a.v & 0xffffffffu) * (b.v & 0xffffffffu)}; }
static inline I blend(M m, I a, I b) { return m.v ? a : b; }
static inline M is_zero(I a) { return {a.v == 0}; }
