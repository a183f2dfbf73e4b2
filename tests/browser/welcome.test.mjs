// Three people come in for the first time, each in a real browser. How long it would take them is estimated from what they do: reading
// at 240 words a minute, a keystroke 0.28 s, pointing and pressing 1.1 s, deciding 1.35 s (keystroke-level model; Card, Moran and
// Newell, CACM 1980, doi 10.1145/358886.358895); the list of colleagues is pasted from a mail. What the machine takes is printed
// beside it and not judged: tests are not timed. What is asked for a second time, such as the answers under each question, is read once.
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import {assertGoodPage, launch, person, DESKTOP} from './chromium.mjs';
import {claim, database, openRound, signIn, signinLink, start, temporaryFolder} from './hecht.mjs';

// Each of the three on both databases, in both languages.
const RUNS = [
  {engine: 'sqlite', language: 'nl-NL', running: /Er loopt een ronde/, five: /pas bij 5 antwoorden[\s\S]*\/how/, thousands: /3\.000/},
  {engine: 'postgres', language: 'en-GB', running: /A round is open/, five: /5 answers[\s\S]*\/how/, thousands: /3,000/},
];
const WORDS_A_SECOND = 4, KEY = 0.28, PRESS = 1.1, DECIDE = 1.35;

class Journey {
  constructor(t, name) {
    Object.assign(this, {t, name, seconds: 0, presses: 0, keys: 0, words: 0, pages: 0, begun: Date.now()});
  }

  // What is to be read of a page before anything is done on it.
  async read(page, part = 'main') {
    const text = await page.locator(part).first().innerText();
    this.words += text.split(/\s+/).filter(Boolean).length;
    this.pages += 1;
  }

  async press(page, what) {
    await page.locator(what).first().click();
    this.presses += 1;
  }

  async type(page, field, text) {
    await page.fill(field, text);
    this.keys += text.length;
    this.presses += 1;
  }

  async paste(page, field, text) {
    await page.fill(field, text);
    this.keys += 4; // copy there, paste here
    this.presses += 2;
  }

  // Whoever goes on after this is told again, from the beginning.
  end(minutes) {
    const machine = (Date.now() - this.begun) / 1000;
    const total = this.words / WORDS_A_SECOND + this.keys * KEY + this.presses * (PRESS + DECIDE);
    this.t.diagnostic(`${this.name}: about ${(total / 60).toFixed(1)} of ${minutes} minutes (${this.pages} screens, ${this.words} words, ` +
      `${this.keys} keys, ${this.presses} presses), and ${machine.toFixed(1)} s of the machine`);
    assert.ok(total < minutes * 60, `${this.name} takes ${Math.round(total)} s`);
  }
}

async function answer(journey, page) {
  await page.locator('[data-step=start]').waitFor();
  await journey.read(page, '[data-step=start]');
  await page.waitForFunction(() => !document.querySelector('[data-slow]'));
  await journey.press(page, '[data-step=start] [data-act=start]');
  const count = await page.locator('form[data-item]').count();
  for (let i = 1; i <= count; i++) {
    const question = `form[data-step="${i}"]`;
    await page.locator(question).waitFor();
    await journey.read(page, i === 1 ? question : `${question} legend`); // the answers are the same everywhere
    await journey.press(page, `${question} .choice:has(input[value="4"])`);
    await journey.press(page, `${question} button[type=submit]`);
  }
  await page.locator('[data-step=check]').waitFor();
  await journey.press(page, '[data-step=check] [data-act=send]');
}

for (const {engine, language, running, five} of RUNS) test(`a newcomer: from the first link to an answered round, ${language} on ${engine}`, async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  database(t, folder, engine);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const owner = await person(browser, {viewport: DESKTOP, language});
  const journey = new Journey(t, 'newcomer');
  const asked = [];
  owner.on('request', (request) => asked.push(new URL(request.url()).pathname));

  await owner.goto(server.lines[0]);
  await journey.read(owner);
  await journey.type(owner, '[name=name]', 'Fatima El Amrani');
  await journey.type(owner, '[name=address]', 'fatima@delinde.example');
  await journey.type(owner, '[name=organisation]', 'De Linde');
  await journey.press(owner, 'main button[type=submit]');
  await owner.waitForURL('**/start/team');
  await assertGoodPage(owner);
  await journey.read(owner);
  await journey.type(owner, '[name=team]', 'Wijkteam Oost');
  await journey.paste(owner, '[name=members]', Array.from({length: 6}, (_, i) => `collega${i + 1}@delinde.example`).join('\n'));
  await journey.press(owner, 'main button[type=submit]');
  for (const step of ['rhythm', 'promise']) {
    await owner.waitForURL(`**/start/${step}`);
    await assertGoodPage(owner);
    await journey.read(owner);
    await journey.press(owner, 'main form button[type=submit]');
  }
  await owner.waitForURL('**/start/first');
  await assertGoodPage(owner);
  await owner.goBack();
  assert.match(owner.url(), /\/start\/promise$/);
  await owner.goForward();
  await journey.read(owner);
  await journey.press(owner, 'form[action="/rounds/open"] button[type=submit]');
  await owner.locator('details#close summary').waitFor();
  const member = await person(browser, {language, link: await signinLink(folder, 'collega1@delinde.example', server.url)});
  await answer(journey, member);
  await member.locator('[data-step=thanks]').waitFor({timeout: 30000});
  journey.end(5);

  await t.test('trying it: nothing is asked of the server, sent or kept', async () => {
    await owner.goto(`${server.url}/start`);
    assert.match(await owner.innerText('main'), running);
    await owner.click('details:has(.start-text) summary');
    assert.match(await owner.innerText('.start-text'), five);
    await owner.click('a[href="/try"]');
    await owner.locator('#answer').waitFor();
    await assertGoodPage(owner);
    asked.length = 0;
    const trying = new Journey(t, 'trying the questions');
    await answer(trying, owner);
    await owner.locator('[data-step=tried]').waitFor();
    await assertGoodPage(owner);
    await owner.reload();
    await owner.locator('[data-step=start]').waitFor(); // the answers are gone
    assert.deepEqual(asked.filter((one) => one.startsWith('/api/')), []);
    const kept = await owner.evaluate(async () => [Object.keys(localStorage), Object.keys(sessionStorage), (await indexedDB.databases()).map(({name}) => name)]);
    assert.doesNotMatch(JSON.stringify(kept), /draft|rounds/);
    trying.end(5);
  });
});

for (const {engine, language, thousands} of RUNS) test(`somebody of HR: 3,000 people from a file, and a round for all of them, ${language} on ${engine}`, async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  database(t, folder, engine);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const hr = await person(browser, {viewport: DESKTOP, language});
  const journey = new Journey(t, 'HR with 3,000 people');
  const rows = Array.from({length: 3000}, (_, i) => `p${i}@groot.example;Persoon ${i};Team ${Math.floor(i / 10)};Sector ${Math.floor(i / 500)}`);
  const file = path.join(folder, 'personeel.csv');
  writeFileSync(file, `e-mail;naam;team;afdeling\n${rows.join('\n')}\n`);

  await hr.goto(server.lines[0]);
  await journey.read(hr);
  await journey.type(hr, '[name=name]', 'Joost de Wit');
  await journey.type(hr, '[name=address]', 'joost@groot.example');
  await journey.type(hr, '[name=organisation]', 'Groot');
  await journey.press(hr, 'main button[type=submit]');
  await hr.waitForURL('**/start/team');
  await journey.read(hr);
  await journey.press(hr, 'a[href="/people/import"]');
  await journey.read(hr);
  await hr.setInputFiles('#choose', file);
  journey.presses += 3;
  await hr.waitForFunction(() => document.querySelector('#file').value.length > 100000);
  await journey.press(hr, 'main form button[type=submit]');
  await hr.locator('form[action$="/people/import/apply"], form button[name=apply], main form').last().waitFor({timeout: 60000});
  await journey.read(hr);
  assert.match(await hr.innerText('main'), thousands);
  await journey.press(hr, 'main form .button[type=submit]');
  await hr.locator('.notice.done').waitFor({timeout: 60000});
  await hr.goto(`${server.url}/start`); // teams are there: the next step is how often
  for (const step of ['rhythm', 'promise']) {
    await hr.waitForURL(`**/start/${step}`);
    await journey.read(hr);
    await journey.press(hr, 'main form button[type=submit]');
  }
  await hr.waitForURL('**/start/first');
  await journey.read(hr);
  assert.match(await hr.innerText('main'), /300 teams/);
  journey.end(10);
});

for (const {engine, language} of RUNS) test(`a member without an account, on a phone: from the poster to the first question, ${language} on ${engine}`, async (t) => {
  const folder = temporaryFolder(t), browser = await launch(t);
  database(t, folder, engine);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const {owner} = await claim(server, {leads: 'other', leader: 'fatima@example.org'});
  const team = (await owner.page('/people')).text.match(/\/people\/team\/(\d+)/)[1];
  const leader = await signIn(folder, server.url, 'fatima@example.org');
  await leader.submit(`/teams/${team}/joining`, `/teams/${team}/joining/link`);
  const [address] = (await leader.page(`/teams/${team}/joining`)).text.match(/\/join\/[a-z-]{35}/);
  const phone = await person(browser, {language});
  const journey = new Journey(t, 'member on a phone');
  await phone.goto(server.url + address);
  await journey.read(phone);
  await journey.type(phone, '#name', 'Sam de Vries');
  await journey.press(phone, 'main form button[type=submit]');
  await phone.waitForURL('**/joining');
  await journey.read(phone);
  journey.end(1);
  const page = await leader.page(`/teams/${team}/joining`);
  const [, asker] = page.text.match(/name="person" value="(-?\d+)"/);
  await leader.submit(`/teams/${team}/joining`, `/teams/${team}/joining/answer`, {person: asker, answer: 'yes'});
  await openRound(owner);
  await phone.goto(`${server.url}/`);
  await phone.locator('[data-step=start]').waitFor();
  await journey.read(phone, '[data-step=start]');
  await phone.waitForFunction(() => !document.querySelector('[data-slow]'));
  await journey.press(phone, '[data-step=start] [data-act=start]');
  await phone.locator('form[data-step="1"]').waitFor();
  journey.end(3);
});
