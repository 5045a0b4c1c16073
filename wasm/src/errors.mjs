// The one error that the package rejects with, apart from an AbortError.

export class DolabError extends Error {
  constructor({ code, message, hint = null, file = null, line = null, column = null }) {
    super(message);
    Object.assign(this, { name: "DolabError", code, hint, file, line, column });
  }
}

export const abortError = () => new DOMException("The work was aborted.", "AbortError");

export const fail = (code, message, hint) => new DolabError({ code, message, hint });
