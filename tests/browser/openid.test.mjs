// Sign-in by OpenID Connect with the real program and a real provider.
import test from 'node:test';
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import path from 'node:path';

import {start, claim, database, signIn, sql, temporaryFolder, Visitor} from './hecht.mjs';
import {launch, person, assertGoodPage} from './chromium.mjs';
import {ALGORITHMS, Idp, SECRET, freePort, makeKey} from './openid_provider.mjs';

const CLIENT = 'hecht RS256';

async function world(t, engine = 'sqlite', language = 'en') {
  const folder = temporaryFolder(t), address = database(t, folder, engine), port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const idp = await Idp.start(t, `${url}/openid/return`);
  writeFileSync(path.join(folder, 'secret'), `${SECRET}\n`);
  const w = {folder, address, url, idp, words: ''};
  w.serve = async (client = CLIENT, more = [], at = port) => {
    const server = await start(t, folder, ['serve', '--port', String(at), '--url', url, '--oidc-issuer', idp.issuer, '--oidc-client-id', client,
      '--oidc-client-secret-file', 'secret', '--oidc-name', 'Werkpas', ...more]);
    server.child.stderr.on('data', (data) => { w.words += data; });
    return server;
  };
  w.server = await w.serve();
  w.again = async (...options) => { await w.server.stop(); w.server = await w.serve(...options); };
  w.owner = (await claim(w.server, {organisation: `OpenID ${engine}`, language})).owner;
  idp.accounts['sub-1'] = {email: 'A1@Example.org', email_verified: true};
  return w;
}

const begin = async (visitor) => {
  const response = await visitor.send('/openid');
  assert.equal(response.status, 303, response.text);
  return response.headers.get('location');
};
const main = (response) => response.text.match(/<main[\s\S]*<\/main>/)[0].replace(/<[^>]*>/g, ' ').replaceAll('&quot;', '"').replace(/\s+/g, ' ');

// The whole way without a browser. Resolves with the page where it ends.
async function attempt(w, account, visitor = new Visitor(w.url)) {
  const back = await w.idp.login(await begin(visitor), {account});
  const response = await visitor.page(back);
  return {visitor, back, response};
}

async function assertIn(w, account) {
  const {visitor, response} = await attempt(w, account);
  assert.equal(response.status, 200, main(response));
  assert.equal((await visitor.send('/me')).status, 200);
  return visitor;
}

async function assertOut(w, account, status, sentence) {
  const {visitor, response} = await attempt(w, account);
  assert.equal(response.status, status, main(response));
  assert.match(main(response), sentence);
  assert.match(response.text, /href="\/openid"/, 'a way to begin again');
  assert.equal((await visitor.send('/me')).status, 303, 'not signed in');
  return response;
}

for (const [engine, language] of [['sqlite', 'nl-NL'], ['postgres', 'en-GB']])
  test(`in a browser, ${engine}, ${language}`, async (t) => {
    const w = await world(t, engine, language.slice(0, 2)), browser = await launch(t);
    const page = await person(browser, {language});
    await page.goto(`${w.url}/signin`);
    await assertGoodPage(page);
    const dutch = language === 'nl-NL';
    await page.getByRole('link', {name: dutch ? 'Inloggen met Werkpas' : 'Sign in with Werkpas'}).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${w.idp.issuer}/interaction/**`);
    await page.getByLabel('Account').fill('nobody-at-all');
    await page.getByRole('button', {name: 'Cancel'}).click();
    await page.waitForURL(`${w.url}/openid/return?**`);
    assert.match(await page.textContent('main'), dutch ? /niet doorgelaten/ : /not let through/);
    await assertGoodPage(page);
    await page.getByRole('link', {name: dutch ? 'Opnieuw beginnen' : 'Begin again'}).click();
    await page.getByLabel('Account').fill('sub-1');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.origin === w.url && !url.pathname.startsWith('/openid'));
    await page.goto(`${w.url}/me`);
    assert.match(await page.textContent('main'), /a1@example\.org/);
    assert.match(await page.textContent('#account'), new RegExp(`${dutch ? 'gekoppeld' : 'tied'}`));
    await assertGoodPage(page);
    const cookies = await page.context().cookies(w.url);
    assert.deepEqual(cookies.filter(({name}) => name.startsWith('hecht')).map(({name, httpOnly, sameSite}) => [name, httpOnly, sameSite]), [['hecht', true, 'Lax']]);
    await page.getByRole('button', {name: dutch ? 'Account loskoppelen' : 'Untie the account'}).click();
    assert.equal(await page.locator('#account').count(), 0);
    assert.equal(sql(w.address, 'SELECT count(*) FROM openid_account'), '0');
  });

test('what is sent', async (t) => {
  const w = await world(t), visitor = new Visitor(w.url, 'nl');
  const first = new URL(await begin(visitor)), second = new URL(await begin(new Visitor(w.url)));
  const {state, nonce, code_challenge: challenge, ...fixed} = Object.fromEntries(first.searchParams);
  assert.deepEqual(fixed, {response_type: 'code', scope: 'openid email', client_id: CLIENT, redirect_uri: `${w.url}/openid/return`,
    code_challenge_method: 'S256', ui_locales: 'nl'});
  for (const value of [state, nonce, challenge]) assert.match(value, /^[\w-]{43}$/);
  for (const name of ['state', 'nonce', 'code_challenge']) assert.notEqual(first.searchParams.get(name), second.searchParams.get(name));
  const cookie = (await visitor.send('/openid')).headers.getSetCookie();
  assert.equal(cookie.length, 1);
  assert.match(cookie[0], /^hecht-openid=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
  const asked = w.idp.requests.filter((url) => url.includes('openid-configuration'));
  assert.equal(asked.length, 1, 'the description is fetched once');
});

test('all algorithms, and both ways to give the secret', async (t) => {
  const w = await world(t);
  for (const algorithm of ALGORITHMS)
    for (const method of ['client_secret_basic', 'client_secret_post'])
      await t.test(`${algorithm}, ${method}`, async () => {
        w.idp.use(undefined, {clientAuthMethods: [method],
          clients: [{client_id: 'hecht', client_secret: SECRET, redirect_uris: [w.idp.redirect], token_endpoint_auth_method: method, id_token_signed_response_alg: algorithm}]});
        await w.again('hecht');
        await assertIn(w, 'sub-1');
      });
  await t.test('a new key beside the old one', async () => {
    const keys = [makeKey('ES256', 'old'), makeKey('ES256', 'new')];
    w.idp.use(keys);
    await w.again('hecht ES256');
    await assertIn(w, 'sub-1');
    const before = w.idp.requests.filter((url) => url.startsWith('/jwks')).length;
    w.idp.use([...keys].reverse());
    await assertIn(w, 'sub-1');
    assert.equal(w.idp.requests.filter((url) => url.startsWith('/jwks')).length, before, 'it was published already');
    w.idp.use([makeKey('ES256', 'sudden')]);
    await assertOut(w, 'sub-1', 400, /does not pass the checks/); // within a minute of the last look
  });
});

test('who is let in', async (t) => {
  const w = await world(t), {accounts} = w.idp, people = () => sql(w.address, 'SELECT count(*) FROM person');
  const before = people();
  await t.test('an address that nobody has: a sentence, and nothing is made', async () => {
    accounts.stranger = {email: 'stranger@example.org', email_verified: true};
    const response = await assertOut(w, 'stranger', 403, /Nobody in Hecht has the address/);
    assert.match(response.text, /stranger@example\.org/);
    assert.equal(people(), before);
    assert.equal(sql(w.address, 'SELECT count(*) FROM openid_account'), '0');
  });
  await t.test('no address, or one that is not verified', async () => {
    accounts.silent = {};
    accounts.unsure = {email: 'a2@example.org', email_verified: false};
    accounts.words = {email: 'a2@example.org', email_verified: 'true'};
    for (const account of ['silent', 'unsure', 'words']) await assertOut(w, account, 403, /no confirmed e-mail address/);
  });
  await t.test('an account stays the same person when its address changes', async () => {
    const visitor = await assertIn(w, 'sub-1');
    accounts['sub-1'].email = 'a2@example.org';
    const again = await assertIn(w, 'sub-1');
    for (const one of [visitor, again]) assert.match((await one.send('/me')).text, /a1@example\.org/);
    assert.equal(sql(w.address, 'SELECT count(*) FROM openid_account'), '1');
  });
  await t.test('an address that was given to somebody else opens nothing, until its owner unties the account', async () => {
    accounts['sub-new'] = {email: 'a1@example.org', email_verified: true};
    await assertOut(w, 'sub-new', 409, /tied to another account/);
    const own = await signIn(w.folder, w.url, 'a1@example.org');
    await own.submit('/me', '/me/openid/end');
    await assertIn(w, 'sub-new');
    assert.equal(sql(w.address, 'SELECT subject FROM openid_account'), 'sub-new');
  });
  await t.test('the operator may trust the addresses', async () => {
    await w.again(CLIENT, ['--oidc-trust-email']);
    await assertIn(w, 'unsure');
  });
  await t.test('sign-out ends the session here', async () => {
    const visitor = await assertIn(w, 'sub-new');
    await visitor.submit('/me', '/signout');
    assert.equal((await visitor.send('/me')).status, 303);
  });
});

test('viewers by a claim', async (t) => {
  const w = await world(t), {accounts} = w.idp;
  await w.again(CLIENT, ['--oidc-viewer-claim', 'groups=hecht viewers']);
  const role = (address) => sql(w.address, `SELECT COALESCE(MAX(role), 'none') FROM org_role r JOIN person p ON p.person_id = r.person_id WHERE p.address = '${address}'`);
  accounts.boss = {email: 'ada@example.org', email_verified: true, groups: ['hecht viewers']};
  accounts['sub-1'].groups = ['others', 'hecht viewers'];
  accounts['sub-2'] = {email: 'a2@example.org', email_verified: true, groups: 'hecht viewers and more'};
  for (const account of ['boss', 'sub-1', 'sub-2']) await assertIn(w, account);
  assert.deepEqual(['ada', 'a1', 'a2'].map((name) => role(`${name}@example.org`)), ['owner', 'viewer', 'none']);
  accounts.boss.groups = accounts['sub-1'].groups = [];
  for (const account of ['boss', 'sub-1']) await assertIn(w, account);
  assert.deepEqual(['ada', 'a1'].map((name) => role(`${name}@example.org`)), ['owner', 'none'], 'the owner stays');
  await w.owner.submit('/people', '/people/viewer', {address: 'a2@example.org'});
  assert.equal(role('a2@example.org'), 'viewer');
  await assertIn(w, 'sub-2');
  assert.equal(role('a2@example.org'), 'viewer', 'who was made one by hand stays one');
});

test('what goes wrong on the way', async (t) => {
  const w = await world(t);
  const secrets = [SECRET];
  const gone = async (visitor, back) => {
    const response = await visitor.send(back);
    assert.equal(response.status, 410, main(response));
    assert.match(main(response), /This sign-in is over/);
    assert.deepEqual(response.headers.getSetCookie().filter((cookie) => cookie.startsWith('hecht=')), [], 'no session');
  };
  await t.test('an answer counts once, and in the browser that began only', async () => {
    const visitor = new Visitor(w.url), other = new Visitor(w.url);
    const back = await w.idp.login(await begin(visitor), {account: 'sub-1'});
    secrets.push(back.searchParams.get('code'), back.searchParams.get('state'));
    const kept = new Map(visitor.cookies);
    await gone(new Visitor(w.url), back);
    await begin(other);
    await gone(other, back);
    const stolen = new URL(back);
    const state = back.searchParams.get('state');
    stolen.searchParams.set('state', `${state.slice(0, -1)}${state.endsWith('A') ? 'E' : 'A'}`); // one in sixteen ends with A
    await gone(visitor, stolen);
    assert.equal((await visitor.page(back)).status, 200);
    await gone(visitor, back);
    visitor.cookies = kept; // and with the cookie: the provider does not take the code again
    const replayed = await visitor.send(back);
    assert.equal(replayed.status, 403);
    assert.match(main(replayed), /did not confirm this any more/);
  });
  await t.test('an answer of another provider', async () => {
    const visitor = new Visitor(w.url);
    const back = await w.idp.login(await begin(visitor), {account: 'sub-1'});
    assert.equal(back.searchParams.get('iss'), w.idp.issuer);
    back.searchParams.set('iss', 'http://localhost:1');
    assert.match(main(await visitor.page(back)), /does not pass the checks/);
    const bare = await w.idp.login(await begin(visitor), {account: 'sub-1'});
    bare.searchParams.delete('iss');
    assert.match(main(await visitor.page(bare)), /does not pass the checks/);
  });
  await t.test('the provider falls silent in the middle, and comes back', async () => {
    const visitor = new Visitor(w.url);
    const back = await w.idp.login(await begin(visitor), {account: 'sub-1'});
    w.idp.silent = true;
    const response = await visitor.page(back);
    assert.equal(response.status, 503);
    assert.match(main(response), /does not answer as it should/);
    w.idp.silent = false;
    await assertIn(w, 'sub-1');
  });
  await t.test('clocks that differ', async () => {
    for (const shift of [-90, 90]) await w.idp.atTime(shift, () => assertIn(w, 'sub-1'));
    await w.idp.atTime(180, () => assertOut(w, 'sub-1', 400, /does not pass the checks/));
    assert.match(w.words, /is the clock of this machine right\?/);
  });
  await t.test('an error of the provider, and nonsense', async () => {
    for (const [query, status, sentence] of [['error=server_error', 503, /reports a failure of its own/], ['error=%0Aevil', 503, /reports a failure/], ['', 403, /did not confirm/], [`code=${'c'.repeat(3500)}`, 403, /did not confirm/]]) {
      const visitor = new Visitor(w.url), state = new URL(await begin(visitor)).searchParams.get('state');
      const response = await visitor.page(`/openid/return?state=${state}&iss=${encodeURIComponent(w.idp.issuer)}&${query}`);
      assert.equal(response.status, status, main(response));
      assert.match(main(response), sentence);
    }
    assert.match(w.words, /the error server_error/);
    assert.ok(!w.words.includes('evil'));
  });
  await t.test('tokens that no provider should make', async () => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const [name, answer] of [
      ['not signed', () => `${part({alg: 'none'})}.${part({sub: 'sub-1'})}.`],
      ['a shared secret', () => `${part({alg: 'HS256'})}.${part({sub: 'sub-1'})}.AAAA`],
      ['cut off', () => `${part({alg: 'RS256'})}.`],
    ]) {
      w.idp.answer = (request, response) => request.url === '/token' && response.setHeader('content-type', 'application/json').end(JSON.stringify({id_token: answer()}));
      await assertOut(w, 'sub-1', 400, /does not pass the checks/).catch((error) => { throw new Error(`${name}: ${error.message}`); });
    }
    w.idp.answer = (request, response) => request.url === '/token' && response.end('x'.repeat(300 << 10));
    await assertOut(w, 'sub-1', 503, /does not answer as it should/);
    w.idp.answer = undefined;
  });
  await t.test('secrets are in no log', () => {
    assert.ok(w.words.length > 0);
    for (const secret of [...secrets, encodeURIComponent(SECRET), 'a1@example.org', 'A1@Example.org', 'sub-1']) assert.ok(!w.words.includes(secret), secret);
  });
  await t.test('another name than it was given, and no provider at all', async () => {
    const {issuer} = w.idp;
    w.idp.issuer = issuer.replace('localhost', '127.0.0.1');
    await w.again();
    const response = await new Visitor(w.url).send('/openid');
    assert.equal(response.status, 503);
    assert.match(w.words, /calls itself http:\/\/localhost/);
    await w.server.stop();
    const server = await start(t, w.folder, ['serve', '--port', '0']);
    assert.equal((await new Visitor(server.url).send('/openid')).status, 404);
    assert.ok(!(await new Visitor(server.url).send('/signin')).text.includes('/openid'));
  });
});

test('two processes, one database', async (t) => {
  const w = await world(t, 'postgres'), visitor = new Visitor(w.url);
  const back = await w.idp.login(await begin(visitor), {account: 'sub-1'});
  const second = await w.serve(CLIENT, [], await freePort());
  await w.server.stop();
  const line = second.lines[0];
  assert.ok(line.startsWith(w.url));
  back.port = second.child.spawnargs[second.child.spawnargs.indexOf('--port') + 1];
  const response = await visitor.send(back);
  assert.equal(response.status, 303);
  assert.match(response.headers.getSetCookie().join(), /hecht=[\w-]{43}/);
});
