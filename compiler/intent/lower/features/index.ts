// What a route does besides its action, in the order in which the model lists it.
import { type HttpAction, type RouteFeature, type RouteFeatureKind, total } from '../../../model/index.ts';
import type { Cursor } from '../../../syntax/index.ts';
import type { RouteIntent } from '../../kinds.ts';
import type { LowerContext } from '../context.ts';
import type { RouteOwner } from '../destinations.ts';
import { corsPolicy } from './cors-policy.ts';
import { fault } from './fault.ts';
import { headerOperations } from './header-operations.ts';
import { mirror } from './mirror.ts';
import { retryPolicy } from './retry-policy.ts';

const features = total<RouteFeatureKind>()([corsPolicy, fault, headerOperations, retryPolicy, mirror]);

export function lowerFeatures(
  route: Cursor<RouteIntent>,
  action: HttpAction,
  owner: RouteOwner,
  context: LowerContext,
): readonly RouteFeature[] {
  return features.flatMap((feature): readonly RouteFeature[] =>
    feature.beside[action.kind] ? feature.lower(route, owner, context) : [],
  );
}
