/** Hands a `data:` address to the browser's downloads, without a request. */
export async function save(address: string, name: string): Promise<void> {
  const comma = address.indexOf(",");
  const head = address.slice(0, comma);
  const body = address.slice(comma + 1);
  const type = /^data:([^;,]*)/.exec(head)?.[1] ?? "";
  const text = head.endsWith(";base64") ? atob(body) : decodeURIComponent(body);
  const bytes = head.endsWith(";base64")
    ? Uint8Array.from(text, (letter) => letter.charCodeAt(0))
    : new TextEncoder().encode(text);
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  URL.revokeObjectURL(url);
}
