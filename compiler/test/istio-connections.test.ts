// VirtualServices for what is not HTTP: the routes of connections.
import t from 'tap';
import * as m from '../model/index.ts';
import { emitted, type Fields } from './support/istio.ts';
import * as b from './support/mesh-builder.ts';

const host = 'db.shop.svc.cluster.local';
const clause = (...ports: readonly number[]): m.Clause => b.clause(b.asking('port', ports));
const to = (subset: string, weight: number) => b.to('db.shop', subset, weight, 5432);

t.test('a port of its own is left to Istio, the rest is routed', async (t) => {
  const routed = (protocol: m.Protocol, ...destinations: m.WeightedDestination[]) => {
    const tcp: m.TcpRoute = { kind: 'TcpRoute', name: 't', matches: [clause(5432)], destinations, origin: b.at() };
    const services = [b.service('db.shop', { ports: [b.port(5432, protocol)] })];
    return emitted(t, b.mesh({ services, routeTables: [b.table('db.shop', [], { tcp: [tcp] })] })).all(
      'VirtualService',
    );
  };
  t.strictSame(routed('TCP', to('', 100)), [], 'what Istio does by itself needs no route');
  const route = ['v1', 'v2'].map((subset) => ({
    destination: { host, subset, port: { number: 5432 } },
    weight: 50,
  }));
  const base = { hosts: [host], gateways: ['mesh'] };
  t.strictSame(routed('TCP', to('v1', 50), to('v2', 50)), [{ ...base, tcp: [{ match: [{ port: 5432 }], route }] }]);
  t.strictSame(routed('TLS', to('v1', 50), to('v2', 50)), [
    { ...base, tls: [{ match: [{ port: 5432, sniHosts: [host] }], route }] },
  ]);
});

t.test('connections to several ports', async (t) => {
  const ports = [b.port(5432, 'TCP'), { ...b.port(5433, 'TLS'), name: 'tls' }, b.port(80)];
  const several = (matches: readonly m.Clause[]) => {
    const destinations = [to('v1', 100)];
    const tcp: m.TcpRoute = { kind: 'TcpRoute', name: 't', matches, destinations, origin: b.at() };
    const services = [b.service('db.shop', { ports })];
    const tables = [b.table('db.shop', [b.route(b.forward([b.to('db.shop')]))], { tcp: [tcp] })];
    const { one, codes } = emitted(t, b.mesh({ services, routeTables: tables }));
    const { tcp: plainRoutes, tls } = one('VirtualService');
    return { matches: [plainRoutes, tls].map((list) => (list as Fields[] | undefined)?.map((r) => r.match)), codes };
  };
  const sniHosts = [host];
  const split = { matches: [[[{ port: 5432 }]], [[{ port: 5433, sniHosts }]]], codes: [] };
  t.strictSame(several([clause(5432, 5433)]), split, 'each port in the words of its protocol');
  t.strictSame(several([clause(5432), clause(5433)]), split);
  t.strictSame(several([m.anything(b.at())]), split, 'every port that does not speak HTTP');
  const except: m.Condition = { kind: 'port', anyOf: [5432], not: true };
  t.strictSame(several([{ ...clause(), all: [except] }]).matches, [undefined, [[{ port: 5433, sniHosts }]]]);
  const who: m.Condition = { kind: 'namespace', anyOf: [{ type: 'exact', value: 'shop' }], not: false };
  t.strictSame(several([{ ...clause(), all: [who] }]), { matches: [undefined, undefined], codes: ['FL0516'] });
});
