// The member's side of blind signatures: RFC 9474, RSABSSA-SHA384-PSS-Randomized. The server signs bytes from which
// it cannot tell what it signed; only this page can take the blinding off again. WebCrypto hashes, draws randomness and
// verifies; BigInt does the two modular steps. src/privacy/blind_client.c is the same in C.
import { join, same } from './bytes.js';

const HASH_BYTES = 48;
const SALT_BYTES = 48;
const PREFIX_BYTES = 32;

const random = (length) => crypto.getRandomValues(new Uint8Array(length));
const sha384 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-384', bytes));

function toNumber(bytes) {
  let text = '0x0';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return BigInt(text);
}

function toBytes(number, length) {
  const text = number.toString(16).padStart(2 * length, '0');
  return Uint8Array.from({ length }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

function inverse(a, modulus) {
  let [r0, r1, s0, s1] = [a % modulus, modulus, 1n, 0n];
  while (r1) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [s0, s1] = [s1, s0 - quotient * s1];
  }
  if (r0 !== 1n) throw new Error('no inverse');
  return s0 < 0n ? s0 + modulus : s0;
}

// base ** 65537, the only exponent that importKey lets through
function power65537(base, modulus) {
  let result = base;
  for (let i = 0; i < 16; i++) result = (result * result) % modulus;
  return (result * base) % modulus;
}

// EMSA-PSS (RFC 8017, 9.1.1) with MGF1, both SHA-384, for a modulus of 8 * size bits
async function encode(message, salt, size) {
  const hash = await sha384(join(new Uint8Array(8), await sha384(message), salt));
  const block = join(new Uint8Array(size - salt.length - HASH_BYTES - 2), [1], salt);
  for (let i = 0; i < block.length; i += HASH_BYTES) {
    const mask = await sha384(join(hash, [0, 0, 0, i / HASH_BYTES]));
    for (let j = i; j < i + HASH_BYTES && j < block.length; j++) block[j] ^= mask[j - i];
  }
  block[0] &= 0x7f;
  return join(block, hash, [0xbc]);
}

// Refuses any exponent but 65537, moduli outside 2048 to 4096 bits, and other than the one encoding of a key.
export async function importKey(spki) {
  const algorithm = { name: 'RSA-PSS', hash: 'SHA-384' };
  const key = await crypto.subtle.importKey('spki', spki, algorithm, true, ['verify']);
  const again = new Uint8Array(await crypto.subtle.exportKey('spki', key));
  const bits = key.algorithm.modulusLength;
  const { n, e } = await crypto.subtle.exportKey('jwk', key);
  if (e !== 'AQAB' || bits < 2048 || bits > 4096 || bits % 8) throw new Error('key refused');
  if (!same(again, spki)) throw new Error('key refused');
  const text = atob(n.replace(/-/g, '+').replace(/_/g, '/'));
  return { key, size: bits / 8, modulus: toNumber(Uint8Array.from(text, (c) => c.charCodeAt(0))) };
}

// The message that will be signed: the random part makes it impossible to guess, even for a bad key. It is given only when it
// comes from a recovery code, as are salt and factor below.
export const prepare = (message, prefix = random(PREFIX_BYTES)) => join(prefix, message);

// `inverse` is the secret that takes the blinding off.
export async function blind(key, prepared, { salt = random(SALT_BYTES), factor } = {}) {
  const encoded = toNumber(await encode(prepared, salt, key.size));
  inverse(encoded, key.modulus); // throws when it shares a divisor with the modulus, as the RFC demands
  while (factor === undefined || factor <= 0n || factor >= key.modulus) factor = toNumber(random(key.size));
  return {
    blinded: toBytes((encoded * power65537(factor, key.modulus)) % key.modulus, key.size),
    inverse: toBytes(inverse(factor, key.modulus), key.size),
  };
}

export function verify(key, prepared, signature) {
  return crypto.subtle.verify({ name: 'RSA-PSS', saltLength: SALT_BYTES }, key.key, signature, prepared);
}

// Throws when the server did not sign what it was given: then throw everything away and use none of it again.
export async function finalize(key, prepared, inverseBytes, blindSignature) {
  if (blindSignature.length !== key.size || inverseBytes.length !== key.size) throw new Error('wrong length');
  const signature = toBytes((toNumber(blindSignature) * toNumber(inverseBytes)) % key.modulus, key.size);
  if (!(await verify(key, prepared, signature))) throw new Error('the signature does not hold');
  return signature;
}
