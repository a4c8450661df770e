// The HTTP side of admission, apart from listening. Reads a review, has it judged, answers; all judgement is elsewhere.
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyServerOptions } from 'fastify';
import type { Phase } from './admission/decide.ts';
import { parseReview, refusal, renderReview } from './admission/review.ts';
import { type JudgeOptions, judge } from './judge.ts';
import { type AppLimits, answerErrors, defaultLimits, limitInFlight, sendProblem } from './limits.ts';
import { verdictEntry } from './log.ts';
import { makeMetrics, type Metrics } from './metrics.ts';

export interface AppOptions extends JudgeOptions {
  readonly limits?: Partial<AppLimits>;
  /** What stands in the way of being ready; undefined if nothing does. */
  readonly notReady: () => string | undefined;
  readonly secondsToExpiry?: () => number | undefined;
  /** For HTTPS, and for tests. */
  readonly server?: FastifyServerOptions & { readonly https?: object };
}

export function buildApp(options: AppOptions): FastifyInstance {
  const limits = { ...defaultLimits, ...options.limits };
  const metrics = makeMetrics(options.secondsToExpiry ?? (() => undefined));
  const app = Fastify({ bodyLimit: limits.maxBodyBytes, requestTimeout: 10_000, ...options.server });
  // As text: parsing is ours, so that garbage gets an answer of ours.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  limitInFlight(app, limits, metrics);
  answerErrors(app, limits, metrics, options.log);
  for (const route of reviewRoutes) {
    app.post(route.path, ({ query, body }, reply) =>
      answerReview({ route, query, body }, reply, { options, limits, metrics }),
    );
  }
  addProbes(app, options, metrics);
  return app;
}

interface ReviewRoute {
  readonly path: string;
  readonly phase: Phase;
  readonly isNamespaceInjected: boolean;
}

const reviewRoutes = (['validate', 'mutate'] as const).flatMap((phase): readonly ReviewRoute[] => [
  { path: `/${phase}`, phase, isNamespaceInjected: false },
  // The API server comes here only for namespaces whose label asks for injection: see manifests/.
  { path: `/${phase}/injected-namespace`, phase, isNamespaceInjected: true },
]);

interface Asked {
  readonly route: ReviewRoute;
  readonly query: unknown;
  readonly body: unknown;
}

interface App {
  readonly options: AppOptions;
  readonly limits: AppLimits;
  readonly metrics: Metrics;
}

/** The share of the API server's timeout after which an answer would be a gamble. */
const usableShare = 0.8;

async function answerReview({ route, query, body }: Asked, reply: FastifyReply, { options, limits, metrics }: App) {
  const startedAt = options.now();
  const parsed = parseReview(typeof body === 'string' ? body : '');
  if (!parsed.ok) {
    metrics.recordTurnedAway('invalid');
    if (parsed.uid === undefined) return sendProblem(reply, 400, parsed.diagnostic);
    return renderReview({ uid: parsed.uid }, refusal(parsed.diagnostic));
  }
  const { request } = parsed;
  const { phase, isNamespaceInjected } = route;
  const deadline = startedAt + Math.min(limits.deadlineMs, timeoutOf(query) * usableShare);
  const verdict = await judge({ phase, request, deadline, isNamespaceInjected }, options);
  metrics.recordVerdict(phase, request, verdict, (options.now() - startedAt) / 1000);
  options.log(verdictEntry(phase, request, verdict));
  return renderReview(request, verdict);
}

/** The API server tells its own timeout in the query (`?timeout=10s`). */
function timeoutOf(query: unknown): number {
  const { timeout } = (query ?? {}) as { timeout?: unknown };
  const [, seconds] = /^(\d{1,3})s$/.exec(String(timeout)) ?? [];
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1000;
}

function addProbes(app: FastifyInstance, { notReady }: AppOptions, metrics: Metrics): void {
  app.get('/healthz', () => 'ok\n');
  app.get('/readyz', (_request, reply) => {
    const reason = notReady();
    return reason === undefined ? 'ok\n' : reply.code(503).send(`${reason}\n`);
  });
  app.get('/metrics', async (_request, reply) => {
    reply.header('content-type', metrics.registry.contentType);
    return metrics.registry.metrics();
  });
}
