// The inner kernel of dense products: a tile of C held in registers while k runs in order. Every element is one
// accumulator over k, so that the bits do not depend on the tile's shape or on how k is cut into pieces.
namespace linear {

static constexpr bool kManyRegisters = kVectorBytes == 64;
static constexpr int kTileRows = kManyRegisters ? 8 : 6;
static constexpr int kTileVectors = kManyRegisters ? 3 : 2;

enum class Start : std::uint8_t { zero, resume, subtract };  ///< C = A B, C = C + A B, C = C - A B

/// C (rows, columns) from A (rows, k) and B (k, vectors * kLanes); element (r, l) of A at a + r a_row + l a_step.
template <class T>
struct TileTask {
  const T* a;
  std::int64_t a_row, a_step;
  const T* b;
  std::int64_t b_step;
  std::int64_t k;
  T* c;
  std::int64_t c_row, columns;
  Start start;
};

/// `packed`: a_row is 1. Subtraction runs on 0 - C and ends with 0 - sum, hence never leaves -0.
template <class T, int rows, int vectors, bool packed>
static void tile(const TileTask<T>& t) {
  V<T> sum[rows][vectors];
  if (t.start == Start::zero) {
    DOLAB_UNROLL
    for (int r = 0; r < rows; ++r) {
      DOLAB_UNROLL
      for (int v = 0; v < vectors; ++v) sum[r][v] = V<T>{};
    }
  } else {
    DOLAB_UNROLL
    for (int r = 0; r < rows; ++r) {
      DOLAB_UNROLL
      for (int v = 0; v < vectors; ++v) {
        const V<T> c = load_some(t.c + r * t.c_row + v * kLanes<T>, t.columns - v * kLanes<T>);
        sum[r][v] = t.start == Start::resume ? c : V<T>{} - c;
      }
    }
  }
  const T* row[packed ? 1 : rows];
  DOLAB_UNROLL
  for (int r = 0; r < (packed ? 1 : rows); ++r) row[r] = t.a + r * t.a_row;
  const T* b = t.b;
  std::int64_t at = 0;
  for (std::int64_t l = t.k; l > 0; --l, at += t.a_step, b += t.b_step) {
    V<T> right[vectors];
    DOLAB_UNROLL
    for (int v = 0; v < vectors; ++v) right[v] = load(b + v * kLanes<T>);
    DOLAB_UNROLL
    for (int r = 0; r < rows; ++r) {
      const V<T> left = spread(packed ? row[0] + at + r : row[packed ? 0 : r] + at);
      DOLAB_UNROLL
      for (int v = 0; v < vectors; ++v) sum[r][v] = mul_add(left, right[v], sum[r][v]);
    }
  }
  DOLAB_UNROLL
  for (int r = 0; r < rows; ++r) {
    DOLAB_UNROLL
    for (int v = 0; v < vectors; ++v) {
      const V<T> x = t.start == Start::subtract ? V<T>{} - sum[r][v] : sum[r][v];
      store_some(t.c + r * t.c_row + v * kLanes<T>, x, t.columns - v * kLanes<T>);
    }
  }
}

template <class T>
struct TileTable {
  using Kernel = void (*)(const TileTask<T>&);
  Kernel kernel[2][kTileRows][kTileVectors];

  template <int rows, int vectors>
  constexpr void fill() {
    kernel[0][rows - 1][vectors - 1] = &tile<T, rows, vectors, false>;
    kernel[1][rows - 1][vectors - 1] = &tile<T, rows, vectors, true>;
    if constexpr (vectors > 1) {
      fill<rows, vectors - 1>();
    } else if constexpr (rows > 1) {
      fill<rows - 1, kTileVectors>();
    }
  }
  constexpr TileTable() : kernel{} { fill<kTileRows, kTileVectors>(); }
};
template <class T>
static constexpr TileTable<T> kTiles{};

template <class T>
static inline void run_tile(const TileTask<T>& task, std::int64_t rows, std::int64_t vectors) {
  kTiles<T>.kernel[task.a_row == 1 ? 1 : 0][rows - 1][vectors - 1](task);
}

/// Cuts [0, count) into the fewest parts of at most `most`, their lengths as even as can be.
struct Cut {
  std::int64_t parts, base, longer;
  Cut(std::int64_t count, std::int64_t most) : parts(1), base(count), longer(0) {
    if (count <= most) return;  // most products are small: no division
    parts = (count + most - 1) / most;
    base = count / parts;
    longer = count - base * parts;
  }
  std::int64_t length(std::int64_t part) const { return base + (part < longer ? 1 : 0); }
};

}  // namespace linear
