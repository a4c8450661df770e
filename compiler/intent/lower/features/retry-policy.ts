// `retries` of a route. Every route that forwards has them: what is not written comes from the Mesh.
import { formatDuration, type RetrySettings } from '../../../model/index.ts';
import type { Cursor } from '../../../syntax/index.ts';
import type { RetriesIntent } from '../../kinds.ts';
import { parseDuration } from '../../units.ts';
import type { LowerContext } from '../context.ts';
import { timeoutOf } from '../forward.ts';
import { type Feature, forwardOnly } from './feature.ts';

export const retryPolicy: Feature<'RetryPolicy'> = {
  kind: 'RetryPolicy',
  beside: forwardOnly,
  lower(route, _owner, context) {
    const retries = route.get('retries');
    const settings = retries
      ? lowerRetries(retries, timeoutOf(route, context), context)
      : context.global.settings.retries;
    return [{ kind: 'RetryPolicy', origin: retries?.origin ?? route.origin, ...settings }];
  },
};

function lowerRetries(retries: Cursor<RetriesIntent>, timeoutMs: number, context: LowerContext): RetrySettings {
  const defaults = context.global.settings.retries;
  const perTry = retries.get('perTryTimeout');
  const perTryTimeoutMs = perTry ? parseDuration(perTry.value) : defaults.perTryTimeoutMs;
  if (perTry && timeoutMs > 0 && perTryTimeoutMs > timeoutMs) {
    context.report('FL0413', {
      message: `a try may take ${perTry.value}, longer than the whole request with ${formatDuration(timeoutMs)}`,
      span: perTry.origin,
      hint: 'lower perTryTimeout, or raise the timeout of the route',
    });
  }
  return {
    attempts: retries.value.attempts ?? defaults.attempts,
    perTryTimeoutMs,
    on: retries.value.on ?? defaults.on,
  };
}
