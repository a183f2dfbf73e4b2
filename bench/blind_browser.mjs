// Blinding and unblinding in a browser: assets/blind.js in headless Chromium, with a key of 2048 bits. Prints the median of each
// in milliseconds. Takes playwright-core from tests/browser (tests/browser/install.sh).
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const require = createRequire(new URL('../tests/browser/package.json', import.meta.url));
const {chromium} = require('playwright-core');
const source = readFileSync(new URL('../assets/blind.js', import.meta.url), 'utf8');
const RUNS = 50, WARM = 5;

const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', chromiumSandbox: false,
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']});
const page = await browser.newPage();
await page.route('http://127.0.0.1/**', (route) => (route.request().url().endsWith('.js')
  ? route.fulfill({contentType: 'text/javascript', body: source}) : route.fulfill({contentType: 'text/html', body: '<!doctype html>'})));
await page.goto('http://127.0.0.1/'); // WebCrypto wants an address it trusts
const times = await page.evaluate(async ([runs, warm]) => {
  const {blind, finalize, importKey, prepare} = await import('http://127.0.0.1/blind.js');
  const pair = await crypto.subtle.generateKey(
    {name: 'RSA-PSS', hash: 'SHA-384', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1])}, true, ['sign', 'verify']);
  const key = await importKey(new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey)));
  const text = atob((await crypto.subtle.exportKey('jwk', pair.privateKey)).d.replace(/-/g, '+').replace(/_/g, '/'));
  const number = (bytes) => BigInt('0x' + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));
  const d = number(Uint8Array.from(text, (c) => c.charCodeAt(0)));
  const sign = (blinded) => { // the server's part, which is not timed
    let result = 1n;
    for (let bits = d, base = number(blinded); bits; bits >>= 1n, base = (base * base) % key.modulus) if (bits & 1n) result = (result * base) % key.modulus;
    return Uint8Array.from(result.toString(16).padStart(512, '0').match(/../g), (pair) => parseInt(pair, 16));
  };
  const taken = {blind: [], finalise: []};
  for (let i = 0; i < runs + warm; i++) {
    const start = performance.now(), prepared = prepare(crypto.getRandomValues(new Uint8Array(79)));
    const {blinded, inverse} = await blind(key, prepared), middle = performance.now();
    const signature = sign(blinded), again = performance.now();
    await finalize(key, prepared, inverse, signature);
    if (i < warm) continue;
    taken.blind.push(middle - start);
    taken.finalise.push(performance.now() - again);
  }
  return taken;
}, [RUNS, WARM]);
await browser.close();
const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
console.log(`blind_milliseconds ${median(times.blind).toFixed(2)}\nfinalise_milliseconds ${median(times.finalise).toFixed(2)}`);
