// The certificate authority: what it issues, what it refuses to sign, how its root is replaced, how it is kept.
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import t from 'tap';
import { type CertificateAuthority, createCertificateAuthority } from '../ca/authority.ts';
import { CsrError } from '../ca/csr.ts';
import { controlPlaneServerName } from '../ca/purpose.ts';
import { folderStore } from '../ca/store.ts';
import { generateKeyPair, keyAlgorithm, x509 } from '../ca/x509.ts';
import { FakeClock } from './support/fake-clock.ts';

const trustDomain = 'cluster.local';
const identity = 'spiffe://cluster.local/ns/shop/sa/shoes';
const hourMs = 3_600_000;
const request = { spiffeId: identity, lifetimeMs: hourMs, usages: ['server', 'client'] } as const;

const rootsOf = (authority: CertificateAuthority): readonly X509Certificate[] =>
  (authority.trustBundle().match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  );

const isTrusted = (authority: CertificateAuthority, chain: string): boolean => {
  const leaf = new X509Certificate(chain);
  return rootsOf(authority).some((root) => leaf.checkIssued(root) && leaf.verify(root.publicKey));
};

t.test('a certificate says what was asked for, and no more', async (t) => {
  const clock = new FakeClock();
  const authority = await createCertificateAuthority({ trustDomain, clock });
  const issued = await authority.issue(request);
  const leaf = new X509Certificate(issued.certificateChain);
  t.equal(leaf.subjectAltName, `URI:${identity}`);
  t.equal(leaf.subject, undefined);
  t.equal(leaf.ca, false);
  t.same(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  t.equal(Date.parse(leaf.validFrom), clock.now() - 60_000);
  t.equal(Date.parse(leaf.validTo), clock.now() + hourMs);
  t.equal(leaf.serialNumber.toLowerCase(), issued.serial);
  t.ok(isTrusted(authority, issued.certificateChain));
  t.notOk(isTrusted(await createCertificateAuthority({ trustDomain, clock }), issued.certificateChain));
  const other = await authority.issue(request);
  t.not(other.serial, issued.serial);
  const [root] = rootsOf(authority);
  t.equal(root?.ca, true);
  t.match(root?.subjectAltName, 'URI:spiffe://cluster.local');
});

t.test('E1: an authority names nobody but those that it is for, whoever asks', async (t) => {
  const create = (purpose: 'workloads' | 'control-plane' | 'gateways') =>
    createCertificateAuthority({ trustDomain, purpose });
  const [workloads, controlPlane, gateways] = [
    await create('workloads'),
    await create('control-plane'),
    await create('gateways'),
  ];
  const server = (...dnsNames: string[]) => ({ dnsNames, lifetimeMs: hourMs, usages: ['server'] as const });
  await t.rejects(workloads.issue(server('shop.example.com')), /by SPIFFE ID alone/);
  await t.rejects(workloads.issue({ ...request, dnsNames: [controlPlaneServerName] }), /by SPIFFE ID alone/);
  await t.rejects(workloads.issue({ ...request, spiffeId: 'spiffe://other/ns/a/sa/b' }), /not of cluster\.local/);
  await t.rejects(workloads.issue({ lifetimeMs: 1, usages: ['server'] }), /which is not of/);
  t.ok(await controlPlane.issue(server(controlPlaneServerName, 'localhost')));
  await t.rejects(controlPlane.issue(server('shop.example.com')), /for shop\.example\.com/);
  await t.rejects(controlPlane.issue(request), /names servers by host/);
  t.ok(await gateways.issue(server('shop.example.com', '*.example.com')));
  await t.rejects(gateways.issue({ ...server('a.example.com'), usages: ['client'] }), /for clients/);
  const reserved = [
    ...[controlPlaneServerName, 'CONTROL-PLANE.fairlead.internal.', '*.fairlead.internal', 'fairlead.internal'],
    ...['localhost', 'LocalHost.', '*.svc.cluster.local', 'shoes.shop.svc.cluster.local', '*.cluster.local'],
  ];
  for (const name of reserved)
    await t.rejects(gateways.issue(server('a.example.com', name)), /issues no certificate/, name);
  await t.rejects(gateways.issue({ lifetimeMs: 1, usages: ['server'] }), /at least one name/);
  const anchors = [workloads, controlPlane, gateways].flatMap((one) => one.issuers());
  t.equal(new Set(anchors).size, 3, 'nobody who trusts one trusts another');
});

t.test('openssl agrees', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-ca-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const authority = await createCertificateAuthority({ trustDomain });
  const issued = await authority.issue(request);
  writeFileSync(join(folder, 'leaf.pem'), issued.certificateChain);
  writeFileSync(join(folder, 'root.pem'), authority.trustBundle());
  const verify = (purpose: string): string =>
    execFileSync('openssl', ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', 'root.pem', 'leaf.pem'], {
      cwd: folder,
      encoding: 'utf8',
    });
  t.match(verify('sslserver'), /leaf.pem: OK/);
  t.match(verify('sslclient'), /leaf.pem: OK/);
});

t.test('a private key does not print', async (t) => {
  const authority = await createCertificateAuthority({ trustDomain });
  const issued = await authority.issue(request);
  for (const text of [inspect(issued), JSON.stringify(issued), `${issued.privateKey}`])
    t.notMatch(text, /PRIVATE KEY|[A-Za-z0-9+/]{100}==?\n-----END P/);
  t.match(issued.privateKey.reveal(), /^-----BEGIN PRIVATE KEY-----/);
});

t.test('a CSR is signed for the authenticated identity only', async (t) => {
  const authority = await createCertificateAuthority({ trustDomain });
  const csr = async (names: readonly x509.JsonGeneralName[]): Promise<string> => {
    const keys = await generateKeyPair();
    const extensions = names.length > 0 ? [new x509.SubjectAlternativeNameExtension([...names])] : [];
    const made = await x509.Pkcs10CertificateRequestGenerator.create({
      name: '',
      keys,
      signingAlgorithm: keyAlgorithm,
      extensions,
    });
    return made.toString('pem');
  };
  const own = await csr([{ type: 'url', value: identity }]);
  const signed = await authority.signCsr(own, identity, hourMs);
  t.equal(new X509Certificate(signed.certificateChain).subjectAltName, `URI:${identity}`);
  t.ok(isTrusted(authority, signed.certificateChain));
  const bytes = Buffer.from(x509.PemConverter.decodeFirst(own));
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  const refused: readonly (readonly [string, string, RegExp])[] = [
    [
      'another identity',
      await csr([{ type: 'url', value: `${identity}-admin` }]),
      /asks for url:.*-admin, the caller is/,
    ],
    [
      'one name too many',
      await csr([
        { type: 'url', value: identity },
        { type: 'dns', value: 'users' },
      ]),
      /asks for dns:users/,
    ],
    ['no name', await csr([]), /must name/],
    ['a broken signature', x509.PemConverter.encode(bytes, 'CERTIFICATE REQUEST'), /signature/],
    ['not a CSR', 'hello', /not PKCS#10/],
  ];
  for (const [what, pem, message] of refused) {
    await t.rejects(authority.signCsr(pem, identity, hourMs), Object.assign(new CsrError(''), { message }), what);
  }
  const openssl = execFileSync(
    'openssl',
    [
      'req',
      '-new',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      '/dev/null',
      '-subj',
      '/',
      '-addext',
      `subjectAltName=URI:${identity}`,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  t.ok((await authority.signCsr(openssl, identity, hourMs)).serial, 'one made by openssl');
});

t.test('a root is replaced with overlap', async (t) => {
  const clock = new FakeClock();
  const authority = await createCertificateAuthority({ trustDomain, clock });
  let changes = 0;
  authority.onBundleChange(() => (changes += 1));
  const old = await authority.issue(request);
  await authority.addRoot();
  t.equal(rootsOf(authority).length, 2);
  const between = await authority.issue(request);
  const [oldRoot] = rootsOf(authority);
  t.ok(oldRoot && new X509Certificate(between.certificateChain).checkIssued(oldRoot), 'the new root does not sign yet');
  await authority.activateNewestRoot();
  const fresh = await authority.issue(request);
  t.notOk(oldRoot && new X509Certificate(fresh.certificateChain).checkIssued(oldRoot), 'now it does');
  for (const { certificateChain } of [old, between, fresh]) t.ok(isTrusted(authority, certificateChain));
  t.equal(await authority.retireRoots(), false, 'the old root still vouches for something');
  clock.advance(hourMs + 1);
  t.equal(await authority.retireRoots(), true);
  t.equal(rootsOf(authority).length, 1);
  t.notOk(isTrusted(authority, old.certificateChain));
  t.ok(isTrusted(authority, fresh.certificateChain));
  t.equal(changes, 3);
});

t.test('a folder keeps the authority, for its owner only', async (t) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'fairlead-ca-')), 'authority');
  t.teardown(() => rmSync(folder, { recursive: true }));
  const first = await createCertificateAuthority({ trustDomain, store: folderStore(folder, 'workloads.json') });
  const issued = await first.issue(request);
  await first.addRoot();
  t.equal(statSync(folder).mode & 0o777, 0o700);
  t.equal(statSync(join(folder, 'workloads.json')).mode & 0o777, 0o600);
  const second = await createCertificateAuthority({ trustDomain, store: folderStore(folder, 'workloads.json') });
  t.equal(second.trustBundle(), first.trustBundle());
  t.ok(isTrusted(second, issued.certificateChain));
  await second.activateNewestRoot();
  t.equal(await second.retireRoots(), false, 'what an earlier run signed still counts');
  writeFileSync(join(folder, 'workloads.json'), readFileSync(join(folder, 'workloads.json'), 'utf8').slice(0, 100));
  await t.rejects(
    createCertificateAuthority({ trustDomain, store: folderStore(folder, 'workloads.json') }),
    'a damaged store is not silently replaced',
  );
});

t.test('an intermediate can be supplied', async (t) => {
  const rootKeys = await generateKeyPair();
  const intermediateKeys = await generateKeyPair();
  const notBefore = new Date(Date.now() - hourMs);
  const notAfter = new Date(Date.now() + 24 * hourMs);
  const constraints = [new x509.BasicConstraintsExtension(true, undefined, true)];
  const common = { notBefore, notAfter, signingAlgorithm: keyAlgorithm, extensions: constraints };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...common,
    name: 'CN=corporate root',
    keys: rootKeys,
  });
  const intermediate = await x509.X509CertificateGenerator.create({
    ...common,
    subject: 'CN=mesh intermediate',
    issuer: root.subject,
    publicKey: intermediateKeys.publicKey,
    signingKey: rootKeys.privateKey,
  });
  const { privateKeyPem } = await import('../ca/x509.ts');
  const key = {
    certificateChain: intermediate.toString('pem'),
    privateKey: await privateKeyPem(intermediateKeys.privateKey),
    trustBundle: root.toString('pem'),
  };
  const authority = await createCertificateAuthority({ trustDomain, key });
  const issued = await authority.issue(request);
  t.equal(issued.certificateChain.match(/BEGIN CERTIFICATE/g)?.length, 2, 'the chain carries the intermediate');
  t.equal(authority.trustBundle().trim(), root.toString('pem').trim());
  t.ok(new X509Certificate(issued.certificateChain).checkIssued(new X509Certificate(intermediate.toString('pem'))));
  t.ok(issued.notAfterMs <= notAfter.getTime());
  const wrongKey = { ...key, privateKey: await privateKeyPem(rootKeys.privateKey) };
  await t.rejects(createCertificateAuthority({ trustDomain, key: wrongKey }), /does not belong/);
  const leafKey = { ...key, certificateChain: issued.certificateChain };
  await t.rejects(createCertificateAuthority({ trustDomain, key: leafKey }), /not a certificate authority/);
});
