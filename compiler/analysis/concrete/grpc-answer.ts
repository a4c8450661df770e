// What a caller by gRPC gets where a proxy answers itself: 200, and the status in `grpc-status` (model/grpc-reply.ts).
// Here alone is said which answers are a proxy's own, of which proxy, and which stay as they are.
import { grpcDeadlineExceeded, grpcStatusOf, isGrpcType, type TestRequest } from '../../model/index.ts';
import { asSent, forwardedSources, readHeaders } from '../fields/header-source.ts';
import type { Call, Verdict } from '../verdict.ts';
import { noTime, refusedRequest } from './refused-request.ts';

type Answer = Omit<Verdict, 'steps'>;

/** The verdict as HTTP would have it, told as this request gets it. */
export function answerTo<V extends Answer>(verdict: V, request: TestRequest, version?: Call['version']): V {
  const { status } = verdict;
  const by = answeringProxy(verdict);
  if (status === undefined || by === undefined || request.scheme === 'tcp') return verdict;
  if (verdict.reason === 'request' && !isRefusedOnceRead(request, status, version)) return verdict;
  if (!isGrpc(request, by === 'server' ? verdict.headers : undefined)) return verdict;
  return { ...verdict, status: 200, grpcStatus: grpcStatusFor(verdict, status) };
}

/** `first`: the one that the request comes to first. A server's own judges it as the route of that one has left it. */
function answeringProxy({ outcome, reason, shares }: Answer): 'first' | 'server' | undefined {
  switch (outcome) {
    case 'allowed':
    // CORS answers a preflight itself, in HTTP whatever it is about.
    case 'answered':
      return undefined;
    case 'denied':
      return shares.length === 0 || reason === 'mtls' || reason === 'egress' ? 'first' : 'server';
    case 'redirect':
    case 'aborted':
    case 'unavailable':
      return 'first';
  }
}

/** What cannot be read is answered by who parses it, before anybody knows of what type it is. */
function isRefusedOnceRead(request: TestRequest, status: number, version: Call['version']): boolean {
  return refusedRequest(request, version)?.isRead ?? status !== 400;
}

function isGrpc({ headers }: TestRequest, edits: Verdict['headers']): boolean {
  const edit = edits?.request;
  const names = edit ? [...Object.keys(edit.set), ...Object.keys(edit.add)] : [];
  const { 'content-type': type } = readHeaders(headers, edit ? forwardedSources(asSent, edit) : asSent, names);
  return [type ?? []].flat().some(isGrpcType);
}

function grpcStatusFor({ reason }: Answer, status: number): number {
  return reason === 'request' && status === noTime.status ? grpcDeadlineExceeded : grpcStatusOf(status);
}
