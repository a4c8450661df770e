// A deployment target that is no control plane: Istio objects in a folder, as a cluster would hold them. What is needed first, then what
// turns traffic to it, then what nobody needs any more goes. It keeps an inventory, and so finds what an earlier process left.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { type Diagnostic, type IstioObject, istioFileName, renderIstio } from '../../../compiler/index.ts';
import type { Acknowledgement, DeployTarget, Phase } from '../../deploy/deploy-target.ts';

/** Whoever reads the folder, such as an istiod: what it has to object to, or nothing. */
export type Reader = (objects: readonly IstioObject[], label: string) => readonly Diagnostic[];

type Objects = readonly IstioObject[];

const inventory = 'inventory.json';
/** These send requests to what the others define. */
const trafficKinds = ['VirtualService', 'Gateway'];

export class FolderTarget implements DeployTarget<Objects> {
  readonly receivers = 'readers';
  readonly #folder: string;
  readonly #readers: ReadonlyMap<string, Reader>;

  constructor(folder: string, readers: ReadonlyMap<string, Reader>) {
    this.#folder = folder;
    this.#readers = readers;
    mkdirSync(folder, { recursive: true });
  }

  /** What the inventory names: whatever process wrote it. */
  held(): Objects {
    return this.#names().map((name) => parse(readFileSync(join(this.#folder, name), 'utf8')) as IstioObject);
  }

  /** From what the folder holds: more than the deployer can know after a restart. */
  plan(_from: Objects | undefined, to: Objects): readonly Phase<Objects>[] {
    const held = this.held();
    const needed = to.filter(({ kind }) => !trafficKinds.includes(kind));
    const stages = [
      { name: 'needed', desired: unite(held, needed) },
      { name: 'traffic', desired: unite(held, to) },
      { name: 'prune', desired: to },
    ];
    const phases = stages.map((stage, i) => ({
      ...stage,
      // Each of them reads the whole folder.
      affected: isSame(stages[i - 1]?.desired ?? held, stage.desired) ? 0 : this.#readers.size,
    }));
    // The last one stays even if nothing goes: it is the commit.
    return phases.filter(({ name, affected }) => name === 'prune' || affected > 0);
  }

  apply({ desired }: { readonly desired: Objects }): void {
    const names = desired.map(istioFileName);
    const stale = this.#names().filter((name) => !names.includes(name));
    // Named before they are there: what a crash leaves behind is still ours.
    this.#remember([...names, ...stale]);
    for (const object of desired) this.#write(object);
    for (const name of stale) rmSync(join(this.#folder, name));
    this.#remember(names);
  }

  async acknowledgement({ label }: { readonly label: string }): Promise<Acknowledgement> {
    const receivers = [...this.#readers].map(([name, reader]) => {
      const diagnostics = reader(this.held(), label);
      return { name, state: diagnostics.length > 0 ? ('nacked' as const) : ('acked' as const), diagnostics };
    });
    return { isAccepted: receivers.every(({ state }) => state === 'acked'), receivers };
  }

  #write(object: IstioObject): void {
    const path = join(this.#folder, istioFileName(object));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, renderIstio([object]));
  }

  #names(): readonly string[] {
    try {
      return JSON.parse(readFileSync(join(this.#folder, inventory), 'utf8')) as string[];
    } catch {
      return [];
    }
  }

  #remember(names: readonly string[]): void {
    writeFileSync(join(this.#folder, inventory), JSON.stringify(names));
  }
}

/** Everything of both; where both have an object, the second's, with the subsets of the first that requests may still go to. */
function unite(first: Objects, second: Objects): Objects {
  const united = new Map(first.map((object) => [istioFileName(object), object]));
  for (const object of second) {
    const old = united.get(istioFileName(object));
    united.set(istioFileName(object), old ? withSubsets(object, subsetsOf(old)) : object);
  }
  return [...united.values()];
}

export interface Subset {
  readonly name: string;
}

export function subsetsOf({ kind, spec }: IstioObject): readonly Subset[] {
  return kind === 'DestinationRule' ? ((spec as { readonly subsets?: readonly Subset[] }).subsets ?? []) : [];
}

function withSubsets(object: IstioObject, old: readonly Subset[]): IstioObject {
  const subsets = subsetsOf(object);
  const missing = old.filter(({ name }) => !subsets.some((subset) => subset.name === name));
  return missing.length === 0
    ? object
    : { ...object, spec: { ...(object.spec as object), subsets: [...subsets, ...missing] } };
}

function isSame(before: Objects, after: Objects): boolean {
  const texts = (objects: Objects) => objects.map((object) => renderIstio([object])).toSorted();
  return texts(before).join() === texts(after).join();
}
