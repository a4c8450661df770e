// The webhook when things go wrong: it refuses, says why, and goes on.
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { PolicyEngine } from '../../policies/index.ts';
import { makeApp, makeReview, peerAuthentication } from './support.ts';

type App = ReturnType<typeof makeApp>['app'];

async function post(app: App, body: unknown, url = '/validate', contentType = 'application/json') {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  return app.inject({ method: 'POST', url, headers: { 'content-type': contentType }, payload });
}

async function verdictOf(app: App, body: unknown, url?: string) {
  const { response } = (await post(app, body, url)).json() as {
    response: { allowed: boolean; status?: { message: string }; warnings?: string[]; patch?: string };
  };
  return response;
}

const secret = 'hunter2';
const throwing: PolicyEngine = {
  policies: [],
  evaluate() {
    throw new Error(`cannot judge ${secret}`);
  },
};

t.test('a check that throws refuses, and only the log says why', async (t) => {
  const { app, log } = makeApp({ policies: throwing });
  const response = await verdictOf(app, makeReview(peerAuthentication));
  t.match(response, {
    allowed: false,
    status: { message: /^FL0705: PeerAuthentication shop\/x is refused, for the check "org-policies" failed/ },
  });
  t.notMatch(JSON.stringify(response), secret);
  t.match(log, [
    { event: 'check-failed', check: 'org-policies', error: /hunter2/ },
    { event: 'verdict', allowed: false, codes: ['FL0705'] },
  ]);
  t.match(
    await verdictOf(
      app,
      makeReview(
        { ...peerAuthentication, metadata: { name: 'x', namespace: 'kube-system' } },
        { namespace: 'kube-system' },
      ),
    ),
    { allowed: true },
    'the system goes on',
  );
});

t.test('a context that cannot be gathered refuses', async (t) => {
  const { app } = makeApp({ beforeContext: () => Promise.reject(new Error('no API server')) });
  t.match(await verdictOf(app, makeReview(peerAuthentication)), {
    allowed: false,
    status: { message: /^FL0705: .*could not be gathered/ },
  });
});

t.test('an answer that would come too late is a refusal', async (t) => {
  let clock = 0;
  const beforeContext = async () => {
    clock += 1700;
  };
  const { app } = makeApp({ now: () => clock, beforeContext });
  t.match(await verdictOf(app, makeReview(peerAuthentication), '/validate?timeout=2s'), {
    allowed: false,
    status: { message: /^FL0706: .*no time left/ },
  });
  t.match(await verdictOf(app, makeReview(peerAuthentication), '/validate?timeout=3s'), { allowed: true });
  t.match(await verdictOf(app, makeReview(peerAuthentication), '/validate?timeout=nonsense'), { allowed: true });
});

t.test('more requests than it can hold are turned away at once', async (t) => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { app } = makeApp({ limits: { maxInFlight: 2 }, beforeContext: () => gate });
  const held = [post(app, makeReview(peerAuthentication)), post(app, makeReview(peerAuthentication))];
  await new Promise((resolve) => setImmediate(resolve));
  const turnedAway = await post(app, makeReview(peerAuthentication));
  t.equal(turnedAway.statusCode, 429);
  t.equal(turnedAway.headers['retry-after'], '1');
  t.match(turnedAway.json(), { code: 'FL0707', message: 'the webhook already has 2 requests in flight' });
  t.equal((await app.inject('/healthz')).statusCode, 200, 'health is not turned away');
  release();
  for (const answer of await Promise.all(held)) t.equal(answer.statusCode, 200);
  t.equal((await post(app, makeReview(peerAuthentication))).statusCode, 200, 'and then there is room again');
});

t.test('what is too large or too deep is refused', async (t) => {
  const { app } = makeApp({ limits: { maxBodyBytes: 4000 } });
  const large = await post(
    app,
    makeReview({ ...peerAuthentication, metadata: { name: 'x', annotations: { a: 'x'.repeat(5000) } } }),
  );
  t.equal(large.statusCode, 413);
  t.match(large.json(), { code: 'FL0701', message: 'the request body is larger than 4000 bytes' });
  const roomy = makeApp().app;
  const deep = JSON.stringify(makeReview(peerAuthentication)).replace(
    '"STRICT"',
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  );
  t.match(await verdictOf(roomy, deep), {
    allowed: false,
    status: { message: /^FL0701: the object is nested deeper than 128 levels/ },
  });
  const wide = { ...peerAuthentication, spec: { mtls: { mode: Array.from({ length: 300_000 }, (_, i) => i) } } };
  t.match(await verdictOf(roomy, makeReview(wide)), { allowed: false });
});

t.test('strange requests get an answer of their own', async (t) => {
  const { app } = makeApp();
  t.equal((await app.inject({ method: 'GET', url: '/validate' })).statusCode, 404);
  t.equal((await post(app, makeReview(peerAuthentication), '/elsewhere')).statusCode, 404);
  t.equal(
    (await post(app, makeReview(peerAuthentication), '/validate', 'text/plain')).statusCode,
    200,
    'the type is not what counts',
  );
  t.equal((await app.inject({ method: 'POST', url: '/validate' })).statusCode, 400);
  const polluting = JSON.stringify(makeReview(peerAuthentication)).replace(
    '"spec"',
    '"__proto__":{"polluted":true},"spec"',
  );
  await post(app, polluting);
  t.equal(({} as { polluted?: true }).polluted, undefined);
  t.match(
    await verdictOf(app, makeReview({ apiVersion: 'networking.istio.io/v9', kind: 'VirtualService', metadata: {} })),
    { allowed: true },
    'a version unknown to us is left to the API server',
  );
});

t.test('no field of a request can make it throw', async (t) => {
  const { app, log } = makeApp();
  const strange: unknown[] = [null, 0, '', 'x', [], {}, [null], true];
  for (const field of [
    'kind',
    'operation',
    'namespace',
    'name',
    'userInfo',
    'object',
    'oldObject',
    'subResource',
    'dryRun',
  ]) {
    for (const value of strange) {
      const answer = await post(app, makeReview(peerAuthentication, { [field]: value }));
      t.ok([200, 400].includes(answer.statusCode), `${field} = ${JSON.stringify(value)}`);
    }
  }
  const objects = ['metadata', 'spec'].flatMap((field) =>
    strange.map((value) => ({ ...peerAuthentication, [field]: value }) as typeof peerAuthentication),
  );
  const pods = ['metadata', 'spec'].flatMap((field) =>
    strange.map((value) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x' },
      spec: { containers: [] },
      [field]: value,
    })),
  );
  for (const object of [...objects, ...pods]) {
    for (const url of ['/validate', '/mutate', '/mutate/injected-namespace'])
      await verdictOf(app, makeReview(object), url);
  }
  const intents = strange.map((value) => ({
    apiVersion: 'fairlead.dev/v1alpha1',
    kind: 'MeshService',
    metadata: { name: 'x', namespace: 'shop' },
    spec: value,
  }));
  for (const object of intents)
    t.equal((await verdictOf(app, makeReview(object))).allowed, false, JSON.stringify(object.spec));
  t.strictSame(
    log.filter((entry) => entry.event === 'request-failed'),
    [],
  );
});

t.test('health, readiness and metrics', async (t) => {
  let reason: string | undefined = 'draining';
  const { app } = makeApp({ notReady: () => reason });
  t.equal((await app.inject('/healthz')).statusCode, 200);
  t.match(await app.inject('/readyz'), { statusCode: 503, body: 'draining\n' });
  reason = undefined;
  t.match(await app.inject('/readyz'), { statusCode: 200, body: 'ok\n' });
  await verdictOf(app, makeReview({ ...peerAuthentication, spec: { mtls: { mode: 'DISABLE' } } }));
  await verdictOf(app, makeReview(peerAuthentication));
  await verdictOf(app, makeReview({ apiVersion: 'evil.example.com/v1', kind: 'Random4711', metadata: {} }));
  await post(app, 'garbage');
  const { body, headers } = await app.inject('/metrics');
  t.match(headers['content-type'], /text\/plain/);
  t.match(
    body,
    'fairlead_webhook_requests_total{phase="validate",kind="PeerAuthentication",operation="CREATE",allowed="false"} 1',
  );
  t.match(
    body,
    'fairlead_webhook_requests_total{phase="validate",kind="PeerAuthentication",operation="CREATE",allowed="true"} 1',
  );
  t.match(body, 'fairlead_webhook_denials_total{policy="mtls-not-weakened",code="FL0601"} 1');
  t.match(body, 'fairlead_webhook_turned_away_total{reason="invalid"} 1');
  t.match(body, /fairlead_webhook_request_seconds_bucket\{le="0\.001",phase="validate"\}/);
  t.notMatch(body, /Random4711/, 'labels do not grow with what clients send');
});

t.test('the mesh is read again when it changes', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-webhook-mesh-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const service = (name: string, more = '') =>
    `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: ${name}, namespace: shop, labels: { team: a } }\nspec: { ports: [{ name: http, port: 80 }]${more} }\n`;
  writeFileSync(join(folder, 'a.yaml'), service('a'));
  let clock = 0;
  const { app } = makeApp({ mesh: folder, now: () => clock });
  const object = {
    apiVersion: 'fairlead.dev/v1alpha1',
    kind: 'MeshService',
    metadata: { name: 'x', namespace: 'shop', labels: { team: 'a' } },
    spec: { ports: [{ name: 'http', port: 80 }], uses: ['b'] },
  };
  t.match(await verdictOf(app, makeReview(object)), {
    allowed: false,
    status: { message: /FL03\d\d spec.uses\[0\]: .*"shop\/b"/ },
  });
  writeFileSync(join(folder, 'b.yaml'), service('b'));
  t.match(await verdictOf(app, makeReview(object)), { allowed: false }, 'within a second, what was read counts');
  clock = 2000;
  t.match(await verdictOf(app, makeReview(object)), { allowed: true });
});

t.test('a change may break what stands elsewhere, and is told where', async (t) => {
  const { app } = makeApp();
  const object = {
    apiVersion: 'fairlead.dev/v1alpha1',
    kind: 'MeshService',
    metadata: { name: 'shoes', namespace: 'shop', labels: { team: 'catalogue' } },
    spec: { ports: [{ name: 'http', port: 80 }], expose: [{ gateway: 'public', host: 'x.example.com' }] },
  };
  const response = await verdictOf(app, makeReview(object, { operation: 'UPDATE', oldObject: object }));
  t.match(response, { allowed: false, status: { message: /spec\.expose\[0\]\.gateway: / } });
  t.notMatch(response.status?.message, /something-long-gone/, 'old mistakes are not its fault');
});
