// Copies of a request whose answers are thrown away.
import { errors } from 'undici';
import type { Dispatcher } from 'undici';
import type { Mirror } from './route.ts';
import type { RoutedStream } from './routed-stream.ts';

/** `body` is undefined for one that was too long to keep: Envoy then sends no copy, and neither do we. */
export function sendMirrors(mirrors: readonly Mirror[], stream: RoutedStream, body: Buffer | undefined): void {
  if (!body) return;
  for (const mirror of mirrors) sendMirror(mirror, stream, body);
}

function sendMirror(mirror: Mirror, { context, head }: RoutedStream, body: Buffer): void {
  const cluster = context.cluster(mirror.cluster);
  const host = cluster?.pick();
  if (!cluster || !host) return;
  const headers = ['host', mirrorHost(mirror, head.authority)];
  for (const part of head.headers.flat) headers.push(part);
  let isOver = false;
  const over = () => {
    if (isOver) return;
    isOver = true;
    cluster.active--;
    host.active--;
  };
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart() {},
    onResponseStart() {},
    onResponseData(controller) {
      // The head is all a mirror is for; a long answer must not cost anything.
      controller.abort(new errors.RequestAbortedError());
    },
    onResponseEnd: over,
    onResponseError: over,
  };
  cluster.active++;
  host.active++;
  try {
    const method = head.method as Dispatcher.HttpMethod;
    host.dispatcher.dispatch(
      { path: head.path, method, headers, body: body.length ? body : null, idempotent: true },
      handler,
    );
  } catch {
    over();
  }
}

/** Envoy marks the copy: `shop.example-shadow`, before a port. */
export function mirrorHost(mirror: Mirror, authority: string): string {
  const host = mirror.hostRewrite || authority;
  if (!mirror.hasShadowSuffix) return host;
  const port = /:\d+$/.exec(host);
  return port ? `${host.slice(0, port.index)}-shadow${port[0]}` : `${host}-shadow`;
}
