// The admin HTTP server: status, waiting, health, metrics; and what it does not answer.
import { request } from 'node:http';
import t from 'tap';
import { createMeshAuthorities } from '../ca/authorities.ts';
import { ControlPlane } from '../control-plane/control-plane.ts';
import { serveAdminApi } from '../control-plane/http-api.ts';
import { AdsClient } from './support/ads-client.ts';
import { identityOf, snapshotOf, trustDomain } from './support/snapshots.ts';

t.test('the admin API', async (t) => {
  const authorities = await createMeshAuthorities({ trustDomain });
  const plane = new ControlPlane({ authorities });
  const { port } = await plane.listen({ host: '127.0.0.1', port: 0 });
  const api = await serveAdminApi({ plane, port: 0 });
  const token = plane.tokens.issue({ identity: identityOf('myapp'), workload: 'shop/myapp', lifetimeMs: 60_000 });
  const client = new AdsClient({
    port,
    rootCertificates: authorities.controlPlane.trustBundle(),
    node: { id: 'myapp-0', cluster: 'shop/myapp' },
    variant: 'delta',
    token: token.reveal(),
    judge: (response) => (response.names.includes('refused') ? 'listener refused: no' : undefined),
  });
  t.teardown(async () => {
    client.close();
    await api.close();
    await plane.close();
  });
  const get = (path: string, options: { readonly host?: string; readonly method?: string } = {}) =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const headers = options.host === undefined ? {} : { host: options.host };
      const sent = request({ ...api.address, path, method: options.method ?? 'GET', headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode, text }));
      });
      sent.on('error', reject).end();
    });

  t.match(await get('/healthz'), { status: 200, text: 'ok\n' });
  t.match(await get('/readyz'), { status: 503 });
  t.match(await get('/wait?commit=c1&timeout=1'), { status: 504, text: /"outcome": "unknown"/ });
  client.subscribeAll();
  const waiting = get('/wait?commit=c1&timeout=20000&node=myapp-0');
  plane.publish({ commit: 'c1', snapshotFor: () => snapshotOf('myapp') });
  t.match(
    await waiting,
    { status: 200, text: /"outcome": "acked"/ },
    'a commit that is not published yet is waited for',
  );
  t.match(await get('/readyz'), { status: 200 });

  const [listener] = snapshotOf('myapp').listeners;
  plane.publish({
    commit: 'c2',
    snapshotFor: () => snapshotOf('myapp', { listeners: [{ ...listener, name: 'refused' }] }),
  });
  t.match(await get('/wait?commit=c2&timeout=20000'), { status: 409, text: /FL0801/ });
  const status = await get('/status');
  t.match(JSON.parse(status.text), {
    commits: ['c2', 'c1'],
    latest: { commit: 'c2', outcome: 'nacked' },
    proxies: [
      {
        node: 'myapp-0',
        workload: 'shop/myapp',
        ackedCommit: 'c1',
        lastRefusal: { diagnostics: [{ code: 'FL0801' }] },
      },
    ],
  });
  t.notMatch(status.text, /PRIVATE KEY|fl1\./);

  const metrics = await get('/metrics');
  t.match(metrics.text, /fairlead_xds_connected_proxies 1/);
  t.match(metrics.text, /fairlead_xds_pushes_total\{type="cluster",variant="delta"\} 1/);
  t.match(metrics.text, /fairlead_xds_nacks_total\{type="listener"\} 1/);
  t.match(metrics.text, /fairlead_xds_ack_seconds_count\{type="route"\}/);
  t.match(metrics.text, /fairlead_certificate_expiry_timestamp_seconds\{kind="identity",name="default"\} \d/);

  t.match(await get('/nowhere'), { status: 404, text: /\/healthz/ });
  t.match(await get('/__proto__'), { status: 404 });
  t.match(await get('/status', { method: 'POST' }), { status: 405 });
  t.match(await get('/wait?commit=&timeout=1'), { status: 400 });
  t.match(await get('/wait?commit=c&timeout=soon'), { status: 400 });
  t.match(await get('/status', { host: 'attacker.example' }), { status: 403 }, 'a name that only resolves to loopback');
  await t.rejects(
    serveAdminApi({ plane, port: api.address.port }),
    /cannot listen on 127\.0\.0\.1:\d+: another process has the port/,
  );
});
