// Somebody between a client and its server, who holds back, drops or changes what passes.
import http from 'node:http';

// hold(request) says what happens to it: 'pass', 'drop' (never arrives), 'deaf' (arrives, the reply is lost). change(request, text):
// what becomes of the reply.
export async function proxy(t, target, hold, change = (request, text) => text, elsewhere = () => undefined) {
  const seen = [], waiting = [];
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks), fate = hold(request);
      const line = {method: request.method, url: request.url, body: body.toString(), fate};
      const arrived = () => { seen.push(line); waiting.splice(0).forEach((wake) => wake()); };
      if (fate === 'drop') return arrived();
      const headers = {...request.headers, host: new URL(target).host};
      if (headers.origin) headers.origin = target;
      const sent = http.request((elsewhere(line) ?? target) + request.url, {method: request.method, headers}, (reply) => {
        const parts = [];
        reply.on('data', (part) => parts.push(part));
        reply.on('end', () => {
          arrived();
          if (fate === 'deaf') return;
          const own = {...reply.headers};
          if (own.location) own.location = own.location.replace(target, '');
          const whole = Buffer.concat(parts), changed = Buffer.from(change(request, whole.toString('latin1')), 'latin1');
          if (own['content-length']) own['content-length'] = changed.length;
          response.writeHead(reply.statusCode, own).end(changed);
        });
      });
      sent.end(body);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => { server.closeAllConnections(); server.close(); });
  const saw = async (wanted) => {
    while (!seen.some(wanted)) await new Promise((wake) => waiting.push(wake));
    return seen.find(wanted);
  };
  return {url: `http://127.0.0.1:${server.address().port}`, seen, saw};
}
