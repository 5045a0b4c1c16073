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

inline void pause_cpu() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

struct ThreadPool::State {
  std::mutex mutex;
  std::condition_variable wake;
  std::atomic<std::uint64_t> epoch{0};
  std::atomic<int> next{0};
  std::atomic<int> active{0};
  int count = 0;
  const std::function<void(int)>* task = nullptr;
  std::exception_ptr failure;
  std::mutex failure_mutex;
  std::atomic<bool> stop{false};
  std::vector<std::thread> workers;

  void work() {
    inside_task = true;
    for (int i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
      try {
        (*task)(i);
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (!failure) failure = std::current_exception();
      }
    }
    inside_task = false;
  }

  void loop() {
    std::uint64_t seen = 0;
    for (;;) {
      for (int spin = 0; spin < kSpins && epoch.load(std::memory_order_acquire) == seen && !stop; ++spin) pause_cpu();
      if (epoch.load(std::memory_order_acquire) == seen) {
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return stop || epoch.load() != seen; });
      }
      if (stop) return;
      seen = epoch.load(std::memory_order_acquire);
      work();
      active.fetch_sub(1, std::memory_order_acq_rel);
    }
  }
};

ThreadPool::ThreadPool(int threads) : state_(new State), threads_(threads < 1 ? 1 : threads) {
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
  {
    const std::lock_guard lock(s.mutex);
    s.count = count;
    s.task = &task;
    s.failure = nullptr;
    s.next.store(0);
    s.active.store(threads_ - 1);
    s.epoch.fetch_add(1, std::memory_order_release);
  }
  s.wake.notify_all();
  s.work();
  while (s.active.load(std::memory_order_acquire) != 0) pause_cpu();
  if (s.failure) std::rethrow_exception(s.failure);
}

int hardware_threads() noexcept {
  const unsigned n = std::thread::hardware_concurrency();
  return n == 0 ? 1 : static_cast<int>(n);
}

}  // namespace dolab
