// The key of this device, for one person: it signs each request for a form, so that nobody else, not even the server, can fetch
// one in that person's name without being seen (docs/privacy.md). It never leaves the browser and is in no answer. Nothing here
// may stop an answer: a browser that cannot keep keys asks without a signature.
import { addDevice, loadDevice, saveDevice } from './answer_store.js';
import { base64url, fromHex, sha256 } from './protocol.js';

const curve = { name: 'ECDSA', namedCurve: 'P-256' };
const signing = { name: 'ECDSA', hash: 'SHA-256' };

async function makeDevice(person) {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(curve, false, ['sign']);
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  try {
    await addDevice({ person, key: privateKey, point, registered: false });
  } catch (error) {
    if (error?.name !== 'ConstraintError') throw error; // else another window was first
  }
  return loadDevice(person);
}

async function register(device, csrf) {
  const response = await fetch('/api/devices', {
    method: 'POST', credentials: 'same-origin', cache: 'no-store', referrerPolicy: 'no-referrer', redirect: 'error',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf },
    body: JSON.stringify({ public_key: base64url(device.point) }),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  await saveDevice({ ...device, registered: true });
}

// "hecht-token-v1" || rid || SHA-256(blinded), signed; undefined when this device has no key that the server knows. `again`: the
// server did not know the key, since it was ended there.
export async function signRequest({ person, rid, csrf }, blinded, again = false) {
  try {
    const device = (await loadDevice(person)) ?? (await makeDevice(person));
    if (!device.registered || again) await register(device, csrf);
    const parts = [new TextEncoder().encode('hecht-token-v1'), fromHex(rid), await sha256(blinded)];
    const message = new Uint8Array(await new Blob(parts).arrayBuffer());
    return base64url(new Uint8Array(await crypto.subtle.sign(signing, device.key, message)));
  } catch {
    return undefined;
  }
}

// The public key of this device in base64url, or undefined.
export async function ownPoint(person) {
  const device = await loadDevice(person).catch(() => undefined);
  return device?.registered ? base64url(device.point) : undefined;
}

// Whether a device with this public key (base64url) signed for a form.
export async function signedBy(point, rid, blindedHash, signature) {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const key = await crypto.subtle.importKey('raw', bytes(point), curve, false, ['verify']);
  const parts = [new TextEncoder().encode('hecht-token-v1'), fromHex(rid), bytes(blindedHash)];
  return crypto.subtle.verify(signing, key, bytes(signature), await new Blob(parts).arrayBuffer());
}
