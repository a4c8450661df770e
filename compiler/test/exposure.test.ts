// A service at a gateway answers as inside the mesh, under the exposed path and nowhere else: random routes, random requests.
import fc from 'fast-check';
import t from 'tap';
import { hasErrors, renderText } from '../diagnostics/index.ts';
import { narrowRoute } from '../intent/lower/narrow-route.ts';
import {
  type Condition,
  type HttpRoute,
  matchedPaths,
  matchesString,
  type PathMatch,
  type RouteTable,
} from '../model/index.ts';
import { compile } from '../pipeline.ts';
import * as b from './support/mesh-builder.ts';

const segment = fc.constantFrom('a', 'b', 'ab');
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const intentPath = fc.oneof(
  path.map((p) => JSON.stringify(p)),
  path.map((p) => JSON.stringify(`${p}/*`)),
  fc.constant('"/*"'),
  fc.oneof(path, fc.constant('/')).map((p) => `{ prefix: ${JSON.stringify(p)} }`),
  fc.constant('{ regex: "/(a|b)(/.*)?" }'),
  segment.map((s) => `{ suffix: /${s} }`),
);
const route = fc.record({
  paths: fc.array(intentPath, { minLength: 1, maxLength: 2 }),
  rewrite: fc.option(fc.constantFrom('/', '/x', '/x/'), { nil: undefined }),
});
const exposed = fc.oneof(
  path,
  path.map((p) => `${p}/*`),
  fc.constant('/*'),
);
const request = fc.oneof(
  path,
  path.map((p) => `${p}/`),
  path.map((p) => `${p}c`),
  fc.constant('/'),
);

type Answer = { readonly timeoutMs: number; readonly path: string } | undefined;

/** What the model says a table does with a path: the route by its timeout, and the path that the service receives. */
function answer(routes: readonly HttpRoute[], path: string): Answer {
  for (const { matches, action } of routes) {
    const match = matches.flatMap(matchedPaths).find((m) => matchesString(m, path));
    if (!match || action.kind !== 'ForwardAction') continue;
    return { timeoutMs: action.timeoutMs, path: rewritten(match, path, action.rewrite?.path) };
  }
  return undefined;
}

function rewritten(match: PathMatch, path: string, rewrite: string | undefined): string {
  if (rewrite === undefined) return path;
  if (match.type === 'segments') {
    const rest = path.slice(match.value.length);
    return rest === '' ? rewrite : `${rewrite.replace(/\/$/, '')}/${rest.replace(/^\//, '')}`;
  }
  return match.type === 'prefix' ? rewrite + path.slice(match.value.length) : rewrite;
}

t.test('narrowed routes decide as the routes they come from', (t) => {
  let compared = 0;
  fc.assert(
    fc.property(
      fc.array(route, { maxLength: 4 }),
      exposed,
      fc.array(request, { minLength: 20, maxLength: 20 }),
      (routes, exposedPath, requests) => {
        const lines = routes.map(({ paths, rewrite }, i) => {
          const match = paths.map((p) => `{ path: ${p} }`).join(', ');
          return `    - { match: [${match}], timeout: ${i + 1}ms${rewrite === undefined ? '' : `, rewrite: { path: ${rewrite} }`} }`;
        });
        const text = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: s }
spec:
  ports: [{ port: 80 }]
  routes:
${lines.join('\n') || '    []'}
  expose: [{ gateway: g, host: h.example.com, path: "${exposedPath}" }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: g }
spec: { listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [h.example.com] }] }
`;
        const result = compile({ label: 'x', files: [{ path: 'a.yaml', text }], diagnostics: [] });
        // Dead routes and patterns that cannot be narrowed are refused; anything else must compile.
        const refused = new Set(['FL0404', 'FL0409', 'FL0402']);
        const others = result.diagnostics.filter((d) => d.severity === 'error' && !refused.has(d.code));
        if (others.length > 0) throw new Error(renderText(others, { lookup: () => text }));
        if (hasErrors(result.diagnostics) || !result.mesh) return;
        const inside = result.mesh.routeTables.find((table) => table.attach.mesh) as RouteTable;
        const outside = result.mesh.routeTables.find((table) => !table.attach.mesh) as RouteTable;
        const isExposed = (path: string) =>
          exposedPath.endsWith('/*')
            ? matchesString({ type: 'segments', value: exposedPath.slice(0, -2) }, path)
            : path === exposedPath;
        for (const path of requests) {
          const wanted = isExposed(path) ? answer(inside.http, path) : undefined;
          const found = answer(outside.http, path);
          compared += 1;
          if (JSON.stringify(found) !== JSON.stringify(wanted)) {
            throw new Error(
              `${path}: ${JSON.stringify(found)} at the gateway, ${JSON.stringify(wanted)} inside\n${text}`,
            );
          }
        }
      },
    ),
    { numRuns: 600, seed: 20260301 },
  );
  t.ok(compared > 2000, `${compared} requests compared`);
  t.end();
});

t.test('of several paths in a condition each is narrowed', async (t) => {
  const paths = ['/a', '/x/*', '/*'].map(b.path);
  const beside: Condition = { kind: 'path', anyOf: [b.path('/x/secret')], not: true };
  const clause = b.clause([{ kind: 'path', anyOf: b.some(paths), not: false }, beside]);
  const route = b.route(b.forward([b.to('shoes.shop')], { rewrite: { path: '/new/' } }), [clause]);
  const narrowing = {
    exposed: b.path('/x/y/*'),
    exposedAt: b.at(),
    port: 80,
    origin: b.at(),
    inexpressible: () => t.fail(),
  };
  const narrowed = narrowRoute(route, 'r', narrowing).flatMap(({ matches, action }) =>
    matches.map(({ all }) => ({ all, rewrite: action.kind === 'ForwardAction' && action.rewrite?.path })),
  );
  const path: Condition = { kind: 'path', anyOf: [b.path('/x/y/*')], not: false };
  t.strictSame(narrowed, [
    { all: [path, beside], rewrite: '/new/y' },
    { all: [path, beside], rewrite: '/new/x/y' },
  ]);
});
