// What routes do, at the edges: redirects to another scheme or port, edits of headers that proxies treat themselves, CORS by each type of match.
import type {
  HeaderEdit,
  HttpAction,
  HttpRoute,
  OneOrMore,
  RouteFeature,
  RouteFeatureKind,
  ValueMatch,
} from '../../compiler/index.ts';
import type { Draw } from './draw.ts';
import { edgeNames, valuesNearEdges } from './edge-values.ts';

type AtEdge<U extends { readonly kind: string }> = {
  readonly [K in U['kind']]: (one: Extract<U, { readonly kind: K }>, draw: Draw) => Extract<U, { readonly kind: K }>;
};

const actions: AtEdge<HttpAction> = {
  ForwardAction: (one) => one,
  RedirectAction: (one, draw) => ({
    ...one,
    status: draw.pick([301, 302, 303, 307, 308]),
    ...(draw.oneIn(3) && { scheme: draw.pick(['http', 'https']) }),
    ...(draw.oneIn(4) && { port: draw.pick([80, 443, 8443]) }),
  }),
};

const origins: OneOrMore<ValueMatch> = [
  { type: 'suffix', value: '.com' },
  { type: 'exact', value: 'https://shop.example.com' },
  { type: 'prefix', value: 'https://' },
  { type: 'regex', value: 'https?://[a-z.]+' },
  { type: 'regex', value: '[^/]+' },
  { type: 'prefix', value: '*' },
];

const features: AtEdge<RouteFeature> = {
  HeaderOperations: (one, draw) => ({
    ...one,
    request: headerEdit(draw, edited),
    response: headerEdit(draw, ['x-a', 'x-b', 'cache-control', 'vary']),
  }),
  CorsPolicy: (one, draw) => ({
    ...one,
    origins: [draw.pick(origins)],
    credentials: draw.oneIn(2),
    ...(draw.oneIn(2) && { maxAgeSeconds: draw.pick([0, 1, 600]) }),
  }),
  Fault: (one) => one,
  RetryPolicy: (one) => one,
  Mirror: (one) => one,
};

/** Those of one connection no route may edit. */
const edited = edgeNames.filter(
  (name) => !['connection', 'te', 'upgrade', 'proxy-connection'].includes(name),
) as unknown as OneOrMore<string>;

/** No name twice, as lowering has it. */
function headerEdit(draw: Draw, names: OneOrMore<string>): HeaderEdit {
  const [first, second, third] = new Set([draw.pick(names), draw.pick(names), draw.pick(names)]);
  const value = () => draw.pick(valuesNearEdges).trim() || 'a';
  return {
    set: first !== undefined && draw.oneIn(2) ? { [first]: value() } : {},
    add: second !== undefined && draw.oneIn(2) ? { [second]: value() } : {},
    remove: third !== undefined && draw.oneIn(2) ? [third] : [],
  };
}

export function doneAtEdge(route: HttpRoute, draw: Draw): HttpRoute {
  const action = actions[route.action.kind] as (action: HttpAction, draw: Draw) => HttpAction;
  return {
    ...route,
    action: action(route.action, draw),
    features: route.features.map((feature) => {
      const row = features[feature.kind as RouteFeatureKind] as (feature: RouteFeature, draw: Draw) => RouteFeature;
      return row(feature, draw);
    }),
  };
}
