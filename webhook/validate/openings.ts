// What a candidate would open or close for whom, in one line each: the review of a pull request, at admission.
import { makeDiagnostic, type Mesh, type ReviewRow, reviewMeshes } from '../../compiler/index.ts';
import type { Finding } from '../admission/request.ts';

/** Beyond this many services the comparison would take too large a part of the time an API server waits. */
const maxServices = 1000;

/** Warnings, the most severe first; what merely moves traffic is left to the review of the pull request. */
export function describeOpenings(base: Mesh, head: Mesh): readonly Finding[] {
  if (head.services.length > maxServices) return [];
  return reviewMeshes(base, head)
    .rows.filter(isOpeningOrClosing)
    .map(({ title, witness }) => {
      const message = witness ? `${title}, such as ${witness.text}` : title;
      return { diagnostic: makeDiagnostic('FL0711', { message }) };
    });
}

function isOpeningOrClosing({ kind, effect, severity }: ReviewRow): boolean {
  const isAccess = kind === 'access' || kind === 'exposure' || kind === 'egress' || kind === 'mtls';
  return severity === 'high' || (isAccess && effect === 'lost');
}
