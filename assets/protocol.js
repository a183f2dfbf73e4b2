// The messages of a round, byte for byte as src/privacy/protocol.h has them, and the keys of one answer.
import { join } from './bytes.js';

const ITEMS_MAXIMUM = 64;
const DESCRIPTOR_MAXIMUM = 8192;
const COUNT_MAXIMUM = 1000000;
const K_MINIMUM = 5;
const VALUE_MAXIMUM = 9;
const SALT_BYTES = 32;
const ITEM = '[a-z0-9_-]{1,24}';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const encoder = new TextEncoder();
const strictDecoder = () => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// ---- Bytes as text -------------------------------------------------------------------------------------------

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export function fromHex(text) {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new Error('not hexadecimal');
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

export function base64url(bytes) {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

export function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new Error('not base64url');
  const bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  if (base64url(bytes) !== text) throw new Error('bits left over');
  return bytes;
}

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

// ---- Descriptor ----------------------------------------------------------------------------------------------

const ID = '[1-9][0-9]{0,18}';
const NUMBER = '0|[1-9][0-9]{0,6}';
const TEXT = '[^\\u0000-\\u001f\\u007f-\\u009f]+';
const TIME = '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z';
const HASH = '[0-9a-f]{64}';

const DESCRIPTOR = new RegExp(
  '^hecht-round-v1\n' +
    `org (?<org>${ID})\n` +
    `organisation (?<organisation>${TEXT})\n` +
    `team (?<team>${ID})\n` +
    `team-name (?<teamName>${TEXT})\n` +
    `(?:leader (?<leader>${TEXT})\n)?` +
    `round (?<round>${NUMBER})\n` +
    'form (?<form>pulse|full)\n' +
    `opens (?<opens>${TIME})\n` +
    `closes (?<closes>${TIME})\n` +
    `extended (?<extended>${TIME})\n` +
    `instrument (?<instrument>[a-z0-9_-]{1,64}) (?<instrumentVersion>${NUMBER}) (?<instrumentHash>${HASH})\n` +
    `items (?<items>${ITEM}(?: ${ITEM}){0,${ITEMS_MAXIMUM - 1}})\n` +
    `(?:promise (?<promise>${TEXT})\n)?` +
    `k (?<k>${NUMBER})\n` +
    `roster (?<rosterCount>${NUMBER}) (?<rosterRoot>${HASH})\n` +
    `purpose (?<purpose>${TEXT})\n` +
    'key (?<key>[A-Za-z0-9_-]+)\n' +
    '(?:comment-key (?<commentKey>[A-Za-z0-9_-]+)\n)?$',
  'u',
);

const refuse = (what) => {
  throw new Error(`the round's descriptor has a wrong ${what}`);
};

function seconds(text) {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== text.replace('Z', '.000Z')) refuse('time');
  if (time.getTime() < 0) refuse('time');
  return time.getTime() / 1000;
}

function checkId(text) {
  if (BigInt(text) > 9223372036854775807n) refuse('id');
  return text; // 63 bits do not fit into a number
}

function count(text, minimum) {
  const value = Number(text);
  if (value < minimum || value > COUNT_MAXIMUM) refuse('number');
  return value;
}

function short(text, bytes) {
  if (encoder.encode(text).length > bytes) refuse('length');
  return text;
}

function itemList(text, promise) {
  const items = text.split(' ');
  if (new Set(items).size !== items.length) refuse('list of items');
  if (items.includes('promise') !== (promise !== '') || items.indexOf('promise') > 0) refuse('promise');
  return items;
}

// Accepts exactly what the server's writer can make; throws on anything else. Ids stay text.
export function readDescriptor(bytes) {
  if (bytes.length > DESCRIPTOR_MAXIMUM) refuse('length');
  const found = DESCRIPTOR.exec(strictDecoder().decode(bytes));
  if (!found) refuse('form');
  const { leader = '', promise = '', commentKey, ...field } = found.groups;
  const round = {
    org: checkId(field.org),
    organisation: short(field.organisation, 200),
    team: checkId(field.team),
    teamName: short(field.teamName, 200),
    leader: short(leader, 200),
    round: count(field.round, 1),
    form: field.form,
    opens: seconds(field.opens),
    closes: seconds(field.closes),
    extended: seconds(field.extended),
    instrument: field.instrument,
    instrumentVersion: count(field.instrumentVersion, 1),
    instrumentHash: field.instrumentHash,
    items: itemList(field.items, promise),
    promise: short(promise, 400),
    k: count(field.k, K_MINIMUM),
    rosterCount: count(field.rosterCount, 0),
    rosterRoot: field.rosterRoot,
    purpose: short(field.purpose, 1000),
    spki: fromBase64url(field.key),
    commentSpki: commentKey && fromBase64url(commentKey),
  };
  if (round.opens >= round.closes || round.closes > round.extended) refuse('order of times');
  if (round.spki.length > 1024) refuse('key');
  if (round.commentSpki && (round.commentSpki.length > 1024 || commentKey === field.key)) refuse('key of comments');
  return round;
}

export const descriptorRid = (bytes) => sha256(bytes);

// ---- Answer --------------------------------------------------------------------------------------------------

// What is prepared, blinded and signed: 79 bytes
export async function answerMessage(rid, opk) {
  return join(encoder.encode('hecht-answer-v1'), rid, await sha256(opk));
}

// cells: [{item, value, salt}], value 0 for no answer, salt 32 bytes
function checkCells(version, cells) {
  const good =
    Number.isInteger(version) && version >= 1 && version <= COUNT_MAXIMUM &&
    cells.length >= 1 && cells.length <= ITEMS_MAXIMUM &&
    cells.every(({ item, value, salt }) => new RegExp(`^${ITEM}$`).test(item) && salt.length === SALT_BYTES &&
      Number.isInteger(value) && value >= 0 && value <= VALUE_MAXIMUM);
  if (!good) throw new Error('not an answer');
}

export const makeSalt = () => crypto.getRandomValues(new Uint8Array(SALT_BYTES));

const cellText = ({ item, value, salt }) => `${item} ${value} ${hex(salt)}`;

// The text that the one-time key signs
export function answerText(rid, version, cells) {
  checkCells(version, cells);
  const lines = cells.map((cell) => `cell ${cellText(cell)}\n`);
  return encoder.encode(`hecht-body-v1\nrid ${hex(rid)}\nversion ${version}\n${lines.join('')}`);
}

export function cellHash(cell) {
  return sha256(join([0], encoder.encode(`hecht-cell-v1 ${cellText(cell)}`)));
}

// The text of the receipt for this answer; answerId is SHA-256(opk)
export async function receiptText(rid, answerId, version, cells) {
  checkCells(version, cells);
  const hashes = await Promise.all(cells.map(cellHash));
  const lines = hashes.map((hash) => `cell ${hex(hash)}\n`);
  return encoder.encode(
    `hecht-receipt-v1\nrid ${hex(rid)}\nanswer ${hex(answerId)}\nversion ${version}\n${lines.join('')}`,
  );
}

// ---- Comment -------------------------------------------------------------------------------------------------

const COMMENT_BYTES = 1500;

// What is prepared, blinded and signed for a comment: 80 bytes
export async function commentMessage(rid, opk) {
  return join(encoder.encode('hecht-comment-v1'), rid, await sha256(opk));
}

// Length, text, zeros: all of one size. An empty text takes the comment back.
export function commentBody(text) {
  const bytes = encoder.encode(text);
  if (bytes.length > COMMENT_BYTES) throw new Error('the comment is too long');
  const body = new Uint8Array(2 + COMMENT_BYTES);
  body.set([bytes.length >> 8, bytes.length & 255]);
  body.set(bytes, 2);
  return body;
}

const commentLines = async (version, body) => `version ${version}\nbody ${hex(await sha256(body))}\n`;

export async function commentText(rid, version, body) {
  return encoder.encode(`hecht-comment-v1\nrid ${hex(rid)}\n${await commentLines(version, body)}`);
}

// commentId is SHA-256(opk)
export async function commentReceiptText(rid, commentId, version, body) {
  return encoder.encode(
    `hecht-comment-receipt-v1\nrid ${hex(rid)}\ncomment ${hex(commentId)}\n${await commentLines(version, body)}`,
  );
}

// ---- Keys ----------------------------------------------------------------------------------------------------

// A key for one answer. The private part can be kept in IndexedDB as it is and cannot be read out by a script.
export async function makeOneTimeKey(extractable = false) {
  const pair = await crypto.subtle.generateKey(ecdsa, extractable, ['sign', 'verify']);
  return { osk: pair.privateKey, opk: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)) };
}

export async function signAnswer(osk, text) {
  return new Uint8Array(await crypto.subtle.sign(ecdsa, osk, text));
}

// true or false; undefined where this browser knows no Ed25519: then the receipt is kept and not checked here.
export async function verifyReceipt(logPublic, text, signature) {
  let key;
  try {
    key = await crypto.subtle.importKey('raw', logPublic, { name: 'Ed25519' }, false, ['verify']);
  } catch (error) {
    if (error.name === 'NotSupportedError') return undefined;
    throw error;
  }
  return crypto.subtle.verify({ name: 'Ed25519' }, key, signature, text);
}
