// E1: certificates of gateways from files: read, read again, refused by name; and no gateway poses as the control plane.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type TLSSocket } from 'node:tls';
import { connect } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createMeshAuthorities } from '../ca/authorities.ts';
import { createCertificateAuthority, type IssuedCertificate } from '../ca/authority.ts';
import { controlPlaneServerName } from '../ca/purpose.ts';
import { certificateFiles } from '../control-plane/certificate-files.ts';
import { ControlPlane } from '../control-plane/control-plane.ts';
import { AdsClient } from './support/ads-client.ts';
import { FakeClock } from './support/fake-clock.ts';
import { identityOf, snapshotOf, trustDomain } from './support/snapshots.ts';

const hourMs = 3_600_000;

function certificateFolder(test: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-certificates-'));
  test.teardown(() => rmSync(folder, { recursive: true }));
  const write = (secret: string, { certificateChain, privateKey }: IssuedCertificate) => {
    mkdirSync(join(folder, secret), { recursive: true });
    writeFileSync(join(folder, secret, 'tls.crt'), certificateChain);
    writeFileSync(join(folder, secret, 'tls.key'), privateKey.reveal(), { mode: 0o600 });
  };
  return { folder, write };
}

const issueFor = async (host: string, lifetimeMs = hourMs, clock = new FakeClock(Date.now())) => {
  const authority = await createCertificateAuthority({ trustDomain: 'example.com', purpose: 'gateways', clock });
  return authority.issue({ dnsNames: [host], lifetimeMs, usages: ['server'] });
};

t.test('files that are no certificate are refused by name, and never quoted', async (t) => {
  const { folder, write } = certificateFolder(t);
  const read = certificateFiles(folder);
  const [one, other] = [await issueFor('a.example.com'), await issueFor('b.example.com')];
  write('good', one);
  t.match(await read('good', []), { certificateChain: one.certificateChain, notAfterMs: Number });
  write('mixed', { ...one, privateKey: other.privateKey });
  write('ended', await issueFor('a.example.com', hourMs, new FakeClock(Date.now() - 48 * hourMs)));
  write('broken', one);
  writeFileSync(join(folder, 'broken', 'tls.key'), `-----BEGIN PRIVATE KEY-----\nSEALED\n-----END PRIVATE KEY-----\n`);
  const cases: Readonly<Record<string, RegExp>> = {
    missing: /cannot read .*missing\/tls\.crt: ENOENT$/,
    mixed: /the key in .*mixed\/tls\.key does not belong to the certificate beside it/,
    ended: /the certificate in .*ended\/tls\.crt has ended \(/,
    broken: /broken\/tls\.key holds no private key in PEM$/,
    '../good': /"\.\.\/good" is not the name of a Secret/,
  };
  for (const [secret, message] of Object.entries(cases)) await t.rejects(read(secret, []), { message }, secret);
});

async function startPlane(test: Test, folder?: string) {
  const clock = new FakeClock(Date.now());
  const authorities = await createMeshAuthorities({ trustDomain, clock });
  const plane = new ControlPlane({
    authorities,
    clock,
    ...(folder !== undefined && { gatewayCertificates: certificateFiles(folder) }),
  });
  const { port } = await plane.listen({ host: '127.0.0.1', port: 0 });
  const token = plane.tokens
    .issue({ identity: identityOf('edge'), workload: 'shop/edge', lifetimeMs: hourMs })
    .reveal();
  const rootCertificates = authorities.controlPlane.trustBundle();
  const node = { id: 'edge-0', cluster: 'shop/edge' };
  const client = new AdsClient({ port, rootCertificates, node, variant: 'delta', token });
  test.teardown(async () => {
    client.close();
    await plane.close();
  });
  return { clock, authorities, plane, client };
}

const secretsFor = (host: string) =>
  [{ kind: 'gateway-certificate', name: 'gateway/edge', secret: 'edge', hosts: [host] }] as const;

t.test('a certificate that is replaced is pushed, and one that is not is not', async (t) => {
  const { folder, write } = certificateFolder(t);
  write('edge', await issueFor('a.example.com'));
  const { clock, plane, client } = await startPlane(t, folder);
  plane.publish({ commit: 'c1', snapshotFor: () => snapshotOf('edge', { secrets: secretsFor('a.example.com') }) });
  client.subscribe('secret', ['gateway/edge']);
  await client.until((c) => c.responses.length === 1);
  clock.advance(61_000);
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.equal(client.responses.length, 1, 'the same file');
  const next = await issueFor('a.example.com');
  write('edge', next);
  clock.advance(61_000);
  await client.until((c) => c.responses.length === 2);
  t.match(
    JSON.stringify(client.responses[1]?.json.get('gateway/edge')),
    JSON.stringify(next.certificateChain).slice(1, -1),
  );
});

t.test('nobody makes one up', async (t) => {
  const { plane, client } = await startPlane(t);
  plane.publish({
    commit: 'c1',
    snapshotFor: () => snapshotOf('edge', { secrets: secretsFor(controlPlaneServerName) }),
  });
  client.subscribe('secret', ['gateway/edge']);
  const report = await plane.ledger.waitFor('c1', { timeoutMs: 5_000, nodes: ['edge-0'] });
  t.match(report, {
    outcome: 'nacked',
    proxies: [{ diagnostics: [{ message: /nothing says where the certificate edge is/ }] }],
  });
});

/** Whether somebody who has a bootstrap would speak to a server with this certificate. */
async function isBelieved(trusted: string, { certificateChain, privateKey }: IssuedCertificate): Promise<boolean> {
  const server = createServer({ cert: certificateChain, key: privateKey.reveal() });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', ca: trusted, servername: controlPlaneServerName });
  const isSecure = await new Promise<boolean>((resolve) => {
    socket.once('secureConnect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  server.close();
  return isSecure;
}

t.test('what is believed of the control plane nobody else can show', async (t) => {
  const authorities = await createMeshAuthorities({ trustDomain });
  const pinned = authorities.controlPlane.trustBundle();
  const dnsNames = [controlPlaneServerName];
  const own = await authorities.controlPlane.issue({ dnsNames, lifetimeMs: hourMs, usages: ['server'] });
  t.ok(await isBelieved(pinned, own));
  // Made by hand: no authority of ours gives it out.
  const workload = await authorities.workloads.issue({
    spiffeId: identityOf('edge'),
    lifetimeMs: hourMs,
    usages: ['server', 'client'],
  });
  const foreign = await createMeshAuthorities({ trustDomain });
  const forged = await foreign.controlPlane.issue({ dnsNames, lifetimeMs: hourMs, usages: ['server'] });
  t.notOk(await isBelieved(pinned, workload), 'a certificate of a workload');
  t.notOk(await isBelieved(pinned, forged), 'one of an authority that is not pinned');
  t.notOk(await isBelieved(authorities.workloads.trustBundle(), own), 'nor do workloads take it for one of theirs');
});
