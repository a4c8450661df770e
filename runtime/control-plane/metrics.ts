// Prometheus metrics of the control plane, fed by its events. A registry of its own: nothing global is touched.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ControlPlane } from './control-plane.ts';

export interface ControlPlaneMetrics {
  /** The Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
  stop(): void;
}

const ackBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

export function collectMetrics(plane: ControlPlane): ControlPlaneMetrics {
  const registry = new Registry();
  const registers = [registry];
  const help = (name: string, text: string) => ({ name: `fairlead_xds_${name}`, help: text, registers });
  const pushes = new Counter({ ...help('pushes_total', 'Responses sent.'), labelNames: ['type', 'variant'] as const });
  const bytes = new Counter({ ...help('sent_bytes_total', 'Bytes of responses sent.'), labelNames: ['type'] as const });
  const nacks = new Counter({ ...help('nacks_total', 'Responses refused.'), labelNames: ['type'] as const });
  const ackSeconds = new Histogram({
    ...help('ack_seconds', 'From a response to its acknowledgement.'),
    labelNames: ['type'] as const,
    buckets: ackBuckets,
  });
  const diagnostics = new Counter({
    ...help('diagnostics_total', 'Diagnostics reported.'),
    labelNames: ['code'] as const,
  });
  new Gauge({
    ...help('connected_proxies', 'Streams open.'),
    collect() {
      this.set(plane.status().length);
    },
  });
  new Gauge({
    name: 'fairlead_certificate_expiry_timestamp_seconds',
    help: 'When the certificate of this kind and name that ends first ends.',
    labelNames: ['kind', 'name'] as const,
    registers,
    collect() {
      this.reset();
      for (const { kind, name, notAfterMs } of earliest(plane)) this.set({ kind, name }, notAfterMs / 1_000);
    },
  });

  const subscriptions = new AbortController();
  const { events } = plane;
  const onSent: Parameters<typeof events.on<'sent'>>[1] = (session, { type }, size) => {
    pushes.inc({ type, variant: session.variant });
    bytes.inc({ type }, size);
  };
  const onAnswered: Parameters<typeof events.on<'answered'>>[1] = (_session, { kind, type }, afterMs) => {
    if (kind === 'nack') nacks.inc({ type });
    else ackSeconds.observe({ type }, afterMs / 1_000);
  };
  const onDiagnostic: Parameters<typeof events.on<'diagnostic'>>[1] = ({ code }) => diagnostics.inc({ code });
  events.on('sent', onSent);
  events.on('answered', onAnswered);
  events.on('diagnostic', onDiagnostic);
  subscriptions.signal.addEventListener('abort', () => {
    events.off('sent', onSent);
    events.off('answered', onAnswered);
    events.off('diagnostic', onDiagnostic);
  });
  return { text: () => registry.metrics(), contentType: registry.contentType, stop: () => subscriptions.abort() };
}

/** Identity certificates share a name; the one that ends first is the one to watch. */
function earliest(plane: ControlPlane): Iterable<ReturnType<ControlPlane['certificateExpiries']>[number]> {
  const byName = new Map<string, ReturnType<ControlPlane['certificateExpiries']>[number]>();
  for (const expiry of plane.certificateExpiries()) {
    const key = `${expiry.kind} ${expiry.name}`;
    const known = byName.get(key);
    if (!known || expiry.notAfterMs < known.notAfterMs) byName.set(key, expiry);
  }
  return byName.values();
}
