// The webhook on a real socket, over TLS, through rotations of its certificate, and until its end.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import t from 'tap';
import { Certificates } from '../certificates/certificates.ts';
import { decideInjection } from '../inject/decide-injection.ts';
import { renderWebhookConfigurations, startWebhook, WebhookStartError } from '../index.ts';
import type { Requirement } from '../manifests/pod-scopes.ts';
import { startServer } from '../server.ts';
import { makeContext, makeReview, meshFolder, peerAuthentication } from './support.ts';

const dayMs = 24 * 60 * 60_000;
const scratch = mkdtempSync(join(tmpdir(), 'fairlead-webhook-'));
t.teardown(() => rmSync(scratch, { recursive: true }));

interface Answer {
  readonly status: number;
  readonly body: string;
  /** Of the certificate the server showed on this connection. */
  readonly serial: string;
}

function ask(
  url: string,
  ca: string,
  agent: https.Agent | false = false,
  body: unknown = makeReview(peerAuthentication),
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.request(
      `${url}/validate`,
      { method: 'POST', ca, agent, headers: { 'content-type': 'application/json' } },
      (response) => {
        const serial = (response.socket as TLSSocket).getPeerCertificate().serialNumber;
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text, serial }));
      },
    );
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}

t.test('certificates rotate under a client that stays connected, and one that trusts an older bundle', async (t) => {
  // Certificates must be valid for the real clock of the TLS library, so ours starts in the past.
  let now = Date.now() - 61 * dayMs;
  const caFile = join(scratch, 'ca.pem');
  const webhook = await startWebhook({ mesh: meshFolder, clock: { now: () => now }, caFile });
  t.teardown(() => webhook.close());
  const keptAlive = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => keptAlive.destroy());
  const firstBundle = webhook.caBundle();
  t.equal(readFileSync(caFile, 'utf8'), firstBundle);
  const first = await ask(webhook.url, firstBundle, keptAlive);
  t.match(first, { status: 200, body: /"allowed":true/ });
  t.equal(await webhook.rotateIfDue(), false, 'not before its time');

  now += 61 * dayMs;
  t.equal(await webhook.rotateIfDue(), true);
  t.equal(await webhook.rotateIfDue(), false, 'once');
  t.equal((await ask(webhook.url, firstBundle, keptAlive)).serial, first.serial, 'an open connection goes on');
  const second = await ask(webhook.url, firstBundle);
  t.not(second.serial, first.serial, 'a new one gets the new certificate, and the old bundle verifies it');
  t.equal(readFileSync(caFile, 'utf8'), webhook.caBundle());
  t.not(webhook.caBundle(), firstBundle);
  t.equal((await ask(webhook.url, webhook.caBundle())).serial, second.serial);
  await t.rejects(ask(webhook.url, ''), /certificate/, 'nobody else trusts it');
});

t.test('an authority stays in the bundle for two rotations after its own, and no longer', async (t) => {
  let now = Date.now();
  const certificates = await Certificates.open({
    dnsNames: ['a'],
    ipAddresses: [],
    lifetimeMs: 30 * dayMs,
    now: () => now,
  });
  const authorities = (): string[] =>
    certificates.caBundle().match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  const [current] = authorities();
  const sizes: number[] = [];
  const isTrusted: boolean[] = [];
  for (let i = 0; i < 4; i++) {
    sizes.push(authorities().length);
    isTrusted.push(authorities().includes(current ?? ''));
    now += 21 * dayMs;
    await Promise.all([certificates.rotateIfDue(), certificates.rotateIfDue()]);
  }
  t.strictSame(sizes, [2, 3, 4, 4]);
  t.strictSame(isTrusted, [true, true, true, false]);
  t.ok(certificates.secondsToExpiry() > 0);
  t.notMatch(`${inspect(certificates.serving)}${JSON.stringify(certificates.serving)}`, /PRIVATE/);
});

t.test('certificates survive a restart, and a damaged file does not stop it', async (t) => {
  const folder = join(scratch, 'certificates');
  const unreadable: unknown[] = [];
  const options = {
    dnsNames: ['a'],
    ipAddresses: [],
    lifetimeMs: dayMs,
    folder,
    onUnreadable: (error: unknown) => unreadable.push(error),
  };
  const open = (now = Date.now()) => Certificates.open({ ...options, now: () => now });
  const first = (await open()).caBundle();
  t.equal((await open()).caBundle(), first);
  const file = join(folder, 'webhook-certificates.json');
  t.equal(statSync(file).mode & 0o777, 0o600, 'for nobody else to read');
  t.not((await open(Date.now() + 0.9 * dayMs)).caBundle(), first, 'rotated at the start where that is due');
  t.not((await open(Date.now() + 9 * dayMs)).caBundle(), first, 'made anew where it has expired');
  const whole = JSON.parse(readFileSync(file, 'utf8')) as { serving: { key: string }; next: { key: string } };
  for (const damage of [
    '',
    '{}',
    '{"serving":',
    JSON.stringify({ ...whole, serving: { ...whole.serving, key: whole.next.key } }),
  ]) {
    writeFileSync(file, damage);
    t.ok((await open()).secondsToExpiry() > 0);
  }
  t.equal(unreadable.length, 4);
});

t.test('a port that is taken, and policies that are none, are told with their code', async (t) => {
  const other = createServer();
  const port = await new Promise<number>((resolve) =>
    other.listen(0, '127.0.0.1', () => resolve((other.address() as AddressInfo).port)),
  );
  t.teardown(() => other.close());
  const diagnosticsOf = async (start: Promise<unknown>) => {
    const error = await start.then(
      () => undefined,
      (e: unknown) => e,
    );
    t.type(error, WebhookStartError);
    return (error as WebhookStartError).diagnostics;
  };
  t.match(await diagnosticsOf(startWebhook({ port })), [
    {
      code: 'FL0709',
      message: `the webhook cannot listen on 127.0.0.1:${port}: another process has the port`,
      hint: /another port/,
    },
  ]);
  t.match(await diagnosticsOf(startWebhook({ host: '192.0.2.1' })), [{ code: 'FL0709' }]);
  t.match(await diagnosticsOf(startWebhook({ policies: join(scratch, 'absent') })), [{ code: /FL060[45]/ }]);
});

t.test('closing answers what is in flight and frees the port', async (t) => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let hasArrived = () => {};
  const arrival = new Promise<void>((resolve) => {
    hasArrived = resolve;
  });
  const webhook = await startServer({
    host: '127.0.0.1',
    port: 0,
    now: Date.now,
    log: () => {},
    dnsNames: [],
    certificateLifetimeMs: dayMs,
    context: async () => {
      hasArrived();
      await gate;
      return makeContext();
    },
  });
  const keptAlive = new https.Agent({ keepAlive: true });
  const inFlight = ask(webhook.url, webhook.caBundle(), keptAlive);
  await arrival;
  const closed = [webhook.close(), webhook.close()];
  await t.rejects(ask(webhook.url, webhook.caBundle()), /ECONNREFUSED/, 'nobody new is let in');
  release();
  t.match(await inFlight, { status: 200, body: /"allowed":true/ });
  await Promise.all(closed);
  const again = await startWebhook({ port: Number(new URL(webhook.url).port) });
  await again.close();
});

function holds({ key, operator, values = [] }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[key];
  if (operator === 'Exists' || operator === 'DoesNotExist') return (value !== undefined) === (operator === 'Exists');
  return operator === 'In'
    ? value !== undefined && values.includes(value)
    : value === undefined || !values.includes(value);
}

interface Webhook {
  readonly name: string;
  readonly namespaceSelector: { readonly matchExpressions: readonly Requirement[] };
  readonly objectSelector?: { readonly matchExpressions: readonly Requirement[] };
  readonly clientConfig: { readonly caBundle: string; readonly service: object };
}

t.test('the API server asks about exactly the pods that are to be injected', async (t) => {
  const [validating, mutating] = renderWebhookConfigurations({ caBundle: 'PEM' }) as unknown as {
    webhooks: Webhook[];
  }[];
  const common = {
    failurePolicy: 'Fail',
    sideEffects: 'None',
    timeoutSeconds: 10,
    matchPolicy: 'Equivalent',
    admissionReviewVersions: ['v1'],
  };
  for (const webhook of [...(validating?.webhooks ?? []), ...(mutating?.webhooks ?? [])]) {
    t.match(webhook, { ...common, clientConfig: { caBundle: Buffer.from('PEM').toString('base64') } }, webhook.name);
    t.match(webhook.namespaceSelector.matchExpressions[0], {
      key: 'kubernetes.io/metadata.name',
      operator: 'NotIn',
      values: ['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage', 'fairlead-system'],
    });
  }
  for (const webhook of mutating?.webhooks ?? []) t.match(webhook, { reinvocationPolicy: 'IfNeeded' });
  const wrong: string[] = [];
  let injected = 0;
  for (const labels of everyCombination({
    'fairlead.dev/inject': ['true', 'false', ''],
    'sidecar.istio.io/inject': ['true', 'false'],
  })) {
    for (const ofNamespace of everyCombination({ 'fairlead.dev/injection': states, 'istio-injection': states })) {
      const asked = (mutating?.webhooks ?? []).filter((w) => selects(w, ofNamespace, labels)).map((w) => w.name);
      const pod = { metadata: { labels }, spec: { containers: [] } };
      const choice = decideInjection(pod, { name: 'shop', labels: ofNamespace });
      const expected = 'inject' in choice && choice.inject;
      if (expected) injected++;
      if (asked.length !== (expected ? 1 : 0))
        wrong.push(`${JSON.stringify({ ofNamespace, labels })}: asks ${asked.join()}, expected ${expected}`);
    }
  }
  t.strictSame(wrong, []);
  t.ok(injected > 20);
});

const states = ['enabled', 'disabled', 'else'];

/** Each key absent or with one of its values. */
function everyCombination(choices: Readonly<Record<string, readonly string[]>>): Record<string, string>[] {
  return Object.entries(choices).reduce<Record<string, string>[]>(
    (found, [key, values]) =>
      found.flatMap((labels) => [labels, ...values.map((value) => ({ ...labels, [key]: value }))]),
    [{}],
  );
}

function selects(
  { namespaceSelector, objectSelector }: Webhook,
  ofNamespace: Record<string, string>,
  labels: Record<string, string>,
): boolean {
  return (
    namespaceSelector.matchExpressions.every((r) => holds(r, ofNamespace)) &&
    (objectSelector?.matchExpressions ?? []).every((r) => holds(r, labels))
  );
}
