// A server that lies, end to end: hecht_cheat is hecht with one lie at a time (tests/cheat). For each lie, who finds out, and by
// which words: the member's device, `hecht answer`, or whoever runs `hecht verify`.
import assert from 'node:assert/strict';
import {cpSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import {isWorded} from '../../assets/questionnaire.js';

const HONEST = process.env.HECHT;
process.env.HECHT = process.env.HECHT_CHEAT_TOOL ?? new URL('../../build/tests/cheat/hecht_cheat', import.meta.url).pathname;
const {Visitor, claim, closeRound, hecht, openRound, signinLink, sql, start, temporaryFolder} = await import('./hecht.mjs');
const {answerQuestions, assertGoodPage, launch, person} = await import('./chromium.mjs');
const {ANSWER, World, generator} = await import('./members.mjs');

const table = []; // lie, who, words
const told = (lie, who, words) => table.push([lie, who, words.trim().split('\n').find((line) => line.trim())]);

// A closed round of a team of twelve in which everybody answered, by a server that lies in this way.
async function world(t, lie, {answering = 12} = {}) {
  const made = new World(t, temporaryFolder(t)), random = generator(7);
  process.env.HECHT_CHEAT = lie;
  t.after(() => { delete process.env.HECHT_CHEAT; });
  await made.begin();
  made.blue = made.members.filter(({address}) => address.startsWith('m'));
  for (const [i, member] of made.blue.slice(0, answering).entries()) {
    const [way] = member.ways;
    await way.fetch();
    const content = ANSWER.random(random, member.round, false).map((cell, item) => ({...cell, value: 2 + (i + item) % 3}));
    await way.send({version: 1, content, body: await way.body(1, content)});
  }
  made.end = async () => {
    await closeRound(made.owner);
    made.published = await made.record(made.blue[0].rid);
    return made.published;
  };
  // Which members' devices find what: {kind: how many}
  made.found = async () => {
    const kinds = {};
    for (const member of made.blue) {
      const kind = await made.check(member, made.published).then((good) => (good ? 'good' : 'nothing sent'), (error) => error.kind ?? String(error));
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    return kinds;
  };
  made.verify = () => hecht(made.folder, 'verify', `${made.server.url}/api/rounds/${made.blue[0].rid}/record`);
  return made;
}

const failures = ({out}) => out.split('\n').filter((line) => /FAILS/.test(line));

test('nobody lies: nobody finds anything', async (t) => {
  const honest = await world(t, '');
  await honest.end();
  assert.deepEqual(await honest.found(), {good: 12});
  const verified = await honest.verify();
  assert.equal(verified.code, 0, verified.out);
});

test('another key for who asks now', async (t) => {
  const made = await world(t, 'other-key', {answering: 0});
  // The library of the test takes what it is given; hecht answer and the page do not.
  const done = await hecht(made.folder, 'answer', await signinLink(made.folder, 'm0@example.org', made.server.url), '--values', '4,4,4,4,4,4,4,4,4,4');
  assert.equal(done.code, 1);
  assert.match(done.err, /does not match its fingerprint; nothing was sent/);
  told('another key for one member', 'hecht answer, and the page before anything is sent', done.err);
});

test('a dropped answer', async (t) => {
  const made = await world(t, 'dropped-answer');
  await made.end();
  const found = await made.found();
  assert.deepEqual(found, {good: 11, missing: 1}); // only the one whose answer it was, and that one surely
  told('an answer dropped', 'the device of its member', 'missing: the own answer is not in what was published');
});

test('a changed answer', async (t) => {
  const made = await world(t, 'changed-cell');
  await made.end();
  assert.deepEqual(await made.found(), {good: 11, cell: 1});
  told('a cell changed', 'the device of its member', 'cell: the own answer is there with another value');
});

// hecht answer --json says what finds the own answer again; hecht verify --receipt looks for it.
async function receiptOf(made, who, ...more) {
  const link = await signinLink(made.folder, who, made.server.url);
  const done = await hecht(made.folder, 'answer', link, '--json', '--state', path.join(made.folder, who), ...more);
  assert.equal(done.code, 0, done.err);
  writeFileSync(path.join(made.folder, `${who}.json`), done.out);
  return () => hecht(made.folder, 'verify', `${made.server.url}/api/rounds/${made.blue[0].rid}/record`, '--receipt', `${who}.json`);
}
const VALUES = ['--values', '3,3,3,3,3,3,3,3,3,3'];

test('receipts: nobody lies', async (t) => {
  const made = await world(t, '', {answering: 10});
  const sent = await receiptOf(made, 'm10@example.org', ...VALUES);
  await receiptOf(made, 'm11@example.org', ...VALUES);
  const takenBack = await receiptOf(made, 'm11@example.org', '--withdraw');
  await made.end();
  const found = await sent(), none = await takenBack();
  assert.equal(found.code, 0, found.out);
  assert.match(found.out, /holds +receipt[\s\S]*holds +own-token[\s\S]*holds +own-cells +your 10 answers are in the trees/);
  assert.equal(none.code, 0, none.out);
  assert.match(none.out, /no answer among those that count, as you wanted it/);
  const forged = JSON.parse(readFileSync(path.join(made.folder, 'm10@example.org.json'), 'utf8'));
  writeFileSync(path.join(made.folder, 'm10@example.org.json'), JSON.stringify({...forged, receipt: forged.receipt.replace('version 1', 'version 2')}));
  assert.match((await sent()).out, /FAILS +receipt/);
  writeFileSync(path.join(made.folder, 'm10@example.org.json'), '{}');
  const unread = await sent();
  assert.equal(unread.code, 1);
  assert.match(unread.err, /not what hecht answer --json printed/);
  writeFileSync(path.join(made.folder, 'm10@example.org.json'), JSON.stringify({...forged, receipt: forged.receipt.replace(/rid ./, 'rid 0')}));
  const other = await sent();
  assert.equal(other.code, 1);
  assert.match(other.err, /of none of these rounds/);
});

for (const [lie, word] of [['dropped-answer', /FAILS +own-token +your answer was taken and is not among those that count/], ['changed-cell', /FAILS +own-cells +[0-9]+ of your 10 answers are not in the tree/]])
  test(`receipts: ${lie}`, async (t) => {
    const made = await world(t, lie, {answering: 0});
    const receipts = [];
    for (let i = 0; i < 12; i++) receipts.push(await receiptOf(made, `m${i}@example.org`, '--values', Array.from({length: 10}, (_, item) => 2 + (i + item) % 3).join()));
    await made.end();
    const failing = [];
    for (const verify of receipts) {
      const {code, out} = await verify();
      if (code !== 0) failing.push(out);
    }
    assert.equal(failing.length, 1); // the one whose answer it was, with a proof for others
    assert.match(failing[0], word);
  });

test('an added answer', async (t) => {
  const made = await world(t, 'added-answer', {answering: 11});
  await made.end();
  const verified = await made.verify();
  assert.equal(verified.code, 1);
  assert.match(failures(verified).join('\n'), /counts/);
  told('an answer added', 'hecht verify, anybody', failures(verified)[0]);
});

test('a second token for a member', async (t) => {
  const made = await world(t, 'second-token');
  const [first] = made.blue, [way] = first.ways;
  const again = Object.assign(Object.create(Object.getPrototypeOf(way)), way, {secrets: undefined, signature: undefined, blindSignature: undefined, stored: undefined, old: [], version: 0});
  await again.fetch(); // an honest server refuses this
  const content = ANSWER.random(generator(3), first.round, false).map((cell) => ({...cell, value: 4}));
  await again.send({version: 1, content, body: await again.body(1, content)});
  await made.end();
  const verified = await made.verify();
  assert.equal(verified.code, 1);
  assert.match(failures(verified).join('\n'), /counts/);
  told('a second token for one member', 'hecht verify, anybody', failures(verified)[0]);
});

for (const [lie, name, kind] of [['wrong-mean', 'a wrong mean', 'figure'], ['left-out', 'a mean of fewer questions', 'figure'], ['wrong-count', 'wrong counts', 'result-counts']])
  test(name, async (t) => {
    const made = await world(t, lie);
    await made.end();
    const verified = await made.verify();
    assert.equal(verified.code, 1, verified.out);
    assert.match(failures(verified).join('\n'), new RegExp(kind));
    assert.deepEqual(await made.found(), {result: 12}); // every device computes it again
    told(name, 'hecht verify, and the device of every member', failures(verified)[0]);
  });

test('two histories', async (t) => {
  const made = await world(t, 'split-view');
  await made.end();
  await new Promise((done) => setTimeout(done, 1100));
  await openRound(made.owner);
  const answer = async (who, state) => hecht(made.folder, 'answer', await signinLink(made.folder, who, made.server.url), '--values', '3,3,3,3,3,3,3,3,3,3', '--state', path.join(made.folder, state));
  assert.equal((await answer('m0@example.org', 'one')).code, 0);
  writeFileSync(path.join(made.folder, 'split'), '');
  const changed = await answer('m0@example.org', 'one'); // who saw the other one finds out alone
  assert.equal(changed.code, 1);
  assert.match(changed.err, /log/);
  told('another history for who has seen one', 'the device, before anything is sent', changed.err);
  assert.equal((await answer('m1@example.org', 'two')).code, 0); // who never saw any cannot
  rmSync(path.join(made.folder, 'split'));
  for (let i = 2; i < 12; i++) assert.equal((await answer(`m${i}@example.org`, 'rest')).code, 0);
  await closeRound(made.owner);
  const {rid} = JSON.parse((await made.blue[0].visitor.page('/api/own-rounds')).text).rounds[0];
  const save = async (name) => writeFileSync(path.join(made.folder, name), JSON.stringify(await made.record(rid)));
  await save('a.json');
  writeFileSync(path.join(made.folder, 'split'), '');
  await save('b.json');
  const verified = await hecht(made.folder, 'verify', 'a.json', 'b.json'); // but two who compare do
  assert.equal(verified.code, 1, verified.out);
  assert.equal((await hecht(made.folder, 'verify', 'a.json')).code, 0);
  assert.equal((await hecht(made.folder, 'verify', 'b.json')).code, 0);
  told('another history for who has seen none', 'two members who compare: hecht verify a.json b.json', failures(verified)[0]);
});

test('a backup that was put back', async (t) => {
  const made = await world(t, '', {answering: 12});
  const database = path.join(made.folder, 'hecht.db'), copy = path.join(made.folder, 'backup.db');
  await made.server.stop();
  cpSync(database, copy);
  await made.revive();
  made.owner = Object.assign(new Visitor(made.server.url), {cookies: made.owner.cookies});
  await closeRound(made.owner);
  await new Promise((done) => setTimeout(done, 1100));
  await openRound(made.owner);
  const answer = async () => hecht(made.folder, 'answer', await signinLink(made.folder, 'm0@example.org', made.server.url), '--values', '3,3,3,3,3,3,3,3,3,3');
  assert.equal((await answer()).code, 0);
  await made.server.stop();
  for (const more of ['-wal', '-shm']) rmSync(database + more, {force: true});
  cpSync(copy, database);
  await made.revive();
  const refused = await answer();
  assert.equal(refused.code, 1);
  assert.match(refused.err, /set back/);
  told('a backup put back to before the close', 'the device, before anything is sent', refused.err);
});

test('a round for each member alone', async (t) => {
  const made = await world(t, 'many-openings');
  await made.end();
  await new Promise((done) => setTimeout(done, 1100));
  await openRound(made.owner);
  const answer = async (who) => hecht(made.folder, 'answer', await signinLink(made.folder, who, made.server.url), '--values', '3,3,3,3,3,3,3,3,3,3', '--state', path.join(made.folder, who));
  assert.equal((await answer('m0@example.org')).code, 0);
  writeFileSync(path.join(made.folder, 'split'), '');
  const refused = await answer('m1@example.org'); // who has seen no log of this team before
  assert.equal(refused.code, 1);
  assert.match(refused.err, /does not hold \(.*nothing was sent/);
  told('a round for each member alone, behind one close', 'the device, before anything is sent', refused.err);
});

test('more members counted than there are', async (t) => {
  const made = await world(t, 'counted-more', {answering: 0});
  const done = await hecht(made.folder, 'answer', await signinLink(made.folder, 'm0@example.org', made.server.url), '--values', '4,4,4,4,4,4,4,4,4,4');
  assert.equal(done.code, 1);
  assert.match(done.err, /counts 12 members, its list has 11; nothing was sent/);
  told('more members counted than there are on the list', 'hecht answer, and the page before anything is sent', done.err);
});

// The page asks in other words than the questionnaire whose hash the round fixed: from the start, or only once the form is fetched.
test('other words on the page', async (t) => {
  const folder = temporaryFolder(t), database = path.join(folder, 'hecht.db'), browser = await launch(t);
  t.after(() => { delete process.env.HECHT_CHEAT; });
  const lie = async (how, port = '0') => {
    process.env.HECHT_CHEAT = how;
    return start(t, folder, ['serve', '--port', port]);
  };
  let server = await lie('');
  const {owner} = await claim(server, {organisation: 'Words', language: 'nl'}), {port} = new URL(server.url);
  const again = async (how) => { await server.stop(); server = await lie(how, port); };
  const count = (table) => sql(database, `SELECT count(*) FROM ${table}`);
  const member = async (address) => person(browser, {link: await signinLink(folder, address, server.url)});
  const WORDS = /niet in de woorden die voor deze ronde zijn vastgelegd\. Daarom is er niets verstuurd/;
  await openRound(owner);

  for (const [how, address] of [['other-words', 'a1@example.org'], ['turned-scale', 'a2@example.org']])
    await t.test(how, async () => {
      await again(how);
      const page = await member(address);
      await page.waitForURL('**/answer');
      await page.click('[data-act=start]');
      const wrong = page.locator('[data-wrong]:not([hidden])');
      await wrong.waitFor();
      assert.match(await wrong.innerText(), WORDS);
      assert.equal(await wrong.locator('.acts:not([hidden])').count(), 0, 'nothing to try again');
      await assertGoodPage(page);
      assert.equal(count('issuance'), '0', 'not even a form was fetched');
      told(how === 'other-words' ? 'another question than the round fixed' : 'a scale turned around', 'the page, before anything is sent', await wrong.locator('[data-wrong-text]').innerText());
    });

  await t.test('once the form is there', async () => {
    await again('');
    const page = await member('a3@example.org');
    await page.waitForURL('**/answer');
    await page.click('[data-act=start]');
    for (let i = 0; i < 100 && count('issuance') === '0'; i++) await page.waitForTimeout(50);
    await again('turned-scale');
    await page.goto(`${server.url}${new URL(page.url()).pathname}`);
    await answerQuestions(page);
    await page.locator('[data-step=check] [data-act=send]').click();
    await page.locator('[data-step=check] [data-wrong]:not([hidden])').waitFor();
    assert.match(await page.locator('[data-wrong-text]').innerText(), WORDS);
    assert.equal(count('sealed_answer'), '0');
    await again('');
    await page.reload();
    await page.locator('[data-step=check] [data-act=send]').click();
    await page.locator('[data-step=thanks]').waitFor({timeout: 30000});
    assert.equal(count('sealed_answer'), '1', 'an honest page sends what was chosen');
    await again('other-words');
    await page.reload();
    await page.locator('[data-step=thanks] [data-act=withdraw]').click();
    await page.locator('[data-step=withdraw] [data-act=take-back]').click();
    await page.locator('[data-step=withdrawn]').waitFor({timeout: 30000}); // it answers nothing, so no words stand in its way
  });
});

// The choices under a promise are the program's own; turned around they would count the other way.
test('the choices of a promise', () => {
  const text = 'no-answer\n  en No answer\n  nl Geen antwoord\n', round = {items: ['promise'], promise: 'On time', leader: ''};
  const shown = (options, language) => [{item: 'promise', language, frame: 'On time', sentences: [], options, none: language === 'nl' ? 'Geen antwoord' : 'No answer'}];
  for (const language of ['en', 'nl']) {
    const po = readFileSync(new URL(`../../po/pulse.${language}.po`, import.meta.url), 'utf8');
    const words = ['yes', 'partly', 'no', 'not-seen'].map((key) => po.match(new RegExp(`msgid "pulse.promise.${key}"\nmsgstr "(.*)"`))[1]);
    assert.ok(isWorded(text, round, shown(words, language)), language);
    assert.ok(!isWorded(text, round, shown([...words].reverse(), language)), 'turned around');
    assert.ok(!isWorded(text, round, shown(words.slice(1), language)), 'one left out');
    assert.ok(!isWorded(text, round, shown([...words.slice(0, 3), 'Later'], language)), 'another');
  }
  assert.ok(!isWorded(text, round, shown(['Ja', 'Partly', 'No', 'I have not seen it'], 'en')), 'of two languages');
});

test('the table', (t) => {
  assert.equal(table.length, 15, 'every lie was caught');
  for (const [lie, who, words] of table) t.diagnostic(`${lie} | ${who} | ${words}`);
  if (HONEST) process.env.HECHT = HONEST;
});
