// Callers whom no mesh has yet: an identity for each class that access rules tell apart. They stand for the next workload of a
// namespace, or of a service account.
import { involvedFor } from '../analysis/index.ts';
import {
  accountIn,
  type Condition,
  type ConditionOf,
  type MeshIndex,
  type Reading,
  type Workload,
} from '../model/index.ts';

/** No namespace, workload or service account of Kubernetes is called so. */
const any = '*';
/** The namespace of those whom the rules do not name, where they name some. */
const unnamed = 'another namespace';
const accountWord = 'serviceAccount:';

/** A workload for each namespace that rules name, and for all the others; for a service account only if nobody known has it. */
export function newcomersTo(indexes: readonly MeshIndex[], host: string, known: ReadonlySet<string>): Workload[] {
  const { principals, namespaces } = namedIn(indexes.flatMap((index) => peerConditions(index, host)));
  const taken = new Set(indexes.flatMap((index) => identitiesOf(index, known)));
  const accounts = principals.flatMap((principal) => {
    const account = accountIn(principal);
    if (!account || taken.has(`${account.namespace}/${account.serviceAccount}`)) return [];
    return [newcomer(indexes, { ...account, name: `${accountWord}${account.serviceAccount}` })];
  });
  const others = namespaces.length === 0 && accounts.length === 0 ? any : unnamed;
  const rest = [...namespaces, others].map((namespace) =>
    newcomer(indexes, { namespace, name: any, serviceAccount: any }),
  );
  return [...accounts, ...rest];
}

type Peer = Reading<ConditionOf<'principal' | 'namespace'>, 'kind' | 'anyOf' | 'not'>;

/** Of the workloads that requests to the host may end at. */
function peerConditions(index: MeshIndex, host: string): readonly Peer[] {
  const { targets } = involvedFor(index, host);
  const rules = targets.flatMap((target) => index.authorizationOf(target).flatMap((policy) => policy.rules));
  const conditions = rules.flatMap(({ from, to, when }) => [...[...from, ...to].flatMap(({ all }) => all), ...when]);
  return conditions.filter(isOfPeer);
}

function isOfPeer(condition: Condition): condition is Peer {
  return condition.kind === 'principal' || condition.kind === 'namespace';
}

/** What patterns match has no name of its own: it is among the others, or of a namespace that is named. */
function namedIn(conditions: readonly Peer[]) {
  const of = (wanted: Peer['kind']) => [
    ...new Set(
      conditions.flatMap(({ kind, anyOf }) =>
        kind === wanted ? anyOf.flatMap((match) => (match.type === 'exact' ? [match.value] : [])) : [],
      ),
    ),
  ];
  return { principals: of('principal'), namespaces: of('namespace') };
}

function identitiesOf(index: MeshIndex, keys: ReadonlySet<string>): string[] {
  return [...keys].flatMap((key) => {
    const workload = index.workloadByKey.get(key);
    return workload ? [`${workload.namespace}/${workload.serviceAccount}`] : [];
  });
}

function newcomer(
  [index]: readonly MeshIndex[],
  identity: Pick<Workload, 'namespace' | 'name' | 'serviceAccount'>,
): Workload {
  const origin = index?.mesh.origin;
  if (!origin) throw new Error('there is no mesh to be new in');
  return { kind: 'Workload', origin, labels: {}, proxy: 'sidecar', settingPlaces: [], ...identity };
}

export function isNewcomer(key: string): boolean {
  return key.endsWith(`/${any}`) || key.includes(`/${accountWord}`);
}

const namedLimit = 3;

/** `any further workload of namespace shop`. */
export function describeNewcomers(keys: readonly string[]): string[] {
  if (keys.includes(`${any}/${any}`)) return ['any further workload'];
  const parts = keys.map((key) => key.split('/') as [namespace: string, name: string]);
  const accounts = parts.flatMap(([namespace, name]) =>
    name === any ? [] : [`${namespace}/${name.slice(accountWord.length)}`],
  );
  const whole = parts.flatMap(([namespace, name]) => (name === any ? [namespace] : []));
  const named = whole.filter((namespace) => namespace !== unnamed);
  const words = [
    ...(named.length > namedLimit ? [`${named.length} namespaces`] : named.map((one) => `namespace ${one}`)),
    ...(whole.length > named.length ? ['a namespace that no rule names'] : []),
  ];
  const more = accounts.length > namedLimit ? `one of ${accounts.length} service accounts` : accounts.join(' or ');
  return [
    ...(words.length > 0 ? [`any further workload of ${words.join(' or ')}`] : []),
    ...(accounts.length > 0 ? [`any further workload with service account ${more}`] : []),
  ];
}
