// Evaluates the compiled policies in process. Whatever goes wrong inside ends as a refusal, never as silence.
import * as opaSdk from '@open-policy-agent/opa-wasm';
import { type Diagnostic, makeDiagnostic } from '../compiler/index.ts';
import { type Bundle, type Enforcement, entrypoint, type PolicyInfo, readBundle, shippedBundle } from './bundle.ts';

/** The document policies see as `input`. */
export interface PolicyInput {
  readonly object: unknown;
  readonly oldObject?: unknown;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly kind: string;
  readonly apiVersion: string;
  /** The empty string for objects of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** RFC 3339. Rego as WASM has no clock of its own. */
  readonly now: string;
}

export interface PolicyResult {
  /** `policy-engine` where the engine itself failed. */
  readonly policy: string;
  readonly enforcement: Enforcement;
  readonly message: string;
  /** Keys and indexes from the root of the object; the place may be absent from it (a missing label). */
  readonly path: readonly (string | number)[];
  readonly hint?: string;
}

export interface PolicyEngine {
  readonly policies: readonly PolicyInfo[];
  /** Never throws. Sorted by policy, path and message. */
  evaluate(input: PolicyInput): PolicyResult[];
}

export interface EngineLimits {
  /** Bytes of the input document as JSON. */
  readonly maxInputBytes: number;
  /** An instance whose memory grew beyond this is replaced: WASM memory never shrinks. */
  readonly recyclePages: number;
  /** Hard limit of one instance; reaching it fails the evaluation, closed. */
  readonly maxPages: number;
}

export const engineName = 'policy-engine';

const defaultLimits: EngineLimits = { maxInputBytes: 3 * 1024 * 1024, recyclePages: 128, maxPages: 2048 };
// The SDK's types declare named exports; at run time all but one hang on the default export.
const { loadPolicySync } = (opaSdk as unknown as { default: typeof opaSdk }).default;

// The types of Node do not declare WebAssembly; a module is only handed on.
type WasmModule = Parameters<typeof loadPolicySync>[0];
const { WebAssembly: webAssembly } = globalThis as unknown as {
  WebAssembly: { compile(bytes: Uint8Array): Promise<WasmModule> };
};
const pageBytes = 65536;
const initialPages = 16;

/** There are no policies to judge by; the diagnostics say why. */
export class PolicyBundleError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => d.message).join('; '));
    this.diagnostics = diagnostics;
  }
}

/** Loads a folder with policy.wasm, data.json and manifest.json; the shipped one by default. Rejects with PolicyBundleError. */
export async function loadPolicies(
  bundlePath: string = shippedBundle,
  limits: Partial<EngineLimits> = {},
): Promise<PolicyEngine> {
  try {
    const bundle = await readBundle(bundlePath);
    return new WasmEngine(bundle, await webAssembly.compile(bundle.wasm), { ...defaultLimits, ...limits });
  } catch (error) {
    throw new PolicyBundleError([
      makeDiagnostic('FL0607', {
        message: `the policy bundle ${bundlePath} cannot be loaded: ${describeError(error)}`,
        hint: 'build it again with "node policies/build.ts"',
      }),
    ]);
  }
}

class WasmEngine implements PolicyEngine {
  readonly policies: readonly PolicyInfo[];
  readonly #bundle: Bundle;
  readonly #module: WasmModule;
  readonly #limits: EngineLimits;
  readonly #enforcementOf: ReadonlyMap<string, Enforcement>;
  /** Kinds that any policy asks for. */
  readonly #kinds: ReadonlySet<string>;
  #instance: opaSdk.LoadedPolicy | undefined;

  constructor(bundle: Bundle, module: WasmModule, limits: EngineLimits) {
    this.#bundle = bundle;
    this.#module = module;
    this.#limits = limits;
    this.policies = Object.values(bundle.data.catalogue);
    this.#enforcementOf = new Map(this.policies.map((policy) => [policy.name, policy.enforcement]));
    this.#kinds = new Set(this.policies.flatMap((policy) => policy.kinds));
    this.#instance = this.#instantiate();
  }

  evaluate(input: PolicyInput): PolicyResult[] {
    // decide.rego would find no policy either: entering WASM costs more than asking.
    if (!this.#kinds.has(kindOf(input))) return [];
    try {
      const text = new TextEncoder().encode(JSON.stringify(input));
      if (text.byteLength > this.#limits.maxInputBytes) {
        return [
          failure(
            `the object is too large to be judged: ${text.byteLength} bytes, at most ${this.#limits.maxInputBytes}`,
          ),
        ];
      }
      const instance = (this.#instance ??= this.#instantiate());
      const found = this.#readResults(instance.evaluate(text.slice().buffer, entrypoint));
      if (instance.mem.buffer.byteLength > this.#limits.recyclePages * pageBytes) this.#instance = undefined;
      return found;
    } catch (error) {
      // After a trap the memory of the instance is in no known state.
      this.#instance = undefined;
      return [failure(`the policy engine failed: ${describeError(error)}`)];
    }
  }

  #instantiate(): opaSdk.LoadedPolicy {
    const instance = loadPolicySync(this.#module, { initial: initialPages, maximum: this.#limits.maxPages });
    instance.setData(this.#bundle.data);
    return instance;
  }

  #readResults(answer: unknown): PolicyResult[] {
    const findings = (answer as { result?: unknown }[])[0]?.result;
    if (!Array.isArray(findings)) throw new Error('the bundle gave no answer');
    return findings.map((finding) => readFinding(finding, this.#enforcementOf)).sort(compareResults);
  }
}

/** As `input_kind` of decide.rego has it: `VirtualService.networking.istio.io`, or `Pod`. */
function kindOf({ kind, apiVersion }: PolicyInput): string {
  const [group, ...rest] = apiVersion.split('/');
  return rest.length === 1 ? `${kind}.${group}` : kind;
}

/** A policy of the user's own may return anything: what cannot be read counts as a refusal by that policy. */
function readFinding(finding: unknown, enforcementOf: ReadonlyMap<string, Enforcement>): PolicyResult {
  const { policy, violation } = finding as { policy: string; violation: Record<string, unknown> | null };
  const { message, path, hint } = violation ?? {};
  if (typeof message !== 'string' || !isPath(path) || (hint !== undefined && typeof hint !== 'string')) {
    return failure(
      `policy ${policy} returned a violation without message and path: ${JSON.stringify(violation).slice(0, 100)}`,
    );
  }
  const enforcement = enforcementOf.get(policy) ?? 'enforce';
  return { policy, enforcement, message, path, ...(hint !== undefined && { hint }) };
}

function isPath(path: unknown): path is (string | number)[] {
  return Array.isArray(path) && path.every((key) => typeof key === 'string' || typeof key === 'number');
}

function failure(message: string): PolicyResult {
  return { policy: engineName, enforcement: 'enforce', message, path: [] };
}

function compareResults(a: PolicyResult, b: PolicyResult): number {
  const key = (r: PolicyResult) => JSON.stringify([r.policy, r.path, r.message]);
  return key(a) < key(b) ? -1 : 1;
}

/** The SDK throws strings and plain objects as well as Errors. */
function describeError(error: unknown): string {
  if (error instanceof Error) return error.message;
  if (typeof error === 'string') return error;
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : 'unknown failure';
}
