// A real Envoy as client: configured over ADS from our bootstrap, mutual TLS by SDS, a refusal that names its origin.
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import type { ListenerJson, ProxySnapshot } from '../../compiler/backends/envoy/proxy-snapshot.ts';
import { createMeshAuthorities } from '../ca/authorities.ts';
import type { IssuedCertificate } from '../ca/authority.ts';
import { envoyBootstrap } from '../control-plane/bootstrap.ts';
import { ControlPlane } from '../control-plane/control-plane.ts';
import { freePort, startEnvoy, whyNoEnvoy } from './support/envoy.ts';
import {
  edsCluster,
  identityOf,
  originAt,
  rdsListener,
  routeTo,
  selector,
  snapshotOf,
  trustDomain,
} from './support/snapshots.ts';

const sds = (name: string) => ({ name, sdsConfig: { ads: {}, resourceApiVersion: 'V3' } });

function mutualTlsListener(port: number): ListenerJson {
  const listener = rdsListener('inbound', port, 'http');
  const typedConfig = {
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
    requireClientCertificate: true,
    commonTlsContext: {
      tlsCertificateSdsSecretConfigs: [sds('default')],
      combinedValidationContext: {
        defaultValidationContext: {
          matchTypedSubjectAltNames: [{ sanType: 'URI', matcher: { prefix: `spiffe://${trustDomain}/` } }],
        },
        validationContextSdsSecretConfig: sds('ROOTCA'),
      },
    },
  };
  const transportSocket = { name: 'envoy.transport_sockets.tls', typedConfig };
  return { ...listener, filterChains: (listener.filterChains ?? []).map((chain) => ({ ...chain, transportSocket })) };
}

async function startApplication(test: Test): Promise<number> {
  const server = createServer((_request, response) => response.end('shoes'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

interface Answer {
  readonly text: string;
  readonly serial: string;
}

function get(port: number, ca: string, client?: IssuedCertificate): Promise<Answer> {
  return new Promise((resolve) => {
    const credentials = client ? { cert: client.certificateChain, key: client.privateKey.reveal() } : {};
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        ca,
        ...credentials,
        agent: false,
        checkServerIdentity: () => undefined,
        timeout: 2_000,
      },
      (response) => {
        const serial = (response.socket as TLSSocket).getPeerCertificate().serialNumber;
        let text = `${response.statusCode} `;
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ text, serial }));
      },
    );
    sent.on('error', (error: NodeJS.ErrnoException) => resolve({ text: error.code ?? error.message, serial: '' }));
    sent.end();
  });
}

async function until(condition: () => Promise<boolean>): Promise<boolean> {
  for (let i = 0; i < 200; i++) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

t.test('a real Envoy', { skip: whyNoEnvoy() }, async (t) => {
  for (const delta of [true, false]) {
    await t.test(delta ? 'incremental' : 'state of the world', async (t) => {
      const authorities = await createMeshAuthorities({ trustDomain });
      const authority = authorities.workloads;
      const plane = new ControlPlane({ authorities });
      t.teardown(() => plane.close());
      const { port: planePort } = await plane.listen({ host: '127.0.0.1', port: 0 });
      const port = await freePort();
      const appPort = await startApplication(t);
      plane.setInstances([
        {
          name: 'shoes-0',
          namespace: 'shop',
          labels: { app: 'shoes' },
          serviceAccount: 'shoes',
          address: '127.0.0.1',
          ports: { http: appPort },
          healthy: true,
        },
      ]);
      const base = snapshotOf('shoes', { listeners: [mutualTlsListener(port)] });
      const publish = (commit: string, fields: Partial<ProxySnapshot>) =>
        plane.publish({ commit, snapshotFor: () => ({ ...base, ...fields }) });
      const wait = (commit: string) => plane.ledger.waitFor(commit, { timeoutMs: 20_000, nodes: ['shoes-0'] });
      publish('c1', {});
      const token = plane.tokens.issue({ identity: identityOf('shoes'), workload: 'shop/shoes', lifetimeMs: 60_000 });
      const envoy = await startEnvoy(
        t,
        envoyBootstrap({
          nodeId: 'shoes-0',
          workload: 'shop/shoes',
          controlPlane: { address: '127.0.0.1', port: planePort },
          rootCertificatesPem: authorities.controlPlane.trustBundle(),
          token,
          delta,
        }),
      );
      t.equal((await wait('c1')).outcome, 'acked', 'takes its first configuration');
      const client = await authority.issue({ spiffeId: identityOf('myapp'), lifetimeMs: 60_000, usages: ['client'] });
      const first = await get(port, authority.trustBundle(), client);
      t.equal(first.text, '200 shoes', 'serves by mutual TLS as soon as the ledger says so');
      t.not((await get(port, authority.trustBundle())).text, '200 shoes', 'and to nobody without a certificate');
      t.equal(envoy.log(), '', 'no warning so far');

      await plane.renewSecrets();
      const isRotated = await until(async () => {
        const { text, serial } = await get(port, authority.trustBundle(), client);
        return text === '200 shoes' && serial !== first.serial;
      });
      t.ok(isRotated, 'takes a new certificate');

      publish('broken', {
        clusters: [
          edsCluster('shoes', { altStatName: 'shoes_too' }),
          edsCluster('bad', { lbPolicy: 'CLUSTER_PROVIDED' }),
        ],
        endpoints: [selector('shoes'), selector('bad')],
        routes: [routeTo('http', 'bad')],
        origins: new Map([...base.origins, ['bad', originAt(33)]]),
      });
      const broken = await wait('broken');
      t.equal(broken.outcome, 'nacked');
      t.match(broken.proxies[0]?.diagnostics, [
        { code: 'FL0801', message: /refused cluster bad: Error adding.*cluster provided LB/, span: originAt(33) },
      ]);
      t.equal((await get(port, authority.trustBundle(), client)).text, '200 shoes', 'last good still serves');
      t.equal(plane.status()[0]?.ackedCommit, 'c1');

      publish('unnamed', {
        clusters: [edsCluster('shoes'), edsCluster('bad', { connectTimeout: '-1s' })],
        routes: [routeTo('http', 'bad')],
      });
      const unnamed = await wait('unnamed');
      t.match(unnamed.proxies[0]?.diagnostics, [{ message: /refused . cluster resources together: .*duration/ }]);
      t.equal(
        (await get(port, authority.trustBundle(), client)).text,
        '200 shoes',
        'also if Envoy does not say which one is bad',
      );

      publish('fixed', {
        clusters: [edsCluster('shoes'), edsCluster('good')],
        endpoints: [selector('shoes'), { ...selector('shoes'), cluster: 'good' }],
        routes: [routeTo('http', 'good')],
      });
      t.equal((await wait('fixed')).outcome, 'acked');
      t.equal((await get(port, authority.trustBundle(), client)).text, '200 shoes', 'the corrected one serves');
      const answers: Promise<Answer>[] = [];
      const load = setInterval(() => answers.push(get(port, authority.trustBundle(), client)), 5);
      publish('moved', {
        clusters: [edsCluster('hats')],
        endpoints: [{ ...selector('shoes'), cluster: 'hats' }],
        routes: [routeTo('http', 'hats')],
        listeners: [{ ...mutualTlsListener(port), perConnectionBufferLimitBytes: 65_536 }],
      });
      t.equal((await wait('moved')).outcome, 'acked');
      const isSeen = await until(async () => answers.length >= 20);
      clearInterval(load);
      t.ok(isSeen);
      const texts = (await Promise.all(answers)).map(({ text }) => text);
      t.same(new Set(texts), new Set(['200 shoes']), 'a change of cluster, listener and route drops no request');
      t.notMatch(envoy.log(), /deprecated|fl1\./i, 'nothing deprecated, and no token in the log');
    });
  }
});
