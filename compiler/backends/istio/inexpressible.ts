// Conditions of the model that Istio's API has no field for, at the place where the model has them.
import type { Report } from '../../diagnostics/index.ts';
import { type Condition, fieldName, type Origin } from '../../model/index.ts';

/** `place` is where the condition stands, such as `a match of a route`. What is left out because of it is the caller's business. */
export function reportInexpressible(condition: Condition, place: string, origin: Origin, report: Report): void {
  const which = condition.not ? 'negative condition' : 'condition';
  report('FL0516', {
    message: `Istio has no words for this ${which} on the ${fieldName(condition)} in ${place}`,
    span: origin,
    hint: 'say it with conditions that Istio has there, or drop it',
  });
}
