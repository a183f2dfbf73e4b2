// The key of a member's device: made and registered beside the questions, signs for the form, listed and ended on the page about
// oneself; who took no part sees that nobody did so in the own name.
import assert from 'node:assert/strict';
import test from 'node:test';

import {assertGoodPage, launch, person} from './chromium.mjs';
import {claim, closeRound, hecht, openRound, signinLink, start, temporaryFolder} from './hecht.mjs';

const MEMBERS = Array.from({length: 8}, (_, i) => `m${i + 1}@example.org`).join('\n');

async function answer(page) {
  await page.click('[data-act=start]');
  for (let at = 1; at <= 10; at++) {
    const form = page.locator(`form[data-step="${at}"]`);
    await form.locator('input[value="4"]').check();
    await form.locator('button[type=submit]').click();
  }
  await page.locator('[data-step=check] [data-act=send]').click();
  await page.locator('[data-step=thanks]').waitFor({timeout: 30000});
}

async function found(page, kind) {
  await page.locator('#check[aria-busy=false]').waitFor({timeout: 30000});
  const wanted = await page.textContent(`[data-found="${kind}"]`);
  assert.equal(await page.locator('[data-part=list] [data-fill=sentence]').first().textContent(), wanted);
}

test('keys of devices', async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server, {members: MEMBERS});
  await openRound(owner);
  const enter = async (number) => {
    const page = await person(browser, {link: await signinLink(folder, `m${number}@example.org`, server.url)});
    await page.waitForURL('**/answer');
    return page;
  };
  const tokens = (page) => {
    const bodies = [];
    page.on('request', (one) => { if (one.url().endsWith('/token')) bodies.push(JSON.parse(one.postData())); });
    return bodies;
  };

  const first = await enter(1);
  await t.test('the first form is signed for; the key cannot be read', async () => {
    const bodies = tokens(first);
    await answer(first);
    assert.equal(bodies.length, 1);
    assert.equal(Buffer.from(bodies[0].device_signature, 'base64url').length, 64);
    const extractable = await first.evaluate(() => new Promise((done) => {
      indexedDB.open('hecht').onsuccess = ({target: {result: database}}) => {
        database.transaction('devices').objectStore('devices').getAll().onsuccess = ({target: {result: [one]}}) => {
          database.close();
          done(one.key.extractable);
        };
      };
    }));
    assert.equal(extractable, false);
  });

  await t.test('the page about oneself lists it and says which is this one', async () => {
    await first.goto(`${server.url}/me`);
    await first.locator('[data-own]:visible').waitFor();
    assert.equal(await first.locator('[data-device]').count(), 1);
    assert.match(await first.textContent('[data-device] .words'), /^([a-z]{5}-){3}[a-z]{5}$/);
    await assertGoodPage(first);
  });

  const second = await enter(2);
  await t.test('a key that was ended is registered anew, and the answer goes', async () => {
    const address = second.url();
    await second.click('[data-act=start]');
    const fetched = () => second.evaluate(() => new Promise((done) => {
      indexedDB.open('hecht').onsuccess = ({target: {result: database}}) => {
        database.transaction('rounds').objectStore('rounds').getAll().onsuccess = ({target: {result: all}}) => {
          database.close();
          done(all.length === 1 && all[0].signature !== undefined);
        };
      };
    }));
    while (!(await fetched())) await second.waitForTimeout(50);
    await second.goto(`${server.url}/me`);
    await second.click('[data-device] button');
    await second.waitForURL('**/me#devices');
    assert.equal(await second.locator('[data-device]').count(), 0);
    // As if the form had not been fetched yet.
    await second.evaluate(() => new Promise((done) => {
      indexedDB.open('hecht').onsuccess = ({target: {result: database}}) => {
        const transaction = database.transaction('rounds', 'readwrite');
        transaction.objectStore('rounds').openCursor().onsuccess = ({target: {result: cursor}}) => {
          if (cursor) { const {signature, deviceSignature, ...rest} = cursor.value; cursor.update(rest); }
        };
        transaction.oncomplete = () => { database.close(); done(); };
      };
    }));
    const bodies = tokens(second);
    await second.goto(address);
    await answer(second);
    assert.equal(bodies.length, 2, 'refused once, then with the key registered again');
    await second.goto(`${server.url}/me`);
    assert.equal(await second.locator('[data-device]').count(), 1);
  });

  await t.test('a browser that keeps no keys answers without a signature', async () => {
    const page = await enter(3);
    await page.addInitScript(() => {
      const add = IDBObjectStore.prototype.add;
      IDBObjectStore.prototype.add = function (value) {
        if (this.name === 'devices') throw new DOMException('no keys', 'DataCloneError');
        return add.call(this, value);
      };
    });
    await page.reload();
    const bodies = tokens(page);
    await answer(page);
    assert.equal(bodies[0].device_signature, undefined);
  });

  for (let i = 4; i <= 7; i++) {
    const reply = await hecht(folder, 'answer', await signinLink(folder, `m${i}@example.org`, server.url), '--values', '4,4,3,4,3,4,3,4,4,4');
    assert.equal(reply.code, 0, reply.err);
  }
  await closeRound(owner);

  await t.test('the own leaf holds the signature of the own device', async () => {
    await first.evaluate(() => new Promise((done) => {
      indexedDB.open('hecht').onsuccess = ({target: {result: database}}) => {
        const transaction = database.transaction('rounds', 'readwrite');
        transaction.objectStore('rounds').openCursor().onsuccess = ({target: {result: cursor}}) => cursor.update({...cursor.value, closes: 1});
        transaction.oncomplete = () => { database.close(); done(); };
      };
    }));
    await first.route('**/issuance', async (route) => {
      const reply = await (await route.fetch()).json();
      await route.fulfill({json: {...reply, device_signature: undefined}});
    }, {times: 1});
    await first.goto(`${server.url}/check`);
    await found(first, 'fault-issued');
    await first.reload();
    await found(first, 'counted');
  });

  await t.test('on another device of the same member: a form was fetched by a device of yours', async () => {
    const page = await person(browser, {link: await signinLink(folder, 'm1@example.org', server.url)});
    await page.goto(`${server.url}/check`);
    await found(page, 'fetched-device');
    await assertGoodPage(page);
  });

  await t.test('who took no part sees that nobody did in the own name, and a server that says otherwise is found out', async () => {
    const page = await person(browser, {link: await signinLink(folder, 'm8@example.org', server.url)});
    await page.goto(`${server.url}/check`);
    await found(page, 'none-fetched');
    await assertGoodPage(page);
    await page.route('**/issuance', async (route) => {
      const reply = await (await route.fetch()).json();
      await route.fulfill({json: {...reply, issued: true, blinded_hash: Buffer.alloc(32).toString('base64url')}});
    }, {times: 1});
    await page.reload();
    await found(page, 'fault-issued');
  });
});
