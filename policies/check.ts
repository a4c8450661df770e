// Policies over a set of documents at rest: what `fairlead check` runs. The verdict is the one admission gives.
import { compareDiagnostics, type Diagnostic, type KnownCode, makeDiagnostic, type Span } from '../compiler/index.ts';
import { engineName, PolicyBundleError, type PolicyEngine, type PolicyInput, type PolicyResult } from './engine.ts';
import { openPolicies } from './open.ts';

/** One object and where its parts were written. */
export interface PolicyDocument {
  readonly object: unknown;
  /** Where it does not stand in the object's metadata. */
  readonly namespace?: string;
  /** The nearest place to a path that may not exist in the object; undefined where there is no source. */
  readonly locate: (path: readonly (string | number)[]) => Span | undefined;
}

const codes = { enforce: 'FL0601', warn: 'FL0602', audit: 'FL0603' } as const satisfies Record<string, KnownCode>;

export interface CheckPoliciesOptions {
  /** The shipped policies unless given. */
  readonly engine?: PolicyEngine;
  /** A folder of policies of the user's own; not with `engine`. */
  readonly folder?: string;
  readonly now?: Date;
}

/**
 * Judges each document as if it were being created. Labels of namespaces come from Namespace documents among them.
 * Policies that cannot be loaded are findings too: nothing passes unjudged.
 */
export async function checkPolicies(
  documents: readonly PolicyDocument[],
  options: CheckPoliciesOptions = {},
): Promise<Diagnostic[]> {
  try {
    const engine = options.engine ?? (await openPolicies(options.folder));
    return judgeAll(engine, documents, options.now ?? new Date());
  } catch (error) {
    if (error instanceof PolicyBundleError) return [...error.diagnostics];
    throw error;
  }
}

function judgeAll(engine: PolicyEngine, documents: readonly PolicyDocument[], now: Date): Diagnostic[] {
  const labels = namespaceLabels(documents);
  return documents
    .flatMap(({ object, namespace, locate }) => {
      const input = policyInput(object, { namespace, namespaceLabels: (name) => labels.get(name) ?? {}, now });
      return engine.evaluate(input).map((result) => policyDiagnostic(result, locate(result.path)));
    })
    .sort(compareDiagnostics);
}

/** The input document of one object; fields it lacks are the empty string, as policies expect. */
export function policyInput(
  object: unknown,
  context: {
    namespace?: string | undefined;
    namespaceLabels: (namespace: string) => Readonly<Record<string, string>>;
    now: Date;
  },
): PolicyInput {
  const { kind, apiVersion, metadata } = asRecord(object);
  const { name, namespace } = asRecord(metadata);
  const inNamespace = text(namespace) || (context.namespace ?? '');
  return {
    object,
    operation: 'CREATE',
    kind: text(kind),
    apiVersion: text(apiVersion),
    namespace: inNamespace,
    name: text(name),
    namespaceLabels: context.namespaceLabels(inNamespace),
    now: context.now.toISOString(),
  };
}

/** A result of the engine as a finding; the message starts with the name of the policy. */
export function policyDiagnostic(result: PolicyResult, span?: Span): Diagnostic {
  const code = result.policy === engineName ? 'FL0606' : codes[result.enforcement];
  const message = result.policy === engineName ? result.message : `${result.policy}: ${result.message}`;
  return makeDiagnostic(code, { message, span, hint: result.hint });
}

function namespaceLabels(documents: readonly PolicyDocument[]): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>();
  for (const { object } of documents) {
    const { kind, apiVersion, metadata } = asRecord(object);
    if (kind !== 'Namespace' || apiVersion !== 'v1') continue;
    const { name, labels } = asRecord(metadata);
    const pairs = Object.entries(asRecord(labels)).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    );
    found.set(text(name), Object.fromEntries(pairs));
  }
  return found;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
