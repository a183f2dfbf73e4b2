// Whether this browser can do what an anonymous answer needs. Nothing is sent about it, and what is tried is taken away again.
const page = document.getElementById('phone');
const NAME = 'hecht-phone-test', PATIENCE = 8000;

// The kinds of keys of an answer (protocol.js, blind.js): one made here, one of the server's. The modulus is any: nothing is signed.
async function keys() {
  const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, new Uint8Array(8));
  const n = btoa(String.fromCharCode(...new Uint8Array(256).fill(0xab))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
  await crypto.subtle.importKey('jwk', { kty: 'RSA', n, e: 'AQAB' }, { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);
  return BigInt(3) * BigInt(5) === BigInt(15) && privateKey;
}

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
  request.onblocked = () => reject(new Error('blocked'));
});

// A key has to come back out of the browser's storage as it went in.
async function storage() {
  localStorage.setItem(NAME, '1');
  const text = localStorage.getItem(NAME);
  localStorage.removeItem(NAME);
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
  const database = await done(opening);
  try {
    const store = (mode) => database.transaction('keys', mode).objectStore('keys');
    const key = await keys();
    await done(store('readwrite').put(key, 1));
    return text === '1' && (await done(store('readonly').get(1)))?.algorithm?.name === 'ECDSA';
  } finally {
    database.close();
    indexedDB.deleteDatabase(NAME);
  }
}

async function voice() {
  const options = { credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', redirect: 'error' };
  return (await fetch(`${page.dataset.voice}/healthz`, options)).ok;
}

const late = () => new Promise((resolve) => { setTimeout(resolve, PATIENCE, false); });
const checks = { address: async () => isSecureContext, keys, storage, voice };

async function run(line) {
  line.hidden = false;
  if (line.classList.contains('is-bad')) return false; // the server knew
  const good = Boolean(await Promise.race([checks[line.dataset.check]().catch(() => false), late()]));
  for (const part of line.querySelectorAll('[data-wait], [data-good], [data-bad]'))
    part.hidden = !(good ? 'good' in part.dataset : 'bad' in part.dataset);
  line.classList.toggle('is-good', good);
  line.classList.toggle('is-bad', !good);
  return good;
}

const all = await Promise.all([...page.querySelectorAll('[data-check]')].map(run));
const said = document.getElementById('phone-said');
said.textContent = all.every(Boolean) ? said.dataset.good : said.dataset.bad;
