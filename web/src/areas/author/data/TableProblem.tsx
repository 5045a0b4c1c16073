import type { ComponentChildren } from "preact";
import Banner from "@/components/Banner";
import type { Problem } from "@/core/engine";

interface Props {
  problem: Problem;
  bytes: Uint8Array | undefined;
  /** Name of a file that was not taken because of it. */
  refused?: string;
  actions?: ComponentChildren;
}

const longest = 20_000;

/** The lines around a problem in the file's own text, which may be no table at all. */
function linesAround(bytes: Uint8Array, line: number): { number: number; text: string }[] {
  let start = 0;
  for (let passed = 1; passed < line - 1; passed += 1) {
    const end = bytes.indexOf(10, start);
    if (end < 0) return [];
    start = end + 1;
  }
  const text = new TextDecoder().decode(bytes.subarray(start, start + longest));
  const first = Math.max(1, line - 1);
  return text
    .split("\n")
    .slice(0, 3)
    .map((shown, index) => ({ number: first + index, text: shown.slice(0, 200) }));
}

export default function TableProblem({ problem, bytes, refused, actions }: Props) {
  const { message, hint, line } = problem;
  const packed = bytes?.[0] === 0x1f && bytes[1] === 0x8b;
  const lines = line === null || !bytes || packed ? [] : linesAround(bytes, line);
  return (
    <Banner
      kind="bad"
      title={refused === undefined ? message : `${refused} was not taken: ${message}`}
      actions={actions}
    >
      {hint}
      {lines.length > 0 && (
        <pre class="table-problem-lines" tabIndex={0} aria-label="The lines around the problem">
          {lines.map(({ number, text }) => (
            <code key={number} data-flagged={number === line}>
              {`${number}  ${text}\n`}
            </code>
          ))}
        </pre>
      )}
    </Banner>
  );
}
