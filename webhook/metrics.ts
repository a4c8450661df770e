// What the webhook counts, in a registry of its own: two webhooks in one process do not mix.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AdmissionRequest, Verdict } from './admission/request.ts';
import type { Phase } from './admission/decide.ts';

export interface Metrics {
  readonly registry: Registry;
  recordVerdict(phase: Phase, request: AdmissionRequest, verdict: Verdict, seconds: number): void;
  /** A request that never became one: garbage, or turned away. */
  recordTurnedAway(reason: 'invalid' | 'overloaded'): void;
}

/** `secondsToExpiry` is asked at each scrape; undefined where there is no certificate (a plain listener in tests). */
export function makeMetrics(secondsToExpiry: () => number | undefined): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'fairlead_webhook_requests_total',
    help: 'Admission requests judged.',
    labelNames: ['phase', 'kind', 'operation', 'allowed'],
    registers,
  });
  const seconds = new Histogram({
    name: 'fairlead_webhook_request_seconds',
    help: 'Time from the whole request to its verdict.',
    labelNames: ['phase'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const denials = new Counter({
    name: 'fairlead_webhook_denials_total',
    help: 'Errors found, by policy and by code.',
    labelNames: ['policy', 'code'],
    registers,
  });
  const turnedAway = new Counter({
    name: 'fairlead_webhook_turned_away_total',
    help: 'Requests that were not judged.',
    labelNames: ['reason'],
    registers,
  });
  new Gauge({
    name: 'fairlead_webhook_certificate_expiry_seconds',
    help: 'Seconds until the serving certificate expires.',
    registers,
    collect() {
      const left = secondsToExpiry();
      if (left !== undefined) this.set(left);
    },
  });
  return {
    registry,
    recordVerdict(phase, request, verdict, elapsed) {
      requests.inc({
        phase,
        kind: boundedKind(request),
        operation: request.operation,
        allowed: String(verdict.allowed),
      });
      seconds.observe({ phase }, elapsed);
      for (const { diagnostic, policy } of verdict.findings) {
        if (diagnostic.severity === 'error') denials.inc({ policy: policy ?? 'none', code: diagnostic.code });
      }
    },
    recordTurnedAway: (reason) => turnedAway.inc({ reason }),
  };
}

/** Labels must not grow with what clients send: only the groups we judge are told apart. */
function boundedKind({ group, kind }: AdmissionRequest): string {
  const isKnown = group === 'fairlead.dev' || group.endsWith('.istio.io') || (group === '' && kind === 'Pod');
  return isKnown && /^[A-Za-z]{1,40}$/.test(kind) ? kind : 'other';
}
