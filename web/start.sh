#!/usr/bin/env bash
# Installs what is missing, builds the package and the lab, and serves the lab at http://localhost:4173 with the headers
# that threads need.
source "$(dirname "${BASH_SOURCE[0]}")/../.ci/setup.sh"
install_missing "${emscripten_needs[@]}"
install_node
install_web
node wasm/build.mjs
npm run --silent --prefix web build
exec npm run --silent --prefix web preview
