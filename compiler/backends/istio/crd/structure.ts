// Structure of an object against its closed schema, by ajv; compiles a kind's schema when it is first met.
import { createRequire } from 'node:module';
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import { didYouMean } from '../../../diagnostics/index.ts';
import { closedRoot } from './closed-schema.ts';
import type { IstioFinding } from './finding.ts';
import type { StructuralSchema } from './structural-schema.ts';

const require = createRequire(import.meta.url);
const validators = new WeakMap<StructuralSchema, ValidateFunction>();
let ajv: Ajv | undefined;

/** What is wrong inside a choice of alternatives is one finding, about the choice. */
export function checkStructure(object: unknown, schema: StructuralSchema): IstioFinding[] {
  const validate = validatorOf(schema);
  if (validate(object)) return [];
  const errors = validate.errors ?? [];
  return errors.filter((error) => !isInsideBranch(error)).map((error) => describe(error, object));
}

function validatorOf(schema: StructuralSchema): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  ajv ??= createAjv();
  const validate = ajv.compile(closedRoot(schema));
  validators.set(schema, validate);
  return validate;
}

function createAjv(): Ajv {
  // Loaded on first use: validating is rarer than starting, and ajv takes longer to load than the rest of the CLI.
  const { Ajv: AjvClass } = require('ajv') as typeof import('ajv');
  const addFormats = require('ajv-formats') as unknown as (ajv: Ajv) => void;
  const created = new AjvClass({ strict: false, allErrors: true, verbose: true });
  addFormats(created);
  return created;
}

/** Failures of single branches are noise: the `oneOf` itself is reported, in words. */
function isInsideBranch(error: ErrorObject): boolean {
  return /\/(oneOf|anyOf|not)\//.test(error.schemaPath);
}

function describe(error: ErrorObject, object: unknown): IstioFinding {
  const path = pathOf(error.instancePath, object);
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const field = String(params.additionalProperty);
      const properties = (error.parentSchema as StructuralSchema | undefined)?.properties ?? {};
      const hint = didYouMean(field, Object.keys(properties));
      const finding = {
        path: [...path, field],
        message: `unknown field "${field}"`,
        keyword: 'unknown-field',
      } as const;
      return hint === undefined ? finding : { ...finding, hint };
    }
    case 'required':
      return schemaFinding(path, `required field "${String(params.missingProperty)}" is missing`);
    case 'type':
      return schemaFinding(path, `must be ${wanted(params.type)}, not ${kindOf(error.data)}`);
    case 'enum':
      return schemaFinding(
        path,
        `${quote(error.data)} is not one of ${(params.allowedValues as unknown[]).join(', ')}`,
      );
    case 'oneOf':
    case 'anyOf':
    case 'not':
      return schemaFinding(path, describeChoice(error));
    default:
      return schemaFinding(path, `${quote(error.data)} ${error.message ?? `breaks ${error.keyword}`}`);
  }
}

/** Istio's choices are all of one form: fields of which one must, or at most one may, be set. */
function describeChoice(error: ErrorObject): string {
  const branches: readonly StructuralSchema[] = Array.isArray(error.schema) ? error.schema : [];
  const fields = branches.flatMap((branch) => branch.required ?? []);
  if (fields.length === 0) return error.message ?? `breaks ${error.keyword}`;
  const mayBeNone = branches.some((branch) => branch.not !== undefined);
  return `${mayBeNone ? 'at most' : 'exactly'} one of ${fields.join(', ')} can be set`;
}

/** JSON pointer to path; what indexes an array becomes a number. */
function pathOf(pointer: string, object: unknown): (string | number)[] {
  let value = object;
  return pointer
    .split('/')
    .slice(1)
    .map((text) => {
      const step = text.replaceAll('~1', '/').replaceAll('~0', '~');
      const key = Array.isArray(value) ? Number(step) : step;
      value = (value as Readonly<Record<string | number, unknown>> | undefined)?.[key];
      return key;
    });
}

function schemaFinding(path: readonly (string | number)[], message: string): IstioFinding {
  return { path, message, keyword: 'schema' };
}

function wanted(type: unknown): string {
  const types = (Array.isArray(type) ? type : [type]).filter((t) => t !== 'null');
  return types.map((t) => (/^[aeio]/.test(t) ? `an ${t}` : `a ${t}`)).join(' or ');
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${quote(value)}`;
}

/** Input can be huge and is shown on one line. */
function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
