// One-time keys that outlive the page: not extractable where the browser can keep such a key, as text where it cannot.
import { makeOneTimeKey } from './protocol.js';

const oneTime = { name: 'ECDSA', namedCurve: 'P-256' };

export async function canKeepKeys() {
  const { osk } = await makeOneTimeKey();
  try {
    structuredClone(osk);
    return true;
  } catch {
    return false;
  }
}

// {osk or oskText, opk}, to be stored as it is. asText: where another key of this device had to be kept as text.
export async function keepableKey(asText) {
  const text = asText || !(await canKeepKeys());
  const { osk, opk } = await makeOneTimeKey(text);
  return text ? { oskText: await crypto.subtle.exportKey('jwk', osk), opk } : { osk, opk };
}

export const keyOf = async (kept) => kept.osk ?? crypto.subtle.importKey('jwk', kept.oskText, oneTime, false, ['sign']);
