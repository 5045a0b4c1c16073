// How files come to a worker: large ones in pieces, kept ones once.
import type { Connection } from "./connection.mjs";
import type { GivenFile, Piece, WrittenFile } from "./protocol.mjs";
import { KeptBytes } from "./stores.mjs";

// What is posted is copied at once: of large files, as much as a page does not notice.
const pieceBytes = 2 ** 22;

type Post = (piece: Piece) => Promise<unknown>;

async function postPieces(path: string, whole: Uint8Array, post: Post): Promise<void> {
  const size = whole.byteLength;
  for (let first = 0; first === 0 || first < size; first += pieceBytes) {
    await post({ path, size, first, bytes: new Uint8Array(whole.subarray(first, first + pieceBytes)) });
  }
}

/// What is left to go with the command.
export async function bring(files: GivenFile[], connection: Connection, post: Post): Promise<WrittenFile[]> {
  const rest: WrittenFile[] = [];
  for (const { path, bytes } of files) {
    if (bytes instanceof KeptBytes) {
      const link = await bytes.use(connection, (kept, whole) => postPieces(kept, whole, post));
      rest.push({ path, link });
    } else if (bytes.byteLength > pieceBytes) {
      await postPieces(path, bytes, post);
    } else {
      rest.push({ path, bytes });
    }
  }
  return rest;
}
