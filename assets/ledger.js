// The signed log of a team (docs/ledger.md): one list for all members, which can only grow. A server that gave this device
// another key than a colleague's would have to show it another list, and would be found out. Nothing here asks the server
// anything: callers fetch, this checks.
import { join, same } from './bytes.js';
import { fromBase64url, hex, sha256 } from './protocol.js';

const LEAVES_MAXIMUM = 65536;
const HASH = '[0-9a-f]{64}';
const INDEX = '0|[1-9][0-9]{0,8}';
const ROUND = new RegExp(`^hecht-log-round-v1\nrid (?<rid>${HASH})\nkey-from (?<from>none|${INDEX})\n$`);
const CLOSE = new RegExp(
  `^hecht-log-close-v1\nrid (?<rid>${HASH})\nroster (?<roster>${INDEX})\n` +
    `answers (?<answers>${INDEX}|at-least-[1-9][0-9]*|fewer-than-[1-9][0-9]*)\nissued (?<issued>${INDEX}|withheld)\n` +
    `eligibility (?<eligibility>${HASH})\nissuance (?<issuance>${HASH})\n` +
    `(?<cells>(?:cells [a-z0-9_-]{1,24} ${HASH}\n)+)result (?<result>${HASH})\nnext-key (?<next>${HASH})\n$`,
);
const NOTE_LINE = /^— (?<name>[^\s+]+) (?<signature>[A-Za-z0-9+/]+={0,2})$/;

const encoder = new TextEncoder();

// kind: 'log' (not even well formed), 'log-key', 'log-signature', 'log-round', 'log-older', 'log-changed', 'log-next-key'
export class LogFault extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

const demand = (good, kind = 'log') => {
  if (!good) throw new LogFault(kind);
};

function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  } catch {
    throw new LogFault('log');
  }
}

// ---- Trees (RFC 6962) ----------------------------------------------------------------------------------------

export const leafHash = (data) => sha256(join([0], data));

// Of leaf hashes in their order. Level by level; what is left over climbs, which is the same tree.
export async function logRoot(leaves) {
  if (leaves.length === 0) return sha256(new Uint8Array());
  let level = leaves;
  while (level.length > 1) {
    const above = [];
    for (let i = 0; i + 1 < level.length; i += 2) above.push(sha256(join([1], level[i], level[i + 1])));
    const hashes = await Promise.all(above);
    if (level.length % 2 === 1) hashes.push(level[level.length - 1]);
    level = hashes;
  }
  return level[0];
}

// ---- Checkpoints (C2SP signed-note, tlog-checkpoint) -----------------------------------------------------------

export async function logOrigin(logKey, team) {
  return `hecht-${hex((await sha256(logKey)).slice(0, 8))}/team/${team}`;
}

// true, false, or undefined where this browser knows no Ed25519
async function verify(logKey, text, signature) {
  let key;
  try {
    key = await crypto.subtle.importKey('raw', logKey, { name: 'Ed25519' }, false, ['verify']);
  } catch (error) {
    if (error.name === 'NotSupportedError') return undefined;
    throw new LogFault('log-key');
  }
  return crypto.subtle.verify({ name: 'Ed25519' }, key, signature, encoder.encode(text));
}

// {size, root, verified}; throws unless the note is the checkpoint of this log and signed by its key.
export async function openCheckpoint(note, logKey, team) {
  const origin = await logOrigin(logKey, team);
  const end = note.lastIndexOf('\n\n');
  demand(end > 0 && note.endsWith('\n'));
  const text = note.slice(0, end + 1);
  const lines = text.slice(0, -1).split('\n');
  demand(lines.length >= 3 && lines[0] === origin && new RegExp(`^(?:${INDEX})$`).test(lines[1]));
  const id = (await sha256(join(`${origin}\n`, [1], logKey))).slice(0, 4);
  let verified;
  let signed = false;
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const found = NOTE_LINE.exec(line);
    demand(found);
    const bytes = fromBase64(found.groups.signature);
    if (found.groups.name !== origin || !same(bytes.slice(0, 4), id)) continue; // a witness
    verified = await verify(logKey, text, bytes.slice(4));
    demand(verified !== false, 'log-signature');
    signed = true;
  }
  demand(signed, 'log-signature');
  const root = fromBase64(lines[2]);
  demand(root.length === 32);
  return { size: Number(lines[1]), root, verified };
}

// ---- Entries -------------------------------------------------------------------------------------------------

export function readRoundEntry(text) {
  const found = ROUND.exec(text);
  return found && { rid: found.groups.rid, from: found.groups.from === 'none' ? undefined : Number(found.groups.from) };
}

export function readCloseEntry(text) {
  const found = CLOSE.exec(text);
  if (!found) return undefined;
  const cells = found.groups.cells.trimEnd().split('\n').map((line) => line.split(' ').slice(1));
  return { ...found.groups, roster: Number(found.groups.roster), cells: new Map(cells) };
}

// The entries that came along must be those whose hashes are in the list.
async function checkEntries(log, leaves) {
  demand(Number.isInteger(log.first) && log.first >= 0 && Array.isArray(log.entries));
  demand(log.first + log.entries.length <= leaves.length);
  for (const [i, entry] of log.entries.entries()) {
    demand(typeof entry === 'string');
    demand(same(await leafHash(encoder.encode(entry)), leaves[log.first + i]));
  }
  return (index) => log.entries[index - log.first] ?? '';
}

// The round stands in the log, and its key is the one that the close before it fixed, when there was one. Opening and close take
// turns: behind the close that fixed the key stands one opening, not one for each member, and behind that its close or nothing.
async function checkOpening(log, entryAt, size, rid, spki) {
  const opening = readRoundEntry(entryAt(log.opening));
  demand(opening?.rid === rid, 'log-round');
  if (log.close === undefined) demand(size === log.opening + 1, 'log-round');
  else demand(log.close === log.opening + 1 && readCloseEntry(entryAt(log.close))?.rid === rid, 'log-round');
  if (opening.from === undefined) {
    demand(log.opening === 0, 'log-next-key');
    return;
  }
  demand(opening.from === log.opening - 1, 'log-next-key');
  const close = readCloseEntry(entryAt(opening.from));
  demand(close && close.next === hex(await sha256(spki)), 'log-next-key');
}

// ---- The log of a round --------------------------------------------------------------------------------------

// log: what the server gave for the round; about: {rid (hex), team, logKey, spki}; seen: what this device saw of the log last
// time ({logKey, size, root} as hex), or undefined. Resolves with what it saw now; throws a LogFault.
export async function checkLog(log, about, seen) {
  const logKey = fromBase64url(about.logKey);
  demand(log?.log_key === about.logKey && logKey.length === 32, 'log-key');
  demand(!seen || seen.logKey === about.logKey, 'log-key');
  demand(typeof log.checkpoint === 'string' && Array.isArray(log.leaves) && log.leaves.length <= LEAVES_MAXIMUM);
  const leaves = log.leaves.map(fromBase64url);
  demand(leaves.every((leaf) => leaf.length === 32));
  const checkpoint = await openCheckpoint(log.checkpoint, logKey, about.team);
  demand(checkpoint.size === leaves.length && same(await logRoot(leaves), checkpoint.root), 'log');
  if (seen) {
    demand(seen.size <= leaves.length, 'log-older');
    demand(hex(await logRoot(leaves.slice(0, seen.size))) === seen.root, 'log-changed');
  }
  const entryAt = await checkEntries(log, leaves);
  await checkOpening(log, entryAt, leaves.length, about.rid, about.spki);
  return { logKey: about.logKey, size: leaves.length, root: hex(checkpoint.root), verified: checkpoint.verified, entryAt };
}
