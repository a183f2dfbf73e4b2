// The way of an answer when things go wrong: lost replies, lost storage, other windows, a server that lies. A member must never
// lose an answer, never answer twice, and always be told in plain words.
import test from 'node:test';
import assert from 'node:assert/strict';
import {start, claim, signinLink, temporaryFolder, openRound} from './hecht.mjs';
import {launch, person, assertGoodPage} from './chromium.mjs';

const MEMBERS = Array.from({length: 24}, (_, i) => `m${i + 1}@example.org`).join('\n');

test('the way of an answer when things go wrong', async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server, {members: MEMBERS});
  await openRound(owner);
  const team = (await owner.page('/')).url.pathname.match(/teams\/(\d+)/)[1];
  let next = 1, last;

  async function member() {
    await last?.context().close();
    const page = last = await person(browser, {link: await signinLink(folder, `m${next++}@example.org`, server.url)});
    await page.waitForURL('**/answer');
    return page;
  }
  async function answerAll(page, value = 4) {
    await page.click('[data-act=start]');
    while (await page.locator('form[data-item]:visible').count()) {
      const form = page.locator('form[data-item]:visible');
      const at = await form.getAttribute('data-step');
      await form.locator(`input[value="${value}"]`).check();
      await form.locator('button[type=submit]').click();
      await page.locator(`[data-step="${at}"]`).waitFor({state: 'hidden'});
    }
    await page.locator('[data-step=check]').waitFor();
  }
  const send = (page) => page.locator('[data-step=check] [data-act=send]').click();
  const thanked = (page) => page.locator('[data-step=thanks]').waitFor({timeout: 20000});
  const told = async (page, kind) => {
    await page.locator('[data-wrong]').waitFor({timeout: 20000});
    assert.equal(await page.textContent('[data-wrong-text]'), await page.textContent(`[data-message=${kind}]`));
  };
  const retry = (page) => page.click('[data-wrong] [data-act=retry]');
  // Calls of one kind, with what they sent.
  function watch(page, part) {
    const bodies = [];
    page.on('request', (request) => { if (request.url().includes(part)) bodies.push(request.postData()); });
    return bodies;
  }
  // The server takes the next request, but its reply never arrives.
  const loseReply = (page, part) => page.route(`**${part}`, async (route) => { await route.fetch(); await route.abort(); }, {times: 1});
  const refuse = (page, part, status, reason = 'x') => page.route(`**${part}`, (route) =>
    route.fulfill({status, contentType: 'application/problem+json', body: JSON.stringify({reason})}), {times: 1});

  await t.test('the reply to the form is lost: the same bytes are asked for again', async () => {
    const page = await member(), asked = watch(page, '/token');
    await loseReply(page, '/token');
    await answerAll(page);
    await send(page);
    await thanked(page);
    assert.equal(asked.length, 2);
    assert.equal(asked[0], asked[1]);
  });

  await t.test('the reply to the answer is lost: the same answer is sent again, not another', async () => {
    const page = await member(), sent = watch(page, '/api/answers');
    await answerAll(page);
    await loseReply(page, '/api/answers');
    await send(page);
    await told(page, 'offline');

    await page.reload();
    await page.locator('[data-step=check]').waitFor(); // reloading stays at the check
    await send(page);
    await thanked(page);
    assert.equal(sent.length, 2);
    assert.equal(sent[0], sent[1]);
  });

  await t.test('an answer changed after a lost reply is a newer version', async () => {
    const page = await member(), sent = watch(page, '/api/answers');
    await answerAll(page);
    await loseReply(page, '/api/answers');
    await send(page);
    await told(page, 'offline');
    await page.click('[data-act=change][data-to="2"]');
    await page.locator('form[data-step="2"] input[value="1"]').check();
    await page.locator('form[data-step="2"] button[type=submit]').click();
    await send(page);
    await thanked(page);
    assert.deepEqual(sent.map((body) => JSON.parse(body).version), [1, 2]);
    assert.deepEqual(JSON.parse(sent[1]).cells.map((cell) => cell.value), [4, 1, 4, 4, 4, 4, 4, 4, 4, 4]);
  });

  await t.test('offline, then online', async () => {
    const page = await member();
    await answerAll(page);
    await page.context().setOffline(true);
    await send(page);
    await told(page, 'offline');
    await page.context().setOffline(false);
    await retry(page);
    await thanked(page);
  });

  for (const [status, kind] of [[503, 'busy'], [500, 'busy'], [429, 'often'], [413, 'large'], [400, 'other']])
    await t.test(`${status} is told as "${kind}" and loses nothing`, async () => {
      const page = await member();
      await refuse(page, '/api/answers', status);
      await answerAll(page);
      await send(page);
      await told(page, kind);
      await retry(page);
      await thanked(page);
    });

  await t.test('signed out meanwhile: the answers stay', async () => {
    const page = await member();
    await page.route('**/token', (route) => route.abort());
    await answerAll(page);
    await page.unroute('**/token');
    await refuse(page, '/token', 401, 'sign-in-needed');
    await send(page);
    await told(page, 'signed-out');
    assert.ok(await page.locator('[data-wrong] a[href="/signin"]').isVisible());
    await page.reload();
    await send(page);
    await thanked(page);
  });

  await t.test('the round has just closed: the answer waits for an extension', async () => {
    const page = await member();
    await answerAll(page);
    await refuse(page, '/api/answers', 410, 'round-closed');
    await send(page);
    await told(page, 'closing');
    await retry(page);
    await thanked(page);
  });

  await t.test('a register that does not add up: nothing is asked for, and it is said', async () => {
    const page = await member(), asked = watch(page, '/token');
    const lie = (change) => page.route('**/log', async (route) => {
      const log = await (await route.fetch()).json();
      change(log);
      await route.fulfill({json: log});
    }, {times: 1});
    await lie((log) => { log.leaves[0] = log.leaves[0].replace(/./, (c) => (c === 'A' ? 'B' : 'A')); });
    await page.click('[data-act=start]');
    await told(page, 'log');
    await page.goto(`${server.url}/teams/${team}/answer`);
    await page.route('**/log', (route) => route.fulfill({status: 404, contentType: 'application/problem+json',
      body: JSON.stringify({reason: 'round-unknown'})}), {times: 1});
    await answerAll(page);
    await send(page);
    await thanked(page);
    assert.equal(asked.length, 1);
    await page.click('details > summary');
    assert.match(await page.textContent('[data-words]'), /^([a-z]{5} ){3}[a-z]{5}$/);
  });

  await t.test('another device is told plainly, before the questions', async () => {
    const page = await member();
    await answerAll(page);
    const state = await page.context().storageState();
    const other = await person(browser, {state});
    await other.goto(`${server.url}/teams/${team}/answer`);
    await other.locator('[data-step=elsewhere]').waitFor();
    await assertGoodPage(other);
    await send(page);
    await thanked(page);
  });

  await t.test('storage that was emptied: no second form, no alarm', async () => {
    const page = await member();
    await answerAll(page);
    await send(page);
    await thanked(page);
    await page.evaluate(async () => {
      localStorage.clear();
      await new Promise((done) => { indexedDB.deleteDatabase('hecht').onsuccess = done; });
    });
    await page.goto(`${server.url}/teams/${team}/answer`);
    await page.locator('[data-step=elsewhere]').waitFor();
    assert.ok(!await page.locator('[data-wrong]').isVisible());
  });

  await t.test('two windows make one set of secrets, and the newest answer holds', async () => {
    const page = await member(), second = await page.context().newPage();
    await second.goto(page.url());
    await Promise.all([page.click('[data-act=start]'), second.click('[data-act=start]')]);
    await second.goto(`${server.url}/teams/${team}/answer`);
    await second.close();
    await page.goto(`${server.url}/teams/${team}/answer`);
    const asked = watch(page, '/token');
    await answerAll(page);
    const later = await page.context().newPage();
    await later.goto(page.url());
    await later.locator('[data-step=check]').waitFor();
    await send(page);
    await thanked(page);
    await later.click('[data-act=change][data-to="1"]');
    await later.locator('form[data-step="1"] input[value="2"]').check();
    await later.locator('form[data-step="1"] button[type=submit]').click();
    await send(later);
    await thanked(later);
    assert.ok(asked.length <= 1);
  });

  await t.test('an answer can wait on the device, and then goes by itself from another page', async () => {
    const page = await member(), sent = watch(page, '/api/answers');
    await answerAll(page);
    await page.click('[data-step=check] [data-act=later]');
    await assertGoodPage(page);
    await page.click('[data-act=queue]');
    await page.locator('[data-step=waiting]').waitFor({timeout: 20000});
    await assertGoodPage(page);
    assert.match(await page.textContent('[data-after]'), /\d\d:\d\d/);
    await page.goto(`${server.url}/teams/${team}/answer`);
    await page.locator('[data-step=waiting]').waitFor(); // it survives the page
    assert.equal(sent.length, 0);
    // Its moment comes while the page is closed.
    await page.evaluate(() => new Promise((done, failed) => {
      indexedDB.open('hecht').onsuccess = ({target: {result: database}}) => {
        const table = database.transaction('rounds', 'readwrite').objectStore('rounds');
        table.openCursor().onsuccess = ({target: {result: cursor}}) => {
          cursor.update({...cursor.value, sendAfter: 1});
          table.transaction.oncomplete = () => { database.close(); done(); };
          table.transaction.onerror = failed;
        };
      };
    }));
    const gone = page.waitForResponse('**/api/answers', {timeout: 40000});
    await page.goto(`${server.url}/me`);
    const response = await gone;
    assert.equal(response.status(), 200);
    assert.ok(!(await response.request().allHeaders()).cookie);
    await page.waitForFunction(() => localStorage.getItem('hecht-waiting') === null, null, {timeout: 20000});
    await page.goto(`${server.url}/teams/${team}/answer`);
    await page.locator('[data-step=thanks]').waitFor();
    assert.equal(sent.length, 1);
  });

  await t.test('an answer that waits can be changed, and sent at once', async () => {
    const page = await member(), sent = watch(page, '/api/answers');
    await answerAll(page);
    await page.click('[data-step=check] [data-act=later]');
    await page.click('[data-act=queue]');
    await page.locator('[data-step=waiting]').waitFor({timeout: 20000});
    await page.click('[data-step=waiting] [data-act=again]');
    await page.click('[data-act=change][data-to="2"]');
    await page.locator('form[data-step="2"] input[value="1"]').check();
    await page.locator('form[data-step="2"] button[type=submit]').click();
    await send(page);
    await thanked(page);
    assert.deepEqual(sent.map((body) => JSON.parse(body).cells[1].value), [1]);
  });

  await t.test('the way back in the browser goes through the questions', async () => {
    const page = await member();
    await answerAll(page);
    await page.goBack();
    await page.locator('form[data-step="10"]').waitFor();
    assert.ok(await page.locator('form[data-step="10"] input[value="4"]').isChecked());
    await page.goBack();
    await page.locator('form[data-step="9"]').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H2');
    await page.goForward();
    await page.goForward();
    await page.locator('[data-step=check]').waitFor();
    await page.goto(`${server.url}/teams/${team}/answer#nonsense`);
    await page.locator('[data-step=start]').waitFor();
  });

  // ---- A server that lies

  await t.test('a round that is not the one shown: nothing is sent', async () => {
    const page = await member(), asked = watch(page, '/token');
    await page.route('**/descriptor', async (route) => {
      const response = await route.fetch();
      await route.fulfill({response, body: (await response.text()).replace('\nk 5\n', '\nk 6\n')});
    });
    await page.click('[data-act=start]');
    await told(page, 'form');
    assert.equal(asked.length, 0);
    assert.ok(!await page.locator('[data-wrong] [data-act=retry]').isVisible());
  });

  await t.test('a page that shows another round than the server fixed: nothing is sent', async () => {
    const page = await member(), asked = watch(page, '/token');
    await page.route('**/answer', async (route) => {
      const response = await route.fetch();
      await route.fulfill({response, body: (await response.text()).replace(/data-leader="[^"]*"/, 'data-leader="Someone else"')});
    });
    await page.reload();
    await page.click('[data-act=start]');
    await told(page, 'form');
    assert.equal(asked.length, 0);
  });

  await t.test('a signature that does not hold: everything is thrown away', async () => {
    const page = await member(), sent = watch(page, '/api/answers');
    await page.route('**/token', async (route) => {
      const response = await route.fetch(), reply = await response.json();
      const first = reply.blind_signature[0] === 'A' ? 'B' : 'A';
      await route.fulfill({response, json: {blind_signature: first + reply.blind_signature.slice(1)}});
    });
    await page.click('[data-act=start]');
    await told(page, 'signature');
    assert.equal(sent.length, 0);
    assert.equal(await page.evaluate(() => new Promise((done) => {
      const request = indexedDB.open('hecht');
      request.onsuccess = () => {
        const all = request.result.transaction('rounds').objectStore('rounds').count();
        all.onsuccess = () => done(all.result);
      };
    })), 0);
  });

  await t.test('a receipt for something else: it is told, and may be tried again', async () => {
    const page = await member();
    await answerAll(page);
    await page.route('**/api/answers', async (route) => {
      const response = await route.fetch(), reply = await response.json();
      await route.fulfill({response, json: {...reply, receipt: reply.receipt.replace('version 1', 'version 2')}});
    }, {times: 1});
    await send(page);
    await told(page, 'receipt');
    await retry(page);
    await thanked(page);
    await page.click('[data-step=thanks] summary');
    assert.ok(await page.locator('[data-receipt=verified]').isVisible());
  });

  // ---- What is kept, and what is sent with it

  await t.test('the key of the answer cannot be read out, and nothing names a person', async () => {
    const page = await member(), headers = [];
    page.on('request', async (request) => {
      if (/\/descriptor|\/api\/answers/.test(request.url())) headers.push(await request.allHeaders());
    });
    await answerAll(page);
    await send(page);
    await thanked(page);
    const kept = await page.evaluate(() => new Promise((done) => {
      const request = indexedDB.open('hecht');
      request.onsuccess = () => {
        const all = request.result.transaction('rounds').objectStore('rounds').getAll();
        all.onsuccess = () => done(all.result.map((r) => ({extractable: r.osk.extractable, version: r.version})));
      };
    }));
    assert.deepEqual(kept, [{extractable: false, version: 1}]);
    assert.equal(headers.length, 2);
    for (const header of headers) {
      assert.equal(header.cookie, undefined);
      assert.equal(header.referer, undefined);
      assert.equal(header['x-csrf-token'], undefined);
    }
  });
});
