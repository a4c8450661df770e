// How much the webhook takes on at once, and how it turns away what is more than that or cannot be read.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Diagnostic, makeDiagnostic } from '../compiler/index.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

export interface AppLimits {
  /** Requests in flight at once; the next is turned away with 429. */
  readonly maxInFlight: number;
  readonly maxBodyBytes: number;
  /** Never wait longer than this before refusing, whatever the API server's own timeout. */
  readonly deadlineMs: number;
}

export const defaultLimits: AppLimits = { maxInFlight: 64, maxBodyBytes: 3 * 1024 * 1024, deadlineMs: 8_000 };

/** Counts requests with a body; those for health and metrics are always let in. */
export function limitInFlight(app: FastifyInstance, { maxInFlight }: AppLimits, metrics: Metrics): void {
  let inFlight = 0;
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'POST') return;
    if (inFlight >= maxInFlight) {
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
}

interface HttpError {
  readonly statusCode?: number;
  readonly message: string;
}

/** Every error gets a body of ours; what went wrong inside is for the log, not for the caller. */
export function answerErrors(app: FastifyInstance, limits: AppLimits, metrics: Metrics, log: Log): void {
  app.setErrorHandler((error: HttpError, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      log({ event: 'request-failed', error: error.message });
      return sendProblem(reply, 500, internalProblem());
    }
    metrics.recordTurnedAway('invalid');
    const message =
      status === 413
        ? `the request body is larger than ${limits.maxBodyBytes} bytes`
        : `the request cannot be read: ${error.message}`;
    return sendProblem(reply, status, makeDiagnostic('FL0701', { message }));
  });
}

function internalProblem(): Diagnostic {
  return makeDiagnostic('FL0705', {
    message: 'the request could not be answered',
    hint: 'the log of the webhook has the reason',
  });
}

/** For what is no AdmissionReview, and so cannot be answered by one. */
export function sendProblem(reply: FastifyReply, status: number, diagnostic: Diagnostic): FastifyReply {
  const { code, message, hint } = diagnostic;
  return reply.code(status).send({ code, message, ...(hint !== undefined && { hint }) });
}
