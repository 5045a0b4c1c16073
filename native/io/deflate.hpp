// A gzip encoder of our own, where zlib is not at hand (in the browser).
#pragma once

#include <string>
#include <string_view>

namespace dolab::io {

/// One gzip member (RFC 1952): matches within 32 KiB, the fixed codes, or stored bytes where those are shorter.
std::string deflate_gzip(std::string_view bytes);

}  // namespace dolab::io
