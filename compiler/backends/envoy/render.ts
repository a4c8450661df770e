// A snapshot as YAML files, a file a resource type: for people, for goldens, and for Envoy's file mode after conversion.
import { stringify } from 'yaml';
import type { ProxySnapshot } from './proxy-snapshot.ts';

export interface SnapshotFile {
  readonly name: string;
  readonly text: string;
}

/** In the order in which ADS sends them. Endpoints are selectors: addresses come from discovery, not from a compile. */
export function renderSnapshot(snapshot: ProxySnapshot): readonly SnapshotFile[] {
  const { clusters, endpoints, secrets, listeners, routes } = snapshot;
  return Object.entries({ clusters, endpoints, secrets, listeners, routes }).map(([type, resources]) => ({
    name: `${type}.yaml`,
    // Envoy's own reader takes `no` and `on` without quotes for booleans, as YAML 1.1 does.
    text: stringify(resources, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' }),
  }));
}
