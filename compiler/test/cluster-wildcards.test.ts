// A wildcard within the names of the cluster, such as `*.shop.svc.cluster.local`, is no Service: it has no short names.
import t from 'tap';
import { decide, indexMesh, planEnvoy, snapshotFor } from '../index.ts';
import { hostAliases } from '../model/index.ts';
import * as b from './support/mesh-builder.ts';
import { smallMesh as small } from './support/small-mesh.ts';

const outside = { location: 'external', registry: 'mesh', resolution: 'none', selector: {}, identities: [] } as const;

function meshOf(namespace: string, port = b.port(80)) {
  const hosts = [`*.${namespace}.svc.cluster.local`];
  return small({
    services: [
      b.service('caller.shop'),
      b.service('shoes.shop'),
      b.service('wild.shop', { ...outside, hosts, ports: [port] }),
    ],
    egressScopes: [b.uses('caller.shop', ['shoes.shop', ...hosts])],
  });
}

t.test('no name but those under the wildcard leads to it', async (t) => {
  t.same(hostAliases('*.shop.svc.cluster.local', 'shop'), ['*.shop.svc.cluster.local', '*.shop.svc.cluster.local.']);
  for (const namespace of ['shop', 'qa']) {
    const mesh = meshOf(namespace);
    const index = indexMesh(mesh);
    const whole = `boots.${namespace}.svc.cluster.local`;
    const short = [`boots.${namespace}.svc`, `boots.${namespace}`, 'boots', 'unknown.example', '*', `*.${namespace}`];
    for (const host of [...short, whole]) {
      const { outcome } = decide(index, { from: 'shop/caller', request: b.request(`GET http://${host}/`) });
      t.equal(outcome, host === whole ? 'allowed' : 'denied', host);
    }
    for (const mode of ['redirect', 'explicit'] as const) {
      const placement =
        mode === 'redirect'
          ? { mode }
          : {
              mode,
              inbound: {},
              outboundHttp: { address: '127.0.0.1', port: 1 },
              outboundTcp: {},
              gateway: {},
              external: {},
            };
      const [routes] = snapshotFor(planEnvoy(mesh), { workload: 'shop/caller', placement })?.routes ?? [];
      const domains = (routes?.virtualHosts ?? []).flatMap((host) => host.domains ?? []);
      t.same(
        domains.filter((domain) => domain.startsWith('*')).length,
        mode === 'redirect' ? 3 : 5,
        `${mode} ${namespace}`,
      );
      t.equal(domains.filter((domain) => /^\*(:\d+)?$/.test(domain)).length, 1, 'that of what is not in scope');
    }
  }
});

t.test('nor does a server name', async (t) => {
  const mesh = meshOf('shop', b.port(443, 'TLS'));
  const listeners = snapshotFor(planEnvoy(mesh), {
    workload: 'shop/caller',
    placement: { mode: 'redirect' },
  })?.listeners;
  const names = (listeners ?? []).flatMap(({ filterChains = [] }) =>
    filterChains.flatMap(({ filterChainMatch }) => filterChainMatch?.serverNames ?? []),
  );
  t.same(names, ['*.shop.svc.cluster.local']);
});
