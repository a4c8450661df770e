// What lowering is given and what it gives back. Each document becomes a fragment of the model on its own.
import type { Report, Span } from '../../diagnostics/index.ts';
import {
  type HttpRoute,
  type MeshLists,
  type MeshSettings,
  noNodes,
  type PathMatch,
  type SettingPlace,
  type Workload,
} from '../../model/index.ts';
import type { Resolver } from '../resolve.ts';

export interface LowerContext {
  readonly global: GlobalFacts;
  readonly resolver: Resolver;
  readonly report: Report;
}

/** What every document depends on. */
export interface GlobalFacts {
  readonly name: string;
  readonly settings: MeshSettings;
  readonly settingPlaces: readonly SettingPlace<keyof MeshSettings>[];
  /** The Mesh document, or the first file if there is none. */
  readonly origin: Span;
  /** Where the default for access is written. */
  readonly accessOrigin: Span;
  /** Where the mode of mTLS is written. */
  readonly mtlsOrigin: Span;
}

/** Where a setting is written, if it is. */
export function settingPlace<F extends string>(
  field: F,
  written: { readonly origin: Span } | undefined,
): readonly SettingPlace<F>[] {
  return written ? [{ kind: 'SettingPlace', field, origin: written.origin }] : [];
}

/** As `settingPlace`, of a workload. */
export function workloadPlaces(
  labels: { readonly origin: Span } | undefined,
  serviceAccount: { readonly origin: Span } | undefined,
): Workload['settingPlaces'] {
  return [...settingPlace('labels', labels), ...settingPlace('serviceAccount', serviceAccount)];
}

/** What one document adds to the mesh. */
export interface Fragment extends MeshLists {
  readonly exposures: readonly Exposure[];
}

export const emptyFragment: Fragment = { ...noNodes, exposures: [] };

/** One `expose` entry: the routes of a service, narrowed to a path of a host of a gateway. */
export interface Exposure {
  /** `namespace/name`. */
  readonly gateway: string;
  readonly host: string;
  readonly path: PathMatch;
  /** As written, for messages. */
  readonly pathText: string;
  /** `namespace/name`. */
  readonly service: string;
  readonly serviceHost: string;
  readonly serviceNamespace: string;
  readonly origin: Span;
  readonly routes: readonly HttpRoute[];
}
