// The verdict of an API server on one Istio object: kind, metadata, structure, unknown fields, list keys, CEL rules.
import { suggest } from '../../../diagnostics/index.ts';
import { checkCel } from './cel.ts';
import type { IstioFinding } from './finding.ts';
import { checkLists } from './lists.ts';
import { checkMetadata } from './metadata.ts';
import { istioKinds, schemaOf } from './schemas.ts';
import { checkStructure } from './structure.ts';

/**
 * Findings in the order of the checks; none means the API server accepts the object. Never throws for bad input.
 * `old` is the object before an update: rules on the change from it are then evaluated too.
 * CEL is only asked about objects whose structure is right, as the API server does.
 */
export function validateIstioObject(object: unknown, old?: unknown): IstioFinding[] {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    return [{ path: [], message: 'an Istio object must be a mapping', keyword: 'schema' }];
  }
  const { apiVersion, kind, metadata } = object as Readonly<Record<string, unknown>>;
  const schema = typeof apiVersion === 'string' && typeof kind === 'string' ? schemaOf(apiVersion, kind) : undefined;
  if (!schema) return [unknownKind(apiVersion, kind)];
  const findings = [...checkMetadata(metadata), ...checkStructure(object, schema)];
  if (findings.length > 0) return findings;
  return [...checkLists(object, schema), ...checkCel(object, schema, old)];
}

function unknownKind(apiVersion: unknown, kind: unknown): IstioFinding {
  const key = `${String(apiVersion)}/${String(kind)}`;
  const near = suggest(key, istioKinds());
  const message = `Istio has no kind ${String(kind)} in ${String(apiVersion)}`;
  const finding = { path: ['kind'], message, keyword: 'kind' } as const;
  return near === undefined ? finding : { ...finding, hint: `did you mean ${near}?` };
}
