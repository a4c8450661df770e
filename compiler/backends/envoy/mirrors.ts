// Mirrors: copies of requests whose answers nobody waits for.
import { featuresOf, nothingLeft } from '../../model/index.ts';
import { clusterName, referenceOn } from './cluster-reference.ts';
import { fraction } from './json-values.ts';
import type { RouteFeatureRow } from './route-feature-row.ts';

export const mirrors: RouteFeatureRow<'Mirror'> = {
  kind: 'Mirror',
  parts: (route, dialled) => {
    const copies = featuresOf(route, 'Mirror').map(
      ({ kind: _kind, origin: _origin, host, port, subset, percentage, ...rest }) => {
        nothingLeft(rest);
        return { to: referenceOn({ host, port, subset }, dialled), percentage };
      },
    );
    if (copies.length === 0) return {};
    const requestMirrorPolicies = copies.map(({ to, percentage }) => ({
      cluster: clusterName(to),
      runtimeFraction: { defaultValue: fraction(percentage) },
      // As Istio since 1.28: the copy is for the host that was asked for, which the other version must know it by.
      disableShadowHostSuffixAppend: true,
    }));
    return { forward: { requestMirrorPolicies }, references: copies.map(({ to }) => to) };
  },
};
