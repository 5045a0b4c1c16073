#include "io/zip_store.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "dolab/error.hpp"
#include "io/codec.hpp"

namespace dolab::io {

namespace {

// Record layouts: APPNOTE.TXT 6.3.9, sections 4.3.7 (local header), 4.3.12 (central), 4.3.16 (end).
constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22;
constexpr std::uint64_t kLimit = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint16_t kVersion = 20, kUtf8Names = 0x0800;
constexpr std::uint16_t kDosDate = 0x0021;  // 1980-01-01: archives do not depend on the clock

void append16(std::string& out, std::uint16_t value) {
  out.push_back(static_cast<char>(value & 0xFF));
  out.push_back(static_cast<char>(value >> 8));
}

void append32(std::string& out, std::uint32_t value) {
  append16(out, static_cast<std::uint16_t>(value & 0xFFFF));
  append16(out, static_cast<std::uint16_t>(value >> 16));
}

std::uint32_t read16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at])) |
         static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + 1])) << 8;
}

std::uint32_t read32(std::string_view bytes, std::size_t at) { return read16(bytes, at) | read16(bytes, at + 2) << 16; }

/// The fields that local and central headers share: version to extra length.
void append_common(std::string& out, std::uint32_t crc, std::uint32_t size, std::size_t name_size) {
  append16(out, kVersion);
  append16(out, kUtf8Names);
  append16(out, 0);  // stored
  append16(out, 0);  // time
  append16(out, kDosDate);
  append32(out, crc);
  append32(out, size);
  append32(out, size);
  append16(out, static_cast<std::uint16_t>(name_size));
  append16(out, 0);  // extra field
}

[[noreturn]] void throw_damaged_archive(const std::string& what) { throw Error("E1007", "damaged archive: " + what); }

template <class Map>
std::vector<std::string> keys_with(const Map& entries, const std::string& prefix) {
  std::vector<std::string> keys;
  for (auto it = entries.lower_bound(prefix); it != entries.end() && it->first.compare(0, prefix.size(), prefix) == 0;
       ++it) {
    keys.push_back(it->first);
  }
  return keys;
}

}  // namespace

std::unique_ptr<ZipWriter> ZipWriter::create(const std::string& path, bool overwrite) {
  std::unique_ptr<ZipWriter> writer(new ZipWriter);
  writer->pending_ = std::make_unique<PendingPath>(path, PendingPath::Kind::file, overwrite);
  writer->file_ = std::fopen(writer->pending_->path().string().c_str(), "w+b");
  if (writer->file_ == nullptr) throw Error("E1008", "cannot write \"" + path + "\": " + std::strerror(errno));
  return writer;
}

std::unique_ptr<ZipWriter> ZipWriter::in_memory() { return std::unique_ptr<ZipWriter>(new ZipWriter); }

ZipWriter::~ZipWriter() {
  if (file_ != nullptr) std::fclose(file_);
}

void ZipWriter::write(std::string_view bytes) {
  if (position_ + bytes.size() > kLimit) {
    throw Error("E1008", "the archive would exceed 4 GiB", "write a directory: an --out that does not end in .zip");
  }
  if (file_ == nullptr) {
    pieces_.emplace_back(bytes);
  } else if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
    throw Error("E1008", "cannot write \"" + pending_->destination().string() + "\": " + std::strerror(errno));
  }
  position_ += bytes.size();
}

void ZipWriter::put(const std::string& key, std::string_view bytes) {
  if (!is_valid_key(key) || key.size() > 0xFFFF) {
    throw Error("E1008", "\"" + key + "\" cannot be the name of a store entry");
  }
  const std::uint32_t crc = crc32_of(bytes);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (committed_) throw Error("E1008", "cannot write \"" + key + "\": the archive is complete");
  const auto offset = static_cast<std::uint32_t>(position_);
  if (bytes.size() > kLimit) throw Error("E1008", "\"" + key + "\" exceeds 4 GiB");
  std::string header;
  append32(header, kLocalSignature);
  append_common(header, crc, static_cast<std::uint32_t>(bytes.size()), key.size());
  header += key;
  write(header);
  write(bytes);
  entries_[key] = {offset, static_cast<std::uint32_t>(bytes.size()), crc, pieces_.empty() ? 0 : pieces_.size() - 1};
}

std::optional<std::string> ZipWriter::get(const std::string& key) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  if (pending_ == nullptr) return pieces_[found->second.piece];
  if (file_ == nullptr) throw Error("E1008", "cannot read back \"" + key + "\": the archive is complete");
  const std::size_t begin = found->second.offset + kLocalSize + key.size();
  std::string bytes(found->second.size, '\0');
  const bool ok = std::fseek(file_, static_cast<long>(begin), SEEK_SET) == 0 &&
                  std::fread(bytes.data(), 1, bytes.size(), file_) == bytes.size() &&
                  std::fseek(file_, 0, SEEK_END) == 0;
  if (!ok) throw_damaged_archive("cannot read back \"" + key + "\"");
  return bytes;
}

bool ZipWriter::exists(const std::string& key) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return entries_.count(key) != 0;
}

std::vector<std::string> ZipWriter::list(const std::string& prefix) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return keys_with(entries_, prefix);
}

void ZipWriter::erase(const std::string& key) {
  const std::lock_guard<std::mutex> lock(mutex_);
  entries_.erase(key);  // its bytes stay, unreferenced
}

void ZipWriter::commit() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (committed_) return;
  if (entries_.size() >= 0xFFFF) {
    throw Error("E1008", "the archive would exceed 65,534 entries",
                "write a directory: an --out that does not end in .zip");
  }
  const std::uint64_t begin = position_;
  for (const auto& [key, entry] : entries_) {
    std::string record;
    append32(record, kCentralSignature);
    append16(record, kVersion);
    append_common(record, entry.crc, entry.size, key.size());
    append16(record, 0);  // comment
    append16(record, 0);  // disk
    append16(record, 0);  // internal attributes
    append32(record, 0);  // external attributes
    append32(record, entry.offset);
    write(record + key);
  }
  std::string end;
  append32(end, kEndSignature);
  append32(end, 0);  // disks
  append16(end, static_cast<std::uint16_t>(entries_.size()));
  append16(end, static_cast<std::uint16_t>(entries_.size()));
  append32(end, static_cast<std::uint32_t>(position_ - begin));
  append32(end, static_cast<std::uint32_t>(begin));
  append16(end, 0);  // comment
  write(end);
  if (file_ != nullptr) {
    std::FILE* file = file_;
    file_ = nullptr;
    if (std::fclose(file) != 0) {
      throw Error("E1008", "cannot write \"" + pending_->destination().string() + "\": " + std::strerror(errno));
    }
    pending_->commit();
  }
  committed_ = true;
}

std::string ZipWriter::bytes() const {
  std::string joined;
  joined.reserve(position_);
  for (const std::string& piece : pieces_) joined += piece;
  return joined;
}

void ZipWriter::save(const std::string& path) const {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), std::fclose);
  bool good = file != nullptr;
  for (const std::string& piece : pieces_) {
    good = good && std::fwrite(piece.data(), 1, piece.size(), file.get()) == piece.size();
  }
  if (!good || std::fflush(file.get()) != 0) {
    throw Error("E1008", "cannot write \"" + path + "\": " + std::strerror(errno));
  }
}

std::unique_ptr<ZipReader> ZipReader::open(const std::string& path) {
  std::unique_ptr<ZipReader> reader(new ZipReader);
  reader->file_ = std::fopen(path.c_str(), "rb");
  if (reader->file_ == nullptr) throw Error("E1001", "cannot read \"" + path + "\": " + std::strerror(errno));
  std::error_code status;
  reader->size_ = std::filesystem::file_size(path, status);
  if (status) throw Error("E1001", "cannot read \"" + path + "\": " + status.message());
  reader->read_directory();
  return reader;
}

std::unique_ptr<ZipReader> ZipReader::from_bytes(std::string archive) {
  std::unique_ptr<ZipReader> reader(new ZipReader);
  reader->memory_ = std::move(archive);
  reader->size_ = reader->memory_.size();
  reader->read_directory();
  return reader;
}

ZipReader::~ZipReader() {
  if (file_ != nullptr) std::fclose(file_);
}

std::string ZipReader::read(std::uint64_t offset, std::uint64_t size) const {
  if (offset > size_ || size > size_ - offset) throw_damaged_archive("an entry lies outside the file");
  if (file_ == nullptr) return memory_.substr(offset, size);
  std::string bytes(size, '\0');
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool ok = offset <= static_cast<std::uint64_t>(std::numeric_limits<long>::max()) &&
                  std::fseek(file_, static_cast<long>(offset), SEEK_SET) == 0 &&
                  std::fread(bytes.data(), 1, bytes.size(), file_) == bytes.size();
  if (!ok) throw_damaged_archive("cannot read the file");
  return bytes;
}

void ZipReader::read_directory() {
  const std::uint64_t tail_size = std::min<std::uint64_t>(size_, kEndSize + 0xFFFF);
  const std::string tail = read(size_ - tail_size, tail_size);
  std::size_t at = std::string::npos;
  for (std::size_t i = tail.size() >= kEndSize ? tail.size() - kEndSize + 1 : 0; i-- > 0;) {
    if (read32(tail, i) == kEndSignature && i + kEndSize + read16(tail, i + 20) == tail.size()) {
      at = i;
      break;
    }
  }
  if (at == std::string::npos) throw Error("E1007", "not a zip archive");
  const std::uint32_t count = read16(tail, at + 10);
  const std::string directory = read(read32(tail, at + 16), read32(tail, at + 12));
  std::size_t position = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (directory.size() - position < kCentralSize || read32(directory, position) != kCentralSignature) {
      throw_damaged_archive("broken directory");
    }
    const std::size_t name_size = read16(directory, position + 28);
    const std::size_t record =
        kCentralSize + name_size + read16(directory, position + 30) + read16(directory, position + 32);
    if (record > directory.size() - position) throw_damaged_archive("broken directory");
    Entry entry;
    entry.method = static_cast<int>(read16(directory, position + 10));
    entry.crc = read32(directory, position + 16);
    entry.stored = read32(directory, position + 20);
    entry.size = read32(directory, position + 24);
    entry.header = read32(directory, position + 42);
    const std::string key = directory.substr(position + kCentralSize, name_size);
    position += record;
    if (!is_valid_key(key)) continue;  // folders, and names that try to climb out
    if (entry.size == kLimit || entry.stored == kLimit) throw_damaged_archive("zip64 entries are not supported");
    entries_[key] = entry;
  }
}

std::optional<std::string> ZipReader::get(const std::string& key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  const Entry& entry = found->second;
  const std::string header = read(entry.header, kLocalSize);
  if (read32(header, 0) != kLocalSignature) throw_damaged_archive("\"" + key + "\" has no header");
  const std::uint64_t begin = entry.header + kLocalSize + read16(header, 26) + read16(header, 28);
  std::string bytes = read(begin, entry.stored);
  if (entry.method == 8) {
    bytes = inflate_raw(bytes, entry.size);
  } else if (entry.method != 0 || entry.stored != entry.size) {
    throw_damaged_archive("\"" + key + "\" uses an unsupported compression method");
  }
  if (crc32_of(bytes) != entry.crc) throw_damaged_archive("the checksum of \"" + key + "\" does not match");
  return bytes;
}

bool ZipReader::exists(const std::string& key) const { return entries_.count(key) != 0; }

std::vector<std::string> ZipReader::list(const std::string& prefix) const { return keys_with(entries_, prefix); }

void ZipReader::put(const std::string& key, std::string_view) {
  throw Error("E1008", "cannot write \"" + key + "\": the archive is open for reading");
}

void ZipReader::erase(const std::string& key) {
  throw Error("E1008", "cannot remove \"" + key + "\": the archive is open for reading");
}

}  // namespace dolab::io
