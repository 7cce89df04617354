/**
 * IP addresses as text and as 32-bit words.
 *
 * @see RFC 4291 and RFC 5952 for IPv6
 * @module
 */

/** An address in words: one for IPv4, four for IPv6, and the IPv6 scope. */
export interface Ip {
  /** 4 or 6. */
  readonly family: 4 | 6;
  /** Unsigned 32-bit words, most significant first. */
  readonly words: readonly number[];
  /** The number after `%` in a link-local IPv6 address, else 0. */
  readonly scopeId: number;
}

/** Reads an IPv4 or IPv6 address; `undefined` if `text` is neither. */
export function parseIp(text: string): Ip | undefined {
  const v4 = parseV4(text);
  if (v4 !== undefined) return { family: 4, words: [v4], scopeId: 0 };
  const [address = "", scope, ...more] = text.split("%");
  const words = parseV6(address);
  if (words === undefined) return undefined;
  if (more.length > 0) return undefined;
  if (scope !== undefined && !(/^\d{1,10}$/.test(scope) && Number(scope) <= 0xffffffff)) {
    return undefined;
  }
  return { family: 6, words, scopeId: Number(scope ?? 0) };
}

/** Four decimal numbers as one word. */
function parseV4(text: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split(".");
  if (bytes.some((byte) => Number(byte) > 255 || (byte.length > 1 && byte[0] === "0"))) {
    return undefined;
  }
  return bytes.reduce((word, byte) => word * 256 + Number(byte), 0);
}

/** Eight groups of 16 bits as four words. */
function parseV6(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  // An IPv4 address may only stand at the end.
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return [0, 2, 4, 6].map((i) => groups[i]! * 0x10000 + groups[i + 1]!);
}

function parseGroups(text: string, mayEndInV4: boolean): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(parseInt(part, 16));
      continue;
    }
    const v4 = mayEndInV4 && i === parts.length - 1 ? parseV4(part) : undefined;
    if (v4 === undefined) return undefined;
    groups.push(Math.floor(v4 / 0x10000), v4 % 0x10000);
  }
  return groups;
}

/** Writes an IPv4 address. */
export function formatV4(word: number): string {
  return [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join(".");
}

/** Writes an IPv6 address in the shortest form of RFC 5952. */
export function formatV6(words: readonly number[], scopeId: number): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  const scope = scopeId === 0 ? "" : `%${scopeId}`;
  if (mapped) return `::ffff:${formatV4(words[3]!)}${scope}`;
  const { start, length } = longestZeros(groups);
  const text = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  if (length < 2) return text(groups) + scope;
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}${scope}`;
}

/** The first of the longest runs of zero groups. */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
    start += length;
  }
  return best;
}
