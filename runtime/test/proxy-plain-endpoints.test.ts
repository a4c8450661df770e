// Endpoints whose metadata chooses plain text, in the embedded proxy: whom it is for, and what happens where a mark comes or goes.
import t from 'tap';
import { SecretStore } from '../proxy/tls/secret-store.ts';
import { UpstreamCluster } from '../proxy/upstream/cluster.ts';
import { compileAssignment, compileCluster } from '../proxy/upstream/cluster-settings.ts';

const marks = (tlsMode: string) => ({ 'envoy.transport_socket_match': { tlsMode } });
const type = (name: string) => `type.googleapis.com/envoy.extensions.transport_sockets.${name}`;
const plain = { name: 'plain', typedConfig: { '@type': type('raw_buffer.v3.RawBuffer') } };
const tls = { name: 'tls', typedConfig: { '@type': type('tls.v3.UpstreamTlsContext'), sni: 'a' } };

const settings = compileCluster({
  name: 'c',
  type: 'EDS',
  transportSocketMatches: [{ name: 'plain', match: { tlsMode: 'disabled' }, transportSocket: plain }],
  transportSocket: tls,
});

function hostsOf(...found: readonly (string | undefined)[]) {
  return compileAssignment({
    endpoints: [
      {
        lbEndpoints: found.map((mark, i) => ({
          endpoint: { address: { socketAddress: { address: `10.0.0.${i}`, portValue: 80 } } },
          ...(mark !== undefined && { metadata: { filterMetadata: marks(mark) } }),
        })),
      },
    ],
  });
}

t.test('only what is marked so is spoken to in plain text', async (t) => {
  const cluster = new UpstreamCluster(settings, { secrets: new SecretStore(), random: Math.random });
  const isTls = () => cluster.hosts.map((host) => host.isTls);
  cluster.setHosts(hostsOf('disabled', 'istio', undefined));
  t.strictSame(isTls(), [false, true, true]);
  const [, ...kept] = cluster.hosts;
  cluster.setHosts(hostsOf(undefined, 'istio', undefined));
  t.strictSame(isTls(), [true, true, true], 'a mark that goes takes the plain connections with it');
  t.ok(kept.every((host) => cluster.hosts.includes(host)));
  cluster.destroy();
});
