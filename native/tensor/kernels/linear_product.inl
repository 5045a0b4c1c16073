// Dense products by blocks (Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication").
namespace linear {

/// Element (i, j) at p + i row + j column; the strides may be negative.
template <class T>
struct View {
  const T* p;
  std::int64_t row, column;
  View at(std::int64_t i, std::int64_t j) const { return {p + i * row + j * column, row, column}; }
};
struct Extent {
  std::int64_t n, k, m;
};

/// Elements that the blocks of one product may take, and where they are packed (null: read in place).
template <class T>
struct Blocking {
  std::int64_t rows, steps, columns;
  T *left, *right;
};
template <class T>
static constexpr std::int64_t kStackElements = 16384 / static_cast<int>(sizeof(T));
static constexpr std::int64_t kBlockRows = 96;  // a multiple of every tile height
static constexpr std::int64_t kBlockSteps = 256;
template <class T>
static constexpr std::int64_t kBlockColumns = 4096 / static_cast<int>(sizeof(T));
template <class T>
static constexpr std::int64_t kLeftElements = kBlockRows* kBlockSteps;
static_assert((kBlockRows + 512) * kBlockSteps * 8 <= kLinearScratchBytes);
static_assert(kBlockRows % kTileRows == 0);
static constexpr std::int64_t kLittleLeft = 8192;    // elements of A that are not worth packing
static constexpr std::int64_t kLittleRight = 16384;  // and of B, if it has whole vectors

/// to[l * rows + r] = A(r, l).
template <class T>
static void pack_left(T* to, const View<T>& a, std::int64_t rows, std::int64_t steps) {
  if (a.column == 1) return transpose_copy(to, rows, a.p, a.row, rows, steps);
  for (std::int64_t l = 0; l < steps; ++l) {
    for (std::int64_t r = 0; r < rows; ++r) to[l * rows + r] = a.p[r * a.row + l * a.column];
  }
}
/// to[l * width + j] = B(l, j) for j < columns, 0 for the others; width is columns rounded up to whole vectors.
template <class T>
static void pack_right(T* to, std::int64_t width, const View<T>& b, std::int64_t steps, std::int64_t columns) {
  if (b.column != 1) {
    transpose_copy(to, width, b.p, b.column, columns, steps);
    for (std::int64_t l = 0; l < steps && columns < width; ++l) {
      for (std::int64_t j = columns; j < width; ++j) to[l * width + j] = T(0);
    }
    return;
  }
  const std::int64_t whole = columns / kLanes<T> * kLanes<T>;
  for (std::int64_t l = 0; l < steps; ++l) {
    const T* from = b.p + l * b.row;
    for (std::int64_t j = 0; j < whole; j += kLanes<T>) store(to + l * width + j, load(from + j));
    if (whole < columns) store(to + l * width + whole, load_first(from + whole, columns - whole));
  }
}

/// One strip of columns, B already in place: all tiles of the rows, A from `a`, packed when it was.
template <class T>
static inline void run_strip(TileTask<T>& task, const Cut& tiles, const View<T>& a, std::int64_t vectors, bool packed) {
  T* c = task.c;
  std::int64_t first = 0;
  for (std::int64_t i = 0; i < tiles.parts; ++i) {
    const std::int64_t rows = tiles.length(i);
    task.c = c + first * task.c_row;
    task.a = packed ? a.p + first * task.k : a.p + first * a.row;
    task.a_row = packed ? 1 : a.row;
    task.a_step = packed ? rows : a.column;
    run_tile(task, rows, vectors);
    first += rows;
  }
}

/// One block of B, (k, m), against all rows of A.
template <class T>
static void run_block(T* c, std::int64_t c_row, const View<T>& a, const View<T>& b, const Extent& e, Start start,
                      const Blocking<T>& blocking) {
  const Cut strips((e.m + kLanes<T> - 1) / kLanes<T>, kTileVectors);
  if (blocking.right != nullptr) {
    std::int64_t at = 0;
    for (std::int64_t s = 0; s < strips.parts; ++s) {
      const std::int64_t width = strips.length(s) * kLanes<T>;
      pack_right(blocking.right + at * e.k, width, b.at(0, at), e.k, e.m - at < width ? e.m - at : width);
      at += width;
    }
  }
  for (std::int64_t i = 0; i < e.n; i += blocking.rows) {
    const std::int64_t rows = e.n - i < blocking.rows ? e.n - i : blocking.rows;
    const Cut tiles(rows, kTileRows);
    View<T> left = a.at(i, 0);
    if (blocking.left != nullptr) {
      std::int64_t first = 0;
      for (std::int64_t t = 0; t < tiles.parts; ++t) {
        pack_left(blocking.left + first * e.k, a.at(i + first, 0), tiles.length(t), e.k);
        first += tiles.length(t);
      }
      left.p = blocking.left;
    }
    std::int64_t at = 0;
    for (std::int64_t s = 0; s < strips.parts; ++s) {
      const std::int64_t width = strips.length(s) * kLanes<T>;
      TileTask<T> task{};
      task.b = blocking.right != nullptr ? blocking.right + at * e.k : b.p + at;
      task.b_step = blocking.right != nullptr ? width : b.row;
      task.k = e.k;
      task.c = c + i * c_row + at;
      task.c_row = c_row;
      task.columns = e.m - at;
      task.start = start;
      run_strip(task, tiles, left, strips.length(s), blocking.left != nullptr);
      at += width;
    }
  }
}

/// How to cut a product; `stack` has kStackElements. Depends on the sizes only, and no bit of the result on it.
template <class T>
static Blocking<T> choose_blocking(const View<T>& b, const Extent& e, T* stack) {
  const bool in_place = b.column == 1 && e.m % kLanes<T> == 0;
  const std::int64_t padded = (e.m + kLanes<T> - 1) / kLanes<T> * kLanes<T>;
  const bool little = e.n * e.k <= kLittleLeft;
  if (little && in_place && e.k * e.m <= kLittleRight) return {e.n, e.k, e.m, nullptr, nullptr};
  if (little && e.k * padded <= kStackElements<T>) return {e.n, e.k, e.m, nullptr, stack};
  T* scratch = static_cast<T*>(linear_scratch());
  if (scratch == nullptr) {  // no memory: small blocks, read in place where they can be
    constexpr std::int64_t columns = kTileVectors * kLanes<T>;
    return {kBlockRows, kStackElements<T> / columns, columns, nullptr, stack};
  }
  return {kBlockRows, kBlockSteps, kBlockColumns<T>, little ? nullptr : scratch, scratch + kLeftElements<T>};
}

template <class T>
static void blocked_product(T* c, std::int64_t c_row, const View<T>& a, const View<T>& b, const Extent& e,
                            bool subtract) {
  alignas(64) T stack[kStackElements<T>];
  const Blocking<T> blocking = choose_blocking(b, e, stack);
  for (std::int64_t j = 0; j < e.m; j += blocking.columns) {
    const std::int64_t m = e.m - j < blocking.columns ? e.m - j : blocking.columns;
    for (std::int64_t l = 0; l < e.k; l += blocking.steps) {
      const std::int64_t k = e.k - l < blocking.steps ? e.k - l : blocking.steps;
      const Start start = subtract ? Start::subtract : l == 0 ? Start::zero : Start::resume;
      run_block(c + j, c_row, a.at(0, l), b.at(l, j), {e.n, k, m}, start, blocking);
    }
  }
}

/// C = A B, or C -= A B.
template <class T>
static void product(T* c, std::int64_t c_row, const View<T>& a, const View<T>& b, const Extent& e, bool subtract) {
  if (e.n < 1 || e.m < 1) return;
  if (e.k < 1) {
    for (std::int64_t i = 0; i < e.n && !subtract; ++i) {
      for (std::int64_t j = 0; j < e.m; ++j) c[i * c_row + j] = T(0);
    }
    return;
  }
  if (e.n <= kTileRows && b.column == 1 && e.m % kLanes<T> == 0 && e.m <= kTileVectors * kLanes<T>) {  // one tile
    const Start start = subtract ? Start::subtract : Start::zero;
    return run_tile<T>({a.p, a.row, a.column, b.p, b.row, e.k, c, c_row, e.m, start}, e.n, e.m / kLanes<T>);
  }
  blocked_product(c, c_row, a, b, e, subtract);
}

// ---- matrix times vector --------------------------------------------------------------------------------------------
static constexpr int kGroup = 64 / kVectorBytes;  // vectors of the 64 bytes that are one step of a row's dot product
static constexpr int kDotRows = 8 / kGroup;
static constexpr int kSumVectors = kManyRegisters ? 8 : 6;
static constexpr int kSumRows = 8;

/// Sum of the lanes by halves: i + (i + lanes / 2), and so on.
template <class T, int lanes>
static inline T fold(typename VectorOf<T, lanes* static_cast<int>(sizeof(T))>::type v) {
  if constexpr (lanes == 2) {
    return v[0] + v[1];
  } else if constexpr (lanes == 4) {
    const auto pairs = v + __builtin_shufflevector(v, v, 2, 3, 2, 3);
    return pairs[0] + pairs[1];
  } else if constexpr (lanes == 8) {
    return fold<T, 4>(__builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7));
  } else {
    return fold<T, 8>(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
                      __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15));
  }
}

/// y[r] = sum_l a[r a_row + l] x[l]: 64 bytes are one step; its lanes are summed in order and then folded by halves.
template <class T, int rows>
static inline void dot_rows(T* y, const T* a, std::int64_t a_row, const T* x, std::int64_t k) {
  constexpr std::int64_t step = kGroup * kLanes<T>;
  V<T> sum[rows][kGroup]{};
  std::int64_t l = 0;
  for (; l + step <= k; l += step) {
    DOLAB_UNROLL
    for (int g = 0; g < kGroup; ++g) {
      const V<T> right = load(x + l + g * kLanes<T>);
      DOLAB_UNROLL
      for (int r = 0; r < rows; ++r) sum[r][g] = mul_add(load(a + r * a_row + l + g * kLanes<T>), right, sum[r][g]);
    }
  }
  if (l < k) {
    DOLAB_UNROLL
    for (int g = 0; g < kGroup; ++g) {
      const std::int64_t at = l + g * kLanes<T>;
      const V<T> right = load_some(x + at, k - at);
      DOLAB_UNROLL
      for (int r = 0; r < rows; ++r) sum[r][g] = mul_add(load_some(a + r * a_row + at, k - at), right, sum[r][g]);
    }
  }
  DOLAB_UNROLL
  for (int r = 0; r < rows; ++r) {
    V<T> total = sum[r][0];
    if constexpr (kGroup == 2) total = sum[r][0] + sum[r][1];
    if constexpr (kGroup == 4) total = (sum[r][0] + sum[r][2]) + (sum[r][1] + sum[r][3]);
    y[r] = fold<T, static_cast<int>(kLanes<T>)>(total);
  }
}
/// y (n) = A x, A (n, k) by rows.
template <class T>
static void matrix_vector(T* y, const T* a, std::int64_t a_row, const T* x, std::int64_t n, std::int64_t k) {
  std::int64_t i = 0;
  for (; i + kDotRows <= n; i += kDotRows) dot_rows<T, kDotRows>(y + i, a + i * a_row, a_row, x, k);
  for (; i < n; ++i) dot_rows<T, 1>(y + i, a + i * a_row, a_row, x, k);
}

/// y (columns) = A^T x for at most `vectors` vectors of columns, the rows of A in order.
template <class T, int vectors>
static void sum_strip(T* y, const T* a, std::int64_t a_row, const T* x, std::int64_t k, std::int64_t columns) {
  constexpr std::int64_t last = (vectors - 1) * kLanes<T>;
  V<T> sum[vectors]{};
  for (std::int64_t l = 0; l < k; ++l, a += a_row) {
    const V<T> factor = spread(x + l);
    DOLAB_UNROLL
    for (int v = 0; v + 1 < vectors; ++v) sum[v] = mul_add(load(a + v * kLanes<T>), factor, sum[v]);
    sum[vectors - 1] = mul_add(load_some(a + last, columns - last), factor, sum[vectors - 1]);
  }
  DOLAB_UNROLL
  for (int v = 0; v + 1 < vectors; ++v) store(y + v * kLanes<T>, sum[v]);
  store_some(y + last, sum[vectors - 1], columns - last);
}
template <class T, int vectors = kSumVectors>
static inline void sum_strips(T* y, const T* a, std::int64_t a_row, const T* x, std::int64_t k, std::int64_t columns) {
  if constexpr (vectors > 1) {
    if (columns <= (vectors - 1) * kLanes<T>) return sum_strips<T, vectors - 1>(y, a, a_row, x, k, columns);
  }
  sum_strip<T, vectors>(y, a, a_row, x, k, columns);
}
/// y += A^T x for kSumRows rows of a wide A.
template <class T>
static void sum_rows(T* y, const T* a, std::int64_t a_row, const T* x, std::int64_t columns) {
  V<T> factor[kSumRows];
  DOLAB_UNROLL
  for (int r = 0; r < kSumRows; ++r) factor[r] = spread(x + r);
  const auto sum_at = [&](V<T> sum, std::int64_t j, auto read) {
    DOLAB_UNROLL
    for (int r = 0; r < kSumRows; ++r) sum = mul_add(read(a + r * a_row + j), factor[r], sum);
    return sum;
  };
  std::int64_t j = 0;
  for (; j + kLanes<T> <= columns; j += kLanes<T>)
    store(y + j, sum_at(load(y + j), j, [](const T* p) { return load(p); }));
  if (const std::int64_t rest = columns - j; rest > 0)
    store_first(y + j, sum_at(load_first(y + j, rest), j, [rest](const T* p) { return load_first(p, rest); }), rest);
}
/// y (n) = A^T x, A (k, n) by rows: every element adds its rows in order.
template <class T>
static void transposed_matrix_vector(T* y, const T* a, std::int64_t a_row, const T* x, std::int64_t n, std::int64_t k) {
  if (n < 1) return;
  if (n <= kSumVectors * kLanes<T>) return sum_strips<T>(y, a, a_row, x, k, n);
  for (std::int64_t j = 0; j < n; ++j) y[j] = T(0);
  std::int64_t l = 0;
  for (; l + kSumRows <= k; l += kSumRows) sum_rows(y, a + l * a_row, a_row, x + l, n);
  for (; l < k; ++l) {
    std::int64_t j = 0;
    const V<T> factor = spread(x + l);
    for (; j + kLanes<T> <= n; j += kLanes<T>) store(y + j, mul_add(load(a + l * a_row + j), factor, load(y + j)));
    if (j < n)
      store_first(y + j, mul_add(load_first(a + l * a_row + j, n - j), factor, load_first(y + j, n - j)), n - j);
  }
}

template <class T>
static void multiply_kernel(T* c, const T* a, const T* b, ProductShape s) noexcept {
  const bool a_by_rows = !s.a_transposed || s.n == 1, b_by_rows = !s.b_transposed || s.m == 1;
  if (s.m == 1 && a_by_rows) return matrix_vector(c, a, s.k, b, s.n, s.k);
  if (s.m == 1) return transposed_matrix_vector(c, a, s.n, b, s.n, s.k);
  if (s.n == 1 && b_by_rows) return transposed_matrix_vector(c, b, s.m, a, s.m, s.k);
  if (s.n == 1) return matrix_vector(c, b, s.k, a, s.m, s.k);
  const View<T> left = a_by_rows ? View<T>{a, s.k, 1} : View<T>{a, 1, s.n};
  const View<T> right = b_by_rows ? View<T>{b, s.m, 1} : View<T>{b, 1, s.k};
  product(c, s.m, left, right, {s.n, s.k, s.m}, false);
}

}  // namespace linear
