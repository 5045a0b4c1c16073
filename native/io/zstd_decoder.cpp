// After RFC 8878, "Zstandard Compression and the 'application/zstd' Media Type"; section numbers are its own.
#include "io/zstd_decoder.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "dolab/error.hpp"

namespace dolab::io {
namespace {

using Byte = std::uint8_t;

[[noreturn]] void refuse() { throw Error("E1007", "damaged zstd data"); }

void require(bool condition) {
  if (!condition) refuse();
}

/// Position of the highest set bit; `value` is not 0.
int highest_bit(std::uint64_t value) noexcept { return 63 - __builtin_clzll(value); }

/// Bytes from the front.
class Input {
 public:
  Input(const Byte* data, std::size_t size) : data_(data), size_(size) {}
  std::size_t size() const noexcept { return size_; }
  const Byte* take(std::size_t count) {
    require(count <= size_);
    const Byte* start = data_;
    data_ += count;
    size_ -= count;
    return start;
  }
  std::uint64_t number(int bytes) {
    const Byte* start = take(static_cast<std::size_t>(bytes));
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i) value |= static_cast<std::uint64_t>(start[i]) << (8 * i);
    return value;
  }
  Input part(std::size_t count) {
    const Byte* start = take(count);
    return {start, count};
  }
  Byte peek(std::size_t at) const {
    require(at < size_);
    return data_[at];
  }

 private:
  const Byte* data_;
  std::size_t size_;
};

/// Bits from the back, below a final 1 (section 4.1). Bits before the first byte are zeros, and `left` is negative.
class BackwardBits {
 public:
  explicit BackwardBits(Input input) : size_(static_cast<std::int64_t>(input.size())) {
    require(size_ > 0);
    data_ = input.take(input.size());
    require(data_[size_ - 1] != 0);
    left_ = 8 * (size_ - 1) + highest_bit(data_[size_ - 1]);
  }
  std::int64_t left() const noexcept { return left_; }
  std::uint32_t read(int count) noexcept {
    left_ -= count;
    std::uint64_t value = 0;
    const std::int64_t first = left_ >= 0 ? left_ / 8 : -((-left_ + 7) / 8);
    for (int i = 0; i < 5; ++i) {
      const std::int64_t at = first + i;
      if (at >= 0 && at < size_) value |= static_cast<std::uint64_t>(data_[at]) << (8 * i);
    }
    return static_cast<std::uint32_t>((value >> (left_ - 8 * first)) & ((std::uint64_t{1} << count) - 1));
  }

 private:
  const Byte* data_ = nullptr;
  std::int64_t size_, left_ = 0;
};

/// A table of finite-state entropy (section 4.1).
struct StateTable {
  struct Entry {
    Byte symbol, bits;
    std::uint16_t base;
  };
  std::vector<Entry> entries;
  int log = 0;

  void build(const std::vector<int>& weights, int accuracy) {
    log = accuracy;
    const std::uint32_t size = 1U << log;
    entries.assign(size, {});
    std::vector<std::uint32_t> next(weights.size());
    std::uint32_t high = size;
    for (std::size_t s = 0; s < weights.size(); ++s) {
      if (weights[s] != -1) continue;
      require(high > 0);
      entries[--high].symbol = static_cast<Byte>(s);
      next[s] = 1;
    }
    std::uint32_t position = 0;
    for (std::size_t s = 0; s < weights.size(); ++s) {
      if (weights[s] <= 0) continue;
      next[s] = static_cast<std::uint32_t>(weights[s]);
      for (int i = 0; i < weights[s]; ++i) {
        require(position < high);
        entries[position].symbol = static_cast<Byte>(s);
        do {
          position = (position + (size >> 1) + (size >> 3) + 3) & (size - 1);
        } while (position >= high && high > 0);
      }
    }
    require(position == 0);
    for (Entry& entry : entries) {
      const std::uint32_t state = next[entry.symbol]++;
      require(state > 0 && state < 2 * size);
      entry.bits = static_cast<Byte>(log - highest_bit(state));
      entry.base = static_cast<std::uint16_t>((state << entry.bits) - size);
    }
  }

  void single(Byte symbol) {
    log = 0;
    entries.assign(1, {symbol, 0, 0});
  }
};

/// The weights of a table (section 4.1.1); `input` goes on behind them.
void read_table(Input& input, int most_accuracy, int most_symbols, StateTable& table) {
  std::int64_t bit = 0;
  const auto read = [&](int count) {
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i, ++bit) {
      const auto at = static_cast<std::size_t>(bit / 8);
      if (at < input.size()) value |= static_cast<std::uint32_t>((input.peek(at) >> (bit % 8)) & 1) << i;
    }
    return value;
  };
  const int accuracy = 5 + static_cast<int>(read(4));
  require(accuracy <= most_accuracy);
  int remaining = 1 << accuracy;
  std::vector<int> weights;
  while (remaining > 0) {
    require(static_cast<int>(weights.size()) < most_symbols);
    const int bits = highest_bit(static_cast<std::uint64_t>(remaining) + 1) + 1;
    std::uint32_t value = read(bits);
    const std::uint32_t mask = (1U << (bits - 1)) - 1;
    const std::uint32_t threshold = (1U << bits) - 1 - (static_cast<std::uint32_t>(remaining) + 1);
    if ((value & mask) < threshold) {
      --bit;
      value &= mask;
    } else if (value > mask) {
      value -= threshold;
    }
    const int weight = static_cast<int>(value) - 1;
    remaining -= weight < 0 ? -weight : weight;
    weights.push_back(weight);
    for (std::uint32_t repeat = weight == 0 ? 3 : 0; repeat == 3;) {
      repeat = read(2);
      require(weights.size() + repeat <= 256);
      weights.insert(weights.end(), repeat, 0);
    }
  }
  require(remaining == 0 && static_cast<int>(weights.size()) <= most_symbols);
  input.take(static_cast<std::size_t>((bit + 7) / 8));
  table.build(weights, accuracy);
}

/// A prefix code for literals (section 4.2).
struct PrefixCode {
  struct Entry {
    Byte symbol, bits;
  };
  std::vector<Entry> entries;
  int log = 0;

  void read(Input& input) {
    const auto header = static_cast<std::size_t>(input.number(1));
    std::vector<int> weights;
    if (header >= 128) {
      const std::size_t count = header - 127;
      const Byte* packed = input.take((count + 1) / 2);
      for (std::size_t i = 0; i < count; ++i) weights.push_back(i % 2 == 0 ? packed[i / 2] >> 4 : packed[i / 2] & 15);
    } else {
      read_weights(input.part(header), weights);
    }
    build(weights);
  }

  void decode(Input input, std::size_t count, std::string& out) const {
    BackwardBits bits(input);
    std::uint32_t state = bits.read(log);
    for (std::size_t i = 0; i < count; ++i) {
      require(bits.left() > -log);
      const Entry entry = entries[state];
      out.push_back(static_cast<char>(entry.symbol));
      state = ((state << entry.bits) | bits.read(entry.bits)) & ((1U << log) - 1);
    }
    require(bits.left() == -log);
  }

 private:
  static void read_weights(Input input, std::vector<int>& weights) {
    StateTable table;
    read_table(input, 6, 256, table);
    BackwardBits bits(input);
    std::uint32_t states[2] = {bits.read(table.log), bits.read(table.log)};
    for (int turn = 0;; turn ^= 1) {
      require(weights.size() < 255);
      const StateTable::Entry entry = table.entries[states[turn]];
      weights.push_back(entry.symbol);
      states[turn] = entry.base + bits.read(entry.bits);
      if (bits.left() >= 0) continue;
      weights.push_back(table.entries[states[turn ^ 1]].symbol);
      return;
    }
  }

  void build(std::vector<int>& weights) {
    std::uint32_t sum = 0;
    for (const int weight : weights) {
      require(weight <= 11);
      sum += weight > 0 ? 1U << (weight - 1) : 0;
    }
    require(sum > 0);
    log = highest_bit(sum) + 1;
    require(log <= 11);
    const std::uint32_t rest = (1U << log) - sum;
    require((rest & (rest - 1)) == 0);
    weights.push_back(highest_bit(rest) + 1);  // the last one follows from the others
    require(weights.size() <= 256);
    entries.assign(std::size_t{1} << log, {});
    std::size_t position = 0;
    for (int weight = 1; weight <= log; ++weight) {
      for (std::size_t s = 0; s < weights.size(); ++s) {
        if (weights[s] != weight) continue;
        const std::size_t length = std::size_t{1} << (weight - 1);
        require(position + length <= entries.size());
        std::fill_n(entries.begin() + static_cast<std::ptrdiff_t>(position), length,
                    Entry{static_cast<Byte>(s), static_cast<Byte>(log + 1 - weight)});
        position += length;
      }
    }
    require(position == entries.size());
  }
};

// ---- sequences (section 3.1.1.3.2) -------------------------------------------------------------------

struct LengthCode {
  std::uint32_t base;
  int bits;
};

std::vector<LengthCode> length_codes(std::uint32_t first, int plain, const std::vector<int>& bits) {
  std::vector<LengthCode> codes;
  std::uint32_t base = first;
  for (int i = 0; i < plain; ++i) codes.push_back({base++, 0});
  for (const int extra : bits) {
    codes.push_back({base, extra});
    base += 1U << extra;
  }
  return codes;
}

const std::vector<LengthCode>& literal_codes() {
  static const auto codes = length_codes(0, 16, {1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  return codes;
}

const std::vector<LengthCode>& match_codes() {
  static const auto codes = length_codes(3, 32, {1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  return codes;
}

struct Kind {
  int most_accuracy, symbols, accuracy;
  std::vector<int> weights;  // of the predefined table
};

const Kind& kind(int index) {
  static const std::array<Kind, 3> kinds = {
      Kind{9, 36, 6, {4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1,  1,  2,  2,
                      2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1}},
      Kind{8, 32, 5, {1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1}},
      Kind{9, 53, 6, {1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,  1,  1,  1,  1,  1,  1, 1,
                      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1}}};
  return kinds[static_cast<std::size_t>(index)];
}

/// One frame's blocks. Tables and offsets go on from block to block.
class Frame {
 public:
  Frame(std::string& out, std::size_t most) : out_(out), start_(out.size()), most_(most) {}

  void append(const char* bytes, std::size_t count) {
    require(count <= most_ - out_.size());
    out_.append(bytes, count);
  }
  void repeat(char byte, std::size_t count) {
    require(count <= most_ - out_.size());
    out_.append(count, byte);
  }

  void block(Input input) {
    read_literals(input);
    const std::size_t count = sequence_count(input);
    std::size_t literal = 0;
    if (count > 0) {
      read_tables(input);
      literal = replay(BackwardBits(input), count);
    } else {
      require(input.size() == 0);
    }
    append(literals_.data() + literal, literals_.size() - literal);
  }

 private:
  void read_literals(Input& input) {
    const Byte first = input.peek(0);
    const int type = first & 3, format = (first >> 2) & 3;
    literals_.clear();
    if (type < 2) {
      const int bytes = format == 1 ? 2 : format == 3 ? 3 : 1;
      const auto size = static_cast<std::size_t>(input.number(bytes) >> (bytes == 1 ? 3 : 4));
      require(size <= kMostBlock);
      if (type == 0) {
        literals_.assign(reinterpret_cast<const char*>(input.take(size)), size);
      } else {
        literals_.assign(size, static_cast<char>(input.number(1)));
      }
      return;
    }
    const int bits = format < 2 ? 10 : format == 2 ? 14 : 18;
    const std::uint64_t header = input.number(format < 2 ? 3 : format + 2) >> 4;
    const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
    const auto size = static_cast<std::size_t>(header & mask);
    Input part = input.part(static_cast<std::size_t>((header >> bits) & mask));
    require(size <= kMostBlock);
    if (type == 2) code_.read(part);
    require(code_.log > 0);
    literals_.reserve(size);
    if (format == 0) {
      code_.decode(part, size, literals_);
      return;
    }
    std::size_t sizes[3];
    for (std::size_t& stream : sizes) stream = static_cast<std::size_t>(part.number(2));
    const std::size_t quarter = (size + 3) / 4;
    require(3 * quarter <= size);
    for (const std::size_t stream : sizes) code_.decode(part.part(stream), quarter, literals_);
    code_.decode(part, size - 3 * quarter, literals_);
  }

  static std::size_t sequence_count(Input& input) {
    const auto first = static_cast<std::size_t>(input.number(1));
    if (first < 128) return first;
    if (first < 255) return ((first - 128) << 8) + static_cast<std::size_t>(input.number(1));
    return static_cast<std::size_t>(input.number(2)) + 0x7f00;
  }

  void read_tables(Input& input) {
    const auto modes = static_cast<int>(input.number(1));
    for (int i = 0; i < 3; ++i) {
      StateTable& table = tables_[static_cast<std::size_t>(i)];
      switch ((modes >> (6 - 2 * i)) & 3) {
        case 0:
          table.build(kind(i).weights, kind(i).accuracy);
          break;
        case 1: {
          const auto symbol = static_cast<Byte>(input.number(1));
          require(symbol < kind(i).symbols);
          table.single(symbol);
          break;
        }
        case 2:
          read_table(input, kind(i).most_accuracy, kind(i).symbols, table);
          break;
        default:
          require(!table.entries.empty());
      }
    }
  }

  /// Returns how many literals were used.
  std::size_t replay(BackwardBits bits, std::size_t count) {
    std::uint32_t states[3];
    for (int i = 0; i < 3; ++i) states[i] = bits.read(tables_[static_cast<std::size_t>(i)].log);
    std::size_t literal = 0;
    for (std::size_t n = 0; n < count; ++n) {
      const StateTable::Entry entries[3] = {tables_[0].entries[states[0]], tables_[1].entries[states[1]],
                                            tables_[2].entries[states[2]]};
      const LengthCode literal_code = literal_codes()[entries[0].symbol], match_code = match_codes()[entries[2].symbol];
      const std::uint64_t value = (std::uint64_t{1} << entries[1].symbol) + bits.read(entries[1].symbol);
      const std::size_t match = match_code.base + bits.read(match_code.bits);
      const std::size_t length = literal_code.base + bits.read(literal_code.bits);
      if (n + 1 < count) {
        for (const int i : {0, 2, 1}) states[i] = entries[i].base + bits.read(entries[i].bits);
      }
      require(bits.left() >= 0 && length <= literals_.size() - literal);
      append(literals_.data() + literal, length);
      literal += length;
      copy(offset_of(value, length), match);
    }
    require(bits.left() == 0);
    return literal;
  }

  std::uint64_t offset_of(std::uint64_t value, std::size_t length) {
    std::uint64_t offset = value - 3;
    std::uint64_t recent = 3;
    if (value <= 3) {
      recent = value - 1 + (length == 0 ? 1 : 0);
      offset = recent < 3 ? offsets_[recent] : offsets_[0] - 1;
    }
    if (recent > 1) offsets_[2] = offsets_[1];
    if (recent > 0) offsets_[1] = offsets_[0];
    offsets_[0] = offset;
    return offset;
  }

  void copy(std::uint64_t offset, std::size_t count) {
    require(offset > 0 && offset <= out_.size() - start_ && count <= most_ - out_.size());
    const std::size_t from = out_.size() - static_cast<std::size_t>(offset);
    for (std::size_t i = 0; i < count; ++i) out_.push_back(out_[from + i]);  // the two may overlap
  }

  static constexpr std::size_t kMostBlock = std::size_t{1} << 17;
  std::string& out_;
  std::size_t start_, most_;
  std::string literals_;
  PrefixCode code_;
  std::array<StateTable, 3> tables_;  // literal lengths, offsets, match lengths
  std::uint64_t offsets_[3] = {1, 4, 8};
};

/// XXH64 with seed 0 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md).
std::uint64_t hash_of(std::string_view bytes) noexcept {
  constexpr std::uint64_t p1 = 0x9E3779B185EBCA87U, p2 = 0xC2B2AE3D27D4EB4FU, p3 = 0x165667B19E3779F9U,
                          p4 = 0x85EBCA77C2B2AE63U, p5 = 0x27D4EB2F165667C5U;
  const auto turn = [](std::uint64_t x, int by) { return (x << by) | (x >> (64 - by)); };
  const auto* data = reinterpret_cast<const Byte*>(bytes.data());
  std::size_t left = bytes.size();
  const auto word = [&data, &left](int count) {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i) value |= static_cast<std::uint64_t>(data[i]) << (8 * i);
    data += count;
    left -= static_cast<std::size_t>(count);
    return value;
  };
  const auto round = [&](std::uint64_t sum, std::uint64_t lane) { return turn(sum + lane * p2, 31) * p1; };
  std::uint64_t hash = p5;
  if (left >= 32) {
    std::uint64_t sums[4] = {p1 + p2, p2, 0, 0 - p1};
    while (left >= 32) {
      for (std::uint64_t& sum : sums) sum = round(sum, word(8));
    }
    hash = turn(sums[0], 1) + turn(sums[1], 7) + turn(sums[2], 12) + turn(sums[3], 18);
    for (const std::uint64_t sum : sums) hash = (hash ^ round(0, sum)) * p1 + p4;
  }
  hash += bytes.size();
  while (left >= 8) hash = turn(hash ^ round(0, word(8)), 27) * p1 + p4;
  if (left >= 4) hash = turn(hash ^ (word(4) * p1), 23) * p2 + p3;
  while (left > 0) hash = turn(hash ^ (word(1) * p5), 11) * p1;
  hash = (hash ^ (hash >> 33)) * p2;
  hash = (hash ^ (hash >> 29)) * p3;
  return hash ^ (hash >> 32);
}

void decode_frame(Input& input, std::string& out, std::size_t most) {
  const auto descriptor = static_cast<int>(input.number(1));
  const bool single = (descriptor & 32) != 0, checked = (descriptor & 4) != 0;
  require((descriptor & 8) == 0);
  if (!single) input.number(1);  // the window: everything is kept
  static constexpr int kDictionaryBytes[] = {0, 1, 2, 4};
  require(input.number(kDictionaryBytes[descriptor & 3]) == 0);
  const int size_flag = descriptor >> 6;
  const bool sized = single || size_flag > 0;
  std::uint64_t size = sized ? input.number(1 << size_flag) : 0;
  if (size_flag == 1) size += 256;
  const std::size_t start = out.size();
  Frame frame(out, most);
  for (bool last = false; !last;) {
    const auto header = static_cast<std::uint32_t>(input.number(3));
    last = (header & 1) != 0;
    const auto length = static_cast<std::size_t>(header >> 3);
    switch ((header >> 1) & 3) {
      case 0:
        frame.append(reinterpret_cast<const char*>(input.take(length)), length);
        break;
      case 1:
        frame.repeat(static_cast<char>(input.number(1)), length);
        break;
      case 2:
        frame.block(input.part(length));
        break;
      default:
        refuse();
    }
  }
  const std::string_view content = std::string_view(out).substr(start);
  require(!sized || content.size() == size);
  require(!checked || input.number(4) == (hash_of(content) & 0xffffffffU));
}

}  // namespace

std::string decode_zstd(std::string_view bytes, std::size_t most) {
  Input input(reinterpret_cast<const Byte*>(bytes.data()), bytes.size());
  std::string out;
  require(input.size() > 0);
  while (input.size() > 0) {
    const std::uint64_t magic = input.number(4);
    if ((magic & 0xfffffff0U) == 0x184d2a50U) {
      input.take(static_cast<std::size_t>(input.number(4)));  // a skippable frame
      continue;
    }
    require(magic == 0xfd2fb528U);
    decode_frame(input, out, most);
  }
  return out;
}

}  // namespace dolab::io
