// Secrets over ADS: renewed before they end, pushed to those who use them, replaced with the root; and never printed.
import { X509Certificate } from 'node:crypto';
import { inspect } from 'node:util';
import t, { type Test } from 'tap';
import type { Diagnostic } from '../../compiler/index.ts';
import { createMeshAuthorities } from '../ca/authorities.ts';
import { createCertificateAuthority } from '../ca/authority.ts';
import { Redacted } from '../../compiler/index.ts';
import { ControlPlane, type ControlPlaneOptions } from '../control-plane/control-plane.ts';
import { JoinTokens } from '../control-plane/join-tokens.ts';
import { AdsClient } from './support/ads-client.ts';
import { FakeClock } from './support/fake-clock.ts';
import { identityOf, snapshotOf, trustDomain } from './support/snapshots.ts';

const hourMs = 3_600_000;

async function start(test: Test, options: Partial<ControlPlaneOptions> = {}) {
  // TLS checks certificates by the real time, so the fake clock starts there.
  const clock = new FakeClock(Date.now());
  const authorities = await createMeshAuthorities({ trustDomain, clock });
  const authority = authorities.workloads;
  const plane = new ControlPlane({ authorities, clock, identityLifetimeMs: hourMs, random: () => 0.5, ...options });
  const diagnostics: Diagnostic[] = [];
  plane.events.on('diagnostic', (diagnostic) => diagnostics.push(diagnostic));
  const { port } = await plane.listen({ host: '127.0.0.1', port: 0 });
  const token = plane.tokens.issue({ identity: identityOf('edge'), workload: 'shop/edge', lifetimeMs: 24 * hourMs });
  const client = new AdsClient({
    port,
    rootCertificates: authorities.controlPlane.trustBundle(),
    node: { id: 'edge-0', cluster: 'shop/edge' },
    variant: 'delta',
    token: token.reveal(),
  });
  test.teardown(async () => {
    client.close();
    await plane.close();
  });
  return { clock, authority, plane, client, diagnostics };
}

interface SecretJson {
  readonly tlsCertificate?: { readonly certificateChain?: { readonly inlineString?: string } };
  readonly validationContext?: { readonly trustedCa?: { readonly inlineString?: string } };
}

const secretOf = (client: AdsClient, name: string): SecretJson =>
  client
    .of('secret')
    .findLast((response) => response.json.has(name))
    ?.json.get(name) ?? {};
const leafOf = (client: AdsClient, name: string): X509Certificate =>
  new X509Certificate(secretOf(client, name).tlsCertificate?.certificateChain?.inlineString ?? '');

t.test('an identity is renewed at two thirds of its life, and pushed alone', async (t) => {
  const { clock, plane, client } = await start(t);
  plane.publish({ commit: 'c1', snapshotFor: () => snapshotOf('edge') });
  client.subscribeAll();
  await client.until((c) => c.responses.length === 5);
  const first = leafOf(client, 'default');
  t.equal(first.subjectAltName, `URI:${identityOf('edge')}`);
  clock.advance((hourMs * 2) / 3 - 1_000);
  t.equal(client.responses.length, 5, 'not before');
  clock.advance(2_000);
  await client.until((c) => c.responses.length === 6);
  t.match(client.responses[5], { type: 'secret', names: ['default'] });
  const second = leafOf(client, 'default');
  t.not(second.serialNumber, first.serialNumber);
  t.ok(Date.parse(second.validTo) > Date.parse(first.validTo));
});

t.test('a root is replaced without a moment of distrust', async (t) => {
  const { authority, plane, client } = await start(t);
  plane.publish({ commit: 'c1', snapshotFor: () => snapshotOf('edge') });
  client.subscribeAll();
  await client.until((c) => c.responses.length === 5);
  const bundle = (): string => secretOf(client, 'ROOTCA').validationContext?.trustedCa?.inlineString ?? '';
  const rootCount = (): number => bundle().split('BEGIN').length - 1;
  await authority.addRoot();
  await client.until(() => rootCount() === 2);
  await authority.activateNewestRoot();
  await plane.renewSecrets();
  const [newRoot] = authority.issuers();
  await client.until((c) => newRoot !== undefined && leafOf(c, 'default').checkIssued(new X509Certificate(newRoot)));
  t.match(bundle(), newRoot?.trim(), 'the bundle came before the certificate that needs it');
});

t.test('gateway certificates come from the provider; a failed renewal is reported, and tried again', async (t) => {
  let asked = 0;
  const spare = await createCertificateAuthority({ trustDomain: 'example.com', purpose: 'gateways' });
  const { clock, plane, client, diagnostics } = await start(t, {
    gatewayCertificates: async (secret, hosts) => {
      asked += 1;
      if (asked === 2) throw new Error('the vault is sealed');
      t.same([secret, hosts], ['edge', ['hello.com']]);
      const issued = await spare.issue({ dnsNames: hosts, lifetimeMs: hourMs, usages: ['server'] });
      return { ...issued, notAfterMs: clock.now() + hourMs };
    },
  });
  const secrets = [
    { kind: 'gateway-certificate', name: 'gateway/edge', secret: 'edge', hosts: ['hello.com'] },
  ] as const;
  plane.publish({ commit: 'c1', snapshotFor: () => snapshotOf('edge', { secrets }) });
  client.subscribe('secret', ['gateway/edge']);
  await client.until((c) => c.responses.length === 1);
  t.equal(leafOf(client, 'gateway/edge').subjectAltName, 'DNS:hello.com');
  clock.advance((hourMs * 2) / 3 + 1);
  await new Promise(setImmediate);
  t.match(diagnostics, [{ code: 'FL0805', message: /gateway\/edge: the vault is sealed/ }]);
  clock.advance(hourMs / 10);
  await client.until((c) => c.responses.length === 2);
  t.equal(asked, 3);
});

t.test('a certificate that cannot be had at all leaves the proxy at last good', async (t) => {
  const { plane, client } = await start(t, { gatewayCertificates: () => Promise.reject(new Error('no such file')) });
  plane.publish({ commit: 'c1', snapshotFor: () => snapshotOf('edge') });
  client.subscribeAll();
  await client.until((c) => c.responses.length === 5);
  const secrets = [
    { kind: 'gateway-certificate', name: 'gateway/edge', secret: 'edge', hosts: ['hello.com'] },
  ] as const;
  plane.publish({ commit: 'c2', snapshotFor: () => snapshotOf('edge', { secrets }) });
  const report = await plane.ledger.waitFor('c2', { timeoutMs: 5_000 });
  t.match(report, {
    outcome: 'nacked',
    proxies: [{ diagnostics: [{ code: 'FL0803', message: /shop\/edge: no such file/ }] }],
  });
  plane.publish({ commit: 'c3', snapshotFor: () => snapshotOf('edge') });
  t.equal((await plane.ledger.waitFor('c3', { timeoutMs: 5_000 })).outcome, 'acked');
});

t.test('a resource that fits no message is refused before any proxy sees it', async (t) => {
  const { plane, client } = await start(t);
  const clusters = [{ name: 'shoes', conectTimeout: '1s' } as object];
  client.subscribeAll();
  plane.publish({ commit: 'good', snapshotFor: () => snapshotOf('edge') });
  await client.until((c) => c.responses.length === 5);
  plane.publish({ commit: 'odd', snapshotFor: () => snapshotOf('edge', { clusters }) });
  const report = await plane.ledger.waitFor('odd', { timeoutMs: 5_000 });
  t.match(report.proxies[0]?.diagnostics, [
    { code: 'FL0802', message: /resource shoes of shop\/edge .*conectTimeout/ },
  ]);
  t.equal(client.responses.length, 5);
});

t.test('tokens and keys do not print', (t) => {
  const tokens = new JoinTokens();
  const token = tokens.issue({ identity: identityOf('edge'), workload: 'shop/edge', lifetimeMs: 1_000 });
  t.type(token, Redacted);
  for (const text of [
    inspect({ token, tokens }, { depth: 9, showHidden: true }),
    JSON.stringify({ token, tokens }),
    `${token}`,
  ]) {
    t.notMatch(text, token.reveal());
    t.notMatch(text, /fl1\./);
  }
  t.match(tokens.verify(token.reveal()), { ok: true, claims: { workload: 'shop/edge' } });
  t.same(new JoinTokens().verify(token.reveal()), { ok: false, reason: 'bad signature' }, 'another key');
  t.same(tokens.verify('fl0.a.b'), { ok: false, reason: 'malformed' });
  t.throws(() => new JoinTokens({ key: new Uint8Array(8) }), /at least 32 bytes/);
  t.end();
});
