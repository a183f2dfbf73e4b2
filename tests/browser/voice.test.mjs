// A second address for what goes without a name: it never sees a cookie, has nothing else on it, and only pages of the first
// address may read its replies.
import assert from 'node:assert/strict';
import http from 'node:http';
import test from 'node:test';

import {answerAndSend, assertGoodPage, changeKept, launch, person} from './chromium.mjs';
import {claim, closeRound, hecht, openRound, signinLink, start, temporaryFolder} from './hecht.mjs';

// What node's fetch would not let through: any Host.
const ask = (port, path, {host, method = 'GET', headers = {}, body} = {}) => new Promise((resolve, reject) => {
  const request = http.request({port, host: '127.0.0.1', path, method, headers: {host, ...headers}}, (response) => {
    const parts = [];
    response.on('data', (part) => parts.push(part));
    response.on('end', () => resolve({status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString()}));
  });
  request.on('error', reject);
  request.end(body);
});

test('a second address for answers', async (t) => {
  const browser = await launch(t), folder = temporaryFolder(t);
  const free = await start(t, folder, ['serve', '--port', '0']); // only to find a port
  const port = new URL(free.url).port;
  await free.stop();
  const url = `http://127.0.0.1:${port}`, voice = `http://localhost:${port}`;
  const server = await start(t, folder, ['serve', '--port', port, '--voice-origin', voice]);
  const {owner} = await claim(server);
  await openRound(owner);
  const page = await person(browser, {link: await signinLink(folder, 'a1@example.org', url)});
  const seen = [];
  page.on('request', async (request) => {
    const {pathname, origin} = new URL(request.url());
    seen.push({path: pathname, origin, cookie: (await request.allHeaders()).cookie});
  });

  await t.test('the browser sends there what goes without a name, without a cookie, and nothing else', async () => {
    await answerAndSend(page);
    await assertGoodPage(page);
    const there = seen.filter(({origin}) => origin === voice), here = seen.filter(({origin}) => origin === url);
    assert.deepEqual([...new Set(there.map(({path}) => path.split('/').pop().replace(/^[0-9a-f]{64}$/, 'questionnaire')))].sort(), ['answers', 'descriptor', 'log', 'questionnaire']);
    assert.ok(there.every(({cookie}) => cookie === undefined));
    assert.ok(here.some(({path}) => path.endsWith('/token')));
    assert.ok(!here.some(({path}) => path.endsWith('/descriptor') || path === '/api/answers'));
  });
  await t.test('hecht answer does the same', async () => {
    for (let i = 2; i <= 6; i++) {
      const done = await hecht(folder, 'answer', await signinLink(folder, `a${i}@example.org`, url), '--values', '4,4,4,4,4,4,4,4,4,4');
      assert.equal(done.code, 0, done.err);
    }
  });
  const there = `localhost:${port}`, here = `127.0.0.1:${port}`;
  await t.test('it has no other page, and sets no cookie', async () => {
    for (const path of ['/', '/signin', '/me', '/how', '/check', '/organisation', '/api/rounds', '/api/devices']) {
      const {status, headers} = await ask(port, path, {host: there});
      assert.equal(status, 404, path);
      assert.equal(headers['set-cookie'], undefined);
    }
    assert.equal((await ask(port, '/healthz', {host: there})).status, 200);
    assert.equal((await ask(port, '/signin', {host: here})).status, 200);
  });
  await t.test('a cookie that comes there all the same is not looked at', async () => {
    const cookie = [...owner.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    assert.equal((await ask(port, '/me', {host: there, headers: {cookie}})).status, 404);
    assert.equal((await ask(port, '/me', {host: here, headers: {cookie}})).status, 200);
  });
  await t.test('only pages of the first address may read its replies or send to it', async () => {
    const good = await ask(port, '/api/records', {host: there, headers: {origin: url}});
    assert.equal(good.headers['access-control-allow-origin'], url);
    assert.equal(good.headers['access-control-allow-credentials'], undefined);
    assert.equal((await ask(port, '/api/records', {host: here})).headers['access-control-allow-origin'], undefined);
    const post = (headers) => ask(port, '/api/answers', {host: there, method: 'POST', body: '{}', headers: {'content-length': 2, 'content-type': 'text/plain', ...headers}});
    assert.equal(JSON.parse((await post({origin: url, 'sec-fetch-site': 'cross-site'})).text).reason, 'answer-json');
    assert.equal(JSON.parse((await post({origin: 'https://evil.example'})).text).reason, 'origin-mismatch');
    const plain = await ask(port, '/api/answers', {host: here, method: 'POST', body: '{}', headers: {'content-length': 2, 'content-type': 'text/plain'}});
    assert.equal(plain.status, 415);
  });
  await t.test('a phone that tests itself tries it, too', async () => {
    await page.goto(`${url}/phone`);
    await page.locator('[data-check=voice].is-good').waitFor();
    await page.route(`${voice}/**`, (route) => route.abort());
    await page.reload();
    await page.locator('[data-check=voice].is-bad').waitFor();
    assert.match(await page.innerText('[data-check=voice]'), /hecht doctor/);
    await page.unroute(`${voice}/**`);
  });
  await t.test('the policy of pages allows it and nothing more', async () => {
    const {headers} = await ask(port, '/signin', {host: here});
    assert.match(headers['content-security-policy'], new RegExp(`connect-src 'self' ${voice};`));
  });
  await t.test('after the close the device looks there, too', async () => {
    await closeRound(owner);
    await changeKept(page, 'record.closes = 1;');
    seen.length = 0;
    await page.goto(`${url}/check`);
    await page.locator('#check[aria-busy=false]').waitFor({timeout: 30000});
    assert.equal(await page.locator('[data-fill=sentence]').first().textContent(), await page.textContent('[data-found=counted]'));
    assert.ok(seen.some(({origin, path}) => origin === voice && path.endsWith('/record')));
  });
  await t.test('addresses that cannot be', async () => {
    for (const wrong of [url, 'https://voice.example.org', 'voice.example.org', 'http://voice.example.org/path']) {
      const {code, err} = await hecht(folder, 'serve', '--port', '0', '--url', url, '--voice-origin', wrong, '--db', 'other.db');
      assert.notEqual(code, 0, wrong);
      assert.match(err, /voice|address/i);
    }
  });
});
