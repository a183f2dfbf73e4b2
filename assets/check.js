// Is the own answer in what was published after the close, and does the result follow from it? docs/ledger.md has the record.
// Nothing here asks the server anything: callers fetch, this checks.
import { join } from './bytes.js';
import { LogFault, checkLog, leafHash, logRoot, readCloseEntry } from './ledger.js';
import { figuresOf } from './questionnaire.js';
import { cellHash, descriptorRid, fromBase64url, fromHex, hex, readDescriptor, sha256 } from './protocol.js';

const COUNTS = /^item (?<id>[a-z0-9_-]{1,24}) counts(?<counts>(?: [0-9]{1,7}){2,9})$/;
const MEAN = /^construct (?<id>[a-z0-9_-]{1,32}) mean (?<mean>[0-9]\.[0-9]{6}) n (?<n>[0-9]{1,7}|withheld) from (?<items>[a-z0-9_ -]+)$/;

const EXACT_FROM = 10; // members: their number of answers is not withheld
const OPEN_FROM = 10; // answers: their tokens are open

const encoder = new TextEncoder();

// kind: 'log' (the register does not hold), 'record' (what was published does not fit it), 'missing' (the own answer is not
// there), 'withdrawn' (it is there though it was taken back), 'cell' (it is there with another value), 'result' (the figures do not follow), 'issued' (what is noted about the form)
export class CheckFault extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

const demand = (good, kind = 'record') => {
  if (!good) throw new CheckFault(kind);
};

const padHash = (pad) => leafHash(join('hecht-pad-v1', fromHex(pad)));

// ---- Trees ---------------------------------------------------------------------------------------------------

// The leaf hashes of a tree as hex, whether it is open or not; its root must be the one in the register.
async function hashesOf(tree, root, openHash) {
  demand(Array.isArray(tree?.open ?? tree?.leaves));
  const hashes = tree.open ? await Promise.all(tree.open.map((leaf) => (leaf.pad ? padHash(leaf.pad) : openHash(leaf))))
    : tree.leaves.map(fromBase64url);
  demand(hashes.every((hash) => hash.length === 32));
  demand(hex(await logRoot(hashes)) === root);
  return new Set(hashes.map(hex));
}

const realOf = (tree) => tree.open.filter((leaf) => !leaf.pad);

// Each open token is signed by the key of the round, and each by another answer's key.
async function checkTokens(tree, rid, spki) {
  const key = await crypto.subtle.importKey('spki', spki, { name: 'RSA-PSS', hash: 'SHA-384' }, false, ['verify']);
  const tokens = realOf(tree);
  demand(new Set(tokens.map((token) => token.opk)).size === tokens.length);
  for (const { prefix, opk, sig } of tokens) {
    const m = join(fromBase64url(prefix), 'hecht-answer-v1', rid, await sha256(fromBase64url(opk)));
    demand(await crypto.subtle.verify({ name: 'RSA-PSS', saltLength: 48 }, key, fromBase64url(sig), m));
  }
  return tokens.length;
}

// ---- The result ----------------------------------------------------------------------------------------------

const meanOf = (counts) => counts.reduce((sum, n, i) => sum + n * (i + 1), 0) / counts.reduce((sum, n) => sum + n, 0);

// Counts from the open cells, means from the counts. figures: of which questions each is the mean; undefined where the
// questionnaire is not known: then the server names them, and could leave some out. Resolves with whether the result was
// computed again without taking its word for anything.
function checkResult(record, figures) {
  const counts = new Map();
  let again = false;
  for (const line of record.result.split('\n')) {
    const item = COUNTS.exec(line)?.groups;
    if (!item) continue;
    const said = item.counts.trim().split(' ').map(Number);
    const found = said.map(() => 0);
    demand(record.cells[item.id]?.open, 'result');
    for (const { value } of realOf(record.cells[item.id])) if (value > 0) found[value - 1] += 1;
    demand(found.length === said.length && found.every((n, i) => n === said[i]), 'result');
    counts.set(item.id, said);
    again = figures !== undefined;
  }
  for (const line of record.result.split('\n')) {
    const figure = MEAN.exec(line)?.groups;
    if (!figure) continue;
    if (figures) demand(figures.get(figure.id) === figure.items, 'result');
    const items = figure.items.split(' ').map((name) => ({ reversed: name.startsWith('-'), counts: counts.get(name.replace(/^-/, '')) }));
    if (!items.every((item) => item.counts)) continue;
    const means = items.map((item) => (item.reversed ? item.counts.length + 1 - meanOf(item.counts) : meanOf(item.counts)));
    const mean = means.reduce((sum, one) => sum + one, 0) / means.length;
    demand(Math.abs(mean - Number(figure.mean)) < 1e-6, 'result');
  }
  return again;
}

function checkNumbers(close, record) {
  const roster = close.roster;
  const answers = /^[0-9]+$/.test(close.answers) ? Number(close.answers) : undefined;
  if (close.answers.startsWith('at-least-')) demand(roster < EXACT_FROM);
  demand(Boolean(record.eligibility.open) === (answers !== undefined && answers >= OPEN_FROM));
  const issued = close.issued === 'withheld' ? undefined : Number(close.issued);
  if (issued !== undefined) demand(issued <= roster);
  if (answers === undefined) return;
  demand(answers <= (issued ?? roster));
  if (record.eligibility.open) demand(realOf(record.eligibility).length === answers);
  for (const tree of Object.values(record.cells)) if (tree.open) demand(realOf(tree).length === answers);
}

// ---- The own leaves ------------------------------------------------------------------------------------------

// issuance: what the server says it noted about the own form, or undefined when it has forgotten it by now.
async function checkLeaf(issuance, hashes) {
  const salt = fromBase64url(issuance.salt);
  const noted = issuance.issued
    ? join('issued', fromBase64url(issuance.blinded_hash), issuance.device_signature ? fromBase64url(issuance.device_signature) : '')
    : join('not-issued');
  const leaf = await leafHash(join(salt, 'hecht-issuance-v1', [0], issuance.person, [0], noted));
  demand(hashes.has(hex(leaf)), 'issued');
}

async function checkIssuance(issuance, hashes, own) {
  if (!issuance) return;
  await checkLeaf(issuance, hashes);
  demand(issuance.issued && issuance.blinded_hash === own.blindedHash, 'issued');
  if (own.deviceSignature) demand(issuance.device_signature === own.deviceSignature, 'issued');
}

// record: as published; own: {rid, team, logKey, m, opk, signature, blindedHash, cells: [{item, value, salt}] or undefined},
// where cells that say nothing at all mean an answer that was taken back; seen: as for checkLog; questionnaire: its text as bytes, or undefined. Resolves with {again: the result was computed again, cells: the own cells were looked for, log}; throws a
// CheckFault.
export async function checkRecord(record, own, seen, issuance, questionnaire) {
  try {
    return await checkAll(record, own, seen, issuance, questionnaire);
  } catch (error) {
    if (error instanceof CheckFault) throw error;
    throw new CheckFault(error instanceof LogFault ? 'log' : 'record');
  }
}

// The descriptor, the close and the log of a record that fits the register. about: {rid, team, logKey}.
async function openRecord(record, about, seen) {
  demand(record?.format === 'hecht-record-v1' && typeof record.descriptor === 'string' && typeof record.result === 'string');
  const bytes = encoder.encode(record.descriptor);
  const descriptor = readDescriptor(bytes);
  demand(hex(await descriptorRid(bytes)) === about.rid && descriptor.team === about.team);
  const log = await checkLog(record.log, { rid: about.rid, team: about.team, logKey: about.logKey, spki: descriptor.spki }, seen);
  const close = readCloseEntry(log.entryAt(record.log.close));
  demand(close && close.rid === about.rid && close.roster === descriptor.rosterCount);
  demand([...close.cells.keys()].join(' ') === descriptor.items.join(' '));
  demand(hex(await sha256(encoder.encode(record.result))) === close.result);
  return { descriptor, close, log };
}

// For a member whose device holds no answer of the round: is what the server says about the own form in what was published?
// Resolves with {log}.
export async function checkOwnLeaf(record, about, seen, issuance) {
  try {
    const { close, log } = await openRecord(record, about, seen);
    await checkLeaf(issuance, await hashesOf(record.issuance, close.issuance));
    return { log };
  } catch (error) {
    if (error instanceof CheckFault) throw error;
    throw new CheckFault(error instanceof LogFault ? 'log' : 'record');
  }
}

// Only the questionnaire that the round fixed says what a figure is made of.
async function figuresFrom(questionnaire, descriptor) {
  if (!questionnaire) return undefined;
  demand(hex(await sha256(questionnaire)) === descriptor.instrumentHash);
  return figuresOf(new TextDecoder().decode(questionnaire), descriptor);
}

async function checkAll(record, own, seen, issuance, questionnaire) {
  const { descriptor, close, log } = await openRecord(record, own, seen);
  const rid = fromHex(own.rid);
  const tokens = await hashesOf(record.eligibility, close.eligibility, async ({ prefix, opk, sig }) => leafHash(join(
    fromBase64url(prefix), 'hecht-answer-v1', rid, await sha256(fromBase64url(opk)), fromBase64url(opk), fromBase64url(sig))));
  const withdrawn = own.cells?.every(({ value }) => value === 0) ?? false;
  const there = tokens.has(hex(await leafHash(join(own.m, own.opk, own.signature))));
  demand(there !== withdrawn, withdrawn ? 'withdrawn' : 'missing');
  if (record.eligibility.open) await checkTokens(record.eligibility, rid, descriptor.spki);

  const issued = await hashesOf(record.issuance, close.issuance);
  await checkIssuance(issuance, issued, own);
  for (const item of descriptor.items) {
    const hashes = await hashesOf(record.cells[item], close.cells.get(item), (cell) => cellHash({ item, value: cell.value, salt: fromHex(cell.salt) }));
    const cell = own.cells?.find((one) => one.item === item);
    if (own.cells && !withdrawn) demand(cell && hashes.has(hex(await cellHash(cell))), 'cell');
  }
  checkNumbers(close, record);
  const figures = await figuresFrom(questionnaire, descriptor);
  return { again: checkResult(record, figures), cells: own.cells !== undefined, withdrawn, log };
}
