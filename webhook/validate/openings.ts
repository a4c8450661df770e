// What a candidate would open or close for whom, in one line each: the review of a pull request, at admission.
import { describeNotAnalysed, makeDiagnostic, type Mesh, type ReviewRow, reviewMeshes } from '../../compiler/index.ts';
import type { Finding } from '../admission/request.ts';

/** Beyond this many services the comparison would take too large a part of the time an API server waits. */
const maxServices = 1000;

/** Warnings, the most severe first, after a refusal for each host of which nobody can tell; what merely moves traffic is left to the review of the pull request. */
export function describeOpenings(base: Mesh, head: Mesh): readonly Finding[] {
  if (head.services.length > maxServices) return [];
  const { rows, notAnalysed } = reviewMeshes(base, head);
  const unknown = notAnalysed.map((one) => {
    const message = describeNotAnalysed(one);
    // That is no fault of what is asked.
    if (one.dimension === undefined) return { diagnostic: makeDiagnostic('FL0711', { message }) };
    // Or else nobody could ever make it simpler.
    if (!one.isHeadTooWide())
      return { diagnostic: makeDiagnostic('FL0711', { message: `${message}; from now on it can be analysed` }) };
    const hint = 'ask for less at once: fewer, or simpler, conditions on it in the routes and access rules of the host';
    return { diagnostic: makeDiagnostic('FL0712', { message, hint }) };
  });
  const known = rows.filter(isOpeningOrClosing).map(({ title, witness }) => {
    const message = witness ? `${title}, such as ${witness.text}` : title;
    return { diagnostic: makeDiagnostic('FL0711', { message }) };
  });
  return [...unknown, ...known];
}

function isOpeningOrClosing({ kind, effect, severity }: ReviewRow): boolean {
  const isAccess = kind === 'access' || kind === 'exposure' || kind === 'egress' || kind === 'mtls';
  return severity === 'high' || (isAccess && effect === 'lost' && severity !== 'low');
}
