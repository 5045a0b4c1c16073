#include "io/codec.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>

#include "dolab/error.hpp"

namespace dolab::io {

namespace {

[[noreturn]] void throw_damaged(const char* what) { throw Error("E1007", std::string("damaged ") + what + " data"); }

constexpr int kGzipWindow = 15 + 16;
constexpr int kRawWindow = -15;

/// zlib's stream, ended on every way out.
struct Inflater {
  explicit Inflater(int window) {
    if (inflateInit2(&stream, window) != Z_OK) throw Error("E907", "not enough memory to decompress");
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  void feed(std::string_view bytes) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
  }
  z_stream stream{};
};

constexpr std::size_t kMaxPiece = std::numeric_limits<uInt>::max();

std::string inflate_exactly(std::string_view bytes, std::size_t size, int window) {
  if (bytes.size() > kMaxPiece || size >= kMaxPiece) throw Error("E1007", "a compressed chunk exceeds 4 GiB");
  // A deflate stream cannot expand more than 1032 times, so the claim is checked before memory is taken.
  if (size / 1100 > bytes.size()) throw_damaged("gzip");
  Inflater inflater(window);
  std::string out(size + 1, '\0');  // one spare byte shows a stream that is too long
  inflater.feed(bytes);
  inflater.stream.next_out = reinterpret_cast<Bytef*>(out.data());
  inflater.stream.avail_out = static_cast<uInt>(out.size());
  const int status = inflate(&inflater.stream, Z_FINISH);
  if (status != Z_STREAM_END || inflater.stream.total_out != size) throw_damaged("gzip");
  out.resize(size);
  return out;
}

std::string deflate_gzip(std::string_view bytes, int strategy) {
  z_stream stream{};
  if (deflateInit2(&stream, 5, Z_DEFLATED, kGzipWindow, 8, strategy) != Z_OK) {
    throw Error("E907", "not enough memory to compress");
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw Error("E1008", "compression failed");
  return out;
}

/// Real numbers repeat nothing but their exponents. Where the start of a chunk shows that, matches are not looked for:
/// a third of the time, and no more bytes.
std::string compress_gzip(std::string_view bytes) {
  if (bytes.size() > kMaxPiece / 2) throw Error("E1008", "a chunk exceeds 2 GiB");
  constexpr std::size_t kProbe = std::size_t{1} << 16;
  if (bytes.size() <= 4 * kProbe) return deflate_gzip(bytes, Z_DEFAULT_STRATEGY);
  const auto probed = [&](int strategy) { return deflate_gzip(bytes.substr(0, kProbe), strategy).size(); };
  const bool matches = probed(Z_DEFAULT_STRATEGY) < probed(Z_HUFFMAN_ONLY) * 9 / 10;
  return deflate_gzip(bytes, matches ? Z_DEFAULT_STRATEGY : Z_HUFFMAN_ONLY);
}

constexpr int kZstdLevel = 1;  // draws are mostly incompressible; speed matters more

std::string compress_zstd(std::string_view bytes) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  if (context == nullptr) throw Error("E907", "not enough memory to compress");
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kZstdLevel);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compress2(context, out.data(), out.size(), bytes.data(), bytes.size());
  ZSTD_freeCCtx(context);
  if (ZSTD_isError(size) != 0) throw Error("E1008", "compression failed");
  out.resize(size);
  return out;
}

std::string decompress_zstd_unsized(std::string_view bytes) {
  ZSTD_DStream* stream = ZSTD_createDStream();
  if (stream == nullptr) throw Error("E907", "not enough memory to decompress");
  std::string out, block(ZSTD_DStreamOutSize(), '\0');
  ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
  std::size_t status = 1;  // 0 at the end of a frame
  bool progress = true;
  while (status != 0 && ZSTD_isError(status) == 0 && progress) {
    ZSTD_outBuffer output{block.data(), block.size(), 0};
    const std::size_t before = input.pos;
    status = ZSTD_decompressStream(stream, &output, &input);
    out.append(block, 0, output.pos);
    progress = output.pos > 0 || input.pos > before;
  }
  ZSTD_freeDStream(stream);
  if (status != 0 || input.pos != input.size) throw_damaged("zstd");
  return out;
}

std::string decompress_zstd(std::string_view bytes, std::size_t size) {
  const unsigned long long claimed = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (claimed == ZSTD_CONTENTSIZE_ERROR) throw_damaged("zstd");
  if (claimed != ZSTD_CONTENTSIZE_UNKNOWN && claimed != size) throw_damaged("zstd");
  // A block of 128 KiB takes at least 4 bytes, so the claim is checked before memory is taken.
  if (size / 40000 > bytes.size()) throw_damaged("zstd");
  std::string out(size, '\0');
  const std::size_t got = ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(got) != 0 || got != size) throw_damaged("zstd");
  return out;
}

}  // namespace

const char* codec_name(Codec codec) noexcept {
  switch (codec) {
    case Codec::gzip:
      return "gzip";
    case Codec::zstd:
      return "zstd";
    case Codec::none:
      break;
  }
  return "none";
}

Codec preferred_codec() noexcept {
#ifdef __EMSCRIPTEN__
  return Codec::gzip;  // a page unpacks it without a library
#else
  return Codec::zstd;
#endif
}

std::string compress(Codec codec, std::string_view bytes) {
  switch (codec) {
    case Codec::gzip:
      return compress_gzip(bytes);
    case Codec::zstd:
      return compress_zstd(bytes);
    case Codec::none:
      break;
  }
  return std::string(bytes);
}

std::string decompress(Codec codec, std::string_view bytes, std::size_t size) {
  switch (codec) {
    case Codec::gzip:
      return inflate_exactly(bytes, size, kGzipWindow);
    case Codec::zstd:
      return decompress_zstd(bytes, size);
    case Codec::none:
      break;
  }
  if (bytes.size() != size) throw_damaged("chunk");
  return std::string(bytes);
}

std::string decompress_unsized(Codec codec, std::string_view bytes) {
  switch (codec) {
    case Codec::gzip:
      try {
        return gunzip(bytes);
      } catch (const Error& error) {
        if (std::string_view(error.code()) != "E1001") throw;
        throw_damaged("gzip");
      }
    case Codec::zstd:
      return decompress_zstd_unsized(bytes);
    case Codec::none:
      break;
  }
  return std::string(bytes);
}

std::string inflate_raw(std::string_view bytes, std::size_t size) { return inflate_exactly(bytes, size, kRawWindow); }

struct GunzipStream::State {
  explicit State(ByteInput source) : input(std::move(source)), block(std::size_t{1} << 18, '\0') {}

  /// Has the inflater see input; false at the end of the file.
  bool refill() {
    if (inflater.stream.avail_in > 0) return true;
    const std::size_t count = input(block.data(), block.size());
    inflater.feed(std::string_view(block.data(), count));
    return count > 0;
  }

  ByteInput input;
  std::string block;
  Inflater inflater{kGzipWindow};
  bool inside = false;  // within a member
  bool ended = false;
};

std::size_t GunzipStream::read(char* out, std::size_t size) {
  State& s = *state_;
  std::size_t done = 0;
  while (done == 0 && size > 0 && !s.ended) {
    const bool more = s.refill();
    if (!more && !s.inside) {
      s.ended = true;
      break;
    }
    s.inside = true;
    const std::size_t room = std::min(size, std::size_t{1} << 30);
    s.inflater.stream.next_out = reinterpret_cast<Bytef*>(out);
    s.inflater.stream.avail_out = static_cast<uInt>(room);
    const int status = inflate(&s.inflater.stream, Z_NO_FLUSH);
    done = room - s.inflater.stream.avail_out;
    if (status == Z_STREAM_END) {
      s.inside = false;
      // Another member or padding by zeros may follow.
      if (!s.refill() || *s.inflater.stream.next_in == 0) {
        s.ended = true;
      } else if (*s.inflater.stream.next_in != 0x1f) {
        throw Error("E1001", "other bytes follow the gzip data");
      }
      inflateReset(&s.inflater.stream);
    } else if (status != Z_OK) {
      throw Error("E1001", "damaged or truncated gzip file");
    }
  }
  return done;
}

GunzipStream::GunzipStream(ByteInput compressed) : state_(std::make_unique<State>(std::move(compressed))) {}
GunzipStream::~GunzipStream() = default;

std::string gunzip(std::string_view bytes) {
  GunzipStream stream([&bytes](char* out, std::size_t size) {
    const std::size_t count = std::min(size, bytes.size());
    std::copy_n(bytes.data(), count, out);
    bytes.remove_prefix(count);
    return count;
  });
  std::string text;
  std::string block(std::size_t{1} << 18, '\0');
  while (const std::size_t count = stream.read(block.data(), block.size())) text.append(block, 0, count);
  return text;
}

bool looks_gzipped(std::string_view bytes) noexcept {
  return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

std::uint32_t crc32_of(std::string_view bytes) noexcept {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace dolab::io
