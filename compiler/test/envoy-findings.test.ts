// What the Envoy back end finds in a mesh that no proxy could be given as it is meant.
import t from 'tap';
import { checkEnvoy, planEnvoy } from '../backends/envoy/index.ts';
import type { Mesh, MtlsMode, Protocol } from '../model/index.ts';
import { everythingMesh } from './support/everything-mesh.ts';
import * as b from './support/mesh-builder.ts';
import { smallMesh as small } from './support/small-mesh.ts';

t.test('findings', async (t) => {
  const codes = (mesh: Mesh) => checkEnvoy(planEnvoy(mesh)).map((d) => d.code);
  t.same(codes(small()), []);
  t.same(codes(everythingMesh()), []);
  const tcp = (name: string, port: number) => b.service(name, { ports: [b.port(port, 'TCP')] });
  const scopes = [b.uses('caller.shop', ['db.shop', 'ledger.shop'])];
  t.same(codes(small({ services: [tcp('db.shop', 5432), tcp('ledger.shop', 5432)], egressScopes: scopes })), [
    'FL0552',
  ]);
  t.same(codes(small({ services: [tcp('db.shop', 5432), tcp('ledger.shop', 5433)], egressScopes: scopes })), []);
  const raw = b.service('raw.shop', { selector: { app: 'shoes' }, ports: [b.port(81, 'TCP', 8080)] });
  t.same(codes(small({ services: [b.service('shoes.shop'), raw] })), ['FL0553']);
  const edge = b.workload('edge.shop', { proxy: 'gateway', labels: { app: 'edge', also: 'twin' } });
  const gateways = [
    b.gateway('edge.shop', [{ port: 443 }]),
    { ...b.gateway('twin.shop', [{ port: 443, protocol: 'HTTPS', tlsSecret: 'x' }]), selector: { also: 'twin' } },
  ];
  t.same(codes(small({ workloads: [edge], gateways })), ['FL0554']);
  const cors = {
    kind: 'CorsPolicy',
    origin: b.at(),
    origins: [],
    methods: [],
    allowHeaders: [],
    exposeHeaders: [],
  } as const;
  const moved = b.route(b.redirect({ path: '/x' }), [], { features: [{ ...cors, credentials: false }] });
  t.same(codes(small({ routeTables: [b.table('shoes.shop', [moved])] })), ['FL0556']);
  const legacy = b.workload('legacy.shop', { labels: { app: 'shoes' }, proxy: 'none' });
  t.same(codes(small({ workloads: [b.workload('shoes.shop'), legacy] })), ['FL0555']);
});

t.test('two ports on one target port are served alike', async (t) => {
  const codes = (mode: MtlsMode, ...protocols: readonly Protocol[]) => {
    const ports = protocols.map((protocol, i) => b.port(80 + i, protocol, 8080));
    const peerAuthentications = [b.peers('shoes.shop', mode)];
    return checkEnvoy(planEnvoy(small({ services: [b.service('shoes.shop', { ports })], peerAuthentications }))).map(
      (d) => d.code,
    );
  };
  t.same(codes('STRICT', 'HTTP', 'HTTP'), []);
  t.same(codes('STRICT', 'HTTP2', 'GRPC'), []);
  t.same(codes('STRICT', 'HTTP', 'GRPC'), ['FL0553']);
  t.same(codes('STRICT', 'HTTP2', 'HTTP'), ['FL0553']);
  t.same(codes('STRICT', 'HTTP', 'HTTPS'), ['FL0553']);
  t.same(codes('STRICT', 'TCP', 'TLS'), []);
  t.same(codes('PERMISSIVE', 'TCP', 'TLS'), []);
  t.same(codes('PERMISSIVE', 'HTTPS', 'TLS'), []);
});
