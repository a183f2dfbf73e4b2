// The messages of a round against a model of what must be true: in random order, repeated, damaged, several at a time, and with
// the server killed (kill -9) in the midst of them, on both databases. Never two tokens for a member, never an acknowledged
// answer lost or an old one back, never a receipt without its answer; a close happens whole or not at all. What was published in
// the end is checked answer by answer. HECHT_MODEL_SEED=N repeats a run, HECHT_MODEL_BATCHES=N makes it longer.
import assert from 'node:assert/strict';
import test from 'node:test';

import {closeRound, database, hecht, temporaryFolder} from './hecht.mjs';
import {ANSWER, COMMENT, World, generator} from './members.mjs';

const BATCHES = Number(process.env.HECHT_MODEL_BATCHES ?? 60);

// ---- The test -----------------------------------------------------------------------------------------------------------

for (const engine of ['sqlite', 'postgres'])
  test(`messages against a model, on ${engine}`, async (t) => {
    const seed = Number(process.env.HECHT_MODEL_SEED ?? Math.floor(Math.random() * 1e9));
    t.diagnostic(`HECHT_MODEL_SEED=${seed}`);
    const random = generator(seed), folder = temporaryFolder(t);
    database(t, folder, engine);
    const world = new World(t, folder);
    await world.begin();

    await t.test('in any order, damaged, and with a server that dies', async () => {
      for (let i = 0; i < BATCHES; i++) await world.batch(random);
      for (const way of world.members.flatMap((one) => one.ways)) { // what is still open is sent again, as by every client
        if (way.issued === 'maybe') await way.fetch();
        if (way.pending) await way.send(way.pending);
      }
    });
    await t.test('enough have answered for a record that is open', async () => {
      for (const member of world.members.filter(({address}) => address.startsWith('m')).slice(0, 11)) {
        const [answer] = member.ways;
        if (answer.issued !== 'yes') await answer.fetch();
        if (!answer.stored || !answer.kind.says(answer.stored.content)) {
          const content = ANSWER.random(random, member.round, false);
          await answer.send({version: answer.version += 1, content, body: await answer.body(answer.version, content)});
        }
      }
    });
    await t.test('a close that is killed happens whole or not at all', async () => {
      let closed = false;
      for (let i = 0; i < 5 && !closed; i++) {
        const page = await world.owner.page('/rounds');
        const work = world.owner.submit(page, '/rounds/close', {sure: 'yes'}).catch(() => {});
        await new Promise((done) => setTimeout(done, random.below(40)));
        await world.kill();
        await work;
        await world.revive();
        closed = await world.isClosed();
      }
      if (!closed) await closeRound(world.owner);
      assert.ok(await world.isClosed());
    });
    await t.test('every answer that was acknowledged counts, once and in its last version; no other does', async () => {
      for (const rid of new Set(world.members.map((one) => one.rid))) {
        const members = world.members.filter((one) => one.rid === rid), record = await world.record(rid);
        const counted = members.filter(({ways: [way]}) => way.stored && way.kind.says(way.stored.content));
        if (record.eligibility.open) assert.equal(record.eligibility.open.filter((leaf) => !leaf.pad).length, counted.length);
        else assert.ok(counted.length < 10, 'ten answers or more are open');
        for (const member of members) {
          const found = await world.check(member, record), [way] = member.ways;
          if (found) assert.equal(found.withdrawn, !way.kind.says(way.stored.content));
        }
        const verified = await hecht(folder, 'verify', `${world.server.url}/api/rounds/${rid}/record`);
        assert.equal(verified.code, 0, verified.out + verified.err);
      }
    });
    await t.test('and so does every comment', async () => {
      const {visitor} = world.members[0];
      const team = (await visitor.page('/me')).text.match(/\/teams\/(\d+)/)[1];
      const shown = [...(await visitor.page(`/teams/${team}/comments`)).text.matchAll(/class="comment-text">([^<]*)</g)].map(([, text]) => text).sort();
      const kept = world.members.flatMap((one) => one.ways).filter(({kind, stored}) => kind === COMMENT && stored && kind.says(stored.content))
        .map(({stored: {content}}) => new TextDecoder().decode(content.slice(2, 2 + content[0] * 256 + content[1]))).sort();
      assert.ok(kept.length > 0);
      assert.deepEqual(shown, kept);
    });
  });

// Whoever sends again and again must not keep an owner from closing, nor lose what was acknowledged by doing so.
for (const engine of ['sqlite', 'postgres'])
  test(`a close while members go on sending, on ${engine}`, async (t) => {
    const folder = temporaryFolder(t), random = generator(7);
    database(t, folder, engine);
    const world = new World(t, folder);
    await world.begin();
    const busy = world.members.filter(({address}) => address.startsWith('m')).slice(0, 11).map(({ways: [way]}) => way);
    for (const way of busy) await way.fetch();
    let refusals = 0;
    const goOn = async (way) => {
      for (let i = 0; i < 2000; i++) {
        const version = way.version += 1, content = ANSWER.random(random, way.member.round, false);
        const body = await way.body(version, content);
        const reply = await world.post(ANSWER.path, body);
        if (reply.status === 410) return void (refusals += 1);
        assert.equal(reply.status, 200, reply.text);
        way.stored = {version, content, body};
      }
    };
    const work = busy.map(goOn);
    await new Promise((done) => setTimeout(done, 300));
    const closed = await closeRound(world.owner);
    assert.equal(closed.status, 200, closed.text.match(/<main[\s\S]*?<\/main>/)?.[0]);
    await Promise.all(work);
    assert.equal(refusals, busy.length);
    const record = await world.record(busy[0].member.rid);
    assert.equal(record.eligibility.open.filter((leaf) => !leaf.pad).length, busy.length);
    for (const way of busy) await world.check(way.member, record);
  });

// Who asks is not looked at: not the session, not the address, not the program. (What is not looked at takes no time either.)
test('an answer gets the same reply whoever sends it', async (t) => {
  const folder = temporaryFolder(t), random = generator(11);
  database(t, folder, 'sqlite');
  const world = new World(t, folder);
  await world.begin();
  const [{ways: [way]}, other] = world.members;
  await way.fetch();
  const cookie = (visitor) => [...visitor.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
  const senders = {
    nobody: {}, 'its member': {cookie: cookie(way.member.visitor)}, 'another member': {cookie: cookie(other.visitor)},
    'an owner': {cookie: cookie(world.owner)}, 'a false session': {cookie: `${[...other.visitor.cookies.keys()][0]}=${'A'.repeat(43)}`},
    'another program': {'user-agent': 'curl/8'}, 'behind a proxy': {'x-forwarded-for': '192.0.2.7'},
  };
  const content = ANSWER.random(random, way.member.round, false), body = JSON.stringify(await way.body(1, content));
  const false_ = JSON.stringify({...JSON.parse(body), version: 2});
  for (const [what, sent] of [['taken', body], ['refused', false_], ['not understood', '{']]) {
    const replies = [];
    for (const headers of Object.values(senders)) {
      const response = await fetch(world.server.url + ANSWER.path, {method: 'POST', body: sent, headers: {'content-type': 'application/json', ...headers}});
      const shown = [...response.headers].filter(([name]) => name !== 'date');
      replies.push({status: response.status, headers: shown, text: await response.text()});
    }
    for (const [i, reply] of replies.entries()) assert.deepEqual(reply, replies[0], `${what}, ${Object.keys(senders)[i]}`);
    assert.equal(replies[0].status === 200, what === 'taken');
    assert.ok(!replies[0].headers.some(([name]) => name === 'set-cookie'));
  }
});
