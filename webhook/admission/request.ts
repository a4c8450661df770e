// What the webhook is asked and what it answers, without Kubernetes' wrapping.
import type { Diagnostic } from '../../compiler/index.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The request of an AdmissionReview, read and checked. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Such as `status`; empty for the object itself. */
  readonly subResource: string;
  readonly operation: Operation;
  /** Empty for objects of the whole cluster. */
  readonly namespace: string;
  /** Empty where the API server is still to generate it. */
  readonly name: string;
  readonly username: string;
  /** Absent on DELETE. */
  readonly object?: JsonObject;
  /** Absent on CREATE. */
  readonly oldObject?: JsonObject;
  readonly dryRun: boolean;
}

export type JsonPath = readonly (string | number)[];

/** A diagnostic and its place in the object asked about; without a path it concerns the object as a whole. */
export interface Finding {
  readonly diagnostic: Diagnostic;
  readonly path?: JsonPath;
  /** The policy that found it, for the metrics. */
  readonly policy?: string;
}

/** One operation of RFC 6902. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

export interface Verdict {
  readonly allowed: boolean;
  /** Errors first; warnings and notes are shown to whoever applies the object. */
  readonly findings: readonly Finding[];
  /** Only from /mutate. Never empty: no change is no patch. */
  readonly patch?: readonly PatchOperation[];
  /** For the audit log of the API server: why a guard was passed. */
  readonly audit: Readonly<Record<string, string>>;
}

/** `MeshService shop/shoes`: how an object is called in messages. */
export function describeObject(request: AdmissionRequest): string {
  const name = request.name || '(unnamed)';
  return `${request.kind} ${request.namespace ? `${request.namespace}/` : ''}${name}`;
}

export function metadataOf(object: JsonObject | undefined): {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
} {
  const { labels, annotations } = asRecord(object?.metadata);
  return { labels: asStrings(labels), annotations: asStrings(annotations) };
}

export function asRecord(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** Values that are no strings are left out: the API server refuses such labels before it asks us. */
export function asStrings(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(asRecord(value)).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}
