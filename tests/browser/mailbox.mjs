// A real SMTP server that keeps what it gets, or does what a test wants: refuse, put off, hang up.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {simpleParser} from 'mailparser';
import {SMTPServer} from 'smtp-server';

export const freePort = () => new Promise((done) => {
  const server = net.createServer().listen(0, '127.0.0.1', () => { const {port} = server.address(); server.close(() => done(port)); });
});

export function certificate(folder, names = 'DNS:trust.example.org,IP:127.0.0.1,IP:0.0.0.0') {
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=test', '-addext', `subjectAltName=${names}`,
    '-keyout', key, '-out', cert], {stdio: 'ignore'});
  return {certFile: cert, cert: readFileSync(cert), key: readFileSync(key)};
}

const failure = (code) => (code ? Object.assign(new Error(`code ${code} as the test wants`), {responseCode: code}) : undefined);

// `rules`: from, to and data each give a code to answer for an address, or nothing; 'drop' in data hangs up instead; delay: in
// milliseconds, for each mail.
export async function mailbox(t, {port = 0, tls, ...options} = {}) {
  const box = {mails: [], connections: 0, rules: {}};
  const server = new SMTPServer({
    authOptional: true, disableReverseLookup: true, logger: false, ...(tls ? {cert: tls.cert, key: tls.key} : {disabledCommands: ['STARTTLS']}), ...options,
    onConnect: (session, done) => { box.connections++; done(); },
    onMailFrom: ({address}, session, done) => done(failure(box.rules.from?.(address))),
    onRcptTo: ({address}, session, done) => done(failure(box.rules.to?.(address))),
    onData(stream, session, done) {
      const parts = [];
      stream.on('data', (part) => parts.push(part));
      stream.on('end', async () => {
        const to = session.envelope.rcptTo.map(({address}) => address);
        const rule = box.rules.data?.(to[0]);
        if (rule === 'drop') return server.connections.forEach((one) => one._socket.destroy());
        if (rule) return done(failure(rule));
        if (box.rules.delay) await sleep(box.rules.delay);
        const raw = Buffer.concat(parts);
        box.mails.push({...await simpleParser(raw), raw: raw.toString(), rcpt: to, session: session.id});
        done();
      });
    },
  });
  server.on('error', () => {}); // a connection that the test broke
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  box.port = server.server.address().port;
  box.url = `smtp://127.0.0.1:${box.port}`;
  box.close = () => new Promise((done) => server.close(done));
  t.after(() => Promise.race([box.close(), sleep(1000)]));
  // Waits until there are as many mails as that, and a moment more, so that one too many would show.
  box.wait = async (count, seconds = 25) => {
    for (const until = Date.now() + 1000 * seconds; box.mails.length < count && Date.now() < until;) await sleep(50);
    await sleep(150);
    if (box.mails.length !== count) throw new Error(`${box.mails.length} mails instead of ${count}: ${box.mails.map((m) => `${m.rcpt} ${m.subject}`).join('; ')}`);
    return box.take();
  };
  box.take = () => box.mails.splice(0);
  return box;
}

// Every address in a mail that somebody, or a scanner, could open.
export const links = (mail) => [...new Set([...`${mail.text} ${mail.html}`.matchAll(/https?:\/\/[^\s"<>]+/g)].map(([link]) => link))];
export const signinLink = (mail) => links(mail).find((link) => /\/signin\/./.test(link));
export const stopLink = (mail) => links(mail).find((link) => link.includes('/mail/stop/'));
