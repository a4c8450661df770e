// Passes the bytes of one connection to an endpoint and back, both ways with back-pressure and half-closing.
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { peerCertificate } from '../upstream/connector.ts';
import type { UpstreamHost } from '../upstream/host.ts';
import { addFlag, type ConnectionInfo, type StreamInfo } from '../http/stream-info.ts';
import type { RuntimeContext } from '../runtime-context.ts';
import type { TcpProxy } from './listener-settings.ts';
import { onSilence } from '../../timers.ts';

export function proxyConnection(
  downstream: Socket,
  connection: ConnectionInfo,
  proxy: TcpProxy,
  context: RuntimeContext,
): void {
  const info = newInfo(connection, context);
  const finish = once(() => {
    info.endedAt = performance.now();
    context.stats.onConnection(info);
    for (const log of proxy.accessLogs) log(info);
  });
  downstream.on('error', () => {});
  downstream.once('close', finish);
  const name = proxy.choose(context.random());
  const cluster = name === undefined ? undefined : context.cluster(name);
  if (name !== undefined) info.upstreamCluster = name;
  if (!cluster) {
    refuse(downstream, info, 'NC');
    return;
  }
  const attempt = (left: number): void => {
    const host = cluster.pick();
    if (!host) {
      refuse(downstream, info, 'UH');
      return;
    }
    info.attempts++;
    info.upstreamHost = host.label;
    info.upstreamMetadata = host.spec.metadata;
    host.requests++;
    host.connect((error, upstream) => {
      if (downstream.destroyed) return void upstream?.destroy();
      if (upstream) {
        pump(downstream, upstream, host, info);
        closeWhenIdle(downstream, upstream, proxy.idleTimeoutMs);
        return;
      }
      host.failures++;
      info.upstreamFailure = error?.message ?? '';
      if (left > 1) attempt(left - 1);
      else refuse(downstream, info, 'UF');
    });
  };
  attempt(proxy.connectAttempts);
}

/** A connection that network RBAC denied is logged as its chain logs; it took no time and carried nothing. */
export function logDenied(details: string, connection: ConnectionInfo, proxy: TcpProxy, context: RuntimeContext): void {
  const info: StreamInfo = {
    ...newInfo(connection, context),
    startedAt: 0,
    endedAt: 0,
    responseCodeDetails: details,
    connectionTerminationDetails: details,
  };
  for (const log of proxy.accessLogs) log(info);
}

function newInfo(connection: ConnectionInfo, context: RuntimeContext): StreamInfo {
  return {
    connection,
    startTime: context.clock(),
    startedAt: performance.now(),
    responseCode: 0,
    flags: [],
    bytesReceived: 0,
    bytesSent: 0,
    attempts: 0,
  };
}

export function refuse(downstream: Socket, info: StreamInfo, flag: string): void {
  addFlag(info, flag);
  downstream.destroy();
}

function pump(downstream: Socket, upstream: Socket, host: UpstreamHost, info: StreamInfo): void {
  host.active++;
  if ('getPeerX509Certificate' in upstream) {
    const peer = peerCertificate(upstream as TLSSocket);
    if (peer) info.upstreamPeer = peer;
  }
  copy(downstream, upstream, (bytes) => {
    info.bytesReceived += bytes;
  });
  // Only now: what a caller that speaks first sends before the endpoint is connected would be lost.
  downstream.resume();
  copy(upstream, downstream, (bytes) => {
    info.bytesSent += bytes;
  });
  upstream.on('error', () => {});
  upstream.once('close', (hadError) => {
    host.active--;
    // What was received is still delivered; a broken connection is passed on as broken.
    if (hadError) downstream.destroy();
    else downstream.end();
  });
  downstream.once('close', (hadError) => (hadError ? upstream.destroy() : upstream.end()));
  downstream.on('error', () => upstream.destroy());
}

function closeWhenIdle(downstream: Socket, upstream: Socket, idleTimeoutMs: number): void {
  if (idleTimeoutMs <= 0) return;
  for (const socket of [downstream, upstream]) {
    onSilence(socket, idleTimeoutMs, () => {
      downstream.destroy();
      upstream.destroy();
    });
  }
}

function copy(from: Socket, to: Socket, count: (bytes: number) => void): void {
  from.on('data', (chunk: Buffer) => {
    count(chunk.length);
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
}

function once(task: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) task();
    isDone = true;
  };
}
