// A listener that redirects to HTTPS sends callers to a listener that must exist.
import type { Gateway } from '../model/index.ts';
import { coversHost, schemeOf } from '../model/index.ts';
import type { Check } from './check.ts';

export const httpsRedirects: Check = {
  name: 'https-redirect',
  codes: ['FL0446'],
  reads: ['gateways'],
  check({ mesh }, report) {
    for (const gateway of mesh.gateways) {
      for (const listener of gateway.listeners.filter((l) => l.redirectToHttps)) {
        const unserved = listener.hosts.find((host) => !isServed(host, gateway));
        if (unserved === undefined) continue;
        report('FL0446', {
          message: `listener "${listener.name}" redirects "${unserved}" to HTTPS, where no listener serves it`,
          span: listener.origin,
          hint: `add an HTTPS listener for "${unserved}", or remove redirectToHttps`,
        });
      }
    }
  },
};

function isServed(host: string, { listeners }: Gateway): boolean {
  return listeners.some(
    (listener) => schemeOf(listener) === 'https' && listener.hosts.some((served) => coversHost(served, host)),
  );
}
