// An own questionnaire in the browser: brought with mistakes and without, looked at in its languages, put to use, answered in
// German and in Arabic, followed in the result, retired.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import {answerQuestions, assertGoodPage, launch, person, DESKTOP} from './chromium.mjs';
import {proxy} from './middle.mjs';
import {claim, closeRound, hecht, openRound, signIn, signinLink, start, temporaryFolder} from './hecht.mjs';

const EXAMPLE = readFileSync(new URL('../../instruments/example.txt', import.meta.url), 'utf8');
const plain = (text) => text.replace(/\s+/g, ' ');
const unescaped = (text) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const HASH = createHash('sha256').update(EXAMPLE).digest('hex');
const VALUES = '4,4,3,4,3,4,3,4,4,4';
// In the middle, so that every question may be published open.
const MIXED = ['4,4,3,4,3,4,3,4,4,4', '3,4,4,2,4,4,4,3,2,4', '2,3,4,3,4,3,2,4,3,2'];

test('own questionnaires', async (t) => {
  const browser = await launch(t), folder = temporaryFolder(t);
  const server = await start(t, folder, ['serve', '--port', '0']);
  const members = Array.from({length: 12}, (_, i) => `m${i + 1}@example.org`).join('\n');
  const {owner} = await claim(server, {members, leads: 'other', leader: 'fatima@example.org'});
  const team = (await owner.page('/people')).text.match(/\/people\/team\/(\d+)/)[1];
  const preview = `/questionnaires/${HASH}`;
  const ownerPage = await person(browser, {link: await signinLink(folder, 'ada@example.org', server.url), language: 'nl-NL'});
  const state = await ownerPage.context().storageState();
  // The owner chose English at the claim.
  const inDutch = async (page) => { if (await page.locator('footer button[lang=nl]').count()) await page.click('footer button[lang=nl]'); };

  await t.test('only owners see the list; it is linked from the settings', async () => {
    const member = await signIn(folder, server.url, 'm1@example.org');
    assert.equal((await member.page('/questionnaires')).status, 403);
    assert.doesNotMatch((await member.page('/settings')).text, /"\/questionnaires"/);
    assert.match((await owner.page('/settings')).text, /"\/questionnaires"/);
    const list = await owner.page('/questionnaires');
    assert.match(list.text, /hecht-trust/);
    assert.match(list.text, /in use/);
    const file = await member.page('/questionnaires/built-in/file');
    assert.equal(file.text, readFileSync(new URL('../../instruments/hecht-trust.txt', import.meta.url), 'utf8'));
    assert.match(file.headers.get('content-type'), /text\/plain/);
  });
  await t.test('every mistake is named with its line, in both languages, and nothing is kept', async () => {
    const broken = EXAMPLE.replace('item short-e1', 'item SHORT').replace('  de stimmt genau\n', '').replace('  kind outcome', '  kind main');
    const english = await owner.submit('/questionnaires', '/questionnaires', {file: broken});
    assert.equal(english.status, 422);
    assert.match(english.text, /Line \d+:<\/strong> .*cannot be an id/);
    await ownerPage.goto(`${server.url}/questionnaires`);
    await inDutch(ownerPage);
    await ownerPage.goto(`${server.url}/questionnaires`);
    const line = (mark) => broken.split('\n').indexOf(mark) + 1;
    await ownerPage.setInputFiles('#choose', {name: 'own.txt', mimeType: 'text/plain', buffer: Buffer.from(broken)});
    await ownerPage.waitForFunction(() => document.getElementById('file').value.length > 1000);
    await ownerPage.click('form[action="/questionnaires"] button[type=submit]');
    const said = await ownerPage.locator('.errors').innerText();
    assert.match(said, /5 dingen om te veranderen/);
    for (const mark of ['item SHORT', 'option 5', '  kind main']) assert.match(said, new RegExp(`Regel ${line(mark)}:`), mark);
    assert.match(said, /Zet onder dit blok \(option\) “ +de” met een tekst\./);
    assert.equal(await ownerPage.locator('.errors [lang]').count(), 0, 'no English beside it');
    // at the prompt: the same findings in the same words
    writeFileSync(path.join(folder, 'broken.txt'), broken);
    for (const [language, shown] of [['nl', said], ['en', unescaped(english.text)]]) {
      const {code, out} = await hecht(folder, 'instrument', 'check', 'broken.txt', '--db', 'hecht.db', '--language', language, '--json');
      const {findings} = JSON.parse(out);
      assert.equal(code, 1);
      assert.equal(findings.length, 5);
      for (const {text} of findings) assert.ok(plain(shown).includes(plain(text)), text);
    }
    assert.match(await ownerPage.inputValue('#file'), /item SHORT/);
    assert.equal(await ownerPage.locator('.rows > li').count(), 1);
    await assertGoodPage(ownerPage);
    assert.equal((await owner.submit('/questionnaires', '/questionnaires', {file: '  '})).status, 422);
    assert.equal((await owner.submit('/questionnaires', '/questionnaires', {file: EXAMPLE.repeat(30)})).status, 422);
    assert.doesNotMatch((await owner.page('/questionnaires')).text, /example-short version|<strong>example-short/);
  });
  await t.test('a file without mistakes is kept, byte for byte, and asks nobody anything yet', async () => {
    await ownerPage.goto(`${server.url}/questionnaires`);
    await ownerPage.setInputFiles('#choose', {name: 'own.txt', mimeType: 'text/plain', buffer: Buffer.from(EXAMPLE)});
    await ownerPage.waitForFunction(() => document.getElementById('file').value.length > 1000);
    await ownerPage.click('form[action="/questionnaires"] button[type=submit]');
    await ownerPage.waitForURL(`**${preview}`);
    assert.equal((await owner.page(`${preview}/file`)).text, EXAMPLE);
    assert.match((await owner.page('/questionnaires')).text, /example-short/);
    const again = await owner.submit('/questionnaires', '/questionnaires', {file: EXAMPLE});
    assert.equal(again.status, 409);
    assert.match(again.text, /Precies dit bestand is er al/);
    const changed = await owner.submit('/questionnaires', '/questionnaires', {file: EXAMPLE.replace('version 1', 'version 2').replace('with energy.', 'with zest.')});
    assert.match(changed.text, /De vraag short-e1 heeft andere woorden in example-short versie 1, dus dit is een andere vraag\. Geef hem een nieuw id\./);
    writeFileSync(path.join(folder, 'changed.txt'), EXAMPLE.replace('version 1', 'version 2').replace('with energy.', 'with zest.'));
    const alone = await hecht(folder, 'instrument', 'check', 'changed.txt'), beside = await hecht(folder, 'instrument', 'check', 'changed.txt', '--db', 'hecht.db');
    assert.deepEqual([alone.code, beside.code], [0, 1]);
    assert.match(beside.out, /^changed\.txt:\d+: Item short-e1 has other words in example-short version 1, so this is another question\. Give it a new id\. \[changed-item\]$/m);
  });
  await t.test('it is looked at on a phone in Dutch, English, German and Arabic', async () => {
    const sentence = () => ownerPage.locator('.phone .ask-sentence').first();
    assert.equal(await sentence().innerText(), 'Als het druk is, springen we in dit team voor elkaar bij.');
    assert.match(await ownerPage.textContent('main'), /Begint opnieuw/);
    await assertGoodPage(ownerPage);
    for (const [code, direction, words] of [['en', 'ltr', /we step in/], ['de', 'ltr', /füreinander/], ['ar', 'rtl', /نساند/]]) {
      await ownerPage.click(`.languages-list a[hreflang=${code}]`);
      await ownerPage.waitForURL(`**questions=${code}`);
      assert.match(await sentence().innerText(), words);
      const block = ownerPage.locator('.phone [lang]').first();
      assert.equal(await block.getAttribute('lang'), code);
      assert.equal(await block.getAttribute('dir'), direction);
      assert.equal(await ownerPage.evaluate(() => document.documentElement.lang), 'nl');
      await assertGoodPage(ownerPage);
    }
    assert.equal(await ownerPage.locator('.phone-page').count(), 10);
    assert.match(await ownerPage.locator('.phone').innerText(), /Sam/);
  });
  await t.test('put to use by the owner, for everybody to read', async () => {
    await ownerPage.click(`form[action="${preview}/use"] button`);
    await ownerPage.waitForURL('**/questionnaires?done=used');
    await assertGoodPage(ownerPage);
    const member = await signIn(folder, server.url, 'm1@example.org');
    assert.match((await member.page('/settings')).text, /example-short version 1 became the questionnaire for the next rounds/);
    const refused = await member.post(`${preview}/use`, new URLSearchParams());
    assert.equal(refused.status, 403);
  });
  await openRound(owner);
  let page;
  await t.test('a member answers in German, on pages in English', async () => {
    page = await person(browser, {link: await signinLink(folder, 'm1@example.org', server.url)});
    await page.waitForURL('**/answer');
    assert.equal(await page.locator('.languages-list a').count(), 4);
    await page.click('.languages-list a[hreflang=de]');
    await page.waitForURL('**questions=de');
    await assertGoodPage(page);
    assert.equal(await page.locator('[data-step="1"] .ask-words').getAttribute('lang'), 'de');
    assert.match(await page.locator('[data-step="1"] .ask-words').textContent(), /springen wir in diesem Team/);
    await page.click('[data-act=start]');
    await assertGoodPage(page);
    for (let at = 1; at <= 10; at++) {
      const form = page.locator(`form[data-step="${at}"]`);
      assert.match(await form.innerText(), /stimmt genau/);
      await form.locator('input[value="4"]').check();
      await form.locator('button[type=submit]').click();
    }
    assert.match(await page.locator('[data-step=check]').innerText(), /stimmt/);
    await page.locator('[data-step=check] [data-act=send]').click();
    await page.locator('[data-step=thanks]').waitFor({timeout: 30000});
    assert.match(await page.locator('[data-step=thanks] h2').innerText(), /Thank you/);
    await page.context().close();
  });
  await t.test('who asks the browser for Arabic gets it, from right to left', async () => {
    page = await person(browser, {link: await signinLink(folder, 'm2@example.org', server.url), language: 'ar-EG'});
    await page.waitForURL('**/answer');
    const choices = page.locator('[data-step="1"] .choices');
    assert.equal(await choices.getAttribute('dir'), 'rtl');
    assert.equal(await choices.getAttribute('lang'), 'ar');
    await answerQuestions(page);
    await assertGoodPage(page);
    await page.context().close();
  });
  await t.test('at the prompt: in German, and its words are checked against the hash', async () => {
    const {code, err} = await hecht(folder, 'answer', await signinLink(folder, 'm3@example.org', server.url), '--values', VALUES, '--language', 'de');
    assert.equal(code, 0, err);
  });
  await t.test('at the prompt: other words than the hash stands for are not answered', async () => {
    const through = async (address, change) => {
      const middle = await proxy(t, server.url, () => 'pass', (request, text) => (address.test(request.url) ? change(text) : text));
      return hecht(folder, 'answer', await signinLink(folder, 'm4@example.org', middle.url), '--values', VALUES, '--language', 'de');
    };
    const worded = await through(/^\/api\/rounds(\?|$)/, (text) => text.replace('springen wir', 'schreien wir'));
    assert.equal(worded.code, 1);
    assert.match(worded.err, /not those of the round, or not in its words/);
    const other = await through(/^\/api\/questionnaires\//, (text) => text.replace('springen wir', 'schreien wir'));
    assert.equal(other.code, 1);
    assert.match(other.err, /the questionnaire is not the one that the round fixed/);
  });
  for (let i = 4; i <= 12; i++) {
    const {code, err} = await hecht(folder, 'answer', await signinLink(folder, `m${i}@example.org`, server.url), '--values', MIXED[i % 3]);
    assert.equal(code, 0, err);
  }
  await t.test('the result speaks of its lines', async () => {
    const leader = await signIn(folder, server.url, 'fatima@example.org');
    assert.match((await leader.page(`/teams/${team}/guess`)).text, /what was promised|beloofd/);
    await closeRound(owner);
    const member = await signIn(folder, server.url, 'm1@example.org');
    const result = (await member.page(`/teams/${team}`)).text;
    assert.match(result, /Daring to speak up/);
    assert.match((await member.page(`/teams/${team}/talk`)).text, /we step in for each other/);
    const map = (await owner.page('/organisation')).text;
    assert.match(map, /Je durven uitspreken/);
    assert.doesNotMatch(map, /psychologische veiligheid/i);
  });
  await t.test('anybody computes its figures again, by the file that the round fixed', async () => {
    const member = await signIn(folder, server.url, 'm1@example.org');
    const {rid} = JSON.parse((await member.page('/api/own-rounds')).text).rounds[0];
    const verify = (url) => hecht(folder, 'verify', `${url}/api/rounds/${rid}/record`);
    const honest = await verify(server.url);
    assert.equal(honest.code, 0, honest.out);
    assert.match(honest.out, /holds +figure +.*computed again from the cells/);
    assert.doesNotMatch(honest.out, /questions that the server names/);
    const middle = await proxy(t, server.url, () => 'pass', (request, text) => (/questionnaires/.test(request.url) ? text.replace('version 1', 'version 7') : text));
    const lying = await verify(middle.url);
    assert.equal(lying.code, 1, lying.out);
    assert.match(lying.out, /FAILS +questionnaire/);
  });
  await t.test('the built-in one back, the own one retired; nothing of the past goes', async () => {
    assert.equal((await owner.page(preview)).text.includes('/retire'), false);
    await owner.submit('/questionnaires/built-in', '/use');
    const retired = await owner.submit(preview, '/retire');
    assert.match(retired.text, /Uit gebruik genomen\. Rondes met deze lijst/);
    assert.equal((await owner.page(preview)).text.includes('/use"'), false);
    assert.match((await owner.page('/organisation')).text, /Je durven uitspreken/);
    await openRound(owner);
    const member = await person(browser, {link: await signinLink(folder, 'm1@example.org', server.url)});
    await member.waitForURL('**/answer');
    assert.equal(await member.locator('.languages-list').count(), 0);
    assert.match(await member.textContent('[data-step="1"]'), /what we agree with each other/);
    await member.context().close();
  });
  await t.test('an address that is none', async () => {
    for (const address of ['/questionnaires/nonsense', `/questionnaires/${'0'.repeat(64)}`, `/questionnaires/${'0'.repeat(64)}/file`]) {
      const response = await owner.page(address);
      assert.equal(response.status, 404, address);
    }
  });
  await t.test('on a desktop, dark', async () => {
    const wide = await person(browser, {state, viewport: DESKTOP, colorScheme: 'dark'});
    for (const address of ['/questionnaires', preview, '/questionnaires/built-in']) {
      await wide.goto(server.url + address);
      await assertGoodPage(wide, {narrow: false});
    }
    await wide.context().close();
  });
});
