// Objects that Fairlead wrote are changed in Git: a change past it would be undone by the next deploy, or worse, would not.
import type { Check, CheckResult } from '../admission/decide.ts';
import { type AdmissionRequest, asRecord, describeObject, metadataOf } from '../admission/request.ts';
import { makeDiagnostic } from '../../compiler/index.ts';

export const managedByLabel = 'app.kubernetes.io/managed-by';
export const breakGlassAnnotation = 'fairlead.dev/break-glass';

/** Namespaces cannot be deleted without these two, whatever is in them. */
const cleaners = [
  'system:serviceaccount:kube-system:namespace-controller',
  'system:serviceaccount:kube-system:generic-garbage-collector',
];

export const provenance: Check = {
  name: 'provenance',
  check(request, { deployIdentity }) {
    if (!isManaged(request) || request.username === deployIdentity || !isChange(request)) return { findings: [] };
    if (request.operation === 'DELETE' && cleaners.includes(request.username)) return { findings: [] };
    const reason = breakGlassReason(request);
    return reason === '' ? refuse(request) : letPass(request, reason);
  },
};

/** What is managed is decided by the object as it stands, or else removing the label would be the way around. */
function isManaged(request: AdmissionRequest): boolean {
  return metadataOf(request.oldObject).labels[managedByLabel] === 'fairlead';
}

/** Controllers may touch bookkeeping (finalizers, owner references, status) of what they do not own. */
function isChange({ operation, object, oldObject }: AdmissionRequest): boolean {
  if (operation === 'DELETE') return true;
  const essence = (o: typeof object) => {
    const { metadata, status: _status, ...rest } = o ?? {};
    const { labels, annotations } = asRecord(metadata);
    return canonical({ ...rest, labels, annotations });
  };
  return essence(object) !== essence(oldObject);
}

/** On a delete there is no new object to carry the annotation: it must have been put there before. */
function breakGlassReason({ operation, object, oldObject }: AdmissionRequest): string {
  const holder = operation === 'DELETE' ? oldObject : object;
  return (metadataOf(holder).annotations[breakGlassAnnotation] ?? '').trim();
}

function refuse(request: AdmissionRequest): CheckResult {
  const verb = request.operation === 'DELETE' ? 'deleted' : 'changed';
  const origin = metadataOf(request.oldObject).annotations['fairlead.dev/origin'];
  const message = `${describeObject(request)} is managed by Fairlead and cannot be ${verb} by ${request.username || 'an unknown user'}`;
  const where = origin === undefined ? 'its intent in Git' : `${origin} in Git`;
  const hint = `change ${where}, or in an emergency set the annotation ${breakGlassAnnotation} to the reason`;
  return { findings: [{ diagnostic: makeDiagnostic('FL0703', { message, hint }) }] };
}

function letPass(request: AdmissionRequest, reason: string): CheckResult {
  const message = `break-glass: ${describeObject(request)} is managed by Fairlead; the next deploy undoes this change`;
  return {
    findings: [{ diagnostic: makeDiagnostic('FL0704', { message }) }],
    audit: { 'break-glass': reason.slice(0, 256) },
  };
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
}
