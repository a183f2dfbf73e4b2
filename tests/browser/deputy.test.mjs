// Who leads together and who stands in, by requests alone.
import assert from 'node:assert/strict';
import test from 'node:test';

import {claim, closeRound, database, hecht, openRound, signIn, signinLink, sql, start, temporaryFolder} from './hecht.mjs';

const ROWS = ['E-mail,Name,Team,Role', ...['Lee', 'Ann', 'Ben', 'Cas', 'Dia', 'Eve', 'Fay'].map((name, i) => `${name.toLowerCase()}@example.org,${name},North,${i === 0 ? 'leader' : 'member'}`),
  'olaf@example.org,Olaf,South,leader', 'pia@example.org,Pia,South,member'].join('\n');
const text = (response) => response.text.replaceAll('&#39;', "'");

for (const engine of ['sqlite', 'postgres'])
  test(`deputies and two leaders, on ${engine}`, async (t) => {
    const folder = temporaryFolder(t), address = database(t, folder, engine);
    const server = await start(t, folder, ['serve', '--port', '0']), {url} = server;
    const {owner} = await claim(server, {leads: 'other', leader: 'someone@example.org'});
    await owner.submit(await owner.submit('/people/import', '/people/import', {file: ROWS}), '/people/import/apply');
    const id = (name) => sql(address, `SELECT team_id FROM team WHERE name = '${name}'`);
    const north = `/teams/${id('North')}`, people = `/people/team/${id('North')}`;
    const as = (who) => signIn(folder, url, `${who}@example.org`);
    const [lee, ann, pia, olaf, ben] = [await as('lee'), await as('ann'), await as('pia'), await as('olaf'), await as('ben')];
    await ben.submit('/me', '/language', {language: 'nl'});
    const answer = async (values) => {
      for (const name of ['ann', 'ben', 'cas', 'dia', 'eve', 'fay']) {
        const done = await hecht(folder, 'answer', await signinLink(folder, `${name}@example.org`, url), '--values', values);
        assert.equal(done.code, 0, done.err);
      }
    };
    await owner.submit('/roles', '/roles/give', {role: 'confidant', address: 'con@example.org', name: 'Con'});
    await openRound(owner);
    await answer('4,4,4,4,4,4,4,4,4,4');
    await closeRound(owner);

    await t.test('mistakes stand at their field, and nothing is lost', async () => {
      const send = async (fields, who = lee) => {
        const response = await who.submit(`${north}/deputy`, '/deputy', fields);
        assert.equal(response.status, 422);
        return text(response);
      };
      assert.match(await send({}), /Choose a member, or type the address of somebody else/);
      assert.match(await send({member: sql(address, "SELECT person_id FROM person WHERE name = 'Ann'"), address: 'pia@example.org'}), /not both/);
      assert.match(await send({address: 'new@example.org', until: '2020-01-01'}), /value="new@example\.org"/);
      assert.match(await send({address: 'new@example.org'}), /Hecht does not know this address/);
      assert.match(await send({address: 'pia@example.org', until: '2020-01-01'}), /Choose a day from today to a year ahead/);
      assert.match(await send({address: 'pia@example.org', until: 'soon'}), /Choose a day from today to a year ahead/);
      assert.match(await send({address: 'lee@example.org'}), /leads the team/);
      assert.match(await send({address: 'con@example.org'}), /stands apart/);
      assert.match(await send({address: 'nobody'}), /not an address|address/);
      assert.equal(sql(address, 'SELECT count(*) FROM team_deputy'), '0');
      assert.equal(sql(address, "SELECT count(*) FROM person WHERE address = 'new@example.org'"), '0');
      assert.equal((await ann.page(`${north}/deputy`)).status, 403);
      assert.equal((await olaf.page(`${north}/deputy`)).status, 403);
    });

    await t.test('the leader names somebody from another team, until a day', async () => {
      const day = new Date(Date.now() + 20 * 86400e3).toISOString().slice(0, 10);
      assert.match(text(await lee.submit(`${north}/deputy`, '/deputy', {address: 'pia@example.org', until: day})), /Stands in now/);
      assert.match(text(await ann.page(north)), /Pia stands in for the leader of this team, to /);
      assert.match(text(await ben.page(north)), /Pia vervangt de leidinggevende van dit team, tot en met /);
      assert.match(text(await owner.page('/roles')), /Pia became: standing in for the leader of North[\s\S]*By Lee on/);
    });

    await t.test('who stands in sees the result, not what is said of the leader', async () => {
      const [seen, own] = [text(await pia.page(north)), text(await lee.page(north))];
      assert.match(own, /Trust in Lee/);
      assert.doesNotMatch(seen, /Trust in Lee/);
      assert.match(seen, /What the team said about its leader is for the leader and the team/);
      for (const line of ['Connection', 'Psychological safety']) assert.ok(seen.includes(line) === own.includes(line), line);
      assert.match(own, /guess|Trust in Lee/);
      // Nor in the record, which whoever knows the rid can read.
      assert.match(text(await ann.page(`${north}/talk`)), /data-rid="[0-9a-f]{64}"/);
      assert.match(text(await lee.page(`${north}/talk`)), /data-rid="[0-9a-f]{64}"/);
      assert.match(text(await pia.page(`${north}/talk`)), /data-rid=""/);
      assert.equal(new URL((await pia.page('/')).url).pathname, north);
      assert.match(text(await pia.page('/me')), /standing in/);
      assert.equal((await pia.page(`${north}/answer`)).status, 403);
      assert.equal((await pia.page(`${north}/guess`)).status, 403);
      assert.equal((await pia.page(`${north}/comments`)).status, 200);
      assert.equal((await pia.page(`${north}/joining`)).status, 200);
      // Asked for again after the leader's page, and before it: what is remembered is of one kind of reader.
      assert.match(text(await lee.page(north)), /Trust in Lee/);
      assert.doesNotMatch(text(await pia.page(north)), /Trust in Lee/);
    });

    await t.test('and promises as that', async () => {
      const due = new Date(Date.now() + 10 * 86400e3).toISOString().slice(0, 10);
      assert.equal((await pia.submit(`${north}/talk`, '/promise', {text: 'We begin on time', due})).status, 200);
      assert.match(text(await ann.page(north)), /We begin on time[\s\S]*Pia, standing in, by /);
      assert.match(text(await ben.page(`${north}/talk`)), /Pia, als vervanger, voor /);
    });

    await t.test('but names nobody, and can end it', async () => {
      const page = await pia.page(`${north}/deputy`);
      assert.doesNotMatch(page.text, new RegExp(`action="${north}/deputy"`));
      const once = page.text.match(/name="once" value="([^"]+)"/)[1], csrf = page.text.match(/name="csrf" value="([^"]+)"/)[1];
      const refused = await pia.post(`${north}/deputy`, new URLSearchParams({csrf, once, address: 'olaf@example.org'}));
      assert.equal(refused.status, 403);
      assert.match(refused.text, /Only the leader of the team or an owner names/);
      await pia.submit(`${north}/deputy`, '/deputy/end');
      assert.equal((await pia.page(north)).status, 403);
      assert.match(text(await owner.page('/roles')), /Pia is no longer: standing in for the leader of North[\s\S]*By Pia on/);
    });

    await t.test('a member who stands in goes on answering', async () => {
      await lee.submit(`${north}/deputy`, '/deputy', {member: sql(address, "SELECT person_id FROM person WHERE name = 'Ann'")});
      await openRound(owner);
      assert.equal(sql(address, `SELECT MAX(roster_count) FROM team_round WHERE team_id = ${id('North')}`), '6');
      assert.equal((await ann.page(`${north}/answer`)).status, 200);
      assert.match(text(await ann.page(north)), /Ann stands in/);
      assert.match(text(await ann.page(north)), /Trust in Lee/);
    });

    await t.test('an owner may name somebody new', async () => {
      assert.match(text(await owner.submit(`${north}/deputy`, '/deputy', {address: 'Nina New <nina@example.org>'})), /Nina New/);
      assert.match(text(await owner.page(people)), /Nina New stands in for the leader/);
    });

    await t.test('a second leader ends that; nobody is asked about a leader, and both see the result', async () => {
      assert.equal((await owner.submit(people, '/leader', {leader: 'ann@example.org', how: 'beside'})).status, 422);
      assert.match(text(await owner.submit(people, '/leader', {leader: 'olaf@example.org', how: 'beside'})), /Two people lead this team/);
      assert.equal(sql(address, `SELECT count(*) FROM team_deputy WHERE team_id = ${id('North')}`), '0');
      await answer('1,4,4,4,4,4,4,4,4,4,4'); // the first is about the promise
      await closeRound(owner);
      await openRound(owner);
      assert.equal(sql(address, `SELECT count(*) FROM team_round WHERE team_id = ${id('North')} AND leader_id IS NULL AND state = 'open'`), '1');
      assert.match(text(await olaf.page(north)), /The leader of this team has changed/);
      assert.match(text(await olaf.page(`${north}/talk`)), /data-rid=""/);
      assert.equal((await lee.page(`${north}/answer`)).status, 403);
      assert.equal((await olaf.page(`${north}/answer`)).status, 403);
      assert.match(text(await owner.page('/people')), /Lee and Olaf|Olaf and Lee/);
      const again = await owner.post(`${people}/leader`, new URLSearchParams(Object.entries({...again_fields(await owner.page(people)), leader: 'third@example.org', how: 'beside'})));
      assert.equal(again.status, 422);
      assert.match(text(again), /Two people lead this team already/);
      const remove = (await owner.page(people)).text.match(/name="person" value="(\d+)">\s*<button[^>]*aria-label="Take the role of leader from Olaf"/)[1];
      await owner.post(`${people}/remove`, new URLSearchParams({...again_fields(await owner.page(people)), person: remove}));
      assert.doesNotMatch(text(await owner.page(people)), /Two people lead/);
      assert.equal((await olaf.page(north)).status, 403);
      assert.equal((await lee.page(north)).status, 200);
    });
  });

function again_fields(page) {
  return {csrf: page.text.match(/name="csrf" value="([^"]+)"/)[1], once: page.text.match(/name="once" value="([^"]+)"/)[1]};
}
