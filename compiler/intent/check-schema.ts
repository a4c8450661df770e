// Checks a document against the JSON Schema of its kind and turns what ajv finds into diagnostics: one cause, one finding.
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { type Report, suggest } from '../diagnostics/index.ts';
import { gluedIn, type ParsedDocument, templateInValue } from '../syntax/index.ts';
import type { IntentKind } from './kinds.ts';
import { intentSchemas } from './schema/index.ts';
import { reportSchemaError, reportTemplate } from './schema-errors.ts';
import type { SchemaFinding } from './schema-finding.ts';
import { oneForEachMistake } from './one-mistake.ts';
import { fieldsOf, flagMeant, isRequired, ownerOf, wordFor } from './schema-fields.ts';
import { isMapping, spread } from './schema-rewrites.ts';
import { parseDuration } from './units.ts';

let ajv: Ajv | undefined;
const validators = new Map<IntentKind, ValidateFunction>();

/** Where a document misses its schema. */
export interface Slips {
  /** Among them is one in its metadata: name or namespace may not be what was meant. */
  readonly isHeaderWrong: boolean;
}

/** Undefined if the document is as its schema wants it. Schemas are compiled when first needed: most commands need few. */
export function checkSchema(document: ParsedDocument, kind: IntentKind, report: Report): Slips | undefined {
  const validate = validatorOf(kind);
  if (validate(document.value)) return undefined;
  const seen = new Set<string>();
  const findings = oneForEachMistake(distinct(validate.errors ?? [], { ...intentSchemas[kind] }));
  const slips = { isHeaderWrong: findings.some(isInHeader) };
  const template = findings.find(({ data }) => templateInValue(data) !== undefined);
  // What the template makes of the rest nobody knows.
  if (template) {
    reportTemplate(template, document, report);
    return slips;
  }
  for (const finding of findings) {
    // A value that aliases repeat is wrong once: it was written once.
    const where = JSON.stringify([
      document.locate(finding.path),
      finding.keyword,
      finding.params,
      finding.propertyName,
    ]);
    if (!seen.has(where)) reportSchemaError(finding, document, report);
    seen.add(where);
  }
  return slips;
}

/** Labels and annotations apart. */
function isInHeader({ path, params }: SchemaFinding): boolean {
  const [root, field] = path;
  if (root === undefined) return [params.additionalProperty, params.missingProperty].some(isNearlyMetadata);
  return root === 'metadata' && (field === undefined || field === 'name' || field === 'namespace');
}

function isNearlyMetadata(field: unknown): boolean {
  return typeof field === 'string' && suggest(field, ['metadata']) !== undefined;
}

function validatorOf(kind: IntentKind): ValidateFunction {
  const known = validators.get(kind);
  if (known) return known;
  ajv ??= makeAjv();
  const compiled = ajv.compile(intentSchemas[kind]);
  validators.set(kind, compiled);
  return compiled;
}

function makeAjv(): Ajv {
  // A test proves the schemas valid; proving it at every start, and polishing code that runs a few times, costs half the start.
  const instance = new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    meta: false,
    validateSchema: false,
    code: { optimize: false },
  });
  instance.addVocabulary(['enumErrorMessage', 'patternErrorMessage', 'patternsWithoutRegex']);
  instance.addKeyword({
    keyword: 'maxDuration',
    type: 'string',
    validate: (most: string, data: string) => parseDuration(data) <= parseDuration(most),
  });
  instance.addKeyword({
    keyword: 'exactlyOneOf',
    type: 'object',
    validate: (fields: readonly string[], data: object) => countOf(fields, data) === 1,
  });
  instance.addKeyword({
    keyword: 'exclusiveFields',
    type: 'object',
    validate: (fields: readonly string[], data: object) => countOf(fields, data) <= 1,
  });
  instance.addKeyword({
    keyword: 'atLeastOneOf',
    type: 'object',
    validate: (fields: readonly string[], data: object) => countOf(fields, data) >= 1,
  });
  return instance;
}

function countOf(fields: readonly string[], data: object): number {
  return fields.filter((field) => Object.hasOwn(data, field)).length;
}

const countingKeywords = new Set(['minProperties', 'maxProperties', 'exactlyOneOf', 'exclusiveFields', 'atLeastOneOf']);

/** Leaves out what only follows from another error at the same place. */
function distinct(errors: readonly ErrorObject[], schema: SchemaFinding['parent']): readonly SchemaFinding[] {
  const unknownFieldsAt = new Set(
    errors.filter((e) => e.keyword === 'additionalProperties').map((e) => e.instancePath),
  );
  const meant = new Set(errors.filter((e) => e.keyword === 'additionalProperties').map(fieldMeant));
  // `spec: { spec: … }`: what is missing in the outer one stands in the inner.
  const doubled = new Set(errors.filter(isDoubled).map((e) => e.instancePath));
  const spreads = spreadsIn(errors);
  for (const said of saidElsewhere(spreads)) meant.add(said);
  const wronglyTyped = new Set(errors.filter((e) => e.keyword === 'type').map((e) => e.instancePath));
  return errors
    .filter((e) => e.keyword !== 'propertyNames')
    .filter((e) => e.keyword === 'type' || e.propertyName !== undefined || !wronglyTyped.has(e.instancePath))
    .filter((e) => !(e.keyword === 'required' && meant.has(fieldKey(e, e.params.missingProperty))))
    .filter((e) => !(e.keyword === 'required' && doubled.has(e.instancePath)))
    .filter((e) => !(countingKeywords.has(e.keyword) && unknownFieldsAt.has(e.instancePath)))
    .map((error) => ({ error, path: error.instancePath.split('/').slice(1).map(unescapePointer) }))
    .map(({ error, path }) => ({
      keyword: error.keyword,
      path,
      params: error.params as SchemaFinding['params'],
      data: error.data,
      schema: error.schema,
      parent: (error.parentSchema ?? {}) as SchemaFinding['parent'],
      isRequired: isRequired(schema, path),
      ...(error.propertyName !== undefined && { propertyName: error.propertyName }),
      ...spreadAt(spreads.get(error.instancePath)),
    }));
}

function isDoubled({ keyword, instancePath, params }: ErrorObject): boolean {
  return keyword === 'additionalProperties' && instancePath === `/${String(params.additionalProperty)}`;
}

function spreadAt(said: Spread | undefined): Pick<SchemaFinding, 'spread'> {
  return said ? { spread: said } : {};
}

type Spread = Readonly<Record<string, unknown>>;

/** By the place of a mapping that stands for one value: what it says of that and of fields that are missing beside it. */
function spreadsIn(errors: readonly ErrorObject[]): ReadonlyMap<string, Spread> {
  const lacking = new Map(errors.filter((e) => e.keyword === 'required').map((e) => [e.instancePath, e]));
  const found = errors.flatMap(({ keyword, instancePath, data }): [string, Spread][] => {
    const above = lacking.get(parentOf(instancePath));
    if (keyword !== 'type' || !above || !isMapping(data)) return [];
    const field = unescapePointer(instancePath.slice(above.instancePath.length + 1));
    const said = spread(field, data, fieldsOf(above.parentSchema ?? {}));
    return said ? [[instancePath, said]] : [];
  });
  return new Map(found);
}

/** Keys of fields, as `fieldKey` has them, that are missing but said in a mapping beside them. */
function saidElsewhere(spreads: ReadonlyMap<string, Spread>): ReadonlySet<string> {
  return new Set(
    [...spreads].flatMap(([place, said]) =>
      Object.keys(said).map((field) => fieldKey({ instancePath: parentOf(place) }, field)),
    ),
  );
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The field that the writer of an unknown one probably meant: that it is missing follows from the slip. */
function fieldMeant(error: ErrorObject): string {
  const field = String(error.params.additionalProperty);
  const parent = error.parentSchema ?? {};
  const known = fieldsOf(parent);
  const glued = gluedIn(field)?.key;
  return fieldKey(
    error,
    glued ?? wordFor(field, known)?.field ?? flagMeant(field, known) ?? ownerOf(field, parent) ?? suggest(field, known),
  );
}

function fieldKey({ instancePath }: Pick<ErrorObject, 'instancePath'>, field: unknown): string {
  return `${instancePath}\n${String(field)}`;
}

/** https://www.rfc-editor.org/rfc/rfc6901#section-3 */
function unescapePointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
