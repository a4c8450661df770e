// Counters of the proxy, for Prometheus. Names and labels that dashboards made for Istio can read.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ConnectionManager } from './http/connection-manager.ts';
import type { StreamInfo } from './http/stream-info.ts';

export interface OwnWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly identity: string;
}

const labelNames = [
  'reporter',
  'source_workload',
  'source_workload_namespace',
  'source_principal',
  'destination_workload',
  'destination_workload_namespace',
  'destination_principal',
  'destination_service',
  'request_protocol',
  'response_code',
  'response_flags',
  'connection_security_policy',
] as const;

const buckets = [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000];

export class ProxyStats {
  readonly registry = new Registry();
  readonly #own: OwnWorkload;
  readonly #requests = this.#counter(
    'istio_requests_total',
    'Requests, by who called whom and how it ended',
    labelNames,
  );
  readonly #durations = new Histogram({
    name: 'istio_request_duration_milliseconds',
    help: 'Time from the first byte of a request to the last byte of its answer',
    labelNames: ['reporter', 'destination_service', 'response_code'],
    buckets,
    registers: [this.registry],
  });
  readonly #tcpOpened = this.#counter('istio_tcp_connections_opened_total', 'TCP connections', labelNames);
  readonly #tcpReceived = this.#counter('istio_tcp_received_bytes_total', 'Bytes from callers', labelNames);
  readonly #tcpSent = this.#counter('istio_tcp_sent_bytes_total', 'Bytes to callers', labelNames);
  readonly #responses = this.#counter('envoy_http_downstream_rq_xx', 'Answers by class', [
    'envoy_response_code_class',
    'envoy_http_conn_manager_prefix',
  ]);
  readonly #upstream = this.#counter('envoy_cluster_upstream_rq_total', 'Requests by cluster', ['envoy_cluster_name']);
  readonly #retries = this.#counter('envoy_cluster_upstream_rq_retry', 'Retries by cluster', ['envoy_cluster_name']);
  readonly #denied = this.#counter('envoy_rbac_denied', 'Requests and connections that RBAC denied', []);
  readonly #tlsRefused = this.#counter('envoy_listener_ssl_fail_verify', 'Callers whose certificate was refused', []);
  readonly #updates = this.#counter('envoy_control_plane_updates', 'Configuration updates', ['type', 'result']);
  readonly connected = new Gauge({
    name: 'envoy_control_plane_connected_state',
    help: '1 while the stream to the control plane is up',
    registers: [this.registry],
  });

  constructor(own: OwnWorkload) {
    this.#own = own;
  }

  #counter<T extends string>(name: string, help: string, labels: readonly T[]): Counter<T> {
    return new Counter({ name, help, labelNames: labels, registers: [this.registry] });
  }

  onRequest(info: StreamInfo, manager: ConnectionManager): void {
    const code = String(info.responseCode);
    const labels = { ...this.#peers(info), request_protocol: 'http', response_code: code };
    this.#requests.inc(labels);
    this.#durations.observe(
      { reporter: labels.reporter, destination_service: labels.destination_service, response_code: code },
      (info.endedAt ?? info.startedAt) - info.startedAt,
    );
    this.#responses.inc({
      envoy_response_code_class: code.charAt(0),
      envoy_http_conn_manager_prefix: manager.statPrefix,
    });
    if (info.responseCodeDetails?.startsWith('rbac_access_denied')) this.#denied.inc();
    if (info.upstreamCluster === undefined || info.attempts === 0) return;
    this.#upstream.inc({ envoy_cluster_name: info.upstreamCluster }, info.attempts);
    if (info.attempts > 1) this.#retries.inc({ envoy_cluster_name: info.upstreamCluster }, info.attempts - 1);
  }

  onConnection(info: StreamInfo): void {
    const labels = { ...this.#peers(info), request_protocol: 'tcp', response_code: '' };
    this.#tcpOpened.inc(labels);
    this.#tcpReceived.inc(labels, info.bytesReceived);
    this.#tcpSent.inc(labels, info.bytesSent);
  }

  /** By network RBAC; what HTTP RBAC denies is seen by `onRequest`. */
  onConnectionDenied(): void {
    this.#denied.inc();
  }

  onTlsRefused(): void {
    this.#tlsRefused.inc();
  }

  onUpdate(type: string, result: 'accepted' | 'rejected'): void {
    this.#updates.inc({ type, result });
  }

  /** Who called whom: as the callee sees it on inbound clusters, as the caller sees it elsewhere. */
  #peers(info: StreamInfo) {
    const own = { workload: this.#own.name, namespace: this.#own.namespace, principal: this.#own.identity };
    const cluster = info.upstreamCluster ?? '';
    const isInbound = cluster.startsWith('inbound|') || (cluster === '' && info.connection.peer !== undefined);
    const other = isInbound ? caller(info) : callee(info);
    const [source, destination] = isInbound ? [other, own] : [own, other];
    return {
      reporter: isInbound ? 'destination' : 'source',
      source_workload: source.workload,
      source_workload_namespace: source.namespace,
      source_principal: source.principal,
      destination_workload: destination.workload,
      destination_workload_namespace: destination.namespace,
      destination_principal: destination.principal,
      destination_service: isInbound
        ? (info.head?.authority.replace(/:\d+$/, '') ?? own.workload)
        : (cluster.split('|')[3] ?? cluster),
      response_flags: info.flags.length > 0 ? info.flags.join(',') : '-',
      connection_security_policy: isInbound ? (info.connection.peer ? 'mutual_tls' : 'none') : 'unknown',
    };
  }
}

const spiffe = /^spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/([^/]+)$/;

/** The caller as its certificate says. The account stands in for the workload, whose name no certificate holds. */
function caller(info: StreamInfo) {
  const principal = info.connection.peer?.uriSans[0] ?? 'unknown';
  const [, namespace = 'unknown', workload = 'unknown'] = spiffe.exec(principal) ?? [];
  return { workload, namespace, principal };
}

/** The callee as the endpoint's metadata says (Istio's form), or else as the cluster is named. */
function callee(info: StreamInfo) {
  const metadata = info.upstreamMetadata?.istio as { workload?: string } | undefined;
  const [name, namespaceOf] = metadata?.workload?.split(';') ?? [];
  const host = (info.upstreamCluster ?? '').split('|')[3] ?? '';
  const [service, namespace] = host.endsWith('.svc.cluster.local') ? host.split('.') : [];
  return {
    workload: name ?? service ?? 'unknown',
    namespace: namespaceOf ?? namespace ?? 'unknown',
    principal: info.upstreamPeer?.uriSans[0] ?? 'unknown',
  };
}
