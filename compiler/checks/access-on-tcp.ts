// Methods and paths do not exist on a TCP port: there an allow rule with them vanishes and a deny rule grows.
import {
  type AccessAction,
  isAboutRequest,
  isHttp,
  mayHoldOnPort,
  type Service,
  selectsWorkloads,
} from '../model/index.ts';
import type { Check } from './check.ts';
import { operationsOf } from './rule-clauses.ts';
import { selectPolicies } from './selection.ts';

export const accessOnTcp: Check = {
  name: 'access-on-tcp',
  codes: ['FL0433'],
  reads: ['services', 'authorizationPolicies'],
  check({ mesh }, report) {
    const policies = selectPolicies(mesh.authorizationPolicies);
    for (const service of mesh.services) {
      if (!selectsWorkloads(service)) continue;
      const tcpPorts = service.ports.filter((port) => !isHttp(port.protocol));
      if (tcpPorts.length === 0) continue;
      for (const policy of policies.selecting(service.namespace, service.selector)) {
        for (const operation of policy.rules.flatMap(operationsOf)) {
          if (!operation.all.some(isAboutRequest)) continue;
          const port = tcpPorts.find(({ targetPort }) => mayHoldOnPort(operation, targetPort));
          if (!port) continue;
          report('FL0433', {
            message: `this rule has HTTP conditions, and port ${port.number} speaks ${port.protocol}: there it ${effects[policy.action]}`,
            span: operation.origin,
            related: [{ message: 'the port', span: port.origin }],
            hint: httpPortsHint(service),
          });
        }
      }
    }
  },
};

const effects: Readonly<Record<AccessAction, string>> = {
  ALLOW: 'allows nothing',
  DENY: 'denies whatever the method or path',
};

function httpPortsHint(service: Service): string {
  const ports = service.ports.filter((port) => isHttp(port.protocol)).map((port) => port.number);
  return ports.length > 0 ? `restrict it with ports: [${ports.join(', ')}]` : 'remove methods and paths from the rule';
}
