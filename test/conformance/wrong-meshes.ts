// Meshes that differ from a given one in one respect: verdicts about them must be refuted by what proxies do under the given one.
import {
  decide,
  featureOf,
  type ForwardAction,
  type HeaderEdits,
  type HttpRoute,
  indexMesh,
  type Mesh,
  noHeaderEdits,
  type RouteFeature,
} from '../../compiler/index.ts';
import { againstVerdict } from './compare.ts';
import type { Comparison } from './compare-mesh.ts';

export interface WrongMesh {
  readonly what: string;
  readonly wrong: Mesh;
}

export function isRefuted(wrong: Mesh, { planned, answers }: Comparison): boolean {
  const verdict = decide(indexMesh(wrong), planned.call, { placement: 'explicit' });
  return answers.every(([, answer]) => againstVerdict(wrong, planned, verdict, answer).length > 0);
}

export function wrongMeshes(mesh: Mesh): readonly WrongMesh[] {
  const forwards = (change: (action: ForwardAction) => ForwardAction) =>
    routes(mesh, (route) =>
      route.action.kind === 'ForwardAction' ? { ...route, action: change(route.action) } : route,
    );
  return [
    {
      what: 'access rules are left out',
      wrong: { ...mesh, authorizationPolicies: [], settings: { ...mesh.settings, accessDefault: 'allow' } },
    },
    {
      what: 'denials are left out',
      wrong: { ...mesh, authorizationPolicies: mesh.authorizationPolicies.filter((p) => p.action !== 'DENY') },
    },
    {
      what: 'everyone uses nothing',
      wrong: { ...mesh, egressScopes: mesh.egressScopes.map((s) => ({ ...s, hosts: [] })) },
    },
    {
      what: 'plain text is let in everywhere',
      wrong: { ...mesh, peerAuthentications: [], settings: { ...mesh.settings, mtls: 'PERMISSIVE' } },
    },
    { what: 'identities are others', wrong: { ...mesh, settings: { ...mesh.settings, trustDomain: 'other.example' } } },
    {
      what: 'routes are in another order',
      wrong: { ...mesh, routeTables: mesh.routeTables.map((t) => ({ ...t, http: t.http.toReversed() })) },
    },
    { what: 'paths are not rewritten', wrong: forwards(({ rewrite: _, ...action }) => action) },
    { what: 'there are no timeouts', wrong: forwards((action) => ({ ...action, timeoutMs: 0 })) },
    {
      what: 'versions are swapped',
      wrong: forwards((action) => ({
        ...action,
        destinations: action.destinations.map((d) => ({ ...d, subset: d.subset === 'v1' ? 'v2' : d.subset && 'v1' })),
      })),
    },
    { what: 'nothing is aborted', wrong: routes(mesh, (route) => without(route, 'Fault')) },
    { what: 'there is no CORS', wrong: routes(mesh, (route) => without(route, 'CorsPolicy')) },
    {
      what: 'request headers are others',
      wrong: withHeaders(mesh, { request: { set: { 'x-percent': '99%' }, add: {}, remove: [] } }),
    },
    {
      what: 'response headers are others',
      wrong: withHeaders(mesh, { response: { set: {}, add: { 'x-more': 'no' }, remove: [] } }),
    },
  ];
}

function without(route: HttpRoute, kind: RouteFeature['kind']): HttpRoute {
  return { ...route, features: route.features.filter((feature) => feature.kind !== kind) };
}

/** On every route, whatever it says of the other side. */
function withHeaders(mesh: Mesh, edits: Partial<HeaderEdits>): Mesh {
  return routes(mesh, (route) => {
    const { origin, features } = without(route, 'HeaderOperations');
    const said = featureOf(route, 'HeaderOperations') ?? noHeaderEdits;
    return { ...route, features: [...features, { ...said, kind: 'HeaderOperations', origin, ...edits }] };
  });
}

function routes(mesh: Mesh, change: (route: HttpRoute) => HttpRoute): Mesh {
  return { ...mesh, routeTables: mesh.routeTables.map((table) => ({ ...table, http: table.http.map(change) })) };
}
