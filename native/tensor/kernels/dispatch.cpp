// Chooses a kernel set once, from what the processor has and DOLAB_ISA asks for.
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "tensor/kernels/kernel_tables.hpp"

namespace dolab::tensor {
namespace {

constexpr int kMaxSets = 4;

struct Available {
  KernelTables tables[kMaxSets];
  int count = 0;
  void add(KernelTables t) noexcept { tables[count++] = t; }
};

/// Best first.
Available detect(Flavour flavour) noexcept {
  Available found;
  [[maybe_unused]] const bool fast = flavour == Flavour::fast;
#if defined(__wasm_simd128__)
  found.add(kernel_tables_wasm());
#elif defined(__x86_64__) || defined(_M_X64)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
  if (avx512) found.add(fast ? kernel_tables_avx512_fast() : kernel_tables_avx512_strict());
  if (avx2) found.add(fast ? kernel_tables_avx2_fast() : kernel_tables_avx2_strict());
  if (__builtin_cpu_supports("sse4.2")) found.add(kernel_tables_sse42());
  found.add(kernel_tables_generic());
#else
  found.add(kernel_tables_generic());
#endif
  return found;
}

/// The first set not above the one that DOLAB_ISA names.
KernelTables choose(Flavour flavour) noexcept {
  const Available found = detect(flavour);
  const char* wanted = std::getenv("DOLAB_ISA");
  if (wanted != nullptr) {
    for (int i = 0; i < found.count; ++i) {
      if (std::strcmp(found.tables[i].f64->name, wanted) == 0) return found.tables[i];
    }
  }
  return found.tables[0];
}

const KernelTables& chosen(Flavour flavour) noexcept {
  static const KernelTables fast = choose(Flavour::fast);
  static const KernelTables strict = choose(Flavour::strict);
  return flavour == Flavour::fast ? fast : strict;
}

template <class T>
const KernelSet<T>* pick(const KernelTables& tables) noexcept {
  if constexpr (sizeof(T) == sizeof(double)) {
    return tables.f64;
  } else {
    return tables.f32;
  }
}

template <class T>
std::vector<const KernelSet<T>*> list(Flavour flavour) {
  const Available found = detect(flavour);
  std::vector<const KernelSet<T>*> sets;
  for (int i = 0; i < found.count; ++i) sets.push_back(pick<T>(found.tables[i]));
  return sets;
}

}  // namespace

void* linear_scratch() noexcept {
  constexpr std::align_val_t alignment{64};
  struct Free {
    void operator()(void* p) const noexcept { ::operator delete(p, alignment); }
  };
  thread_local const std::unique_ptr<void, Free> scratch(
      ::operator new(static_cast<std::size_t>(kLinearScratchBytes), alignment, std::nothrow));
  return scratch.get();
}

template <>
const KernelSet<double>& kernel_set<double>(Flavour flavour) noexcept {
  return *chosen(flavour).f64;
}
template <>
const KernelSet<float>& kernel_set<float>(Flavour flavour) noexcept {
  return *chosen(flavour).f32;
}
template <>
std::vector<const KernelSet<double>*> available_kernel_sets<double>(Flavour flavour) {
  return list<double>(flavour);
}
template <>
std::vector<const KernelSet<float>*> available_kernel_sets<float>(Flavour flavour) {
  return list<float>(flavour);
}

}  // namespace dolab::tensor
