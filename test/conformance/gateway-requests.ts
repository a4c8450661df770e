// Requests from outside: every listener and host, named or not, with every route behind it.
import {
  type GatewayListener,
  hostsOfRoute,
  keyOf,
  type MeshIndex,
  outside,
  type RouteTable,
  schemeOf,
  coversHost,
} from '../../compiler/index.ts';
import type { PlannedRequest } from './ask.ts';
import { type ExplainedSample, ruleSamples } from './clause-samples.ts';
import { routeSamples } from './route-samples.ts';

export function gatewayRequests(index: MeshIndex): readonly PlannedRequest[] {
  return index.gatewayPorts().flatMap(({ workload, gateways, listeners, port }) => {
    const tables = gateways.flatMap((gateway) => index.tablesOfGateway(keyOf(gateway)));
    return listeners.flatMap((listener) =>
      hostsFor(listener, tables).flatMap((host) =>
        samplesFor(index, tables, host).map(({ why, ...sample }): PlannedRequest => {
          const request = { ...sample, scheme: schemeOf(listener), host, port };
          return { call: { from: outside, gateway: keyOf(workload), request }, why };
        }),
      ),
    );
  });
}

function hostsFor(listener: GatewayListener, tables: readonly RouteTable[]): readonly string[] {
  const named = [...listener.hosts, ...tables.flatMap((table) => table.hosts)];
  const concrete = named.map((host) => (host === '*' ? 'any.example' : host.replace('*', 'any')));
  const deeper = named.filter((host) => host.startsWith('*.')).map((host) => host.replace('*', 'a.b'));
  // What a wildcard stands for is not empty.
  const bare = named.filter((host) => host.startsWith('*.')).map((host) => host.slice(1));
  const [first = 'nobody.example'] = concrete;
  return [...new Set([...concrete, ...deeper, ...bare, first.toUpperCase(), `x${first}`, 'nobody.example'])];
}

function samplesFor(index: MeshIndex, tables: readonly RouteTable[], host: string): readonly ExplainedSample[] {
  const fixed = [
    { method: 'GET', path: '/', headers: {}, why: `host ${host}` },
    { method: 'POST', path: '/a/../b?q=1', headers: {}, why: `host ${host}` },
    {
      method: 'GET',
      path: '/',
      headers: {
        'x-forwarded-client-cert': 'URI=spiffe://forged',
        'x-forwarded-for': '1.2.3.4',
        'x-envoy-original-path': '/x',
      },
      why: 'forged headers',
    },
  ];
  const near = tables.filter((table) => table.hosts.some((pattern) => coversHost(pattern, host.toLowerCase())));
  const routes = near.flatMap((table) => table.http);
  const services = new Set(routes.flatMap(hostsOfRoute));
  const rules = [...services].flatMap((name) => {
    const service = index.serviceByHost.get(name);
    return service ? index.workloadsOf(service).flatMap((w) => index.authorizationOf(w).flatMap((p) => p.rules)) : [];
  });
  const routed = routes.flatMap((route) => routeSamples(route).map(({ isFirst: _, ...sample }) => sample));
  return [...fixed, ...routed, ...rules.flatMap(ruleSamples)];
}
