// The sources of zlib and zstd, which Emscripten compiles for the package: fetched from Debian's source archive through
// the apt of this machine, checked, and unpacked under build/wasm/codecs.
//
//   node wasm/codecs.mjs      # only fetches
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
export const folder = "build/wasm/codecs"; // from the root

// The archives of Debian 12 and 13. The source packages are zlib and libzstd.
const archives = {
  zlib: {
    "zlib_1.2.13.dfsg.orig.tar.bz2": "71feb7947e3c00ef125f83b79a4e529bde31171e5babe48b391f06758d1ab0a1",
    "zlib_1.3.dfsg+really1.3.1.orig.tar.gz": "60dd315c07f616887caa029408308a018ace66e3d142726a97db164b3b8f69fb",
  },
  libzstd: {
    "libzstd_1.5.4+dfsg2.orig.tar.xz": "8cf4bbb65e77ec348d052c8d6230eba66d435bddf64c8b5be2fcb16880c19953",
    "libzstd_1.5.7+dfsg.orig.tar.xz": "0c092ef267edce57ba7f3f2645c861f72eaf5e76273c6c3632869423464b90a5",
  },
};

export const headers = ["zlib/zlib.h", "zlib/zconf.h", "libzstd/lib/zstd.h", "libzstd/lib/zstd_errors.h"]
  .map((name) => `${folder}/${name}`);

export const licenses = { zlib: `${folder}/zlib/LICENSE`, zstd: `${folder}/libzstd/LICENSE` };

const options = ["-DZSTD_LEGACY_SUPPORT=0", "-DXXH_NAMESPACE=ZSTD_"];
// The package writes gzip unless told otherwise: zstd's encoder is made small.
const parts = [
  { folder: "zlib", optimise: "-O2", names: /^(adler32|crc32|deflate|inflate|inffast|inftrees|trees|zutil)\.c$/ },
  { folder: "libzstd/lib/common", optimise: "-O2", names: /\.c$/ },
  { folder: "libzstd/lib/decompress", optimise: "-O2", names: /\.c$/ },
  { folder: "libzstd/lib/compress", optimise: "-Os", names: /^(?!zstdmt).*\.c$/ },
];

/// What is to be compiled, for build.mjs.
export async function sources() {
  const found = await Promise.all(parts.map(async (part) => {
    const names = (await readdir(path.join(root, folder, part.folder))).filter((name) => part.names.test(name)).sort();
    return names.map((name) => {
      const source = `${folder}/${part.folder}/${name}`;
      return { source, compiler: "emcc", first: ["-msimd128"], last: [part.optimise, ...options] };
    });
  }));
  return found.flat();
}

/// Does nothing where the sources are at hand.
export async function fetchCodecs() {
  const missing = [];
  for (const name of Object.keys(archives)) if (!(await isUnpacked(name))) missing.push(name);
  if (missing.length === 0) return;
  const apt = await sourceApt();
  for (const name of missing) await unpack(name, await download(apt, name));
  await rm(apt.folder, { recursive: true });
}

const marker = (name) => path.join(root, folder, name, ".archive");

async function isUnpacked(name) {
  const unpacked = await readFile(marker(name), "utf8").catch(() => "");
  return Object.values(archives[name]).includes(unpacked);
}

/// apt's sources.list with deb-src for deb, in a folder of its own: the machine's lists stay as they are.
async function sourceApt() {
  const own = path.join(root, folder, "apt");
  const lists = path.join(own, "sources.list.d");
  for (const name of ["sources.list.d", "lists/partial", "cache/archives/partial"]) {
    await mkdir(path.join(own, name), { recursive: true });
  }
  const parts = await readdir("/etc/apt/sources.list.d").catch(() => []);
  const files = ["/etc/apt/sources.list", ...parts.map((name) => `/etc/apt/sources.list.d/${name}`)];
  for (const file of files.filter((name) => /\.(list|sources)$/.test(name))) {
    const text = await readFile(file, "utf8").catch(() => "");
    const asSource = text.replace(/^deb(?=\s)/gm, "deb-src").replace(/^(Types:.*?)\bdeb\b(?!-)/gm, "$1deb-src");
    await writeFile(path.join(lists, path.basename(file)), asSource);
  }
  const settings = { "Dir::Etc::SourceList": "/dev/null", "Dir::Etc::SourceParts": lists, "Dir::State::Lists": path.join(own, "lists"),
    "Dir::Cache": path.join(own, "cache"), "APT::Sandbox::User": "" };
  const options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  // A repository without sources is an error of the update, and none of ours unless the archives are not found.
  const updated = await run("apt-get", [...options, "update"]).then(() => "", (error) => error.stderr || error.message);
  return { folder: own, options, updated };
}

/// The archive's path. Whatever version apt prefers, it is one of `archives`.
async function download(apt, name) {
  const { stdout } = await run("apt-cache", [...apt.options, "showsrc", "--only-source", name], { maxBuffer: 1 << 26 });
  for (const record of stdout.split("\n\n")) {
    const version = /^Version: (.*)$/m.exec(record)?.[1];
    const archive = Object.entries(archives[name]).find(([, sha256]) => record.includes(sha256));
    if (!version || !archive) continue;
    await run("apt-get", [...apt.options, "source", "--download-only", "--tar-only", `${name}=${version}`], { cwd: apt.folder });
    return { file: path.join(apt.folder, archive[0]), sha256: archive[1] };
  }
  throw new Error(`apt offers none of ${Object.keys(archives[name]).join(", ")}\n${apt.updated}`);
}

async function unpack(name, { file, sha256 }) {
  const found = createHash("sha256").update(await readFile(file)).digest("hex");
  if (found !== sha256) throw new Error(`${path.basename(file)} has the checksum ${found}, not ${sha256}`);
  const partial = path.join(root, folder, `${name}.partial`);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await run("tar", ["-xf", file, "--strip-components=1", "-C", partial]);
  await writeFile(path.join(partial, ".archive"), sha256);
  await rm(path.join(root, folder, name), { recursive: true, force: true });
  await rename(partial, path.join(root, folder, name));
  console.log(`${path.basename(file)}: unpacked`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await fetchCodecs().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
