#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <vector>

#include "base/thread_pool.hpp"

using dolab::ThreadPool;

TEST_CASE("every task runs once, whatever the number of workers") {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    for (int round = 0; round < 2000; ++round) {
      const int count = round % 17;
      std::vector<std::atomic<int>> hits(static_cast<std::size_t>(count));
      pool.run(count, [&](int i) { ++hits[static_cast<std::size_t>(i)]; });
      for (const auto& hit : hits) REQUIRE(hit == 1);
    }
  }
}

TEST_CASE("a nested run is serial, an exception reaches the caller") {
  ThreadPool pool(2);
  std::atomic<int> sum{0};
  pool.run(4, [&](int i) { pool.run(3, [&](int j) { sum += 10 * i + j; }); });
  CHECK(sum == 3 * (0 + 10 + 20 + 30) + 4 * 3);
  CHECK_THROWS_AS(pool.run(5,
                           [](int i) {
                             if (i == 3) throw std::runtime_error("task");
                           }),
                  std::runtime_error);
  pool.run(2, [&](int) { ++sum; });
  CHECK(sum == 194);
}
