// One program for every service of the shop: it says who it is, and calls others the way any application would.
// Nothing here knows of the mesh: the sidecar is an HTTP proxy in HTTP_PROXY, as for curl.
import http from 'node:http';
import net from 'node:net';

const { SERVICE = 'service', VERSION = 'v1', INSTANCE = SERVICE, LISTEN = '127.0.0.1:8080' } = process.env;
const proxy = process.env.HTTP_PROXY && new URL(process.env.HTTP_PROXY);
/** Where to dial for a TCP service, by `host:port`: what the sidecar offers on this machine. */
const tcpDials = JSON.parse(process.env.MESH_TCP ?? '{}');
const maxAnswer = 1 << 20;

const routes = { '/call': call, '/slow': slow, '/status': status };

function answer(request, response, status = 200, more = {}) {
  const body = {
    service: SERVICE,
    version: VERSION,
    instance: INSTANCE,
    method: request.method,
    path: request.url,
    caller: callerOf(request.headers['x-forwarded-client-cert']),
    headers: request.headers,
    ...more,
  };
  response.writeHead(status, { 'content-type': 'application/json', 'x-instance': INSTANCE });
  response.end(request.method === 'HEAD' ? undefined : `${JSON.stringify(body)}\n`);
}

/** The SPIFFE ID that the own sidecar vouches for, out of `By=…;Hash=…;URI=spiffe://…`. */
function callerOf(forwardedClientCert) {
  return /(?:^|[;,])URI=([^;,]+)/.exec(forwardedClientCert ?? '')?.[1] ?? null;
}

/** `/call?url=http://shoes/stock&method=POST`: calls another service through the sidecar and returns its answer. */
async function call(request, response, url) {
  const target = parseUrl(url.searchParams.get('url'));
  if (!target) return answer(request, response, 400, { error: 'url must be an http: or tcp: address' });
  const method = url.searchParams.get('method') ?? 'GET';
  try {
    answer(request, response, 200, {
      called: await (target.protocol === 'tcp:' ? dial(target) : fetchBy(method, target)),
    });
  } catch (error) {
    answer(request, response, 502, { error: error.message });
  }
}

function parseUrl(text) {
  const url = URL.canParse(text ?? '') ? new URL(text) : undefined;
  return url && ['http:', 'tcp:'].includes(url.protocol) ? url : undefined;
}

function fetchBy(method, target) {
  const where = proxy
    ? { host: proxy.hostname, port: proxy.port, path: target.href, headers: { host: target.host } }
    : { host: target.hostname, port: target.port || 80, path: target.pathname + target.search };
  return new Promise((resolve, reject) => {
    const outgoing = http.request({ method, timeout: 30_000, ...where }, async (incoming) => {
      try {
        resolve({ status: incoming.statusCode, headers: incoming.headers, body: await text(incoming) });
      } catch (error) {
        reject(error);
      }
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 30 s')));
    outgoing.on('error', reject);
    outgoing.end();
  });
}

async function text(stream) {
  const parts = [];
  let size = 0;
  for await (const part of stream) {
    size += part.length;
    if (size > maxAnswer) throw new Error('the answer is larger than 1 MiB');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** Opens and closes a connection: enough to know that the way to a TCP service is open. */
function dial(target) {
  const address = tcpDials[target.host];
  if (!address) return Promise.reject(new Error(`the sidecar offers no way to ${target.host}`));
  const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port: Number(port), timeout: 5_000 }, () => {
      socket.end();
      resolve({ connected: target.host });
    });
    socket.on('timeout', () => socket.destroy(new Error('no connection within 5 s')));
    socket.on('error', reject);
  });
}

/** `/slow?ms=500`: answers late, at most after a minute. */
function slow(request, response, url) {
  const ms = Math.min(Number(url.searchParams.get('ms')) || 0, 60_000);
  setTimeout(() => answer(request, response), ms).unref();
}

/** `/status/503`: answers with that status. */
function status(request, response, url) {
  const code = Number(url.pathname.split('/')[2]);
  answer(request, response, code >= 200 && code <= 599 ? code : 400);
}

function handle(request, response) {
  request.resume();
  const url = new URL(request.url ?? '/', 'http://service');
  const route = routes[`/${url.pathname.split('/')[1]}`];
  return route ? route(request, response, url) : answer(request, response);
}

const servers = LISTEN.split(',').map((address) => {
  const [, host, port] = /^(.*):(\d+)$/.exec(address.trim()) ?? [];
  const server = http.createServer(handle);
  server.on('error', (error) => {
    console.error(`${INSTANCE}: cannot listen on ${address}: ${error.message}`);
    process.exit(1);
  });
  server.listen(Number(port), host, () => console.log(`${INSTANCE} ${VERSION} listens on ${address}`));
  return server;
});

/** Answers what is under way, takes nothing new, and is gone after two seconds at the latest. */
function stop() {
  for (const server of servers) server.close();
  for (const server of servers) server.closeIdleConnections();
  setTimeout(() => process.exit(0), 2_000).unref();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
