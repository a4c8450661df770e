// Policies, egress and identity belong to workloads: two groups that select the same ones would rule over each other.
import { keyOf, type Workload, hasProxy, runsGateway } from '../model/index.ts';
import type { Check } from './check.ts';
import { SelectionIndex } from './selection.ts';

export const overlappingSelectors: Check = {
  name: 'overlapping-selectors',
  codes: ['FL0432'],
  reads: ['workloads'],
  check({ mesh }, report, placeOf) {
    const withProxy = mesh.workloads.filter(hasProxy);
    const index = new SelectionIndex<Workload>(withProxy, (workload) => workload);
    for (const workload of withProxy) {
      const others = index
        .selecting(workload.namespace, workload.labels)
        .filter((other) => other !== workload && !areGateways(other, workload) && !isReportedThere(other, workload));
      if (others.length === 0) continue;
      report('FL0432', {
        message: `${others.map(keyOf).join(' and ')} ${others.length === 1 ? 'selects' : 'select'} the workloads of ${keyOf(workload)} as well`,
        span: placeOf(workload.origin),
        related: others.map((other) => ({ message: `with ${selectorText(other)}`, span: placeOf(other.origin) })),
        hint: `give them labels that tell them apart under \`${runsGateway(workload) ? 'selector' : 'workload.selector'}\``,
      });
    }
  },
};

/** Gateways may run on the same proxies, in one namespace as in several: shared-gateways.ts tells of it. */
function areGateways(a: Workload, b: Workload): boolean {
  return runsGateway(a) && runsGateway(b);
}

/** Two equal selectors select each other: said once, at the later name. */
function isReportedThere(other: Workload, workload: Workload): boolean {
  const isSame = Object.keys(other.labels).length === Object.keys(workload.labels).length;
  return isSame && keyOf(other) > keyOf(workload);
}

function selectorText({ labels }: Workload): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
