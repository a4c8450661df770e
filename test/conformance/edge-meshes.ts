// Random meshes at the edges: values of edge-values.ts in routes and rules, hosts that cover or go by the names of others, and gateways
// of several namespaces that share proxies.
import * as b from '../../compiler/test/support/mesh-builder.ts';
import { randomMesh, route } from '../../compiler/test/support/random-mesh.ts';
import {
  type AuthorizationRule,
  type Clause,
  deepFreeze,
  type EgressScope,
  type Gateway,
  type GatewayListener,
  hostOf,
  type HttpRoute,
  isInMesh,
  keyOf,
  type Mesh,
  type Resolution,
  type RouteTable,
  type Service,
  type Workload,
} from '../../compiler/index.ts';
import { Draw } from './draw.ts';
import { doneAtEdge } from './edge-actions.ts';
import { atEdge, headerAtEdge } from './edge-values.ts';
import { asItRuns, type MeshUnderTest } from './meshes.ts';

export function edgeMesh(seed: number): MeshUnderTest {
  const draw = new Draw(seed);
  const random = draw.from(randomMesh);
  const services = [...random.services, b.service('db.internal', { ports: [b.port(80)] }), ...foreignServices(draw)];
  const { gateways, workloads } = furtherGateways(draw);
  const mesh: Mesh = {
    ...random,
    services,
    workloads: [...random.workloads, b.workload('db.internal'), ...workloads],
    gateways: [...random.gateways, ...gateways],
    routeTables: [
      ...random.routeTables,
      ...services.slice(random.services.length).map((service) => tableOf(draw, service)),
      ...gatewayTables(draw, [...random.gateways, ...gateways]),
    ].map((table) => ({ ...table, http: table.http.map((one) => routeAtEdge(one, draw)) })),
    egressScopes: random.egressScopes.map((scope) => widened(scope, services, draw)),
    authorizationPolicies: random.authorizationPolicies.map((policy) => ({
      ...policy,
      rules: policy.rules.map((rule) => ruleAtEdge(rule, draw)),
    })),
  };
  return { name: `edge mesh of seed ${seed}`, mesh: deepFreeze(asItRuns(named(mesh))) };
}

/** The builder counts through the whole process: here the same seed shall give the same names. */
function named(mesh: Mesh): Mesh {
  let [routes, rules] = [0, 0];
  return {
    ...mesh,
    routeTables: mesh.routeTables.map((table) => ({
      ...table,
      http: table.http.map((one) => ({ ...one, name: `route-${++routes}` })),
    })),
    authorizationPolicies: mesh.authorizationPolicies.map((policy) => ({
      ...policy,
      rules: policy.rules.map((rule) => ({ ...rule, name: `rule-${++rules}` })),
    })),
  };
}

/** Beside each other: names of a service, wildcards over them, exact names under wildcards. */
const foreignHosts = {
  dns: ['api.example.org', 'a.shop', 'c.qa.svc', 'db.internal', 'b', 'v1.api.example.org', 'x.shop'],
  none: ['*.example.org', '*.internal', '*.shop', '*.api.example.org', '*.svc.cluster.local', '*.qa.svc.cluster.local'],
} as const satisfies { readonly [R in Resolution]?: readonly string[] };

function foreignServices(draw: Draw): readonly Service[] {
  const chosen = (['dns', 'none'] as const).flatMap((resolution) =>
    draw.some(foreignHosts[resolution], 3).map((host) => ({ resolution, host })),
  );
  return chosen.map(({ resolution, host }, i) =>
    b.service(`ext${i}.${draw.pick(['shop', 'qa'])}`, {
      registry: 'mesh',
      location: 'external',
      resolution,
      hosts: [host],
      ports: [b.port(80, 'HTTP', 80), ...(draw.oneIn(2) ? [b.port(81, 'HTTP', 81)] : [])],
      selector: {},
      identities: [],
    }),
  );
}

/** Lowering gives each service with HTTP a table that ends in a catch-all. */
function tableOf(draw: Draw, service: Service): RouteTable {
  const routes = draw.oneIn(2) ? [draw.from(route(0))] : [];
  const own = b.route(b.forward([b.to(hostOf(service))]));
  return b.table(`${service.name}.${service.namespace}`, [...routes, own], { hosts: service.hosts });
}

function widened(scope: EgressScope, services: readonly Service[], draw: Draw): EgressScope {
  const others = services.filter((service) => !isInMesh(service) || service.namespace === 'internal');
  const hosts = draw.some(others, 2).map((service) => ({
    kind: 'EgressHost' as const,
    host: hostOf(service),
    namespace: service.namespace,
    ports: draw.oneIn(4) ? [80] : [],
    origin: b.at(),
  }));
  return { ...scope, hosts: [...scope.hosts, ...hosts] };
}

const outerHosts = [
  '*',
  '*.example.com',
  'a.example.com',
  '*.b.example.com',
  'a.b.example.com',
  'example.com',
  'other.test',
];

function furtherGateways(draw: Draw): {
  readonly gateways: readonly Gateway[];
  readonly workloads: readonly Workload[];
} {
  const names = draw.some(['side.qa', 'second.shop', 'third.internal'], 2);
  const gateways = names.map((name) => {
    const gateway = b.gateway(name, listeners(draw));
    return draw.oneIn(3) ? gateway : { ...gateway, selector: { app: 'gate' } };
  });
  // A gateway always has proxies of its own; those that are selected serve it besides.
  return { gateways, workloads: names.map((name) => b.workload(name, { proxy: 'gateway' })) };
}

function listeners(draw: Draw): readonly Partial<GatewayListener>[] {
  return Array.from({ length: 1 + draw.below(3) }, (): Partial<GatewayListener> => {
    const hosts = [draw.pick(outerHosts) ?? '*', ...draw.some(outerHosts, 5)];
    const [port, protocol] = draw.pick([
      [80, 'HTTP'],
      [80, 'HTTP'],
      [8080, 'HTTP'],
      [443, 'HTTPS'],
    ] as const);
    const tls = protocol === 'HTTPS' ? { tlsSecret: 'cert' } : { redirectToHttps: draw.oneIn(3) };
    return { port, protocol, hosts: [...new Set(hosts)], ...tls };
  });
}

function gatewayTables(draw: Draw, gateways: readonly Gateway[]): readonly RouteTable[] {
  return Array.from({ length: 1 + draw.below(3) }, (_, i) => {
    const hosts = [...new Set([draw.pick(outerHosts) ?? '*', ...draw.some(outerHosts, 4)])];
    const attached = draw.some(gateways, 2);
    const routes = Array.from({ length: 1 + draw.below(3) }, () => draw.from(route(80)));
    return b.table(`wide${i}.${draw.pick(['shop', 'qa'])}`, routes, {
      hosts,
      attach: { mesh: false, gateways: (attached.length > 0 ? attached : gateways).map(keyOf) },
    });
  });
}

function routeAtEdge(one: HttpRoute, draw: Draw): HttpRoute {
  return doneAtEdge({ ...one, matches: one.matches.map((clause) => clauseAtEdge(clause, draw, true)) }, draw);
}

function clauseAtEdge(clause: Clause, draw: Draw, mayAskHeaders: boolean): Clause {
  const conditions = clause.all.map((condition) => atEdge(condition, draw));
  const asksHeader = mayAskHeaders && draw.oneIn(3);
  return { ...clause, all: asksHeader ? [...conditions, headerAtEdge(draw)] : conditions };
}

function ruleAtEdge(rule: AuthorizationRule, draw: Draw): AuthorizationRule {
  const when = rule.when.map((condition) => atEdge(condition, draw));
  return {
    ...rule,
    from: rule.from.map((clause) => clauseAtEdge(clause, draw, false)),
    to: rule.to.map((clause) => clauseAtEdge(clause, draw, false)),
    when: draw.oneIn(2) ? [...when, headerAtEdge(draw)] : when,
  };
}
