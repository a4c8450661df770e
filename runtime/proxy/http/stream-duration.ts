// How long a request and its answer may take together: by its route, or by what a gRPC client asks for in `grpc-timeout`.
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (RouteAction.MaxStreamDuration)
import { grpcTimeoutMs } from '../../../compiler/xds.ts';
import { durationMs, type RouteActionJson } from '../types.ts';
import type { HeaderList } from './header-list.ts';

export interface StreamDuration {
  /** 0: none. */
  readonly limitMs: number;
  /** The most that `grpc-timeout` may ask for, 0: anything. Undefined where it is not heard. */
  readonly mostByCallerMs?: number | undefined;
}

interface LimitedRoute {
  readonly action: { readonly kind: string; readonly duration?: StreamDuration | undefined };
}

export function compileStreamDuration(json: RouteActionJson['maxStreamDuration']): StreamDuration | undefined {
  if (!json) return undefined;
  const { maxStreamDuration, grpcTimeoutHeaderMax } = json;
  return {
    limitMs: durationMs(maxStreamDuration, 0),
    mostByCallerMs: grpcTimeoutHeaderMax === undefined ? undefined : durationMs(grpcTimeoutHeaderMax, 0),
  };
}

/** Undefined for a stream that may last. */
export function limitOf(route: LimitedRoute | undefined, headers: HeaderList): number | undefined {
  const duration = route?.action.duration;
  if (!duration) return undefined;
  const { limitMs, mostByCallerMs } = duration;
  const asked = mostByCallerMs === undefined ? undefined : grpcTimeoutMs(headers.get('grpc-timeout') ?? '');
  if (asked === undefined) return limitMs > 0 ? limitMs : undefined;
  return mostByCallerMs ? Math.min(asked, mostByCallerMs) : asked;
}
