// Findings of the schema that are one mistake: a blank that is missing, content that is not indented, what an API server adds to an object.
import { didYouMean } from '../diagnostics/index.ts';
import { type Glued, gluedIn } from '../syntax/index.ts';
import { fieldsOf } from './schema-fields.ts';
import { isMapping } from './schema-rewrites.ts';
import type { SchemaFinding } from './schema-finding.ts';

export function oneForEachMistake(findings: readonly SchemaFinding[]): readonly SchemaFinding[] {
  return withServerFields(withUnindented(withGlued(findings)));
}

/** `{ port:80 }` is a key without a value to YAML, `- port:80` a text. */
function withGlued(findings: readonly SchemaFinding[]): readonly SchemaFinding[] {
  const left = new Set<SchemaFinding>();
  const marked = findings.map((one) => {
    const glued = gluedAt(one, findings);
    if (!glued) return one;
    for (const other of findings) if (isEmptyAt(other, [...one.path, keyOf(one) ?? ''])) left.add(other);
    return { ...one, glued };
  });
  return marked.filter((one) => !left.has(one));
}

function gluedAt(finding: SchemaFinding, findings: readonly SchemaFinding[]): Glued | undefined {
  const { keyword, data, schema, parent, path } = finding;
  const key = keyOf(finding);
  if (key !== undefined) {
    const isEmpty = isMapping(data) ? data[key] === null : findings.some((one) => isEmptyAt(one, [...path, key]));
    return isEmpty ? gluedIn(key) : undefined;
  }
  const asksForFields = [schema].flat().some((type) => type === 'object' || type === 'array');
  const glued = keyword === 'type' && asksForFields && typeof data === 'string' ? gluedIn(data) : undefined;
  return glued && mayHold(parent, glued.key, []) ? glued : undefined;
}

/** That the finding is about. */
function keyOf(finding: SchemaFinding): string | undefined {
  return finding.propertyName ?? (isUnknownField(finding) ? fieldIn(finding) : undefined);
}

function isEmptyAt({ keyword, data, path }: SchemaFinding, at: readonly string[]): boolean {
  return keyword === 'type' && data === null && path.join('\n') === at.join('\n');
}

/** `labels:` with nothing in it, and `team: a` beside it. */
function withUnindented(findings: readonly SchemaFinding[]): readonly SchemaFinding[] {
  const beside = new Map<SchemaFinding, SchemaFinding[]>();
  for (const unknown of findings) {
    const empty = isUnknownField(unknown) ? emptyBefore(unknown, findings) : undefined;
    if (empty) beside.set(empty, [...(beside.get(empty) ?? []), unknown]);
  }
  const left = new Set([...beside.values()].flat());
  return findings
    .filter((one) => !left.has(one))
    .map((one) => {
      const fields = beside.get(one)?.map(fieldIn);
      return fields ? { ...one, beside: fields } : one;
    });
}

/** The last empty field before an unknown one that could hold it. */
function emptyBefore(unknown: SchemaFinding, findings: readonly SchemaFinding[]): SchemaFinding | undefined {
  const fields = Object.keys(isMapping(unknown.data) ? unknown.data : {});
  const at = fields.indexOf(fieldIn(unknown));
  const known = fieldsOf(unknown.parent);
  return findings
    .filter(({ keyword, data, path, parent }) => {
      const isBeside = path.length > 0 && path.slice(0, -1).join('\n') === unknown.path.join('\n');
      return keyword === 'type' && data === null && isBeside && mayHold(parent, fieldIn(unknown), known);
    })
    .filter(({ path }) => fields.indexOf(path.at(-1) ?? '') < at)
    .toSorted((a, b) => fields.indexOf(a.path.at(-1) ?? '') - fields.indexOf(b.path.at(-1) ?? ''))
    .at(-1);
}

/** A map of free keys could hold anything: but not what is nearly a field beside it. */
function mayHold(schema: SchemaFinding['parent'], field: string, besides: readonly string[]): boolean {
  const { additionalProperties, items } = schema;
  if (isMapping(additionalProperties)) return didYouMean(field, besides) === undefined;
  return fieldsOf(isMapping(items) ? items : schema).includes(field);
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/, what is read-only there or of no use in a file. */
const serverMetadata: readonly string[] = [
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'managedFields',
  'selfLink',
  'ownerReferences',
];

/** One for all that came along in the output of `kubectl get`, at the first. */
function withServerFields(findings: readonly SchemaFinding[]): readonly SchemaFinding[] {
  const [first, ...others] = findings.filter(isOfServer).toSorted((a, b) => b.path.length - a.path.length);
  if (!first) return findings;
  const added = [first, ...others].map((one) => [...one.path, fieldIn(one)].join('.'));
  const left = new Set(others);
  return findings.filter((one) => !left.has(one)).map((one) => (one === first ? { ...one, added } : one));
}

function isOfServer(finding: SchemaFinding): boolean {
  if (!isUnknownField(finding)) return false;
  const field = fieldIn(finding);
  const [root, ...inner] = finding.path;
  if (root === undefined) return field === 'status';
  return root === 'metadata' && inner.length === 0 && serverMetadata.includes(field);
}

function isUnknownField({ keyword }: SchemaFinding): boolean {
  return keyword === 'additionalProperties';
}

function fieldIn({ params }: SchemaFinding): string {
  return String(params.additionalProperty);
}
