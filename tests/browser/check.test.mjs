// A device finds its own answer in what was published; a server that dropped it, changed it, or computed wrongly is found out,
// and the page says which.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import test from 'node:test';

import {readDescriptor} from '../../assets/protocol.js';
import {figuresOf} from '../../assets/questionnaire.js';
import {answerAndSend, assertGoodPage, changeKept, launch, person} from './chromium.mjs';
import {claim, closeRound, hecht, openRound, signIn, signinLink, start, temporaryFolder} from './hecht.mjs';

// Many answers in the middle, so that every question may be published open.
const ANSWERS = ['4,4,3,4,3,4,3,4,4,4', '3,4,4,2,4,4,4,3,2,4', '2,3,4,3,4,3,2,4,3,2'];

// The last member sends an answer and takes it back.
async function withdrawn(browser, link) {
  const page = await person(browser, {link});
  await answerAndSend(page);
  await page.locator('[data-step=thanks] [data-act=withdraw]').click();
  await assertGoodPage(page);
  await page.locator('[data-act=take-back]').click();
  await page.locator('[data-step=withdrawn]').waitFor({timeout: 30000});
  await page.reload();
  await page.locator('[data-step=withdrawn]').waitFor({timeout: 30000});
  await assertGoodPage(page);
  return page;
}

async function closedRound(t, members, browser) {
  const folder = temporaryFolder(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const list = Array.from({length: members}, (_, i) => `m${i + 1}@example.org`).join('\n');
  const {owner} = await claim(server, {members: list});
  await openRound(owner);
  const page = await person(browser, {link: await signinLink(folder, 'm1@example.org', server.url)});
  await answerAndSend(page);
  const back = await withdrawn(browser, await signinLink(folder, `m${members}@example.org`, server.url));
  for (let i = 2; i < members; i++) {
    const link = await signinLink(folder, `m${i}@example.org`, server.url);
    const answer = await hecht(folder, 'answer', link, '--values', ANSWERS[i % ANSWERS.length], ...(i === 2 ? ['--no-state'] : []));
    assert.equal(answer.code, 0, answer.err);
  }
  await page.goto(`${server.url}/check`);
  await found(page, 'open');
  await closeRound(owner);
  const rid = await page.evaluate(() => new Promise((done) => {
    indexedDB.open('hecht').onsuccess = ({target: {result: database}}) => {
      database.transaction('rounds').objectStore('rounds').getAllKeys().onsuccess = ({target}) => { database.close(); done(target.result[0]); };
    };
  }));
  // The clock of the round has not passed, though it is closed by hand: the device waits for its end.
  await changeKept(page, 'record.closes = 1;');
  await changeKept(back, 'record.closes = 1;');
  return {server, folder, page, back, rid};
}


// Whether what this device sent says nothing at all.
const sayNothing = (page) => changeKept(page, 'record.cellsBefore = record.cells; record.cells = record.cells.map((cell) => ({...cell, value: 0}));');
const sayAgain = (page) => changeKept(page, 'record.cells = record.cellsBefore;');

async function found(page, kind) {
  await page.locator('#check[aria-busy=false]').waitFor({timeout: 30000});
  const wanted = await page.textContent(`[data-found="${kind}"]`);
  assert.equal(await page.locator('[data-part=list] [data-fill=sentence]').first().textContent(), wanted);
}

test('check my answer', async (t) => {
  const browser = await launch(t);
  const {server, folder, page, back, rid} = await closedRound(t, 13, browser);
  const address = `${server.url}/api/rounds/${rid}/record`;
  const record = await (await fetch(address)).json();

  await t.test('the record is published, open, and without a cookie', async () => {
    assert.equal(record.format, 'hecht-record-v1');
    assert.equal(record.eligibility.open.filter((leaf) => !leaf.pad).length, 12);
    assert.ok(Object.values(record.cells).some((tree) => tree.open));
  });

  const lie = async (kind, change) => {
    await page.route(`**/api/rounds/${rid}/record`, async (route) => {
      const false_ = structuredClone(record);
      change(false_);
      await route.fulfill({json: false_});
    }, {times: 1});
    await page.goto(`${server.url}/check`);
    await found(page, kind);
    await changeKept(page, 'delete record.checked; delete record.told;');
  };
  const own = await page.evaluate(() => new Promise((done) => {
    indexedDB.open('hecht').onsuccess = ({target: {result: database}}) => {
      database.transaction('rounds').objectStore('rounds').getAll().onsuccess = ({target: {result: [one]}}) => {
        database.close();
        done({opk: Array.from(one.opk), item: one.cells[1].item, salt: Array.from(one.cells[1].salt)});
      };
    };
  }));
  const opk = Buffer.from(own.opk).toString('base64url'), salt = Buffer.from(own.salt).toString('hex');
  const openItem = Object.keys(record.cells).find((item) => record.cells[item].open);

  await t.test('an answer that was taken back and counts all the same', async () => {
    await sayNothing(page);
    await page.goto(`${server.url}/check`);
    await found(page, 'fault-withdrawn');
    await sayAgain(page);
    await changeKept(page, 'delete record.checked; delete record.told;');
  });
  await t.test('an answer that was taken back counts in nothing', async () => {
    await back.goto(`${server.url}/check`);
    await found(back, 'withdrawn');
    assert.equal(await back.locator('[data-part=list] > .warm').count(), 0);
  });
  await t.test('a dropped answer', () => lie('fault-record', (false_) => {
    const leaf = false_.eligibility.open.find((one) => one.opk === opk);
    Object.assign(leaf, {pad: '00'.repeat(32)});
  }));
  await t.test('a changed cell', () => lie('fault-record', (false_) => {
    const tree = false_.cells[own.item];
    if (tree.open) tree.open.find((leaf) => leaf.salt === salt).value = 1;
    else tree.leaves[0] = tree.leaves[1];
  }));
  await t.test('a wrong count', () => lie('fault-record', (false_) => {
    false_.result = false_.result.replace(/counts \d+ (\d+)/, (line, second) => `counts 7 ${second}`);
  }));
  await t.test('of which questions a figure is made follows from the questionnaire, whose hash the round fixed', async () => {
    const round = readDescriptor(new TextEncoder().encode(record.descriptor));
    const text = await (await fetch(`${server.url}/api/questionnaires/${round.instrumentHash}`)).text();
    assert.equal(createHash('sha256').update(text).digest('hex'), round.instrumentHash);
    const figures = figuresOf(text, round), stated = record.result.match(/^construct \S+ mean .*$/gm);
    assert.ok(stated.length >= 3);
    for (const line of stated) assert.equal(figures.get(line.split(' ')[1]), /from (.*)$/.exec(line)[1]);
  });
  await t.test('another questionnaire than the round fixed', async () => {
    await page.route('**/api/questionnaires/*', (route) => route.fulfill({body: 'instrument other\n'}), {times: 1});
    await page.goto(`${server.url}/check`);
    await found(page, 'fault-record');
    await changeKept(page, 'delete record.checked; delete record.told;');
  });
  await t.test('a server that has the questionnaire no more: the answer counted, the means were not computed again', async () => {
    await page.route('**/api/questionnaires/*', (route) => route.fulfill({status: 404, json: {reason: 'questionnaire-unknown'}}), {times: 1});
    await page.goto(`${server.url}/check`);
    await found(page, 'counted');
    await changeKept(page, 'delete record.checked; delete record.told;');
  });
  await t.test('another register', () => lie('fault-log', (false_) => { false_.log.leaves[0] = false_.log.leaves[1]; }));
  await t.test('the record of nothing', () => lie('fault-record', (false_) => { delete false_.cells[openItem]; }));

  for (const [what, reason, kind] of [['that the round is not closed, days after its end', 'record-not-yet', 'fault-record'],
    ['that the round is in no log', 'round-not-logged', 'fault-record'], ['that there is no such round', 'round-unknown', 'fault-record']])
    await t.test(`a server that says ${what}: told, and looked at again`, async () => {
      await changeKept(page, 'record.extendedBefore = record.extended; record.extended = 2 * 86400;');
      await page.route(`**/api/rounds/${rid}/record`, (route) => route.fulfill({status: 404, json: {reason}}), {times: 1});
      await page.goto(`${server.url}/check`);
      await found(page, kind);
      await page.goto(`${server.url}/check`);
      await found(page, 'counted-again');
      await changeKept(page, 'record.extended = record.extendedBefore; delete record.checked; delete record.told;');
    });
  await t.test('that the round is not closed yet, shortly after its end: it waits', async () => {
    await page.route(`**/api/rounds/${rid}/record`, (route) => route.fulfill({status: 404, json: {reason: 'record-not-yet'}}), {times: 1});
    await page.goto(`${server.url}/check`);
    await found(page, 'open');
  });

  await t.test('the truth: counted, and computed again; told once on the next page', async () => {
    await page.evaluate(() => localStorage.setItem('hecht-to-check', '1'));
    await page.goto(`${server.url}/me`);
    const notice = page.locator('main > .notice', {has: page.locator('a[href="/check"]')});
    await notice.waitFor({timeout: 30000});
    assert.match(await notice.textContent(), /counts/);
    await page.waitForFunction(() => localStorage.getItem('hecht-to-check') === null);
    await page.goto(`${server.url}/me`);
    assert.equal(await page.locator('main > .notice a[href="/check"]').count(), 0);
    await page.goto(`${server.url}/check`);
    await found(page, 'counted-again');
    await page.click('[data-record] summary');
    assert.match(await page.textContent('[data-fill=words]'), /^([a-z]{5} ){3}[a-z]{5}$/);
    assert.match(await page.textContent('[data-fill=command]'), new RegExp(`^hecht verify ${server.url}/api/rounds/${rid}/record$`));
    await assertGoodPage(page);
  });

  // This member answered at the prompt and kept nothing there, no key either.
  await t.test('a form that no device of the member signed for is told, with a warning', async () => {
    const other = await person(browser, {link: await signinLink(folder, 'm2@example.org', server.url)});
    await other.goto(`${server.url}/check`);
    await found(other, 'fetched-unsigned');
    assert.equal(await other.locator('[data-part=list] > .warm').count(), 1);
    await assertGoodPage(other);
  });
  await t.test('a form that was fetched at the prompt is signed by that machine', async () => {
    const other = await person(browser, {link: await signinLink(folder, 'm3@example.org', server.url)});
    await other.goto(`${server.url}/check`);
    await found(other, 'fetched-device');
  });
  await t.test('nobody signed in and nothing kept: nothing is here', async () => {
    const page = await person(browser);
    await page.goto(`${server.url}/check`);
    await page.locator('[data-part=none]').waitFor();
    await assertGoodPage(page);
  });

  await t.test('a member opens the own leaf only', async () => {
    const member = await signIn(folder, server.url, 'm3@example.org');
    const opening = JSON.parse((await member.page(`/api/rounds/${rid}/issuance`)).text);
    assert.equal(opening.issued, true);
    assert.equal((await fetch(`${server.url}/api/rounds/${rid}/issuance`, {redirect: 'manual'})).status === 200, false);
  });
});

test('check my answer in a small team', async (t) => {
  const browser = await launch(t);
  const {server, page, rid} = await closedRound(t, 6, browser);
  const record = await (await fetch(`${server.url}/api/rounds/${rid}/record`)).json();
  assert.ok(record.eligibility.leaves && Object.values(record.cells).every((tree) => tree.leaves), 'hashes only');
  assert.ok(!/\b6\b/.test(record.log.entries.at(-1).match(/answers .*/)[0]), 'no exact number');
  await page.goto(`${server.url}/check`);
  await found(page, 'counted');
});
