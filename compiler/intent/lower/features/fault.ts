// `fault` of a route.
import { lowerShare, positiveDuration } from '../amounts.ts';
import { type Feature, forwardOnly } from './feature.ts';

export const fault: Feature<'Fault'> = {
  kind: 'Fault',
  beside: forwardOnly,
  lower(route, _owner, context) {
    const written = route.get('fault');
    if (!written) return [];
    const delay = written.get('delay');
    const abort = written.get('abort');
    return [
      {
        kind: 'Fault',
        origin: written.origin,
        ...(delay && {
          delay: {
            durationMs: positiveDuration(delay.get('for'), context),
            percentage: lowerShare(delay.get('on'), context),
          },
        }),
        ...(abort && { abort: { status: abort.value.status, percentage: lowerShare(abort.get('on'), context) } }),
      },
    ];
  },
};
