// From a request to its verdict: gathers what the checks depend on, and asks them. Knows neither HTTP nor AdmissionReviews.
import { makeDiagnostic } from '../compiler/index.ts';
import { decide, type Phase } from './admission/decide.ts';
import { type AdmissionRequest, describeObject, type Verdict } from './admission/request.ts';
import { refusal } from './admission/review.ts';
import { checks, type WebhookContext } from './checks.ts';
import { failureEntry, type Log } from './log.ts';

export interface JudgeOptions {
  /** What verdicts depend on, made anew for each request: namespaces and the mesh change. */
  context(request: AdmissionRequest): Promise<Omit<WebhookContext, 'isLate' | 'onFailure' | 'now'>>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface Question {
  readonly phase: Phase;
  readonly request: AdmissionRequest;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** The API server asks here only for namespaces whose label asks for injection. */
  readonly isNamespaceInjected: boolean;
}

/** Whatever happens, a verdict: an answer that never comes says nothing to anybody. */
export async function judge(question: Question, { context, now, log }: JudgeOptions): Promise<Verdict> {
  const { phase, request, deadline, isNamespaceInjected } = question;
  const onFailure = (check: string, error: unknown) => log(failureEntry(check, request, error));
  try {
    const gathered = await context(request);
    return decide(checks[phase], request, {
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
