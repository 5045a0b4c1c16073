// Work on large bytes that leaves the page's thread to others now and then.

/** What a page does not notice. */
const PIECE = 2 ** 22;

/** Lets the page do something else. */
export const pause = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Calls `work` with one piece after the other, and lets the page do something else in between. */
export async function inPieces(
  bytes: Uint8Array,
  work: (piece: Uint8Array, first: number) => unknown,
  size = PIECE,
): Promise<void> {
  for (let first = 0; first === 0 || first < bytes.length; first += size) {
    await work(bytes.subarray(first, first + size), first);
    if (bytes.length > size) await pause();
  }
}
