# Sourced by the run scripts: installs what is missing on Debian and builds. Nothing happens where nothing is missing.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# What to look for (a command or a file), and the package that brings it.
build_needs=(g++=g++ cmake=cmake ninja=ninja-build pkg-config=pkg-config python3=python3
  /usr/include/eigen3/Eigen/Core=libeigen3-dev /usr/include/boost/version.hpp=libboost-dev
  /usr/include/nlohmann/json.hpp=nlohmann-json3-dev /usr/include/CLI/CLI.hpp=libcli11-dev
  /usr/include/zlib.h=zlib1g-dev /usr/include/zstd.h=libzstd-dev
  /usr/include/httplib.h=libcpp-httplib-dev)
test_needs=(/usr/include/catch2/catch.hpp=catch2 clang-format=clang-format clang-tidy=clang-tidy git=git
  /etc/ssl/certs/ca-certificates.crt=ca-certificates)
# clang-14: what the sanitizers are built with, so that two compilers see every source.
sanitizer_needs=(clang++-14=clang-14 /usr/share/doc/libclang-rt-14-dev=libclang-rt-14-dev)
emscripten_needs=(em++=emscripten bzip2=bzip2 xz=xz-utils)

install_missing() {
  local need missing=() as_root=()
  for need in "$@"; do
    [[ -e ${need%%=*} ]] || command -v "${need%%=*}" >/dev/null || missing+=("${need##*=}")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  echo "installing: ${missing[*]}"
  [[ $(id -u) -eq 0 ]] || as_root=(sudo)
  "${as_root[@]}" apt-get -qq update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "${missing[@]}" \
    >/dev/null
}

# build [TARGET]: configures once, then compiles what changed.
build() {
  [[ -e build/build.ninja || -e build/Makefile ]] || cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release
  cmake --build build --parallel "$(nproc)" --target "${1:-all}"
}
