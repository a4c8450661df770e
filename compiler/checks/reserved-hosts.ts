// Gateways that serve names which proxies, the cluster or every machine know as somebody else's.
import { isReservedHost, keyOf } from '../model/index.ts';
import type { Check } from './check.ts';

export const reservedHosts: Check = {
  name: 'reserved-host',
  codes: ['FL0469'],
  reads: ['gateways'],
  check({ mesh }, report, placeOf) {
    for (const gateway of mesh.gateways) {
      for (const { name, hosts, protocol, origin } of gateway.listeners) {
        // Without a certificate nobody is taken in.
        const isPosing = (host: string) => isReservedHost(host) && (protocol === 'HTTPS' || host !== 'localhost');
        for (const host of hosts.filter(isPosing)) {
          report('FL0469', {
            message: `listener "${name}" of ${keyOf(gateway)} serves "${host}", a name that is not for gateways`,
            span: placeOf(origin, host),
            hint: 'serve a name of your own domain; callers inside the mesh reach services by their own names, without a gateway',
          });
        }
      }
    }
  },
};
