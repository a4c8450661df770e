// Real Envoys and the static verdict must agree: random meshes, random requests, both asked.
// FAIRLEAD_AGREEMENT=200 tries that many meshes; FAIRLEAD_SEED=n starts from another seed.
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { normalizePath } from '../model/request-path.ts';
import { type Call, decide, outside, type Verdict } from '../analysis/index.ts';
import {
  deepFreeze,
  hostAliases,
  hostOf,
  indexMesh,
  keyOf,
  type Mesh,
  type MeshIndex,
  type StringMatch,
} from '../model/index.ts';
import { skipWithoutEnvoy } from './support/envoy.ts';
import { type Answer, type MeshOnEnvoy, runMesh, send, talk } from './support/mesh-on-envoy.ts';
import * as b from './support/mesh-builder.ts';
import { randomCall } from './support/random-call.ts';
import { randomMesh } from './support/random-mesh.ts';
import { smallMesh } from './support/small-mesh.ts';

const count = Number(process.env.FAIRLEAD_AGREEMENT ?? 4);
const seed = Number(process.env.FAIRLEAD_SEED ?? 7);
const callsPerMesh = 60;

t.test('Envoy does what the analysis says', { skip: skipWithoutEnvoy, timeout: 600_000 }, async (t) => {
  const meshes = fc.sample(randomMesh, { numRuns: count, seed });
  for (const [i, mesh] of meshes.entries()) await agree(t, runnable(mesh), seed + i);
});

t.test('several values of a condition', { skip: skipWithoutEnvoy, timeout: 60_000 }, async (t) => {
  const texts = [...Array(50).keys()].map((i) => `a long value of a header, with a number: ${i}`);
  const values = b.some<StringMatch>([
    ...texts.map((value) => ({ type: 'exact', value }) as const),
    { type: 'prefix', value: 'a.' },
    { type: 'suffix', value: '+' },
    { type: 'regex', value: '\\Q|q\\E|\\Q|' },
    { type: 'regex', value: '(?i)c|d' },
  ]);
  const clause = b.clause([
    { kind: 'path', anyOf: b.some(['/a', '/public/*', '/p*'].map(b.path)), not: false },
    ...['x', 'y'].map((name) => ({ kind: 'header', name, anyOf: values, not: false }) as const),
    { kind: 'query', name: 'q', anyOf: values, not: false },
  ]);
  const action = b.forward([b.to('shoes.shop')], { rewrite: { path: '/admin' }, timeoutMs: 0 });
  const mesh = smallMesh({
    routeTables: [b.table('shoes.shop', [b.route(action, [clause])])],
    authorizationPolicies: [b.policy('shoes.shop', 'DENY', [b.rule([], [b.operation([], ['/admin'])])])],
  });
  const plans = ['shop/caller', 'shop/shoes'].map((workload) => ({ id: workload, workload }));
  const running = await runMesh(mesh, plans);
  const index = indexMesh(mesh);
  const sent = ['a.', 'a.b', '|', '|q', 'ab', 'C', 'dd', '1+', 'a.\xff', '\xff+', '', texts[7] ?? ''];
  const calls = ['/a', '/public', '/public/x', '/pub', '/q'].flatMap((path) =>
    sent.map((x, i): Call => {
      const request = b.request(`GET http://shoes.shop.svc.cluster.local${path}?q=${i % 2 ? 'a.q' : 'D'}`, {
        x,
        y: 'c',
      });
      return { from: 'shop/caller', request };
    }),
  );
  try {
    t.same(running.refusals, []);
    for (const call of calls) {
      const verdict = decide(index, call, { placement: 'explicit' });
      const answer = await ask(running, call);
      t.same(compare(index, verdict, answer, call), [], `${describe(call)}: ${verdict.status}`);
    }
  } finally {
    await running.stop();
  }
});

async function agree(t: Test, mesh: Mesh, callSeed: number): Promise<void> {
  const proxied = mesh.workloads.filter((w) => w.proxy !== 'none');
  const plans = mesh.workloads.map((w) => ({ id: keyOf(w), workload: keyOf(w) }));
  const running = await runMesh(mesh, plans);
  const index = indexMesh(mesh);
  const callers = new Set([outside, ...proxied.filter((w) => w.proxy === 'sidecar').map(keyOf)]);
  const calls = fc
    .sample(randomCall, { numRuns: callsPerMesh * 4, seed: callSeed })
    .filter(({ from, request }) => callers.has(from) && request.scheme === 'http')
    .map((call) => (call.request.port === 90 ? overTcp(call) : call))
    .slice(0, callsPerMesh);
  try {
    t.same(running.refusals, [], `seed ${callSeed}: no refusal`);
    for (const call of calls) {
      const verdict = decide(index, call, { placement: 'explicit' });
      const isTcp = call.request.scheme === 'tcp';
      const answer = isTcp ? await dial(running, index, call) : await ask(running, call);
      const differences =
        typeof answer === 'string' ? compareTcp(verdict, answer) : compare(index, verdict, answer, call);
      if (differences.length === 0) t.pass('agrees');
      else t.fail(`seed ${callSeed}: ${describe(call)}`, { differences, verdict, answer });
    }
  } finally {
    await running.stop();
  }
}

function ask({ call, placements }: MeshOnEnvoy, { from, request }: Call): Promise<Answer> {
  const { host, port, method, path } = request;
  const headers = request.headers as Record<string, string>;
  const authority = port === 80 ? host : `${host}:${port}`;
  if (from !== outside) return call(from, `${method} http://${authority}${path}`, { ...headers });
  const bound = placements.get('shop/gate')?.gateway[80]?.port;
  return send({ port: bound, method, path, headers: { host: authority, ...headers } });
}

function overTcp({ from, request }: Call): Call {
  return { from, request: { ...request, scheme: 'tcp', method: '', path: '/', headers: {} } };
}

/** What comes back on a TCP connection: `WORKLOAD:hello`, or nothing. */
async function dial({ placements }: MeshOnEnvoy, index: MeshIndex, { from, request }: Call): Promise<string> {
  const namespace = from.split('/')[0] ?? '';
  const service = index.mesh.services.find((s) =>
    s.hosts.some((h) => hostAliases(h, namespace).includes(request.host)),
  );
  const bound = placements.get(from)?.outboundTcp[`${service && hostOf(service)}:90`];
  return bound ? talk(bound.port) : '';
}

function compareTcp(verdict: Verdict, answer: string): string[] {
  const targets = verdict.shares.flatMap((share) => share.targets);
  const possible = targets.map(({ workload, fate }) => (fate.outcome === 'allowed' ? `${workload}:hello` : ''));
  if (possible.length === 0) possible.push('');
  // A server that wants TLS says so with an alert (record type 21) before it hangs up.
  const heard = answer.startsWith('\x15') ? '' : answer;
  return possible.includes(heard) ? [] : [`answer is "${answer}", expected one of "${possible.join('", "')}"`];
}

/** What an answer of Envoy may be, given a verdict that may be about several shares and about faults that strike some requests. */
function compare(index: MeshIndex, verdict: Verdict, { status, headers, seen }: Answer, { request }: Call): string[] {
  const found: string[] = [];
  const expect = (what: string, is: unknown, allowed: readonly unknown[]) => {
    if (!allowed.includes(is)) found.push(`${what} is ${is}, expected ${allowed.join(' or ')}`);
  };
  expect('status', status, [...statuses(verdict)]);
  if (verdict.location !== undefined) expect('location', headers.location, [verdict.location]);
  if (!seen) return found;
  const targets = verdict.shares.flatMap((share) => share.targets.map((target) => target.workload));
  expect('application', seen.app, targets);
  // An application without a proxy sees what the caller's proxy made of the path; with one, the path is normalized again.
  const hasProxy = index.workloadByKey.get(seen.app)?.proxy === 'sidecar';
  expect('path', hasProxy ? seen.url : normalizePath(seen.url), [verdict.forwarded?.path]);
  expect('host', seen.headers.host?.split(':')[0], [verdict.forwarded?.host.split(':')[0]]);
  expect('method', seen.method, [request.method]);
  return found;
}

function statuses({ outcome, reason, status, shares, fault }: Verdict): Set<number> {
  const possible = new Set(status === undefined ? [503] : [status]);
  if (outcome === 'redirect' || outcome === 'answered' || outcome === 'aborted') return possible;
  if (fault?.abort) possible.add(fault.abort.status);
  for (const share of shares) {
    for (const { fate } of share.targets) possible.add(statusOf(fate));
    if (share.targets.length === 0) possible.add(503);
  }
  // A server that wants TLS answers plain HTTP with an alert or hangs up at once: Envoy may see either first.
  if (outcome === 'denied' && reason === 'mtls') possible.add(502);
  return possible;
}

function statusOf(fate: Verdict['shares'][number]['fate']): number {
  if (fate.outcome === 'allowed') return 200;
  return fate.outcome === 'denied' && fate.reason === 'access' ? 403 : 503;
}

function describe({ from, request }: Call): string {
  const { method, host, port, path, headers } = request;
  return `${from}: ${method} http://${host}:${port}${path} ${JSON.stringify(headers)}`;
}

/** Discovery tells ports of an instance apart by their names. */
function runnable(mesh: Mesh): Mesh {
  const services = mesh.services.map((service) => ({
    ...service,
    ports: service.ports.map((port) => ({ ...port, name: `p${port.number}` })),
  }));
  return deepFreeze({ ...mesh, services });
}
