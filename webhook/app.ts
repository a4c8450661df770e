// The HTTP side of admission, apart from listening. Reads a review, asks decide, answers; all judgement is elsewhere.
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyServerOptions } from 'fastify';
import { decide, type Phase } from './admission/decide.ts';
import type { CheckContext } from './admission/context.ts';
import { type AdmissionRequest, describeObject, type Verdict } from './admission/request.ts';
import { parseReview, refusal, renderReview } from './admission/review.ts';
import { type Diagnostic, makeDiagnostic } from '../compiler/index.ts';
import { makeMetrics } from './metrics.ts';

/** One line of the webhook's log; plain data for whatever writes it. */
export type LogEntry = Readonly<Record<string, unknown>> & { readonly event: string };

export interface AppLimits {
  /** Requests in flight at once; the next is turned away with 429. */
  readonly maxInFlight: number;
  readonly maxBodyBytes: number;
  /** Never wait longer than this before refusing, whatever the API server's own timeout. */
  readonly deadlineMs: number;
}

export const defaultLimits: AppLimits = { maxInFlight: 64, maxBodyBytes: 3 * 1024 * 1024, deadlineMs: 8_000 };

export interface AppOptions {
  /** What verdicts depend on, made anew for each request: namespaces and the mesh change. */
  context(request: AdmissionRequest): Promise<Omit<CheckContext, 'isLate' | 'onFailure' | 'now'>>;
  readonly limits?: Partial<AppLimits>;
  readonly log: (entry: LogEntry) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What stands in the way of being ready; undefined if nothing does. */
  readonly notReady: () => string | undefined;
  readonly secondsToExpiry?: () => number | undefined;
  /** For HTTPS, and for tests. */
  readonly server?: FastifyServerOptions & { readonly https?: object };
}

/** The share of the API server's timeout after which an answer would be a gamble. */
const usableShare = 0.8;

export function buildApp(options: AppOptions): FastifyInstance {
  const limits = { ...defaultLimits, ...options.limits };
  const metrics = makeMetrics(options.secondsToExpiry ?? (() => undefined));
  const app = Fastify({ bodyLimit: limits.maxBodyBytes, requestTimeout: 10_000, ...options.server });
  let inFlight = 0;

  // As text: parsing is ours, so that garbage gets an answer of ours.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'POST') return;
    if (inFlight >= limits.maxInFlight) {
      metrics.recordTurnedAway('overloaded');
      const message = `the webhook already has ${inFlight} requests in flight`;
      await sendProblem(
        reply.header('retry-after', '1'),
        429,
        makeDiagnostic('FL0707', { message, hint: 'try again in a second' }),
      );
      return;
    }
    inFlight++;
    reply.raw.once('close', () => inFlight--);
  });

  app.setErrorHandler((error: { statusCode?: number; code?: string; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      options.log({ event: 'request-failed', error: error.message });
      return sendProblem(
        reply,
        500,
        makeDiagnostic('FL0705', {
          message: 'the request could not be answered',
          hint: 'the log of the webhook has the reason',
        }),
      );
    }
    metrics.recordTurnedAway('invalid');
    const message =
      status === 413
        ? `the request body is larger than ${limits.maxBodyBytes} bytes`
        : `the request cannot be read: ${error.message}`;
    return sendProblem(reply, status, makeDiagnostic('FL0701', { message }));
  });

  const answer = async (
    phase: Phase,
    isNamespaceInjected: boolean,
    query: unknown,
    body: unknown,
    reply: FastifyReply,
  ) => {
    const startedAt = options.now();
    const parsed = parseReview(typeof body === 'string' ? body : '');
    if (!parsed.ok) {
      metrics.recordTurnedAway('invalid');
      if (parsed.uid === undefined) return sendProblem(reply, 400, parsed.diagnostic);
      return renderReview({ uid: parsed.uid }, refusal(parsed.diagnostic));
    }
    const { request } = parsed;
    const deadline = startedAt + Math.min(limits.deadlineMs, timeoutOf(query) * usableShare);
    const verdict = await judge(phase, request, deadline, isNamespaceInjected, options);
    metrics.recordVerdict(phase, request, verdict, (options.now() - startedAt) / 1000);
    logVerdict(options.log, phase, request, verdict);
    return renderReview(request, verdict);
  };
  for (const phase of ['validate', 'mutate'] as const) {
    app.post(`/${phase}`, ({ query, body }, reply) => answer(phase, false, query, body, reply));
    // The API server comes here only for namespaces whose label asks for injection: see manifests/.
    app.post(`/${phase}/injected-namespace`, ({ query, body }, reply) => answer(phase, true, query, body, reply));
  }
  app.get('/healthz', () => 'ok\n');
  app.get('/readyz', (_request, reply) => {
    const reason = options.notReady();
    return reason === undefined ? 'ok\n' : reply.code(503).send(`${reason}\n`);
  });
  app.get('/metrics', async (_request, reply) => {
    reply.header('content-type', metrics.registry.contentType);
    return metrics.registry.metrics();
  });
  return app;
}

/** Whatever happens, a verdict: an answer that never comes says nothing to anybody. */
async function judge(
  phase: Phase,
  request: AdmissionRequest,
  deadline: number,
  isNamespaceInjected: boolean,
  { context, now, log }: AppOptions,
): Promise<Verdict> {
  const onFailure = (check: string, error: unknown) =>
    log({
      event: 'check-failed',
      check,
      uid: request.uid,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  try {
    const gathered = await context(request);
    return decide(phase, request, {
      ...gathered,
      // The API server matched our namespaceSelector, so the label is there, whether or not we know the namespace.
      namespaceLabels: (namespace) => ({
        ...(isNamespaceInjected && namespace === request.namespace && { 'fairlead.dev/injection': 'enabled' }),
        ...gathered.namespaceLabels(namespace),
      }),
      now: new Date(now()),
      isLate: () => now() > deadline,
      onFailure,
    });
  } catch (error) {
    onFailure('context', error);
    const message = `${describeObject(request)} is refused, for what it must be judged by could not be gathered`;
    return refusal(makeDiagnostic('FL0705', { message, hint: 'the log of the webhook has the reason' }));
  }
}

/** The API server tells its own timeout in the query (`?timeout=10s`). */
function timeoutOf(query: unknown): number {
  const { timeout } = (query ?? {}) as { timeout?: unknown };
  const [, seconds] = /^(\d{1,3})s$/.exec(String(timeout)) ?? [];
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1000;
}

function sendProblem(reply: FastifyReply, status: number, diagnostic: Diagnostic): FastifyReply {
  const { code, message, hint } = diagnostic;
  return reply.code(status).send({ code, message, ...(hint !== undefined && { hint }) });
}

/** Names and verdicts only: objects may hold secrets. */
function logVerdict(log: AppOptions['log'], phase: Phase, request: AdmissionRequest, verdict: Verdict): void {
  log({
    event: 'verdict',
    phase,
    uid: request.uid,
    operation: request.operation,
    object: describeObject(request),
    user: request.username,
    allowed: verdict.allowed,
    codes: verdict.findings.map((f) => f.diagnostic.code),
    ...(verdict.patch && { patched: verdict.patch.length }),
    ...(request.dryRun && { dryRun: true }),
    ...verdict.audit,
  });
}
