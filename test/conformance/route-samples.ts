// Requests around a route: what its clauses take and miss, and what its action and features give further reason to ask.
import {
  handle,
  type HttpAction,
  type HttpRoute,
  nothingLeft,
  type RouteFeature,
  type Table,
} from '../../compiler/index.ts';
import { delayHeader } from './applications.ts';
import { clauseSamples, type ExplainedSample } from './clause-samples.ts';

export interface RouteSample extends ExplainedSample {
  readonly isFirst: boolean;
}

export function routeSamples(route: HttpRoute): readonly RouteSample[] {
  const { kind: _kind, origin: _origin, name, matches, action, features, ...rest } = route;
  nothingLeft(rest);
  const why = `route ${name}`;
  const samples = matches.flatMap((clause) => clauseSamples(clause).map((s, i) => ({ ...s, why, isFirst: i === 0 })));
  const [first] = samples;
  if (!first) return [];
  return [
    ...samples,
    ...features.flatMap((feature) => handle(ofFeatures, feature, { ...first, why: `${feature.kind} of ${name}` })),
    ...handle(ofActions, action, { ...first, why: `timeout of ${name}` }),
  ];
}

const longestTimeoutMs = 1_000;

const ofActions: Table<HttpAction, [RouteSample], readonly RouteSample[]> = {
  /** An application that takes longer than the route gives it, where a test can wait for that. */
  ForwardAction: ({ timeoutMs }, sample) => {
    if (timeoutMs === 0 || timeoutMs > longestTimeoutMs) return [];
    return [{ ...sample, headers: { ...sample.headers, [delayHeader]: String(timeoutMs + 500) } }];
  },
  RedirectAction: () => [],
};

const nothingFurther = () => [];

const ofFeatures: Table<RouteFeature, [RouteSample], readonly RouteSample[]> = {
  /** A preflight and an ordinary request from an allowed and from another origin, and an OPTIONS that is no preflight. */
  CorsPolicy: (_cors, sample) => {
    const origins = ['https://shop.example.com', 'https://evil.example.org', 'http://a.example.com', 'null'];
    return origins.flatMap((origin) => {
      const headers = { ...sample.headers, origin };
      const preflight = {
        ...headers,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'x-user',
      };
      return [
        { ...sample, method: 'OPTIONS', headers: preflight },
        { ...sample, method: 'OPTIONS', headers },
        { ...sample, headers },
      ];
    });
  },
  // What strikes any request, or shows in any answer, is seen in the requests that there are.
  Fault: nothingFurther,
  HeaderOperations: nothingFurther,
  // No application here fails once and answers the next time, and nobody listens for copies.
  RetryPolicy: nothingFurther,
  Mirror: nothingFurther,
};
