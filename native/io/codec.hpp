// Compression of chunks and files, by zlib and zstd.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace dolab::io {

enum class Codec { none, gzip, zstd };

const char* codec_name(Codec codec) noexcept;
/// What is written unless told otherwise: zstd, and gzip in the browser.
Codec preferred_codec() noexcept;

/// One frame with a content checksum.
std::string compress(Codec codec, std::string_view bytes);
/// Decompresses what must come to exactly `size` bytes. Throws E1007 on damage, on a bad checksum and on any other
/// size; never allocates more than `size`.
std::string decompress(Codec codec, std::string_view bytes, std::size_t size);
/// The same for an unknown size (text). Memory grows with what comes out.
std::string decompress_unsized(Codec codec, std::string_view bytes);
/// A raw deflate stream (zip member) of exactly `size` bytes. Throws E1007.
std::string inflate_raw(std::string_view bytes, std::size_t size);

/// Reads up to `size` bytes into `out` and returns how many; 0 only at the end.
using ByteInput = std::function<std::size_t(char* out, std::size_t size)>;

/// A gzip file of unknown length, possibly of several members, decompressed as it is read. Throws E1001 on
/// damage.
class GunzipStream {
 public:
  explicit GunzipStream(ByteInput compressed);
  ~GunzipStream();
  std::size_t read(char* out, std::size_t size);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A whole gzip file in memory. Throws E1001 on damage.
std::string gunzip(std::string_view bytes);
bool looks_gzipped(std::string_view bytes) noexcept;
std::uint32_t crc32_of(std::string_view bytes) noexcept;

}  // namespace dolab::io
