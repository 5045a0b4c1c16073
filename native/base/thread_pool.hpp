// Workers for chains, data shards and draws. Work is cut by the problem, never by the number of threads,
// so that results do not depend on it.
#pragma once

#include <functional>

namespace dolab {

/// A fixed set of workers. `run` executes task(i) for i in [0, count) and returns when all are done; the
/// caller works too. Tasks must not throw out of noexcept kernels; an exception from any task is rethrown once.
/// Nested `run` calls from inside a task execute serially on the calling thread.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const noexcept { return threads_; }
  void run(int count, const std::function<void(int)>& task);

 private:
  struct State;
  State* state_;
  int threads_;
};

/// Number of hardware threads, at least 1.
int hardware_threads() noexcept;

}  // namespace dolab
