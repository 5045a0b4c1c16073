// The state of a run as a list of numbers, so that it can be put away and taken up again.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "dolab/error.hpp"

namespace dolab::infer {

/// Passes the parts of a state in one order, in either direction: the code that saves is the code that loads. Every
/// number is a double; whole numbers stay below 2^53. Numbers that do not fit the state are E1007.
class StateStream {
 public:
  /// Saves.
  StateStream() = default;
  /// Loads.
  explicit StateStream(std::vector<double> numbers) : numbers_(std::move(numbers)), loading_(true) {}

  bool loading() const noexcept { return loading_; }

  template <class T>
  void number(T& value) {
    if (!loading_) return numbers_.push_back(static_cast<double>(value));
    value = read<T>();
  }

  /// Numbers of a length that both sides know.
  void block(double* values, std::size_t count) {
    if (!loading_) {
      numbers_.insert(numbers_.end(), values, values + count);
      return;
    }
    require(count <= numbers_.size() - next_);
    std::copy_n(numbers_.begin() + static_cast<std::ptrdiff_t>(next_), count, values);
    next_ += count;
  }

  /// Numbers of any length.
  template <class T>
  void list(std::vector<T>& values) {
    std::size_t size = values.size();
    number(size);
    if (!loading_) {
      numbers_.insert(numbers_.end(), values.begin(), values.end());
      return;
    }
    require(size <= numbers_.size() - next_);
    values.clear();
    values.reserve(size);
    for (std::size_t i = 0; i < size; ++i) values.push_back(read<T>());
  }

  /// What holds in every state that was saved.
  static void require(bool condition) {
    if (!condition) throw Error("E1007", "the saved state does not fit this run, or is damaged");
  }

  std::vector<double> take() {
    require(!loading_ || next_ == numbers_.size());
    return std::move(numbers_);
  }

 private:
  template <class T>
  T read() {
    require(next_ < numbers_.size());
    const double value = numbers_[next_++];
    if constexpr (std::is_integral_v<T>) {
      constexpr double kLargest = std::is_same_v<T, bool> ? 1.0
                                  : sizeof(T) < 4         ? 127.0
                                  : sizeof(T) < 8         ? 2147483647.0
                                                          : 9e15;
      require(value == std::floor(value) && std::fabs(value) <= kLargest && (std::is_signed_v<T> || value >= 0.0));
    }
    return static_cast<T>(value);
  }

  std::vector<double> numbers_;
  std::size_t next_ = 0;
  bool loading_ = false;
};

}  // namespace dolab::infer
