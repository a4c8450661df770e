// Decides one request: walks docs/semantics.md step by step and keeps the path it took. Pure; knows nothing of sets of requests.
import type { MeshIndex, TestRequest } from '../../model/index.ts';
import { decideForward } from './decide-forward.ts';
import { decideRoutes } from './decide-routes.ts';
import { normalizePath, splitQuery } from '../fields/normalize-path.ts';
import { findPlace } from '../place/place.ts';
import { redirectLocation } from './redirect.ts';
import type { Call, DecideOptions, Verdict } from '../verdict.ts';

/** What becomes of one request. Never throws: an unknown caller or host is a verdict as well. */
export function decide(index: MeshIndex, call: Call, options: DecideOptions = {}): Verdict {
  const place = findPlace(index, call, options);
  switch (place.kind) {
    case 'final': {
      const { kind: _, ...verdict } = place;
      return { shares: [], ...verdict };
    }
    case 'redirect': {
      const request = normalized(call.request);
      const location = redirectLocation(place.redirect, request, splitQuery(request.path));
      const step = { text: `redirected to ${location}`, origin: place.origin };
      return { outcome: 'redirect', status: place.status, location, shares: [], steps: [...place.steps, step] };
    }
    case 'routes':
      return decideRoutes(index, { ...place, request: normalized(call.request) });
    case 'forward':
      return decideForward(index, { ...place, request: call.request });
  }
}

/** Every proxy normalizes the path before it routes, so the rest of the walk only meets normal paths. */
function normalized(request: TestRequest): TestRequest {
  const { path, query } = splitQuery(request.path);
  return { ...request, path: normalizePath(path) + query };
}
