// What the API server demands of every namespaced object, whatever its kind: a name, and well-formed labels and annotations.
import type { IstioFinding } from './finding.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedName = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

export function checkMetadata(metadata: unknown): IstioFinding[] {
  if (!isRecord(metadata)) return [finding([], 'metadata must be an object with a name')];
  const { name, generateName, namespace, labels, annotations } = metadata;
  const findings: IstioFinding[] = [];
  if (name === undefined && generateName === undefined) findings.push(finding([], 'metadata.name is missing'));
  if (name !== undefined && !(isText(name, 253) && subdomain.test(name))) {
    findings.push(finding(['name'], `${JSON.stringify(name)} is not a DNS subdomain name`));
  }
  if (namespace !== undefined && !(isText(namespace, 63) && label.test(namespace))) {
    findings.push(finding(['namespace'], `${JSON.stringify(namespace)} is not a DNS label`));
  }
  return [...findings, ...checkMap('labels', labels, labelValue), ...checkMap('annotations', annotations)];
}

function checkMap(field: string, map: unknown, values?: RegExp): IstioFinding[] {
  if (map === undefined || map === null) return [];
  if (!isRecord(map)) return [finding([field], `${field} must be a map of strings`)];
  return Object.entries(map).flatMap(([key, value]) => {
    if (!qualifiedName.test(key)) return [finding([field, key], `${JSON.stringify(key)} is not a qualified name`)];
    if (typeof value !== 'string') return [finding([field, key], `${key} must be a string`)];
    return values?.test(value) === false
      ? [finding([field, key], `${JSON.stringify(value)} is not a label value`)]
      : [];
  });
}

function finding(path: readonly string[], message: string): IstioFinding {
  return { path: ['metadata', ...path], message, keyword: 'metadata' };
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length <= maxLength;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
