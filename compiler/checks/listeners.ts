// A connection to a gateway must lead to one listener.
import type { Report } from '../diagnostics/index.ts';
import type { Gateway, GatewayListener } from '../model/index.ts';
import type { Check } from './check.ts';

export const listeners: Check = {
  name: 'listener-conflict',
  codes: ['FL0436'],
  reads: ['gateways'],
  check({ mesh }, report) {
    for (const gateway of mesh.gateways) checkGateway(gateway, report);
  },
};

function checkGateway({ listeners: all }: Gateway, report: Report): void {
  for (const [i, listener] of all.entries()) {
    for (const earlier of all.slice(0, i)) {
      const conflict = conflictOf(earlier, listener);
      if (conflict === undefined) continue;
      report('FL0436', {
        message: `listener "${listener.name}" ${conflict}`,
        span: listener.origin,
        related: [{ message: 'the other listener', span: earlier.origin }],
        hint: 'change the port, the hosts or the name of one of the two',
      });
      break;
    }
  }
}

function conflictOf(a: GatewayListener, b: GatewayListener): string | undefined {
  if (a.name === b.name) return 'has the name of another listener';
  if (a.port !== b.port) return undefined;
  if (a.protocol !== b.protocol) return `speaks ${b.protocol} on port ${b.port}, where another speaks ${a.protocol}`;
  const shared = b.hosts.find((host) => a.hosts.includes(host));
  return shared === undefined ? undefined : `serves "${shared}" on port ${b.port} as another does`;
}
