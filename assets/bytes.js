// Bytes put together and compared.

const encoder = new TextEncoder();

// Of arrays of bytes, and of texts as UTF-8.
export function join(...parts) {
  const all = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
  const joined = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  all.reduce((at, part) => (joined.set(part, at), at + part.length), 0);
  return joined;
}

export const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
