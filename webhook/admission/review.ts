// AdmissionReview v1, from bytes to a request and from a verdict to the answer. Anything may arrive here.
// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
import { type Diagnostic, hasErrors, makeDiagnostic } from '../../compiler/index.ts';
import { renderFinding, renderWarnings } from './compact.ts';
import { type AdmissionRequest, asRecord, type JsonObject, type Operation, type Verdict } from './request.ts';

export const reviewVersion = 'admission.k8s.io/v1';

/** Objects deeper than any CRD allows are refused before something recursive meets them. */
export const maxDepth = 128;

export type ParsedReview =
  | { readonly ok: true; readonly request: AdmissionRequest }
  /** With a uid the refusal can be an AdmissionReview; without one only an HTTP status says what is wrong. */
  | { readonly ok: false; readonly uid?: string; readonly diagnostic: Diagnostic };

const operations: readonly Operation[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

export function parseReview(body: string): ParsedReview {
  let review: unknown;
  try {
    review = JSON.parse(body);
  } catch (error) {
    return invalid(`the request body is not JSON: ${(error as Error).message}`);
  }
  const { apiVersion, kind, request } = asRecord(review);
  if (kind !== 'AdmissionReview') return invalid(`the request is a ${brief(kind)}, expected an AdmissionReview`);
  if (apiVersion !== reviewVersion)
    return invalid(`the AdmissionReview has version ${brief(apiVersion)}, expected ${reviewVersion}`);
  const { uid } = asRecord(request);
  if (typeof uid !== 'string' || uid === '') return invalid('the AdmissionReview has no request.uid');
  if (isDeeperThan(request, maxDepth)) return invalid(`the object is nested deeper than ${maxDepth} levels`, uid);
  const read = readRequest(asRecord(request), uid);
  return typeof read === 'string' ? invalid(read, uid) : { ok: true, request: read };
}

/** The answer to a request, as the API server wants it. */
export function renderReview(request: { readonly uid: string }, verdict: Verdict): JsonObject {
  const errors = verdict.findings.filter((f) => f.diagnostic.severity === 'error');
  const warnings = renderWarnings(verdict.findings);
  const message = errors.map(renderFinding).join('\n') || 'refused without a reason';
  return {
    apiVersion: reviewVersion,
    kind: 'AdmissionReview',
    response: {
      uid: request.uid,
      allowed: verdict.allowed,
      ...(!verdict.allowed && { status: { code: 403, reason: 'Forbidden', message: clip(message, maxMessage) } }),
      ...(warnings.length > 0 && { warnings }),
      ...(verdict.allowed &&
        verdict.patch && {
          patchType: 'JSONPatch',
          patch: Buffer.from(JSON.stringify(verdict.patch)).toString('base64'),
        }),
      ...(Object.keys(verdict.audit).length > 0 && { auditAnnotations: verdict.audit }),
    },
  };
}

/** A refusal for one reason. */
export function refusal(...diagnostics: readonly Diagnostic[]): Verdict {
  return { allowed: !hasErrors(diagnostics), findings: diagnostics.map((diagnostic) => ({ diagnostic })), audit: {} };
}

const maxMessage = 8192;

function readRequest(request: JsonObject, uid: string): AdmissionRequest | string {
  const { group, version, kind } = asRecord(request.kind);
  if (typeof group !== 'string' || typeof version !== 'string' || typeof kind !== 'string') {
    return 'request.kind lacks group, version or kind';
  }
  const operation = operations.find((o) => o === request.operation);
  if (!operation) return `request.operation is ${brief(request.operation)}, expected one of ${operations.join(', ')}`;
  const object = isObject(request.object) ? request.object : undefined;
  const oldObject = isObject(request.oldObject) ? request.oldObject : undefined;
  if (!object && (operation === 'CREATE' || operation === 'UPDATE')) return `request.object is missing on ${operation}`;
  if (!oldObject && (operation === 'UPDATE' || operation === 'DELETE'))
    return `request.oldObject is missing on ${operation}`;
  // Checks look at the kind of the request; an object of another kind would be judged by the wrong rules.
  const apiVersion = group === '' ? version : `${group}/${version}`;
  if (object && (object.kind !== kind || object.apiVersion !== apiVersion)) {
    return `request.object is a ${brief(object.kind)} of ${brief(object.apiVersion)}, though request.kind says ${kind} of ${apiVersion}`;
  }
  const { username } = asRecord(request.userInfo);
  const { name, generateName } = asRecord(object?.metadata);
  return {
    uid,
    group,
    version,
    kind,
    operation,
    subResource: text(request.subResource),
    namespace: text(request.namespace),
    name: text(request.name) || text(name) || text(generateName),
    username: text(username),
    ...(object && { object }),
    ...(oldObject && { oldObject }),
    dryRun: request.dryRun === true,
  };
}

/** Iterative, for the very input that recursion would not survive. */
function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}

function invalid(message: string, uid?: string): ParsedReview {
  const diagnostic = makeDiagnostic('FL0701', {
    message,
    hint: 'send an AdmissionReview as a Kubernetes API server does',
  });
  return { ok: false, diagnostic, ...(uid !== undefined && { uid }) };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function brief(value: unknown): string {
  return value === undefined ? 'nothing' : clip(JSON.stringify(value) ?? 'nothing', 60);
}

function clip(value: string, length: number): string {
  return value.length <= length ? value : `${value.slice(0, length - 1)}…`;
}
