// Draws on their way into a store.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/draw_sink.hpp"
#include "io/zarr.hpp"

namespace dolab::io {

/// Streams draws into the groups of a store, as arrays with dimensions (chain, draw, ...). A chunk holds draws of
/// one chain, so chains never wait for one another; memory is a few chunks per variable and chain. A group that
/// is closed early gets the attribute "complete": false.
class StoreDraws : public DrawSink {
 public:
  /// The writer stays the caller's; close it after the last close_group.
  explicit StoreDraws(StoreWriter& writer) : writer_(writer) {}

  void open_group(const std::string& group, std::int64_t chains, std::int64_t draws) override;
  int declare(const DrawVariable& variable) override;
  void append(int variable, const DrawRange& range, const double* values) override;
  void close_group(const std::string& group, std::int64_t kept) override;

 private:
  struct Extent {
    std::int64_t chains = 0;
    std::int64_t draws = 0;
    bool open = false;
  };
  struct Entry {
    std::string group;
    std::string name;
    Shape shape;
    ArrayWriter* array = nullptr;
    std::int64_t appended = 0;  // draws over all chains
  };

  StoreWriter& writer_;
  std::map<std::string, Extent> groups_;
  std::vector<Entry> entries_;
  std::mutex mutex_;
};

}  // namespace dolab::io
