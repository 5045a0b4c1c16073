// A decoder of our own for zstd frames, where the library is not at hand (in the browser).
#pragma once

#include <limits>
#include <string>
#include <string_view>

namespace dolab::io {

/// The content of the frames in `bytes` (RFC 8878), checksums verified. Throws E1007 on damage, for frames with a
/// dictionary, and for more than `most` bytes.
std::string decode_zstd(std::string_view bytes, std::size_t most = std::numeric_limits<std::size_t>::max());

}  // namespace dolab::io
