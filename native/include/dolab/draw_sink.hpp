// Where draws go: samplers and predictors write here and never know a file.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "dolab/array.hpp"

namespace dolab {

/// One quantity with a value per chain and draw.
struct DrawVariable {
  std::string group;  // "posterior", "sample_stats", "posterior_predictive", ... (must be open)
  std::string name;   // the site's name
  DType dtype = DType::real;
  Shape shape;                    // of one draw, without chain and draw
  std::vector<std::string> dims;  // a name per axis of `shape`; empty: NAME_dim_0, NAME_dim_1, ...
};

/// A stretch of consecutive draws of one chain.
struct DrawRange {
  std::int64_t chain = 0;
  std::int64_t first = 0;
  std::int64_t count = 0;
};

/// Order of calls: open_group, declare (before the group's first append), append in any order from any thread,
/// close_group. Every (variable, chain, draw) is appended exactly once.
class DrawSink {
 public:
  virtual ~DrawSink() = default;

  virtual void open_group(const std::string& group, std::int64_t chains, std::int64_t draws) = 0;
  /// Returns the handle for `append`. Throws E808 for an unopened group or a name declared twice in it.
  virtual int declare(const DrawVariable& variable) = 0;
  /// `values`: range.count x element_count(shape) numbers, row-major, copied before the call returns.
  /// Thread-safe. Throws E808 for a range outside the group.
  virtual void append(int variable, const DrawRange& range, const double* values) = 0;
  /// Ends the group. `kept` < draws cuts every chain to its first `kept` draws (a cancelled run);
  /// kept == draws is a complete one. Throws E808 if draws below `kept` were never appended.
  virtual void close_group(const std::string& group, std::int64_t kept) = 0;
};

/// Keeps draws in memory, as arrays of shape (chain, draw, ...).
class MemoryDraws : public DrawSink {
 public:
  void open_group(const std::string& group, std::int64_t chains, std::int64_t draws) override;
  int declare(const DrawVariable& variable) override;
  void append(int variable, const DrawRange& range, const double* values) override;
  void close_group(const std::string& group, std::int64_t kept) override;

  std::vector<std::string> groups() const;
  /// Variables of a group in the order of declaration.
  std::vector<DrawVariable> variables(const std::string& group) const;
  bool contains(const std::string& group, const std::string& name) const;
  /// The draws of one variable, of shape (chain, draw, ...). Throws E808 if there is no such variable.
  const Array& draws(const std::string& group, const std::string& name) const;

 private:
  struct Extent {
    std::int64_t chains = 0;
    std::int64_t draws = 0;
    bool open = false;
  };
  struct Entry {
    DrawVariable variable;
    Array draws;
    std::int64_t appended = 0;  // draws over all chains
  };
  int find(const std::string& group, const std::string& name) const;

  std::map<std::string, Extent> groups_;
  std::deque<Entry> entries_;  // references stay valid while others declare
  mutable std::mutex mutex_;
};

}  // namespace dolab
