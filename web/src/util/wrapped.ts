/** Text in lines of at most `width` pixels, at the size of charts' labels; first after commas; a word is never broken. */
export function wrapped(text: string, width: number): string[] {
  const most = Math.max(Math.floor(width / 7), 1);
  if (text.length <= most) return [text];
  return text.split(/(?<=[,;]) /).flatMap((part) => broken(part, most));
}

function broken(part: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of part.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
