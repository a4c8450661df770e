// Where a model node was written. Every node has one, and every output can be traced back through it.
import type { Span } from '../diagnostics/index.ts';

/** The span of the intent (or Istio YAML) that caused a node. */
export type Origin = Span;

/** `services/shoes.yaml#L9-L41`: the form in which emitted objects carry their origin (annotation `fairlead.dev/origin`). */
export function formatOrigin(origin: Origin): string {
  const { start, end } = origin;
  const lastLine = end.column === 1 && end.line > start.line ? end.line - 1 : end.line;
  return `${origin.file}#L${start.line}${lastLine > start.line ? `-L${lastLine}` : ''}`;
}

/** What all model nodes share: a discriminant and a place in Git. */
export interface ModelNode<K extends string> {
  readonly kind: K;
  readonly origin: Origin;
}

/** Where a node's setting is written, for people: nothing else comes of it. */
export interface SettingPlace<F extends string = string> extends ModelNode<'SettingPlace'> {
  readonly field: F;
}

/** Where a setting is written, or else the document where it is not. */
export function placeOfSetting<F extends string>(
  { settingPlaces, origin }: { readonly settingPlaces: readonly SettingPlace<F>[]; readonly origin: Origin },
  field: F,
): Origin {
  return settingPlaces.find((place) => place.field === field)?.origin ?? origin;
}
