// `mirror` of a route: any number of copies, in the order written.
import { lowerShare } from '../amounts.ts';
import { lowerDestination } from '../destinations.ts';
import { type Feature, forwardOnly } from './feature.ts';

export const mirror: Feature<'Mirror'> = {
  kind: 'Mirror',
  beside: forwardOnly,
  lower: (route, owner, context) =>
    route.list('mirror').flatMap((written) => {
      const to = written.get('to');
      const place = to && lowerDestination(to, owner, context);
      const percentage = lowerShare(written.get('on'), context);
      return place ? [{ kind: 'Mirror', origin: written.origin, ...place, percentage }] : [];
    }),
};
