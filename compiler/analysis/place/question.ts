// What is asked before method, path and headers have a part, and the places that it may lead to.
import type { HttpRoute, Origin, RedirectAction, TestRequest } from '../../model/index.ts';
import type { Extensions } from '../fields/method.ts';
import type { Call, Share, Step, Verdict } from '../verdict.ts';
import type { Caller } from './caller.ts';
import type { Destination } from './settle-share.ts';

/** What of a request is known before its method, path and headers. */
export interface Question extends Omit<Call, 'request' | 'version'> {
  readonly request: Pick<TestRequest, 'scheme' | 'host' | 'port'>;
  /** Absent: over HTTP/1.1 alone. */
  readonly extensions?: Extensions;
}

export type Redirection = Pick<RedirectAction, 'path' | 'host' | 'scheme' | 'port'>;

/** `final`: nothing of the request matters any more. `routes`: HTTP routes decide. `forward`: the workloads' gates do. */
export type Place = { readonly steps: readonly Step[] } & (
  | ({
      readonly kind: 'final';
      readonly shares?: readonly Share[];
      /** A proxy reads the request on its way to where no proxy is. */
      readonly isRead?: boolean;
    } & Pick<Verdict, 'outcome' | 'reason' | 'isWithoutCaller' | 'status'>)
  | { readonly kind: 'redirect'; readonly status: number; readonly redirect: Redirection; readonly origin: Origin }
  | { readonly kind: 'routes'; readonly caller: Caller; readonly routes: readonly HttpRoute[]; readonly origin: Origin }
  | {
      readonly kind: 'forward';
      readonly caller: Caller;
      readonly destinations: readonly Destination[];
      readonly isHttp: boolean;
    }
);
