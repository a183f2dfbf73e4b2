// A recovery code: 128 random bits from which every secret of an answer can be made again on another device (docs/privacy.md). Its
// owner reads it once, it is never sent, and a device keeps it in a form that no script can read out. WebCrypto derives; a browser
// that cannot make a key pair from the private half alone is not offered a code.
import { join } from './bytes.js';
import { fromHex, hex, sha256 } from './protocol.js';
import { bytesOf, wordsOf } from './words.js';

const CODE_BYTES = 16;
const CHECK_BYTES = 2; // of a code as words: tells a slip of the pen from another code
const WORDS = (CODE_BYTES + CHECK_BYTES) / 2;
const PREFIX_BYTES = 32;
const SALT_BYTES = 48;
const SURPLUS_BYTES = 16; // beyond the range, so that a remainder is as good as uniform (FIPS 186-5, A.2.1)
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n; // of P-256
const PKCS8 = fromHex('3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420'); // RFC 5915: no public half

const curve = { name: 'ECDSA', namedCurve: 'P-256' };
const encoder = new TextEncoder();
const toNumber = (bytes) => BigInt(`0x${hex(bytes)}`);

// ---- The code and its words ------------------------------------------------------------------------------------------

export const makeCode = () => crypto.getRandomValues(new Uint8Array(CODE_BYTES));

async function withCheck(code) {
  const hash = await sha256(join('hecht-recovery-check-v1', code));
  return join(code, hash.slice(0, CHECK_BYTES));
}

export const codeWords = async (code) => wordsOf(await withCheck(code));

// Whatever stands between the words, capitals or not. Resolves with undefined for what is no code.
export async function readCode(text) {
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  const bytes = words.length === WORDS ? bytesOf(words) : undefined;
  const code = bytes?.slice(0, CODE_BYTES);
  return code && hex(await withCheck(code)) === hex(bytes) ? code : undefined;
}

// To be kept and derived from; cannot be read out.
export const importCode = (code) => crypto.subtle.importKey('raw', code, 'HKDF', false, ['deriveBits']);

// ---- What follows from it --------------------------------------------------------------------------------------------

// {osk, opk} as makeOneTimeKey has them. scalar: a number from 1 to below the order.
async function keyPair(scalar, extractable) {
  const document = join(PKCS8, fromHex(scalar.toString(16).padStart(64, '0')));
  const readable = await crypto.subtle.importKey('pkcs8', document, curve, true, ['sign']);
  const { x, y } = await crypto.subtle.exportKey('jwk', readable);
  const half = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const osk = extractable ? readable : await crypto.subtle.importKey('pkcs8', document, curve, false, ['sign']);
  return { osk, opk: join([4], half(x), half(y)) };
}

const draw = (bytes, limit) => (toNumber(bytes) % (limit - 1n)) + 1n;

// The secrets of one form: {key: {osk, opk}, prefix, salt, factor}, for `blind` with this modulus. use: 'answer' or 'comment'.
export async function deriveSecrets(code, { person, rid, use }, modulus, extractable) {
  const sizes = [32 + SURPLUS_BYTES, PREFIX_BYTES, SALT_BYTES, modulus.toString(16).length / 2 + SURPLUS_BYTES];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const info = encoder.encode(`hecht-recovery-v1 ${use} ${person}`);
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: fromHex(rid), info };
  const bytes = new Uint8Array(await crypto.subtle.deriveBits(parameters, code, 8 * total));
  const [scalar, prefix, salt, factor] = sizes.map((size, i) => {
    const from = sizes.slice(0, i).reduce((sum, one) => sum + one, 0);
    return bytes.slice(from, from + size);
  });
  return { key: await keyPair(draw(scalar, ORDER), extractable), prefix, salt, factor: draw(factor, modulus) };
}

// Whether this browser can do all of it.
export async function canRecover() {
  try {
    await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: new Uint8Array() }, await importCode(new Uint8Array(CODE_BYTES)), 256);
    return (await keyPair(1n, false)).opk.length === 65;
  } catch {
    return false;
  }
}
