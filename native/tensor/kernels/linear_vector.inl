// Full-width vectors of float or double for dense linear algebra (the packs above hold doubles only). The compiler's
// vector extension gives the arithmetic; what it lacks, fused multiply-add and partial access, is below.
namespace linear {

static constexpr int kVectorBytes = kWidth == 1 ? 16 : kWidth * 8;  // without SIMD the compiler splits a vector

template <class T, int bytes>
struct VectorOf;
template <int bytes>
struct VectorOf<double, bytes> {
  typedef double type __attribute__((vector_size(bytes)));
};
template <int bytes>
struct VectorOf<float, bytes> {
  typedef float type __attribute__((vector_size(bytes)));
};
template <class T>
using V = typename VectorOf<T, kVectorBytes>::type;
template <class T>
static constexpr std::int64_t kLanes = kVectorBytes / static_cast<int>(sizeof(T));

template <class T>
static inline V<T> load(const T* p) {
  V<T> v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
template <class T>
static inline void store(T* p, V<T> v) {
  __builtin_memcpy(p, &v, sizeof v);
}
/// Every lane the element at p.
#if defined(__AVX512F__)
static inline V<double> spread(const double* p) { return _mm512_set1_pd(*p); }
static inline V<float> spread(const float* p) { return _mm512_set1_ps(*p); }
#elif defined(__AVX2__)
static inline V<double> spread(const double* p) { return _mm256_broadcast_sd(p); }
static inline V<float> spread(const float* p) { return _mm256_broadcast_ss(p); }
#else
static inline V<double> spread(const double* p) { return V<double>{*p, *p}; }
static inline V<float> spread(const float* p) { return V<float>{*p, *p, *p, *p}; }
#endif

#if DOLAB_FMA && defined(__AVX512F__)
static inline V<double> mul_add(V<double> a, V<double> b, V<double> c) { return _mm512_fmadd_pd(a, b, c); }
static inline V<float> mul_add(V<float> a, V<float> b, V<float> c) { return _mm512_fmadd_ps(a, b, c); }
#elif DOLAB_FMA
static inline V<double> mul_add(V<double> a, V<double> b, V<double> c) { return _mm256_fmadd_pd(a, b, c); }
static inline V<float> mul_add(V<float> a, V<float> b, V<float> c) { return _mm256_fmadd_ps(a, b, c); }
#else
template <class Vector>
static inline Vector mul_add(Vector a, Vector b, Vector c) {
  return a * b + c;
}
#endif

// The first n lanes, 0 < n < kLanes; the others are zero or left as they are in memory.
#if defined(__AVX512F__)
static inline V<double> load_first(const double* p, std::int64_t n) {
  return _mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << n) - 1u), p);
}
static inline V<float> load_first(const float* p, std::int64_t n) {
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1u), p);
}
static inline void store_first(double* p, V<double> v, std::int64_t n) {
  _mm512_mask_storeu_pd(p, static_cast<__mmask8>((1u << n) - 1u), v);
}
static inline void store_first(float* p, V<float> v, std::int64_t n) {
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << n) - 1u), v);
}
#elif defined(__AVX2__)
static constexpr std::int32_t kFirst[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
static inline __m256i first_words(std::int64_t n) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kFirst + 8 - n));
}
static inline V<double> load_first(const double* p, std::int64_t n) {
  return _mm256_maskload_pd(p, first_words(2 * n));
}
static inline V<float> load_first(const float* p, std::int64_t n) { return _mm256_maskload_ps(p, first_words(n)); }
static inline void store_first(double* p, V<double> v, std::int64_t n) {
  _mm256_maskstore_pd(p, first_words(2 * n), v);
}
static inline void store_first(float* p, V<float> v, std::int64_t n) { _mm256_maskstore_ps(p, first_words(n), v); }
#elif defined(__wasm_simd128__)
static inline V<double> load_first(const double* p, std::int64_t) { return (V<double>)wasm_v128_load64_zero(p); }
static inline V<float> load_first(const float* p, std::int64_t n) {
  if (n == 1) return (V<float>)wasm_v128_load32_zero(p);
  const v128_t pair = wasm_v128_load64_zero(p);
  return (V<float>)(n == 2 ? pair : wasm_v128_load32_lane(p + 2, pair, 2));
}
static inline void store_first(double* p, V<double> v, std::int64_t) { wasm_v128_store64_lane(p, (v128_t)v, 0); }
static inline void store_first(float* p, V<float> v, std::int64_t n) {
  if (n == 1) return wasm_v128_store32_lane(p, (v128_t)v, 0);
  wasm_v128_store64_lane(p, (v128_t)v, 0);
  if (n == 3) wasm_v128_store32_lane(p + 2, (v128_t)v, 2);
}
#else
template <class T>
static inline V<T> load_first(const T* p, std::int64_t n) {
  V<T> v{};
  DOLAB_UNROLL
  for (int i = 0; i + 1 < kLanes<T>; ++i) {
    if (i < n) v[i] = p[i];
  }
  return v;
}
template <class T>
static inline void store_first(T* p, V<T> v, std::int64_t n) {
  DOLAB_UNROLL
  for (int i = 0; i + 1 < kLanes<T>; ++i) {
    if (i < n) p[i] = v[i];
  }
}
#endif
/// The same for any n: nothing below one, everything from kLanes on.
template <class T>
static inline V<T> load_some(const T* p, std::int64_t n) {
  return n >= kLanes<T> ? load(p) : n > 0 ? load_first(p, n) : V<T>{};
}
template <class T>
static inline void store_some(T* p, V<T> v, std::int64_t n) {
  if (n >= kLanes<T>) {
    store(p, v);
  } else if (n > 0) {
    store_first(p, v, n);
  }
}

// ---- transposing copies ---------------------------------------------------------------------------------------------
template <class T>
static constexpr int kSquare = kVectorBytes == 16 && sizeof(T) == 8 ? 2 : 4;  // side of what registers transpose
template <class T>
using SquareRow = typename VectorOf<T, kSquare<T>* static_cast<int>(sizeof(T))>::type;

/// to[j * to_row + i] = from[i * from_row + j], i and j below kSquare.
template <class T>
static inline void transpose_square(T* to, std::int64_t to_row, const T* from, std::int64_t from_row) {
  SquareRow<T> r[kSquare<T>];
  DOLAB_UNROLL
  for (int i = 0; i < kSquare<T>; ++i) __builtin_memcpy(&r[i], from + i * from_row, sizeof r[i]);
  if constexpr (kSquare<T> == 2) {
    const SquareRow<T> c0 = __builtin_shufflevector(r[0], r[1], 0, 2), c1 = __builtin_shufflevector(r[0], r[1], 1, 3);
    __builtin_memcpy(to, &c0, sizeof c0);
    __builtin_memcpy(to + to_row, &c1, sizeof c1);
  } else {
    const SquareRow<T> a = __builtin_shufflevector(r[0], r[1], 0, 4, 2, 6);
    const SquareRow<T> b = __builtin_shufflevector(r[0], r[1], 1, 5, 3, 7);
    const SquareRow<T> c = __builtin_shufflevector(r[2], r[3], 0, 4, 2, 6);
    const SquareRow<T> d = __builtin_shufflevector(r[2], r[3], 1, 5, 3, 7);
    const SquareRow<T> columns[4] = {
        __builtin_shufflevector(a, c, 0, 1, 4, 5), __builtin_shufflevector(b, d, 0, 1, 4, 5),
        __builtin_shufflevector(a, c, 2, 3, 6, 7), __builtin_shufflevector(b, d, 2, 3, 6, 7)};
    DOLAB_UNROLL
    for (int j = 0; j < 4; ++j) __builtin_memcpy(to + j * to_row, &columns[j], sizeof columns[j]);
  }
}
/// to[j * to_row + i] = from[i * from_row + j], i < rows, j < columns.
template <class T>
static void transpose_copy(T* to, std::int64_t to_row, const T* from, std::int64_t from_row, std::int64_t rows,
                           std::int64_t columns) {
  const std::int64_t whole = columns / kSquare<T> * kSquare<T>;
  std::int64_t i = 0;
  for (; i + kSquare<T> <= rows; i += kSquare<T>) {
    const T* source = from + i * from_row;
    for (std::int64_t j = 0; j < whole; j += kSquare<T>)
      transpose_square(to + j * to_row + i, to_row, source + j, from_row);
    for (std::int64_t j = whole; j < columns; ++j) {
      for (int r = 0; r < kSquare<T>; ++r) to[j * to_row + i + r] = source[r * from_row + j];
    }
  }
  for (; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) to[j * to_row + i] = from[i * from_row + j];
  }
}

}  // namespace linear
