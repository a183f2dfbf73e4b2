// Sign-in by a provider that others wrote in another language than the one of openid.test.mjs: what only those two would agree on
// shows here.
import test from 'node:test';
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import path from 'node:path';

import {start, claim, database, sql, temporaryFolder, Visitor} from './hecht.mjs';
import {freePort} from './openid_provider.mjs';
import {Glewlwyd, SECRET} from './glewlwyd.mjs';

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'PS256'];
const main = (response) => response.text.match(/<main[\s\S]*<\/main>/)[0].replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

test('glewlwyd: code, PKCE and nonce, four ways to sign', {timeout: 120_000}, async (t) => {
  const folder = temporaryFolder(t), port = await freePort(), url = `http://127.0.0.1:${port}`, redirect = `${url}/openid/return`;
  const address = database(t, folder, 'sqlite'), idp = await Glewlwyd.start(t, folder, ALGORITHMS);
  await idp.client(redirect);
  await idp.user('bo', 'A1@Example.org', true);
  await idp.user('unsure', 'a2@example.org', false);
  await idp.user('stranger', 'stranger@example.org', true);
  writeFileSync(path.join(folder, 'secret'), `${SECRET}\n`);
  let server, words = '';
  const serve = async (algorithm) => {
    await server?.stop();
    server = await start(t, folder, ['serve', '--port', String(port), '--url', url, '--oidc-issuer', idp.issuer(algorithm), '--oidc-client-id', 'hecht',
      '--oidc-client-secret-file', 'secret']);
    server.child.stderr.on('data', (data) => { words += data; });
  };
  const begin = async (visitor) => {
    const response = await visitor.send('/openid');
    assert.equal(response.status, 303, `${response.text.slice(0, 300)} ${words}`);
    return response.headers.get('location');
  };
  const attempt = async (username) => {
    const visitor = new Visitor(url), back = await idp.login(await begin(visitor), username, redirect);
    return {visitor, back, response: await visitor.page(back)};
  };
  await serve(ALGORITHMS[0]);
  await claim(server, {organisation: 'Glewlwyd'});

  for (const algorithm of ALGORITHMS)
    await t.test(`signed with ${algorithm}`, async () => {
      await serve(algorithm);
      assert.equal((await (await fetch(`${idp.issuer(algorithm)}/jwks`)).json()).keys[0].alg, algorithm);
      const {visitor, response} = await attempt('bo');
      assert.equal(response.status, 200, `${main(response)} ${words} ${idp.words}`);
      assert.match((await visitor.send('/me')).text, /a1@example\.org/);
      assert.equal(sql(address, `SELECT count(*) FROM openid_account WHERE issuer = '${idp.issuer(algorithm)}'`), '1');
    });

  await t.test('whom it knows but Hecht does not, and an address that it did not confirm', async () => {
    const before = sql(address, 'SELECT count(*) FROM person');
    for (const [username, sentence] of [['stranger', /Nobody in Hecht has the address/], ['unsure', /no confirmed e-mail address/]]) {
      const {visitor, response} = await attempt(username);
      assert.equal(response.status, 403);
      assert.match(main(response), sentence);
      assert.equal((await visitor.send('/me')).status, 303, 'not signed in');
    }
    assert.equal(sql(address, 'SELECT count(*) FROM person'), before);
  });

  await t.test('its code opens nothing in another browser, nor twice', async () => {
    const visitor = new Visitor(url), back = await idp.login(await begin(visitor), 'bo', redirect), other = new Visitor(url);
    await begin(other);
    assert.equal((await other.send(back)).status, 410);
    const kept = new Map(visitor.cookies);
    assert.equal((await visitor.page(back)).status, 200);
    visitor.cookies = kept;
    assert.equal((await visitor.send(back)).status, 403);
  });

  await t.test('a nonce or a verifier of another attempt is not taken', async () => {
    for (const name of ['nonce', 'code_challenge']) {
      const visitor = new Visitor(url), to = new URL(await begin(visitor));
      to.searchParams.set(name, new URL(await begin(new Visitor(url))).searchParams.get(name));
      const response = await visitor.page(await idp.login(to, 'bo', redirect));
      assert.equal(response.status, name === 'nonce' ? 400 : 403, main(response));
      assert.equal((await visitor.send('/me')).status, 303, 'not signed in');
    }
  });
});
