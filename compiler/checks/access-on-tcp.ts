// Methods and paths do not exist on a TCP port: there an allow rule with them vanishes and a deny rule grows.
import { type AuthorizationPolicy, isHttp, type OperationMatch, type Service } from '../model/index.ts';
import type { Check } from './check.ts';
import { SelectionIndex } from './selection.ts';

export const accessOnTcp: Check = {
  name: 'access-on-tcp',
  codes: ['FL0433'],
  reads: ['services', 'authorizationPolicies'],
  check({ mesh }, report) {
    const policies = new SelectionIndex<AuthorizationPolicy>(mesh.authorizationPolicies, (policy) => policy.target);
    for (const service of mesh.services) {
      if (service.resolution !== 'workloads') continue;
      const tcpPorts = service.ports.filter((port) => !isHttp(port.protocol));
      if (tcpPorts.length === 0) continue;
      for (const policy of policies.selecting(service.namespace, service.selector)) {
        for (const operation of policy.rules.flatMap((rule) => rule.to).filter(isHttpOnly)) {
          const port = tcpPorts.find((p) => operation.ports.length === 0 || operation.ports.includes(p.targetPort));
          if (!port) continue;
          const effect =
            policy.action === 'DENY' ? 'there it denies whatever the method or path' : 'there it allows nothing';
          report('FL0433', {
            message: `this rule has HTTP conditions, and port ${port.number} speaks ${port.protocol}: ${effect}`,
            span: operation.origin,
            related: [{ message: 'the port', span: port.origin }],
            hint: httpPortsHint(service),
          });
        }
      }
    }
  },
};

function isHttpOnly({ methods, notMethods, paths, notPaths }: OperationMatch): boolean {
  return methods.length + notMethods.length + paths.length + notPaths.length > 0;
}

function httpPortsHint(service: Service): string {
  const ports = service.ports.filter((port) => isHttp(port.protocol)).map((port) => port.number);
  return ports.length > 0 ? `restrict it with ports: [${ports.join(', ')}]` : 'remove methods and paths from the rule';
}
