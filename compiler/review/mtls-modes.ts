// What workloads demand of connections, for where no request of today shows that it changes: nobody calls the port, or nobody is let in.
import {
  hasSidecar,
  keyOf,
  type MeshIndex,
  type MtlsMode,
  type Origin,
  placeOfSetting,
  type Service,
} from '../model/index.ts';
import type { Change, Shown } from './setting.ts';
import { mtlsWord } from './told.ts';

export function mtlsChanges(base: MeshIndex, head: MeshIndex): Change[] {
  const before = new Map(base.mesh.services.map((service) => [keyOf(service), service]));
  return head.mesh.services.flatMap((service) => {
    const earlier = before.get(keyOf(service));
    if (!earlier) return [];
    const [was, is] = [demandsOf(base, earlier), demandsOf(head, service)];
    const found = [...was].flatMap(([about, from]) => {
      const to = is.get(about);
      return to && from.says !== to.says ? [changeOf(service, about, { from, to })] : [];
    });
    return found.filter((change) => !isInherited(base, head, change) && !isOfSomePort(change, found));
  });
}

interface Demand {
  readonly says: string;
  readonly origin: Origin;
  readonly shown?: Shown;
}

/** Under Istio callers reach a pod on all its ports, whatever services name: docs/differences.md. */
const otherPorts = 'mTLS of its other ports';

/** Of all workloads behind the service, by what it is about. */
function demandsOf(index: MeshIndex, service: Service): ReadonlyMap<string, Demand> {
  const workloads = index.workloadsOf(service).filter(hasSidecar);
  if (workloads.length === 0) return new Map();
  const demand = (targetPort: number): Demand => {
    const found = workloads.map((workload) => index.mtlsOf(workload, targetPort));
    const [origin = placeOfSetting(index.mesh, 'mtls')] = found.flatMap((one) => one.origin ?? []);
    const modes = [...new Set(found.map(({ mode }) => mode))].sort();
    return { says: modes.join(' and '), origin };
  };
  return new Map([
    ...service.ports.map(({ number: port, targetPort }) => {
      const shown = { as: [mtlsWord], port };
      return [`mTLS of port ${port}`, { ...demand(targetPort), shown }] as const;
    }),
    // No workload listens there.
    [otherPorts, demand(0)] as const,
  ]);
}

function changeOf(
  service: Service,
  about: string,
  { from, to }: { readonly from: Demand; readonly to: Demand },
): Change {
  const name = keyOf(service);
  const at = ({ origin }: Demand) => ({ text: `service ${name} ${about}`, origin });
  const isOpening = opens[from.says as MtlsMode]?.includes(to.says) ?? true;
  return {
    what: 'service',
    name,
    about,
    from: from.says,
    to: to.says,
    severity: isOpening ? 'medium' : 'low',
    means: to.says === 'STRICT' ? undefined : meansOf(about, to.says),
    isOf: undefined,
    shown: to.shown ? [to.shown] : [],
    places: { base: at(from), head: at(to) },
  };
}

/** What takes what was refused, or no longer tells who calls. */
const opens: Readonly<Record<MtlsMode, readonly string[]>> = {
  STRICT: ['PERMISSIVE', 'DISABLE'],
  PERMISSIVE: ['DISABLE'],
  DISABLE: ['PERMISSIVE'],
};

function meansOf(about: string, mode: string): string {
  if (about === otherPorts) return 'where the pod listens on them, Istio lets plain text through';
  return mode === 'DISABLE'
    ? 'whoever calls it next does so in plain text, without identity'
    : 'plain text is taken there';
}

/** The Mesh's own setting is told of as such. */
function isInherited({ mesh: base }: MeshIndex, { mesh: head }: MeshIndex, { from, to }: Change): boolean {
  return from === base.settings.mtls && to === head.settings.mtls;
}

/** A mode for the whole service is one change. */
function isOfSomePort({ about, from, to }: Change, all: readonly Change[]): boolean {
  return about === otherPorts && all.some((one) => one.about !== otherPorts && one.from === from && one.to === to);
}
