// What a device makes for one form, of an answer or a comment: a one-time key, the message that is signed, and what takes the
// blinding off again. Drawn at random, or made from the recovery code of its owner.
import { blind, prepare } from './blind.js';
import { makeOneTimeKey } from './protocol.js';
import { deriveSecrets } from './recovery.js';

const oneTime = { name: 'ECDSA', namedCurve: 'P-256' };

async function canKeepKeys() {
  const { osk } = await makeOneTimeKey();
  try {
    structuredClone(osk);
    return true;
  } catch {
    return false;
  }
}

// The private half of a kept form, not extractable where the browser can keep such a key, as text where it cannot.
export const keyOf = async (kept) => kept.osk ?? crypto.subtle.importKey('jwk', kept.oskText, oneTime, false, ['sign']);

// {osk or oskText, opk, m, inverse, blinded, version}, to be stored as it is. key: of the round; messageOf: what is signed, by
// opk; from: {code, person, rid, use} with code undefined when there is none; asText: where another key of this device had to
// be kept as text.
export async function makeFormSecrets(key, messageOf, from, asText = false) {
  const text = asText || !(await canKeepKeys());
  const derived = from.code && (await deriveSecrets(from.code, from, key.modulus, text));
  const { osk, opk } = derived?.key ?? (await makeOneTimeKey(text));
  const m = prepare(await messageOf(opk), derived?.prefix);
  const { blinded, inverse } = await blind(key, m, derived);
  const kept = text ? { oskText: await crypto.subtle.exportKey('jwk', osk) } : { osk };
  return { ...kept, opk, m, inverse, blinded, version: 0 };
}
