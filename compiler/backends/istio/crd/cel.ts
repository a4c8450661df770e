// Evaluates the CEL rules of a CRD over one object, as the API server does after the structure was found right.
import { createRequire } from 'node:module';
import type { CelInput, CelResult } from '@bufbuild/cel';
import { isCelIp, parseRequestUri } from './cel-functions.ts';
import type { IstioFinding } from './finding.ts';
import type { CelRule, StructuralSchema } from './structural-schema.ts';

type Cel = typeof import('@bufbuild/cel');
type Program = (bindings: Record<string, CelInput>) => CelResult;
type Path = readonly (string | number)[];

interface Engine {
  readonly cel: Cel;
  compile(rule: string): Program;
}

/** A rule ready to run. */
interface Plan {
  readonly program: Program;
  /** It compares with the value before an update. */
  readonly isTransition: boolean;
  /** What texts gave: a rule depends on nothing but its values, and most values are one of a few durations. */
  readonly verdicts: Map<string, string | undefined>;
}

/** A value of the object, which schema it has, and where it stands. */
interface Subject {
  readonly value: unknown;
  /** The same before an update; undefined for what was not there. */
  readonly old: unknown;
  readonly schema: StructuralSchema;
  readonly path: Path;
}

const require = createRequire(import.meta.url);
const plans = new WeakMap<CelRule, Plan>();
const programs = new Map<string, Program>();
let engine: Engine | undefined;

const maxVerdicts = 500;
const maxVerdictLength = 64;

/**
 * Rules that mention `oldSelf` speak of a change: they are left out on creation, when `old` is undefined.
 * A rule that cannot be evaluated counts as broken, as with the API server.
 */
export function checkCel(object: unknown, schema: StructuralSchema, old?: unknown): IstioFinding[] {
  const findings: IstioFinding[] = [];
  visit({ value: object, old, schema, path: [] }, findings);
  return findings;
}

function visit(subject: Subject, findings: IstioFinding[]): void {
  const { value, old, schema, path } = subject;
  if (value === null || value === undefined) return;
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    const finding = evaluate(rule, subject);
    if (finding) findings.push(finding);
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!items) return;
    for (const [i, item] of value.entries()) {
      visit({ value: item, old: sameItem(item, old, schema), schema: items, path: [...path, i] }, findings);
    }
  } else if (typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) {
      const next = schemaOfField(schema, key);
      if (next) visit({ value: inner, old: fieldOf(old, key), schema: next, path: [...path, key] }, findings);
    }
  }
}

function evaluate(rule: CelRule, subject: Subject): IstioFinding | undefined {
  const { value, old, path } = subject;
  const plan = planOf(rule);
  if (plan.isTransition && old === undefined) return undefined;
  const isKnowable = typeof value === 'string' && value.length <= maxVerdictLength && !plan.isTransition;
  const message = isKnowable ? recall(plan, value, () => run(plan, rule, subject)) : run(plan, rule, subject);
  return message === undefined ? undefined : { path, message, keyword: 'cel' };
}

/** The message of a rule that does not hold. */
function run(plan: Plan, rule: CelRule, { value, old, schema }: Subject): string | undefined {
  const self = toCel(value, schema);
  const result = plan.program(plan.isTransition ? { self, oldSelf: toCel(old, schema) } : { self });
  if (result === true) return undefined;
  const why = engine?.cel.isCelError(result) ? ` (${result.message})` : '';
  return `${rule.message ?? `rule ${rule.rule} does not hold`}${why}`;
}

function recall({ verdicts }: Plan, value: string, judge: () => string | undefined): string | undefined {
  if (verdicts.has(value)) return verdicts.get(value);
  if (verdicts.size >= maxVerdicts) verdicts.clear();
  const message = judge();
  verdicts.set(value, message);
  return message;
}

function planOf(rule: CelRule): Plan {
  const known = plans.get(rule);
  if (known) return known;
  engine ??= createEngine();
  const program = programs.get(rule.rule) ?? engine.compile(rule.rule);
  programs.set(rule.rule, program);
  const plan = { program, isTransition: /\boldSelf\b/.test(rule.rule), verdicts: new Map() };
  plans.set(rule, plan);
  return plan;
}

/** CEL tells integers from floats by type, JSON does not: the schema decides. */
function toCel(value: unknown, schema: StructuralSchema | undefined): CelInput {
  if (Array.isArray(value)) return value.map((item) => toCel(item, schema?.items));
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, v]) => [key, toCel(v, schema && schemaOfField(schema, key))]));
  }
  if (typeof value !== 'number') return value as CelInput;
  const isInteger = schema?.type === 'integer' || schema?.['x-kubernetes-int-or-string'] === true;
  return isInteger && Number.isInteger(value) ? BigInt(value) : value;
}

function schemaOfField(schema: StructuralSchema, key: string): StructuralSchema | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, key)) return schema.properties[key];
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

/** Only the items of a list with keys can be recognized again in the old object. */
function sameItem(item: unknown, old: unknown, schema: StructuralSchema): unknown {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (!keys || !Array.isArray(old)) return undefined;
  return old.find((candidate) => keys.every((key) => fieldOf(candidate, key) === fieldOf(item, key)));
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function createEngine(): Engine {
  // Loaded on first use: a tenth of a second that most commands need not pay.
  const cel = require('@bufbuild/cel') as Cel;
  const { strings } = require('@bufbuild/cel/ext') as typeof import('@bufbuild/cel/ext');
  const { STRING, BOOL } = cel.CelScalar;
  // A URL is carried as a map: the library has no opaque values.
  const url = cel.mapType(STRING, STRING);
  const env = cel.celEnv({
    funcs: [
      ...strings,
      cel.celFunc('isURL', [STRING], BOOL, (text) => parseRequestUri(text) !== undefined),
      cel.celFunc('url', [STRING], url, (text) => {
        const parsed = parseRequestUri(text);
        if (!parsed) throw new Error(`${JSON.stringify(text)} is not a URL`);
        return new Map([['scheme', parsed.scheme]]);
      }),
      cel.celMethod('getScheme', url, [], STRING, function () {
        return String(this.get('scheme'));
      }),
      cel.celFunc('isIP', [STRING], BOOL, isCelIp),
    ],
  });
  return { cel, compile: (rule) => cel.plan(env, cel.parse(rule)) as Program };
}
