// Probes and hooks that the kubelet sends would meet mutual TLS and access rules. They go to the proxy's status port instead, which asks the application.
import type { PatchOperation } from '../admission/request.ts';
import type { Action, Container, HttpGet, Pod, Probe } from './pod.ts';

/** A probe as the application wants it, and the path on the status port that stands for it. */
export interface RewrittenProbe {
  /** Such as `/app-health/shoes/readyz`. */
  readonly path: string;
  readonly check:
    | { readonly kind: 'http'; readonly port: number; readonly path: string; readonly tls: boolean }
    | { readonly kind: 'tcp'; readonly port: number }
    | { readonly kind: 'grpc'; readonly port: number; readonly service: string };
}

export interface ProbeRewriting {
  readonly probes: readonly RewrittenProbe[];
  /** Whole probes are replaced: one operation each, and the patch shows the result. */
  readonly patch: readonly PatchOperation[];
}

const probeNames = { livenessProbe: 'livez', readinessProbe: 'readyz', startupProbe: 'startupz' } as const;
const hookNames = { postStart: 'poststart', preStop: 'prestop' } as const;

export function rewriteProbes(pod: Pod, statusPort: number): ProbeRewriting {
  const probes: RewrittenProbe[] = [];
  const patch: PatchOperation[] = [];
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [i, container] of (pod.spec?.[list] ?? []).entries()) {
      for (const { at, path, action } of actionsOf(container)) {
        const check = readCheck(action, container);
        if (!check) continue;
        probes.push({ path, check });
        patch.push({ op: 'replace', path: `/spec/${list}/${i}/${at}`, value: redirected(action, path, statusPort) });
      }
    }
  }
  return { probes, patch };
}

function actionsOf(container: Container): { at: string; path: string; action: Action }[] {
  const found: { at: string; path: string; action: Action }[] = [];
  for (const [field, name] of Object.entries(probeNames) as [keyof typeof probeNames, string][]) {
    const action = container[field];
    if (action) found.push({ at: field, path: `/app-health/${container.name}/${name}`, action });
  }
  for (const [field, name] of Object.entries(hookNames) as [keyof typeof hookNames, string][]) {
    const action = container.lifecycle?.[field];
    if (action) found.push({ at: `lifecycle/${field}`, path: `/app-lifecycle/${container.name}/${name}`, action });
  }
  return found;
}

/** Undefined for what needs no rewriting (exec), or names another host or a port nobody declared: that stays as it is. */
function readCheck({ httpGet, tcpSocket, grpc }: Action, container: Container): RewrittenProbe['check'] | undefined {
  if (httpGet) {
    const port = resolvePort(httpGet.port, container);
    if (port === undefined || httpGet.host) return undefined;
    return { kind: 'http', port, path: absolute(httpGet.path), tls: httpGet.scheme?.toUpperCase() === 'HTTPS' };
  }
  if (tcpSocket) {
    const port = resolvePort(tcpSocket.port, container);
    return port === undefined || tcpSocket.host ? undefined : { kind: 'tcp', port };
  }
  return grpc ? { kind: 'grpc', port: grpc.port, service: grpc.service ?? '' } : undefined;
}

function resolvePort(port: number | string, container: Container): number | undefined {
  if (typeof port === 'number') return port;
  return (container.ports ?? []).find((p) => p.name === port)?.containerPort;
}

function absolute(path: string | undefined): string {
  return path === undefined || path === '' ? '/' : path.startsWith('/') ? path : `/${path}`;
}

/** Thresholds, delays and headers stay; only where the kubelet asks changes. */
function redirected(action: Action | Probe, path: string, port: number): Probe {
  const { httpGet, tcpSocket: _tcp, grpc: _grpc, ...kept } = action;
  const { httpHeaders } = (httpGet ?? {}) as HttpGet;
  return { ...kept, httpGet: { path, port, ...(httpHeaders && { httpHeaders }) } };
}
