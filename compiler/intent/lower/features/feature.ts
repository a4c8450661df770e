// What each file of this folder says: how this intent writes one feature of a route.
import type { HttpAction, RouteFeature, RouteFeatureKind } from '../../../model/index.ts';
import type { Cursor } from '../../../syntax/index.ts';
import type { RouteIntent } from '../../kinds.ts';
import type { LowerContext } from '../context.ts';
import type { RouteOwner } from '../destinations.ts';

type Beside = { readonly [A in HttpAction['kind']]: boolean };

export interface Feature<K extends RouteFeatureKind> {
  readonly kind: K;
  /** The actions beside which it is read. What is written beside another has been reported: see redirects.ts. */
  readonly beside: Beside;
  /** None where the route does not have it. */
  readonly lower: (
    route: Cursor<RouteIntent>,
    owner: RouteOwner,
    context: LowerContext,
  ) => readonly Extract<RouteFeature, { readonly kind: K }>[];
}

export const anyAction: Beside = { ForwardAction: true, RedirectAction: true };
export const forwardOnly: Beside = { ForwardAction: true, RedirectAction: false };
