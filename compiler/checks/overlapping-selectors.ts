// Policies, egress and identity belong to workloads: two groups that select the same ones would rule over each other.
import { keyOf, type Workload } from '../model/index.ts';
import type { Check } from './check.ts';
import { SelectionIndex } from './selection.ts';

export const overlappingSelectors: Check = {
  name: 'overlapping-selectors',
  codes: ['FL0432'],
  check({ mesh }, report) {
    const withProxy = mesh.workloads.filter((workload) => workload.proxy !== 'none');
    const index = new SelectionIndex<Workload>(withProxy, (workload) => workload);
    for (const workload of withProxy) {
      for (const other of index.selecting(workload.namespace, workload.labels)) {
        const isSame = Object.keys(other.labels).length === Object.keys(workload.labels).length;
        if (other === workload || (isSame && keyOf(other) > keyOf(workload))) continue;
        report('FL0432', {
          message: `${keyOf(other)} selects the workloads of ${keyOf(workload)} as well`,
          span: workload.origin,
          related: [{ message: `with ${selectorText(other)}`, span: other.origin }],
          hint: 'give them labels that tell them apart under `workload.selector`',
        });
      }
    }
  },
};

function selectorText({ labels }: Workload): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
