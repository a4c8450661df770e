// A proxy keeps some ports for itself: what an application, a service or a listener would be there is unguarded, or nobody reaches it.
import type { Report } from '../diagnostics/index.ts';
import {
  hasSidecar,
  isDialledByAddress,
  isHttp,
  isOwnTls,
  type MeshIndex,
  type ProxyPort,
  proxyPortOf,
  type Service,
  type ServicePort,
} from '../model/index.ts';
import type { Check, PlaceOf } from './check.ts';

export const portsOfProxies: Check = {
  name: 'port-of-proxy',
  codes: ['FL0462'],
  reads: 'all',
  check({ mesh, index }, report, placeOf) {
    for (const service of mesh.services) {
      for (const port of service.ports) checkPort({ index, service, port }, report, placeOf);
    }
    for (const { port, name, origin } of mesh.gateways.flatMap(({ listeners }) => listeners)) {
      const kept = proxyPortOf(port);
      if (!kept?.onGateways) continue;
      report('FL0462', {
        message: `listener "${name}" cannot be opened on port ${port}, where the proxy of each gateway listens itself (${kept.job})`,
        span: placeOf(origin, String(port)),
        hint: 'choose another port',
      });
    }
  },
};

interface PortOf {
  readonly index: MeshIndex;
  readonly service: Service;
  readonly port: ServicePort;
}

/** One finding a port: an application that cannot stay needs another number, which is then often that of the service as well. */
function checkPort(place: PortOf, report: Report, placeOf: PlaceOf): void {
  const { service, port } = place;
  const application = proxyPortOf(port.targetPort);
  const dialled = proxyPortOf(port.number);
  const another = dialled?.takesCalls ? 'another port, and the service too' : 'another port, and name it as targetPort';
  if (application && hasSidecars(place)) {
    report('FL0462', {
      message: `target port ${port.targetPort} is the sidecar's own (${application.job})${outcomes[application.besideApplication]}`,
      span: placeOf(port.origin, String(port.targetPort)),
      hint: `let the application listen on ${another}`,
    });
  } else if (dialled?.takesCalls && isListenedFor(service, port)) {
    report('FL0462', {
      message: `port ${port.number} is one on which each sidecar listens itself (${dialled.job}), so no caller's proxy can listen there for this service`,
      span: placeOf(port.origin, String(port.number)),
      hint: `choose another port for callers${port.targetPort === port.number ? ', and name this one as targetPort' : ''}`,
    });
  }
}

const outcomes: Readonly<Record<ProxyPort['besideApplication'], string>> = {
  taken: ', so no application can listen there',
  unguarded: ': what comes to it passes the sidecar by, so neither mTLS nor access rules guard it',
};

function hasSidecars({ index, service }: PortOf): boolean {
  return index.workloadsOf(service).some(hasSidecar);
}

/** At every address: connections that are told apart by the address dialled have a listener at that address alone. */
function isListenedFor(service: Service, { protocol }: ServicePort): boolean {
  return isHttp(protocol) || isOwnTls(protocol) || !isDialledByAddress(service);
}
