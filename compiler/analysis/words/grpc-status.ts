// The status of a request by gRPC: how logs write it, what it is called, and what a proxy or an application says with it.
import { grpcDeadlineExceeded, grpcStatusOf } from '../../model/index.ts';

/** By number. https://grpc.io/docs/guides/status-codes/ */
const names = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'],
  ...['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED'],
  ...['INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'],
];

/** Envoy writes a number, `PERMISSION_DENIED` or `PermissionDenied`, as the format asks for it. */
export function grpcStatusIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (/^-?\d+$/.test(value)) return Number(value);
  const plain = (name: string) => name.replaceAll('_', '').toUpperCase();
  const found = names.findIndex((name) => plain(name) === plain(value));
  return found < 0 ? undefined : found;
}

/** `grpc-status 7 (PERMISSION_DENIED)`. */
export function nameGrpcStatus(status: number): string {
  const name = names[status];
  return name === undefined ? `grpc-status ${status}` : `grpc-status ${status} (${name})`;
}

/** What proxies mean by it: of the answers that they give to HTTP, those that come to this. */
const meanings: readonly (readonly [http: readonly number[], text: string])[] = [
  [[403], 'refused, as 403 in HTTP'],
  [[404], 'no route, as 404 in HTTP, or no such method'],
  [[502, 503, 504], 'nobody there to answer, or not in time, as 502, 503 and 504 in HTTP'],
  [[400], 'not what was expected, as 400 in HTTP'],
  [[401], 'no identity, as 401 in HTTP'],
];

/** Undefined of what only applications say. */
export function meaningOf(grpcStatus: number): string | undefined {
  if (grpcStatus === grpcDeadlineExceeded) return 'the time that the caller gave in grpc-timeout passed';
  return meanings.find(([http]) => http.some((status) => grpcStatusOf(status) === grpcStatus))?.[1];
}
