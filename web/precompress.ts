// Writes each file of the build packed beside it, NAME.br and NAME.gz, for servers that send what is there (`dolab lab`).
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const SMALLEST = 1024; // bytes; below, packing saves no packet
const LARGE = 1e6; // the highest quality takes most of a minute for the engine, and saves a tenth

async function packed(bytes: Buffer, path: string): Promise<void> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: bytes.length < LARGE ? 11 : 9,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  const [brotli, gz] = await Promise.all([
    promisify(brotliCompress)(bytes, { params }),
    promisify(gzip)(bytes, { level: 9 }),
  ]);
  await Promise.all([writeFile(`${path}.br`, brotli), writeFile(`${path}.gz`, gz)]);
}

export function precompress(): Plugin {
  return {
    name: "dolab-precompress",
    apply: "build",
    async writeBundle({ dir = "dist" }, bundle) {
      const files = Object.values(bundle)
        .map((file) => ({ name: file.fileName, bytes: Buffer.from(file.type === "asset" ? file.source : file.code) }))
        .filter(({ name, bytes }) => /\.(css|html|js|json|svg|wasm)$/.test(name) && bytes.length >= SMALLEST);
      await Promise.all(files.map(({ name, bytes }) => packed(bytes, join(dir, name))));
    },
  };
}
