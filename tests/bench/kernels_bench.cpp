// ns per element of every kernel on every instruction set, beside what the machine can do; JSON on standard output.
// Usage: kernels_bench [part of a kernel's name [instruction set]]; with a set, only its strict flavour. Each number is
// the minimum over many windows of about 2 ms. Dense linear algebra is in ns per call. On the machine's best set it
// stands beside Eigen compiled for all that the machine has, as do exp, log and sigmoid: "eigen_ns", and "ratio",
// Eigen's time over ours.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "eigen_native.hpp"
#include "tensor/execute.hpp"
#include "tensor/kernels/kernels.hpp"

namespace {

using namespace dolab;
using namespace dolab::tensor;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// Seconds per call, minimum over `windows` windows.
template <class F>
double time_call(F call, int windows = 12) {
  double best = 1e9;
  std::int64_t repeats = 1;
  for (int window = 0; window < windows;) {
    const double start = now();
    for (std::int64_t i = 0; i < repeats; ++i) call();
    const double elapsed = now() - start;
    if (elapsed < 1e-3 && repeats < (std::int64_t{1} << 40)) {
      repeats *= 2;
      continue;
    }
    best = std::min(best, elapsed / static_cast<double>(repeats));
    ++window;
  }
  return best;
}

struct Domain {
  const char* name;
  double low;
  double high;
};
constexpr Domain kUnary[kUnaryCount] = {
    {"copy", -1, 1},        {"negate", -1, 1},      {"abs", -1, 1},      {"sign", -1, 1},     {"square", -1, 1},
    {"sqrt", 0, 4},         {"reciprocal", 1, 4},   {"exp", -10, 10},    {"expm1", -2, 2},    {"log", 0.01, 10},
    {"log1p", -0.9, 10},    {"sin", -10, 10},       {"cos", -10, 10},    {"tan", -10, 10},    {"arcsin", -1, 1},
    {"arccos", -1, 1},      {"arctan", -4, 4},      {"sinh", -3, 3},     {"cosh", -3, 3},     {"tanh", -3, 3},
    {"sigmoid", -8, 8},     {"log_sigmoid", -8, 8}, {"softplus", -8, 8}, {"erf", -3, 3},      {"erfc", -3, 3},
    {"erfinv", -1, 1},      {"ndtri", 0, 1},        {"log_ndtr", -4, 4}, {"lgamma", 0.1, 20}, {"digamma", 0.1, 20},
    {"trigamma", 0.1, 20},  {"floor", -9, 9},       {"ceil", -9, 9},     {"round", -9, 9},    {"log1mexp", 0.01, 5},
    {"logical_not", -1, 1}, {"is_nan", -1, 1},      {"is_finite", -1, 1}};
constexpr const char* kBinary[kBinaryCount] = {"add",        "subtract",    "multiply",     "divide",     "power",
                                               "arctan2",    "modulo",      "floor_divide", "minimum",    "maximum",
                                               "equal",      "not_equal",   "less",         "less_equal", "logical_and",
                                               "logical_or", "logical_xor", "logaddexp",    "xlogy",      "xlog1py"};

const char* filter = "";
bool with_peer = true;  // beside Eigen on the best set
bool first_line = true;

void report(const char* isa, const char* flavour, const char* type, const std::string& kernel, double ns,
            double eigen_ns = 0) {
  std::printf("%s\n  {\"isa\": \"%s\", \"flavour\": \"%s\", \"type\": \"%s\", \"kernel\": \"%s\", \"ns\": %.4f",
              first_line ? "" : ",", isa, flavour, type, kernel.c_str(), ns);
  if (eigen_ns > 0) std::printf(", \"eigen_ns\": %.4f, \"ratio\": %.2f", eigen_ns, eigen_ns / ns);
  std::printf("}");
  first_line = false;
}

template <class T>
void bench_set(const KernelSet<T>& set, const char* flavour) {
  constexpr std::int64_t n = kBlockSize;
  const char* type = sizeof(T) == 8 ? "f64" : "f32";
  alignas(64) static T a[n], b[n], c[n], d[n], e[n];
  alignas(64) static T panel[50 * kPanelRows];
  alignas(64) static double gradient[50];
  const auto fill = [&](T* p, double low, double high) {
    set.uniform(p, 7, {0, 0, static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(p)), 1}, true, n);
    for (std::int64_t i = 0; i < n; ++i) p[i] = static_cast<T>(low + (high - low) * static_cast<double>(p[i]));
  };
  const auto line = [&](const std::string& kernel, double elements, const std::function<void()>& call) {
    if (kernel.find(filter) == std::string::npos) return;
    report(set.name, flavour, type, kernel, time_call(call) / elements * 1e9);
  };
  const bool best = with_peer && &set == &kernel_set<T>(Flavour::fast);
  const auto eigen_function = [](int op) -> std::optional<eigen_native::Function> {
    if (op == static_cast<int>(Unary::exp)) return eigen_native::Function::exp;
    if (op == static_cast<int>(Unary::log)) return eigen_native::Function::log;
    if (op == static_cast<int>(Unary::sigmoid)) return eigen_native::Function::sigmoid;
    return std::nullopt;
  };
  for (int op = 0; op < kUnaryCount; ++op) {
    const std::string kernel = kUnary[op].name;
    if (kernel.find(filter) == std::string::npos) continue;
    fill(a, kUnary[op].low, kUnary[op].high);
    const double ns = time_call([&] { set.unary[op](d, a, n); }) / n * 1e9;
    const auto peer = best ? eigen_function(op) : std::nullopt;
    report(set.name, flavour, type, kernel, ns,
           peer ? time_call([&] { eigen_native::elementwise(*peer, d, a, n); }) / n * 1e9 : 0);
  }
  fill(a, 0.5, 2);
  fill(b, 0.5, 2);
  fill(c, -1, 1);
  for (int op = 0; op < kBinaryCount; ++op) line(kBinary[op], n, [&] { set.binary_vv[op](d, a, b, n); });
  line("multiply_vs", n, [&] { set.binary_vs[static_cast<int>(Binary::multiply)](d, a, b, n); });
  line("select", n, [&] { set.select[0](d, c, a, b, n); });
  line("multiply_add", n, [&] { set.multiply_add[0](d, a, b, c, n); });
  line("fill", n, [&] { set.fill(d, T(1), n); });
  const char* reductions[] = {"reduce_sum", "reduce_max", "reduce_min", "reduce_prod"};
  [[maybe_unused]] volatile double sink = 0;
  for (int op = 0; op < kReductionCount; ++op) line(reductions[op], n, [&] { sink = set.reduce[op](a, n); });
  line("dot", n, [&] { sink = set.dot(a, b, n); });
  std::int32_t index[n];
  for (std::int32_t i = 0; i < n; ++i) index[i] = i * 37 % n;
  line("gather", n, [&] { set.gather(d, a, index, n); });
  line("uniform", n, [&] { set.uniform(d, 1, {}, true, n); });
  line("normal", n, [&] { set.normal(d, 1, {}, true, n); });
  set.fill(e, T(1), n);
  fill(c, -1, 1);
  line("adam", n, [&] { set.adam(d, c, e, a, {T(1e-3), T(0.9), T(0.999), T(1e-8), T(1), T(1)}, n); });
  for (const int tiny : {1, 4, 8}) {
    const std::string suffix = "_call_n" + std::to_string(tiny);  // ns per call, each depending on the one before
    const double per_call = 1;
    fill(d, 0.5, 1);
    line("add" + suffix, per_call, [&] { set.binary_vv[0](d, d, c, tiny); });
    line("exp" + suffix, per_call, [&] { set.unary[static_cast<int>(Unary::exp)](e, a, tiny); });
    line("reduce_sum" + suffix, per_call, [&] { sink = set.reduce[0](a, tiny); });
  }
  // N = 1e5, P = 50 as one pass over panels, as the GLM kernel does it.
  constexpr std::int64_t panels = 391;
  std::vector<T> x(panels * 50 * kPanelRows);
  for (std::size_t i = 0; i < x.size(); i += n)
    set.normal(x.data() + i, 3, {0, static_cast<std::uint32_t>(i), 0, 0}, true, n);
  std::copy(x.begin(), x.begin() + 50 * kPanelRows, panel);
  line("panel_dot_50_in_cache", 50 * n, [&] { set.panel_dot(d, panel, a, 50, n); });
  line("panel_tdot_50_in_cache", 50 * n, [&] { set.panel_tdot(gradient, panel, d, 50, n); });
  line("glm_dot_tdot_1e5_50_ms", 1e6, [&] {
    for (std::int64_t p = 0; p < panels; ++p) {
      set.panel_dot(d, x.data() + p * 50 * kPanelRows, a, 50, n);
      set.panel_tdot(gradient, x.data() + p * 50 * kPanelRows, d, 50, n);
    }
  });
}

/// ns per call of the dense kernels.
template <class T>
void bench_linear(const KernelSet<T>& set, const char* flavour) {
  constexpr std::int64_t most = 1024 * 1024;
  const char* type = sizeof(T) == 8 ? "f64" : "f32";
  const bool best = with_peer && &set == &kernel_set<T>(Flavour::fast);
  std::vector<T> a(most), b(most), c(most), l(most);
  set.uniform(a.data(), 7, {0, 0, 1, 1}, true, most);
  set.uniform(b.data(), 7, {0, 0, 2, 1}, true, most);
  const auto line = [&](const std::string& kernel, const std::function<void()>& ours,
                        const std::function<void()>& eigen) {
    if (kernel.find(filter) == std::string::npos) return;
    const double ns = time_call(ours) * 1e9;
    report(set.name, flavour, type, kernel, ns, best ? time_call(eigen) * 1e9 : 0);
  };
  const std::int64_t products[][3] = {{4, 4, 4},          {11, 11, 11},    {32, 32, 32},
                                      {64, 64, 64},       {256, 256, 256}, {512, 512, 512},
                                      {1024, 1024, 1024}, {2048, 50, 256}, {1000, 128, 128}};
  for (const auto& [n, k, m] : products) {
    line(
        "multiply_" + std::to_string(n) + "x" + std::to_string(k) + "x" + std::to_string(m),
        [&, n = n, k = k, m = m] {
          set.multiply(c.data(), a.data(), b.data(), {n, k, m, false, false});
        },
        [&, n = n, k = k, m = m] { eigen_native::multiply(c.data(), a.data(), b.data(), n, k, m); });
  }
  line(
      "multiply_vector_1024x50",
      [&] {
        set.multiply(c.data(), a.data(), b.data(), {1024, 50, 1, false, false});
      },
      [&] { eigen_native::multiply_vector(c.data(), a.data(), b.data(), 1024, 50, false); });
  line(
      "multiply_vector_1024x50_transposed",
      [&] {
        set.multiply(c.data(), a.data(), b.data(), {50, 1024, 1, true, false});
      },
      [&] { eigen_native::multiply_vector(c.data(), a.data(), b.data(), 1024, 50, true); });
  for (const std::int64_t n : {1, 2, 4, 8, 11, 64, 100, 500}) {
    for (std::int64_t i = 0; i < n * n; ++i)  // diagonally dominant
      c[static_cast<std::size_t>(i)] = i % (n + 1) == 0 ? static_cast<T>(n + 1) : T(0.5);
    std::vector<T> matrix(c.begin(), c.begin() + n * n), x(static_cast<std::size_t>(n * n));
    line(
        "cholesky_" + std::to_string(n), [&] { set.cholesky(l.data(), matrix.data(), n); },
        [&] { eigen_native::cholesky(l.data(), matrix.data(), n); });
    set.cholesky(l.data(), matrix.data(), n);
    for (const std::int64_t m : {std::int64_t{1}, n}) {
      line(
          "tri_solve_" + std::to_string(n) + "x" + std::to_string(m),
          [&] {
            set.tri_solve(x.data(), l.data(), b.data(), {n, m, false});
          },
          [&] { eigen_native::tri_solve(x.data(), l.data(), b.data(), n, m); });
      if (n == 1) break;
    }
  }
}

/// GB/s of reading `bytes` again and again, by the dot kernel of the best set.
double read_bandwidth(std::int64_t bytes) {
  const KernelSet<double>& set = kernel_set<double>(Flavour::fast);
  const std::int64_t count = bytes / 8;
  std::vector<double> data(static_cast<std::size_t>(count), 1.0);
  [[maybe_unused]] volatile double sink = 0;
  double gradient[8] = {};
  std::vector<double> r(kPanelRows, 1.0);
  const double seconds = time_call(
      [&] {
        for (std::int64_t i = 0; i + 8 * kPanelRows <= count; i += 8 * kPanelRows) {
          set.panel_tdot(gradient, data.data() + i, r.data(), 8, kPanelRows);
        }
        sink = gradient[0];
      },
      8);
  return static_cast<double>(bytes) / seconds * 1e-9;
}
/// The same by two threads, each on its half.
double shared_bandwidth(std::int64_t bytes) {
  const KernelSet<double>& set = kernel_set<double>(Flavour::fast);
  const std::int64_t half = bytes / 16;
  const std::vector<double> data(static_cast<std::size_t>(2 * half), 1.0), r(kPanelRows, 1.0);
  ThreadPool pool(2);
  const double seconds = time_call(
      [&] {
        pool.run(2, [&](int thread) {
          double gradient[8] = {};
          const double* own = data.data() + thread * half;
          for (std::int64_t i = 0; i + 8 * kPanelRows <= half; i += 8 * kPanelRows) {
            set.panel_tdot(gradient, own + i, r.data(), 8, kPanelRows);
          }
        });
      },
      8);
  return static_cast<double>(bytes) / seconds * 1e-9;
}

/// Milliseconds of value and gradient of a logistic regression, 100,000 x 50 in float64, by one thread of the engine.
double logistic_gradient_ms() {
  constexpr std::int64_t rows = 100000, columns = 50;
  const KernelSet<double>& set = kernel_set<double>(Flavour::fast);
  Array x(DType::real, {rows, columns}), y(DType::real, {rows});
  set.normal(x.mutable_data(), 3, {}, true, x.size());
  for (std::int64_t i = 0; i < rows; ++i) y.mutable_data()[i] = static_cast<double>(i % 2);
  Graph graph;
  const Tensor w = graph.input({columns}), eta = matmul(graph.constant(x), w);
  const Tensor value = sum(graph.constant(y) * eta - softplus(eta));
  Executor executor(compile(graph, {w}, {value, gradient(value, {w}).front()}));
  const std::vector<double> at(columns, 0.01);
  executor.bind_input(0, at.data());
  return time_call([&] { executor.run(); }) * 1e3;
}

/// GFlop/s of fused multiply-adds on blocks that stay in the first-level cache.
double fma_rate() {
  const KernelSet<double>& set = kernel_set<double>(Flavour::fast);
  std::vector<double> panel(8 * kPanelRows, 1e-3), r(kPanelRows, 1.0);
  double gradient[8] = {};
  const double seconds = time_call([&] { set.panel_tdot(gradient, panel.data(), r.data(), 8, kPanelRows); });
  return 2.0 * 8 * kPanelRows / seconds * 1e-9;
}

/// What the machine can do, as the start of the document.
void report_machine() {
  std::printf(
      "{\"machine\": {\"isa\": \"%s\", \"fma_gflops_from_l1\": %.1f, \"read_gb_s\": {\"l1_16k\": %.1f, "
      "\"l2_1m\": %.1f, \"l3_16m\": %.1f, \"40m\": %.1f, \"dram_512m\": %.1f},\n  \"two_threads_read_gb_s\": {\"4m\": "
      "%.1f, \"400m\": %.1f}},\n \"logistic_gradient_1e5_50_ms\": %.4f,\n \"kernels\": [",
      kernel_set<double>(Flavour::fast).name, fma_rate(), read_bandwidth(1 << 14), read_bandwidth(1 << 20),
      read_bandwidth(1 << 24), read_bandwidth(40'000'000), read_bandwidth(std::int64_t{1} << 29),
      shared_bandwidth(4'000'000), shared_bandwidth(400'000'000), logistic_gradient_ms());
}

template <class T, class Bench>
void every_set(Flavour flavour, const char* isa, const Bench& bench) {
  for (const auto* set : available_kernel_sets<T>(flavour)) {
    if (isa == nullptr || std::strcmp(set->name, isa) == 0) bench(*set, flavour == Flavour::fast ? "fast" : "strict");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) filter = argv[1];
  const char* isa = argc > 2 ? argv[2] : nullptr;
  with_peer = isa == nullptr;
  if (isa == nullptr) {
    report_machine();
  } else {
    std::printf("{\"kernels\": [");
  }
  const auto elementwise = [](const auto& set, const char* flavour) { bench_set(set, flavour); };
  const auto linear = [](const auto& set, const char* flavour) { bench_linear(set, flavour); };
  for (const Flavour flavour : {Flavour::fast, Flavour::strict}) {
    if (isa != nullptr && flavour == Flavour::fast) continue;
    every_set<double>(flavour, isa, elementwise);
    every_set<float>(flavour, isa, elementwise);
    every_set<double>(flavour, isa, linear);
    every_set<float>(flavour, isa, linear);
  }
  std::printf("]}\n");
  return 0;
}
