// A wildcard for hosts outside the mesh under which Kubernetes Services are.
import { isOfCluster } from '../model/index.ts';
import type { Check } from './check.ts';

/**
 * Istio gives each host with `.svc.` in it the short names of a Kubernetes Service, a wildcard too: `*` is then one of them.
 * https://github.com/istio/istio/blob/master/pilot/pkg/networking/core/httproute.go, GenerateAltVirtualHosts
 */
const shortened = /^(\*\..+?)\.svc\./;

export const clusterWildcards: Check = {
  name: 'cluster-wildcard',
  codes: ['FL0465'],
  reads: ['services'],
  check({ mesh }, report, placeOf) {
    for (const service of mesh.services.filter((one) => !isOfCluster(one))) {
      for (const host of service.hosts) {
        const [, short] = shortened.exec(host) ?? [];
        if (short === undefined) continue;
        report('FL0465', {
          message: `"${host}" stands for the Services of a namespace, and for Istio also for their short names, such as ${short}`,
          span: placeOf(service.origin, host),
          hint: `name each host, such as crm${host.slice(1)}; what is in the mesh is used by its MeshService`,
        });
      }
    }
  },
};
