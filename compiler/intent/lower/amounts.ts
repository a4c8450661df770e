// Durations and shares, where some of what can be written would mean nothing.
import type { Cursor } from '../../syntax/index.ts';
import { serviceDefaults } from '../defaults.ts';
import { parseDuration, parsePercent } from '../units.ts';
import type { LowerContext } from './context.ts';

/** Milliseconds, for durations where zero would mean nothing. */
export function positiveDuration(duration: Cursor<string> | undefined, { report }: LowerContext): number {
  const milliseconds = parseDuration(duration?.value ?? '');
  if (milliseconds === 0)
    report('FL0410', {
      message: `"${duration?.value}" is no time at all`,
      span: duration?.origin,
      hint: 'at least 1ms',
    });
  return milliseconds;
}

/** Per cent of the requests: all of them unless a share is written. */
export function lowerShare(on: Cursor<string> | undefined, { report }: LowerContext): number {
  const share = parsePercent(on?.value ?? serviceDefaults.percent);
  if (share > 100) report('FL0411', { message: `"${on?.value}" is over 100%`, span: on?.origin });
  return share;
}
