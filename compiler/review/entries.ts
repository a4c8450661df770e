// Where callers from outside come in: the proxies of gateways, and which of them are the same in both meshes. Those that selectors
// choose count, not the names of MeshGateways: one that is split, joined or renamed leaves its proxies where they are.
import { contentKey } from '../analysis/index.ts';
import { type GatewayPort, keyOf, type MeshIndex, type Workload } from '../model/index.ts';

/** The same proxies in both meshes, asked under a name that they have there; by one mesh alone if the other has none. */
export interface Entry {
  readonly base: string;
  readonly head: string;
  /** The gateways whose proxies these are, by the mesh that lets in what the other does not. */
  readonly gateways: { readonly base: readonly string[]; readonly head: readonly string[] };
  /** Equal for those that serve a gateway in common: what is changed of that shows at each. */
  readonly shared: string;
}

/** Workloads that run one kind of proxy: the labels are the same, and so is the identity. */
interface Proxies {
  readonly keys: readonly string[];
  readonly labels: string;
  readonly identity: string;
  /** All that they serve. */
  readonly serves: readonly string[];
}

type Pair = Readonly<Partial<Record<'base' | 'head', Proxies>>>;

export function entriesOf(base: MeshIndex, head: MeshIndex): Entry[] {
  const all = { base: proxiesIn(base), head: proxiesIn(head) };
  const pairs = pairsOf(all.base, all.head);
  const shared = components(pairs);
  return pairs.map((pair, i) => {
    const named = { base: ownNames(pair, 'base', all), head: ownNames(pair, 'head', all) };
    const [was, is] = [pair.base?.keys ?? [], pair.head?.keys ?? []];
    const common = was.find((key) => is.includes(key));
    const [first = '', second = ''] = [was[0] ?? is[0], is[0] ?? was[0]];
    return { base: common ?? first, head: common ?? second, gateways: named, shared: `${shared[i]}` };
  });
}

/** What is served by the proxies of that name, port by port. */
export function gatewayPortsOf(index: MeshIndex, proxy: string): readonly GatewayPort[] {
  return index.gatewayPorts().filter(({ workload }) => keyOf(workload) === proxy);
}

function proxiesIn(index: MeshIndex): Proxies[] {
  const workloads = [...new Set(index.gatewayPorts().map(({ workload }) => workload))];
  const described = workloads.map((workload) => ({
    ...describe(workload),
    serves: index.gatewaysOf(workload).map(keyOf),
  }));
  const groups = Map.groupBy(described, ({ labels, identity, serves }) => contentKey([labels, identity, serves]));
  return [...groups.values()].flatMap((group) => {
    const [one] = group;
    return one ? [{ ...one, keys: group.flatMap(({ keys }) => keys).sort() }] : [];
  });
}

/** Without labels nothing but its name tells who runs it. */
function describe(workload: Workload): Omit<Proxies, 'serves'> {
  const { namespace, serviceAccount, labels } = workload;
  const own = Object.keys(labels).length > 0 ? labels : keyOf(workload);
  return { keys: [keyOf(workload)], labels: contentKey(own), identity: `${namespace}/${serviceAccount}` };
}

/** First what is the same, then what is called the same; of what is left, what the same selector chooses. */
function pairsOf(base: readonly Proxies[], head: readonly Proxies[]): Pair[] {
  const pairs = head.map((one): Pair => {
    const found = base.find((other) => isSame(one, other)) ?? base.find((other) => isNamesake(one, other));
    return { head: one, ...(found && { base: found }) };
  });
  const left = base.filter((one) => !pairs.some((pair) => pair.base === one));
  const others = left.map((one): Pair => {
    const found = head.find((other) => isNamesake(one, other));
    return { base: one, ...(found && { head: found }) };
  });
  return joinLeft([...pairs, ...others]);
}

function isSame(a: Proxies, b: Proxies): boolean {
  return a.labels === b.labels && a.identity === b.identity;
}

function isNamesake(a: Proxies, b: Proxies): boolean {
  return a.keys.some((key) => b.keys.includes(key));
}

function joinLeft(pairs: readonly Pair[]): Pair[] {
  const gone = new Set(pairs.filter(({ head }) => head === undefined));
  const joined = pairs.map((pair): Pair => {
    if (pair.base !== undefined) return pair;
    const found = [...gone].find(({ base }) => base?.labels === pair.head?.labels);
    if (!found) return pair;
    gone.delete(found);
    return { ...found, ...pair };
  });
  return joined.filter((pair) => pair.head !== undefined || gone.has(pair));
}

/** Without those that another pair is about. */
function ownNames(
  pair: Pair,
  side: 'base' | 'head',
  all: Readonly<Record<'base' | 'head', readonly Proxies[]>>,
): readonly string[] {
  const isElsewhere = (key: string) =>
    (['base', 'head'] as const).some((one) =>
      all[one].some((other) => other !== pair[one] && other.keys.includes(key)),
    );
  const named = pair[side]?.keys ?? pair[side === 'base' ? 'head' : 'base']?.keys ?? [];
  const own = named.filter((key) => !isElsewhere(key));
  return own.length > 0 ? own : named;
}

/** For each pair the first of those that it shares a gateway with, by way of others too. */
function components(pairs: readonly Pair[]): readonly number[] {
  const parts = pairs.map((_, i) => i);
  const seen = new Map<string, number>();
  for (const [i, { base, head }] of pairs.entries()) {
    for (const key of [...(base?.serves ?? []), ...(head?.serves ?? [])]) {
      const earlier = seen.get(key);
      if (earlier === undefined) seen.set(key, i);
      else join(parts, earlier, i);
    }
  }
  return parts;
}

function join(parts: number[], a: number, b: number): void {
  const [from, to] = [parts[b], parts[a]];
  if (from === undefined || to === undefined || from === to) return;
  for (const [i, part] of parts.entries()) if (part === from) parts[i] = to;
}
