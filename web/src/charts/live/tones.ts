/** Dashes that go with the colours of the series. */
export const dashes: (string | undefined)[] = [undefined, undefined, "6 3", "2 3", "8 3 2 3", "10 4"];
