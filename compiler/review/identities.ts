// What it means that a workload takes a service account: access rules that name it are about this workload too, whoever had it.
import { type AuthorizationRule, keyOf, type MeshIndex, principal, type Workload } from '../model/index.ts';
import { nameSome } from './inventory.ts';
import type { Meshes } from './proof.ts';

const namedLimit = 3;

/** `key` is of the workload or gateway. Undefined where no rule lets in the account by its name. */
export function describeIdentity({ base, head }: Meshes, key: string, account: string): string | undefined {
  const namespace = key.slice(0, key.indexOf('/'));
  const holders = head.mesh.workloads.filter(
    (one) => one.namespace === namespace && one.serviceAccount === account && keyOf(one) !== key,
  );
  const open = openTo(head, namespace, account);
  if (holders.length > 0 && open.length > 0)
    return `it is let in where ${listed(holders.map(keyOf))} ${holders.length === 1 ? 'is' : 'are'}: ${listed(open)}`;
  // A rule that means the workload itself names its account, whichever that is.
  const waiting = openTo(base, namespace, account).filter((one) => open.includes(one));
  return waiting.length === 0 ? undefined : `it is let in where rules name that account: ${listed(waiting)}`;
}

/** Keys of services. */
function openTo({ mesh, workloadsOf, authorizationOf }: MeshIndex, namespace: string, account: string): string[] {
  const name = principal(mesh.settings.trustDomain, namespace, account);
  const isOpen = (workload: Workload) =>
    authorizationOf(workload).some(
      ({ action, rules }) => action === 'ALLOW' && rules.some((rule) => names(rule, name)),
    );
  return mesh.services.filter((service) => workloadsOf(service).some(isOpen)).map(keyOf);
}

function names({ from, when }: AuthorizationRule, name: string): boolean {
  return [...from.flatMap(({ all }) => all), ...when].some(
    (condition) =>
      condition.kind === 'principal' &&
      !condition.not &&
      condition.anyOf.some((match) => match.type === 'exact' && match.value === name),
  );
}

function listed(keys: readonly string[]): string {
  return nameSome(keys.toSorted(), namedLimit);
}
