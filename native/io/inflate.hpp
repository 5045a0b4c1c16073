// A decoder of our own for deflate and gzip, where zlib is not at hand (in the browser).
#pragma once

#include <limits>
#include <string>
#include <string_view>

namespace dolab::io {

inline constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

/// The content of a deflate stream (RFC 1951). `used`, if given, gets the length of the stream. Throws E1007 on damage
/// and for more than `most` bytes.
std::string inflate_stream(std::string_view bytes, std::size_t most = kNoLimit, std::size_t* used = nullptr);

/// The content of all members of a gzip file (RFC 1952), checksums verified; zeros may follow. Throws E1007.
std::string inflate_gzip(std::string_view bytes, std::size_t most = kNoLimit);

}  // namespace dolab::io
