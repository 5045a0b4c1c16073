// Numbers as people read them: digits that mean something, a real minus sign.
const MINUS = "\u2212";
/** A space that no line is broken at. */
const TIED = "\u00a0";

function fixed(value: number, decimals: number): string {
  const text = value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return /[1-9]/.test(text) ? text.replace("-", MINUS) : text.replace("-", "");
}

/** Decimals that show `scale` with `digits` significant digits. */
export function decimalsFor(scale: number, digits = 2): number {
  if (!Number.isFinite(scale) || scale === 0) return 2;
  return Math.min(Math.max(digits - 1 - Math.floor(Math.log10(Math.abs(scale))), 0), 10);
}

/** `digits` significant digits; powers of ten for the very large and the very small. */
export function number(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) {
    const [mantissa, power] = value.toExponential(Math.max(digits - 1, 0)).split("e");
    return `${mantissa}e${Number(power)}`.replaceAll("-", MINUS);
  }
  return fixed(value, Number.isInteger(value) && size < 1e7 ? 0 : decimalsFor(size, digits));
}

/** A number that somebody wrote, or a tick: no digits but those that it has. */
export function given(value: number, digits = 6): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || (size !== 0 && (size >= 1e7 || size < 1e-5))) {
    const text = number(value, digits);
    return text.replace(/\.?0+(?=e)/, "");
  }
  return value.toLocaleString("en-US", { maximumSignificantDigits: digits }).replace("-", MINUS);
}

/** As many digits as its spread gives meaning to: two significant digits of `sd`. */
export function withSpread(value: number | null | undefined, sd: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return number(value);
  if (sd === null || sd === undefined || !Number.isFinite(sd) || sd === 0) return number(value);
  if (Math.abs(value) >= 1e7 || sd < 1e-6) return number(value);
  return fixed(value, decimalsFor(sd));
}

/** A difference: the sign is always there. */
export function signed(value: number | null | undefined, sd?: number | null): string {
  const text = withSpread(value, sd);
  return value !== null && value !== undefined && value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** 0.936 -> "94 %"; never "0 %" or "100 %" of what is only nearly so. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return "–";
  if (share > 0 && share < 0.005) return `less than 1${TIED}%`;
  if (share < 1 && share > 0.995) return `more than 99${TIED}%`;
  return `${fixed(100 * share, 0)}${TIED}%`;
}

export function count(value: number): string {
  return fixed(Math.round(value), 0);
}

/** "1 draw", "1,000 draws" */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Seconds as a person says them: "0.4 s", "12 s", "3 min 5 s". */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 9.95) return `${fixed(seconds, 1)} s`;
  if (seconds < 59.5) return `${fixed(seconds, 0)} s`;
  const minutes = Math.floor((seconds + 0.5) / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds + 0.5 - 60 * minutes)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
