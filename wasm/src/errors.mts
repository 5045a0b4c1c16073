// The one error that the package rejects with, apart from an AbortError.

/** What an error says, as the command line's `--json` has it. */
export interface ErrorDetails {
  code: string;
  message: string;
  hint?: string | null;
  file?: string | null;
  line?: number | null;
  column?: number | null;
}

/** What every call rejects with, aborted ones excepted. */
export class DolabError extends Error {
  readonly code: string;
  readonly hint: string | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;

  constructor({ code, message, hint = null, file = null, line = null, column = null }: ErrorDetails) {
    super(message);
    this.name = "DolabError";
    this.code = code;
    this.hint = hint;
    this.file = file;
    this.line = line;
    this.column = column;
  }
}

export const abortError = () => new DOMException("The work was aborted.", "AbortError");

export const fail = (code: string, message: string, hint?: string) =>
  new DolabError({ code, message, hint: hint ?? null });
