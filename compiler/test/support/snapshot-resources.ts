// A snapshot as an ADS server sends it: endpoints filled in from instances, secrets from a certificate authority of the test.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import type { ProxySnapshot } from '../../backends/envoy/index.ts';
import { buildClusterLoadAssignment } from '../../backends/envoy/index.ts';
import type { WorkloadInstance } from '../../model/index.ts';
import { typeUrls } from '../../xds.ts';
import type { Resources } from './ads.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export interface TestAuthority {
  readonly bundle: string;
  issue(name: { readonly uri?: string; readonly dns?: string }): Promise<{ certificate: string; key: string }>;
}

export async function testAuthority(): Promise<TestAuthority> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=test',
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  return {
    bundle: root.toString('pem'),
    issue: async ({ uri, dns }) => {
      const own = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const names = [
        ...(uri === undefined ? [] : [{ type: 'url' as const, value: uri }]),
        ...(dns === undefined ? [] : [{ type: 'dns' as const, value: dns }]),
      ];
      const certificate = await x509.X509CertificateGenerator.create({
        subject: 'CN=leaf',
        issuer: root.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [new x509.SubjectAlternativeNameExtension(names)],
      });
      const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', own.privateKey), 'PRIVATE KEY');
      return { certificate: certificate.toString('pem'), key };
    },
  };
}

export async function resourcesOf(
  snapshot: ProxySnapshot,
  instances: readonly WorkloadInstance[],
  authority: TestAuthority,
): Promise<Resources> {
  const secrets = await Promise.all(snapshot.secrets.map((secret) => secretOf(secret, snapshot.identity, authority)));
  const named = (list: readonly { readonly name?: string }[]) =>
    Object.fromEntries(list.map((item) => [item.name ?? '', item]));
  return {
    [typeUrls.listener]: named(snapshot.listeners),
    [typeUrls.route]: named(snapshot.routes),
    [typeUrls.cluster]: named(snapshot.clusters),
    [typeUrls.secret]: named(secrets),
    [typeUrls.endpoints]: Object.fromEntries(
      snapshot.endpoints.map((selector) => [selector.cluster, buildClusterLoadAssignment(selector, instances)]),
    ),
  };
}

async function secretOf(secret: ProxySnapshot['secrets'][number], identity: string, authority: TestAuthority) {
  const { name } = secret;
  if (secret.kind === 'trust-bundle') {
    return { name, validationContext: { trustedCa: { inlineString: authority.bundle } } };
  }
  const subject = secret.kind === 'identity' ? { uri: identity } : { dns: secret.hosts[0] ?? 'localhost' };
  const { certificate, key } = await authority.issue(subject);
  return {
    name,
    tlsCertificate: { certificateChain: { inlineString: certificate }, privateKey: { inlineString: key } },
  };
}
