// Cholesky factors and triangular solves. Both subtract products from an element in the order of k, however the
// matrix is cut, and multiply by the reciprocal of the pivot.
namespace linear {

static constexpr std::int64_t kFactorBlock = 64;
static constexpr std::int64_t kFewRows = 16;
static constexpr std::int64_t kVectorBlock = 16;  // of a solve with one right-hand side
template <class T>
static constexpr T kNotANumber = static_cast<T>(__builtin_nan(""));

static inline double root(double x) { return __builtin_sqrt(x); }
static inline float root(float x) { return __builtin_sqrtf(x); }
static inline std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }

// ---- triangular solve ---------------------------------------------------------------------------------------------
/// Element (i, j) of X at p + i row + j; row may be negative.
template <class T>
struct Rows {
  T* p;
  std::int64_t row;
};

/// L X = B in place for at most kFactorBlock rows of X and one strip of columns, through a padded copy.
template <class T>
static void solve_strip(const View<T>& l, const Rows<T>& x, std::int64_t n, std::int64_t columns, const T* reciprocal) {
  constexpr std::int64_t width = kTileVectors * kLanes<T>;
  alignas(64) T copy[kFactorBlock * width];
  const std::int64_t vectors = (columns + kLanes<T> - 1) / kLanes<T>;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t v = 0; v < vectors; ++v)
      store(copy + i * width + v * kLanes<T>, load_some(x.p + i * x.row + v * kLanes<T>, columns - v * kLanes<T>));
  }
  TileTask<T> task{};
  task.a_row = l.row;
  task.a_step = l.column;
  task.b = copy;
  task.b_step = task.c_row = width;
  task.columns = vectors * kLanes<T>;
  task.start = Start::subtract;
  for (std::int64_t first = 0; first < n; first += kTileRows) {
    const std::int64_t rows = smaller(kTileRows, n - first);
    task.k = first;
    task.a = l.at(first, 0).p;
    task.c = copy + first * width;
    if (first > 0) run_tile(task, rows, vectors);
    for (std::int64_t i = first; i < first + rows; ++i) {
      const V<T> factor = spread(reciprocal + i);
      const T* left = l.at(i, first).p;
      for (std::int64_t v = 0; v < vectors; ++v) {
        const T* above = copy + first * width + v * kLanes<T>;
        V<T> sum = V<T>{} - load(copy + i * width + v * kLanes<T>);
        for (std::int64_t k = 0; k < i - first; ++k)
          sum = mul_add(spread(left + k * l.column), load(above + k * width), sum);
        const V<T> solved = (V<T>{} - sum) * factor;
        store(copy + i * width + v * kLanes<T>, solved);
        store_some(x.p + i * x.row + v * kLanes<T>, solved, columns - v * kLanes<T>);
      }
    }
  }
}
/// L X = B in place, L (n, n), X (n, m).
template <class T>
static void solve_rows(const View<T>& l, const Rows<T>& x, std::int64_t n, std::int64_t m) {
  constexpr std::int64_t width = kTileVectors * kLanes<T>;
  T reciprocal[kFactorBlock];
  for (std::int64_t first = 0; first < n; first += kFactorBlock) {
    const std::int64_t rows = smaller(kFactorBlock, n - first);
    T* block = x.p + first * x.row;
    if (first > 0) product(block, x.row, l.at(first, 0), View<T>{x.p, x.row, 1}, {rows, first, m}, true);
    for (std::int64_t i = 0; i < rows; ++i) reciprocal[i] = T(1) / *l.at(first + i, first + i).p;
    for (std::int64_t j = 0; j < m; j += width)
      solve_strip(l.at(first, first), {block + j, x.row}, rows, smaller(width, m - j), reciprocal);
  }
}
/// One right-hand side: blocks of kVectorBlock unknowns, before each a product of the matrix with what is known.
template <class T>
static void solve_vector(T* x, const T* l, std::int64_t n, bool transposed) {
  T known[kVectorBlock];
  const std::int64_t blocks = (n + kVectorBlock - 1) / kVectorBlock;
  for (std::int64_t b = 0; b < blocks; ++b) {
    const std::int64_t first = (transposed ? blocks - 1 - b : b) * kVectorBlock;
    const std::int64_t rows = smaller(kVectorBlock, n - first), after = first + rows;
    if (b > 0) {
      if (transposed) {
        transposed_matrix_vector(known, l + after * n + first, n, x + after, rows, n - after);
      } else {
        matrix_vector(known, l + first * n, n, x, rows, first);
      }
      for (std::int64_t i = 0; i < rows; ++i) x[first + i] -= known[i];
    }
    for (std::int64_t step = 0; step < rows; ++step) {
      const std::int64_t i = transposed ? after - 1 - step : first + step;
      x[i] *= T(1) / l[i * n + i];
      if (transposed) {
        for (std::int64_t k = first; k < i; ++k) x[k] -= l[i * n + k] * x[i];
      } else {
        for (std::int64_t k = i + 1; k < after; ++k) x[k] -= l[k * n + i] * x[i];
      }
    }
  }
}

template <class T>
static void tri_solve_kernel(T* x, const T* l, const T* b, SolveShape s) noexcept {
  if (s.n < 1 || s.m < 1) return;
  if (x != b) __builtin_memcpy(x, b, static_cast<std::size_t>(s.n * s.m) * sizeof(T));
  if (s.m == 1) return solve_vector(x, l, s.n, s.transposed);
  if (!s.transposed) return solve_rows(View<T>{l, s.n, 1}, Rows<T>{x, s.m}, s.n, s.m);
  // L^T with rows and columns in reverse is lower triangular again.
  solve_rows(View<T>{l + (s.n - 1) * (s.n + 1), -1, -s.n}, Rows<T>{x + (s.n - 1) * s.m, -s.m}, s.n, s.m);
}

// ---- Cholesky -----------------------------------------------------------------------------------------------------
/// U with U^T U = A, both in the upper triangle of u (row length `row`, of which whole vectors may be written), for
/// n <= kFactorBlock. False if a pivot is not positive; U is complete all the same.
template <class T>
static bool factor_block(T* u, std::int64_t row, std::int64_t n) {
  constexpr std::int64_t width = kTileVectors * kLanes<T>;
  bool ok = true;
  TileTask<T> task{};
  task.a_row = 1;
  task.a_step = task.b_step = task.c_row = row;
  task.start = Start::subtract;
  for (std::int64_t first = 0; first < n; first += kTileRows) {
    const std::int64_t rows = smaller(kTileRows, n - first), start = first / kLanes<T> * kLanes<T>;
    const std::int64_t end = (n + kLanes<T> - 1) / kLanes<T> * kLanes<T>;
    for (std::int64_t j = start; j < end && first > 0; j += width) {
      task.a = u + first;
      task.b = u + j;
      task.k = first;
      task.c = u + first * row + j;
      task.columns = smaller(width, end - j);
      run_tile(task, rows, task.columns / kLanes<T>);
    }
    for (std::int64_t i = first; i < first + rows; ++i) {
      T* pivot_row = u + i * row;
      const T pivot = root(pivot_row[i]);
      ok = ok && pivot_row[i] > T(0);
      const T reciprocal = T(1) / pivot;
      const V<T> factor = spread(&reciprocal);
      for (std::int64_t j = start; j < end; j += kLanes<T>) {
        const V<T> scaled = load(pivot_row + j) * factor;
        store(pivot_row + j, scaled);
      }
      pivot_row[i] = pivot;
      for (std::int64_t k = i + 1; k < first + rows; ++k) {
        const V<T> left = V<T>{} - spread(pivot_row + k);
        for (std::int64_t j = start; j < end; j += kLanes<T>)
          store(u + k * row + j, mul_add(left, load(pivot_row + j), load(u + k * row + j)));
      }
    }
  }
  return ok;
}
/// u(i, j) = (a(i, j) + a(j, i)) / 2 for i <= j; never -0.
template <class T>
static void symmetrise(T* u, std::int64_t row, const T* a, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    u[i * row + i] = a[i * n + i] + T(0);
    for (std::int64_t j = i + 1; j < n; ++j) u[i * row + j] = (a[i * n + j] + a[j * n + i]) * T(0.5) + T(0);
  }
}
/// The upper triangle of u, turned, into l; zero above it. u and l may be the same with row == n.
template <class T>
static void write_lower(T* l, const T* u, std::int64_t row, std::int64_t n, bool ok) {
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j <= i; ++j) l[i * n + j] = ok ? u[j * row + i] : kNotANumber<T>;
  }
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = i + 1; j < n; ++j) l[i * n + j] = T(0);
  }
}
/// Column by column for a few rows, where vectors do not pay; l may be a.
template <class T>
static bool factor_few(T* l, const T* a, std::int64_t n) {
  bool ok = true;
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t i = 0; i < j; ++i) l[i * n + j] = T(0);
    T pivot = a[j * n + j];
    for (std::int64_t k = 0; k < j; ++k) pivot -= l[j * n + k] * l[j * n + k];
    ok = ok && pivot > T(0);
    pivot = root(pivot);
    l[j * n + j] = pivot;
    for (std::int64_t i = j + 1; i < n; ++i) {
      T x = (a[i * n + j] + a[j * n + i]) * T(0.5);
      for (std::int64_t k = 0; k < j; ++k) x -= l[i * n + k] * l[j * n + k];
      l[i * n + j] = x / pivot;
    }
  }
  return ok;
}
/// A block of rows of U from the rows above it.
template <class T>
static bool factor_rows(T* u, std::int64_t n, std::int64_t first, T* block) {
  const std::int64_t rows = smaller(kFactorBlock, n - first), rest = n - first - rows;
  T* corner = u + first * n + first;
  if (first > 0) product(corner, n, View<T>{u + first, 1, n}, View<T>{u + first, n, 1}, {rows, first, n - first}, true);
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < rows; ++j) block[i * kFactorBlock + j] = j < i ? T(0) : corner[i * n + j];
  }
  const bool ok = factor_block(block, kFactorBlock, rows);
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = i; j < rows; ++j) corner[i * n + j] = block[i * kFactorBlock + j];
  }
  if (ok && rest > 0) solve_rows(View<T>{block, 1, kFactorBlock}, Rows<T>{corner + rows, n}, rows, rest);
  return ok;
}
template <class T>
static void cholesky_kernel(T* l, const T* a, std::int64_t n) noexcept {
  if (n < 1) return;
  if (n <= kFewRows) {
    const bool factored = factor_few(l, a, n);
    for (std::int64_t i = 0; i < n && !factored; ++i) {
      for (std::int64_t j = 0; j <= i; ++j) l[i * n + j] = kNotANumber<T>;
    }
    return;
  }
  alignas(64) T block[kFactorBlock * kFactorBlock];
  bool ok = true;
  if (n <= kFactorBlock) {
    const std::int64_t row = (n + kLanes<T> - 1) / kLanes<T> * kLanes<T>;
    for (std::int64_t i = 0; i < n * row; i += kLanes<T>) store(block + i, V<T>{});
    symmetrise(block, row, a, n);
    ok = factor_block(block, row, n);
    return write_lower(l, block, row, n, ok);
  }
  symmetrise(l, n, a, n);
  for (std::int64_t first = 0; first < n && ok; first += kFactorBlock) ok = factor_rows(l, n, first, block);
  write_lower(l, l, n, n, ok);
}

}  // namespace linear
