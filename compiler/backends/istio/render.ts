// Emitted objects as YAML and as files. Equal objects give equal bytes.
import { Schema, stringify } from 'yaml';
import type { IstioObject } from './object.ts';

/** Keys that come first, in this order; all others keep theirs. */
const leading = ['apiVersion', 'kind', 'metadata', 'spec'] as const;

/** Kubernetes reads YAML 1.1, where `no` and `on` without quotes are booleans and `1_000` is a number. One for all objects: making it takes time. */
const schema = new Schema({ schema: 'core', compat: 'yaml-1.1' });
const style = { lineWidth: 0, aliasDuplicateObjects: false, directives: false, schema } as const;

/** A multi-document YAML file, a `---` before every document; the empty string for no objects. */
export function renderIstio(objects: readonly IstioObject[]): string {
  return objects.map((object) => `---\n${stringify(ordered(object), style)}`).join('');
}

function ordered(object: IstioObject): Readonly<Record<string, unknown>> {
  const first = leading.flatMap((key) => (object[key] === undefined ? [] : [[key, object[key]] as const]));
  return { ...Object.fromEntries(first), ...object };
}

/**
 * `shop/virtualservice-shoes.yaml`, relative to the output directory; cluster-scoped objects go to `_cluster`.
 * Kinds that are not Istio's carry their group, as `Gateway` exists in both: `shop/gateway.gateway.networking.k8s.io-web.yaml`.
 * Names of raw objects are not trusted: what a Kubernetes name cannot hold becomes `_`.
 */
export function istioFileName({ apiVersion, kind, metadata }: IstioObject): string {
  const safe = (text: string) => text.replace(/[^A-Za-z0-9.-]/g, '_').replace(/^\.+/, '_');
  const directory = metadata.namespace === undefined ? '_cluster' : safe(String(metadata.namespace));
  const [group] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
  const type = group && !group.endsWith('istio.io') ? `${kind}.${group}` : kind;
  return `${directory}/${safe(type).toLowerCase()}-${safe(metadata.name)}.yaml`;
}
