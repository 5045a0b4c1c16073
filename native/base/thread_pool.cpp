#include "base/thread_pool.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace dolab {

namespace {

constexpr int kSpins = 2000;  // about 20 us: longer spinning hurts when threads outnumber cores
thread_local bool inside_task = false;

/// WebAssembly without shared memory has no threads: there the caller does all the work.
int possible_threads([[maybe_unused]] int asked) noexcept {
#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
  return 1;
#else
  return asked < 1 ? 1 : asked;
#endif
}

inline void pause_cpu() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

/// Tasks are claimed from one word: the number of the run in the upper half, the next task in the lower. A run closes
/// the word before it changes what the word speaks of, so that a worker that wakes late claims nothing, and nobody
/// waits for it: a run ends when its tasks are done.
struct ThreadPool::State {
  static constexpr std::uint64_t kClosed = 0xffffffff;

  std::mutex mutex;
  std::condition_variable wake;
  std::atomic<std::uint64_t> word{kClosed};
  std::atomic<int> done{0};
  std::atomic<int> count{0};
  std::atomic<const std::function<void(int)>*> task{nullptr};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  std::atomic<bool> stop{false};
  std::vector<std::thread> workers;

  void work() {
    inside_task = true;
    for (;;) {
      std::uint64_t seen = word.load(std::memory_order_acquire);
      const std::uint64_t index = seen & kClosed;
      const auto* current = task.load(std::memory_order_relaxed);
      if (index >= static_cast<std::uint64_t>(count.load(std::memory_order_relaxed))) break;
      if (!word.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel)) continue;
      try {
        (*current)(static_cast<int>(index));
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (!failure) failure = std::current_exception();
      }
      done.fetch_add(1, std::memory_order_acq_rel);
    }
    inside_task = false;
  }

  bool idle(std::uint64_t run) const { return word.load(std::memory_order_acquire) >> 32 == run; }

  void loop() {
    std::uint64_t run = 0;
    for (;;) {
      for (int spin = 0; spin < kSpins && idle(run) && !stop; ++spin) pause_cpu();
      if (idle(run)) {
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return stop || !idle(run); });
      }
      if (stop) return;
      run = word.load(std::memory_order_acquire) >> 32;
      work();
    }
  }
};

ThreadPool::ThreadPool(int threads) : state_(new State), threads_(possible_threads(threads)) {
  for (int i = 1; i < threads_; ++i) state_->workers.emplace_back([this] { state_->loop(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stop = true;
  }
  state_->wake.notify_all();
  for (auto& worker : state_->workers) worker.join();
  delete state_;
}

void ThreadPool::run(int count, const std::function<void(int)>& task) {
  if (threads_ == 1 || count <= 1 || inside_task) {
    for (int i = 0; i < count; ++i) task(i);
    return;
  }
  State& s = *state_;
  const std::uint64_t next = ((s.word.load(std::memory_order_relaxed) >> 32) + 1) & State::kClosed;
  s.word.store(s.word.load(std::memory_order_relaxed) | State::kClosed, std::memory_order_seq_cst);
  s.count.store(count, std::memory_order_seq_cst);
  s.task.store(&task, std::memory_order_seq_cst);
  s.done.store(0, std::memory_order_seq_cst);
  s.failure = nullptr;
  {
    const std::lock_guard lock(s.mutex);  // a worker that is about to sleep sees the new run
    s.word.store(next << 32, std::memory_order_seq_cst);
  }
  s.wake.notify_all();
  s.work();
  for (int spin = 0; s.done.load(std::memory_order_acquire) != count; ++spin) {
    if (spin < kSpins)
      pause_cpu();
    else
      std::this_thread::yield();
  }
  if (s.failure) std::rethrow_exception(s.failure);
}

int hardware_threads() noexcept {
  const unsigned n = std::thread::hardware_concurrency();
  return n == 0 ? 1 : static_cast<int>(n);
}

}  // namespace dolab
