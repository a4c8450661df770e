// A compiled mesh as it stands on this machine: which instances run where, and what each proxy gets there.
import {
  type Diagnostic,
  type EnvoyPlan,
  keyOf,
  type Mesh,
  planEnvoy,
  type ProxyTarget,
  snapshotFor,
  spiffeId,
} from '../../compiler/index.ts';
import type { SnapshotSource } from '../deploy/proxy-snapshots.ts';
import { type AddressBook, type AllocatedInstance, type Allocation, allocate, portsOf } from './allocate.ts';
import type { ClaimedRange } from './claim-range.ts';
import { embeddedLimits } from './embedded-limits.ts';
import type { LocalFile } from './local-file.ts';
import { planLocal } from './plan-instances.ts';
import { withoutOriginatedTls } from './stand-in-tls.ts';

export interface Realized {
  readonly mesh: Mesh;
  readonly allocation: Allocation;
  readonly plan: EnvoyPlan;
  readonly snapshotFor: SnapshotSource;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Gives proxies their placement by name. A proxy's own placement differs from commit to commit, while the control plane asks
 * for it once, when the proxy connects: so it is given a target that stands for the instance, whatever its placement.
 */
export class Targets {
  readonly #targets = new Map<string, ProxyTarget>();
  readonly #keys = new WeakMap<ProxyTarget['placement'], string>();

  /** The target of an instance that was allocated; the same object every time. */
  of(instance: AllocatedInstance): ProxyTarget {
    const known = this.#targets.get(instance.key);
    if (known) return known;
    const { namespace, name } = instance.workload;
    const target = { workload: `${namespace}/${name}`, placement: instance.placement };
    this.#targets.set(instance.key, target);
    this.#keys.set(target.placement, instance.key);
    return target;
  }

  find(key: string): ProxyTarget | undefined {
    return this.#targets.get(key);
  }

  keyOf(target: ProxyTarget): string | undefined {
    return this.#keys.get(target.placement);
  }
}

export async function realize(
  mesh: Mesh,
  options: {
    readonly local: LocalFile;
    readonly range: ClaimedRange;
    readonly previous: AddressBook;
    readonly targets: Targets;
    /** Of what runs: proxies that a change does not concern keep the same snapshots. */
    readonly previousPlan?: EnvoyPlan | undefined;
    /** Whether embedded proxies will serve it: then what they cannot do is found out, too. */
    readonly isEmbedded?: boolean;
  },
): Promise<Realized> {
  const { local, range, previous, targets, previousPlan, isEmbedded = false } = options;
  const plan = planLocal(mesh, local);
  const allocateWith = (busyPorts: ReadonlySet<number>) =>
    allocate(mesh, plan, { base: range.base, previous, busyPorts });
  const allocation = allocateWith(await findBusy(range, previous, allocateWith));
  const byKey = new Map(allocation.instances.map((instance) => [instance.key, instance]));
  const envoyPlan = planEnvoy(withoutOriginatedTls(mesh), previousPlan);
  const limits = isEmbedded ? embeddedLimits(mesh, snapshotsOf(allocation, envoyPlan)) : [];
  return {
    mesh,
    allocation,
    plan: envoyPlan,
    diagnostics: [...plan.diagnostics, ...limits],
    snapshotFor: (target) => {
      const instance = byKey.get(targets.keyOf(target) ?? '');
      return instance && snapshotFor(envoyPlan, { workload: target.workload, placement: instance.placement });
    },
  };
}

/** What each proxy will get. */
function* snapshotsOf({ instances }: Allocation, plan: EnvoyPlan) {
  for (const { workload, placement } of instances) {
    yield snapshotFor(plan, { workload: keyOf(workload), placement });
  }
}

/** Ports that are new to the allocation and taken on all addresses, until an allocation without them is found. */
async function findBusy(
  range: ClaimedRange,
  previous: AddressBook,
  allocateWith: (busy: ReadonlySet<number>) => Allocation,
): Promise<ReadonlySet<number>> {
  const known = new Set(portsOf(previous));
  let busy: ReadonlySet<number> = new Set();
  for (let i = 0; i < 5; i++) {
    const fresh = portsOf(allocateWith(busy).book).filter((port) => !known.has(port) && !busy.has(port));
    const found = await range.busyPorts(fresh);
    if (found.size === 0) return busy;
    busy = busy.union(found);
  }
  return busy;
}

/** The SPIFFE ID that an instance's proxy proves. */
export function identityOf(mesh: Mesh, { workload }: AllocatedInstance): string {
  return spiffeId(mesh.settings.trustDomain, workload.namespace, workload.serviceAccount);
}
