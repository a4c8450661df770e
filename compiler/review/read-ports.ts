// Ports on which a caller's proxy reads what it passes on, and is a proxy of bytes where nothing in scope speaks HTTP: no request that proxies
// take shows it of hosts that nobody knows, so that it is told as a setting.
import { takerOf } from '../analysis/index.ts';
import { type MeshIndex, placeOfSetting, type Use } from '../model/index.ts';
import { changeRows } from './change-rows.ts';
import { anyOtherHost, portsRead, portsReadOtherwise } from './other-hosts.ts';
import type { Meshes } from './proof.ts';
import type { PlacedText, ReviewRow } from './review.ts';
import type { Change } from './setting.ts';
import { shortHost } from './words.ts';

export function readPortRows({ base, head }: Meshes): ReviewRow[] {
  const changes = [...head.workloadByKey.keys()].flatMap((key) => {
    const [before, after] = [portsRead(base, key), portsRead(head, key)];
    // What something takes is compared by requests.
    return portsReadOtherwise(before, after)
      .filter((port) => ![base, head].some((index) => isTaken(index, key, port)))
      .map((port) => changeOf({ base, head }, key, port, [before?.get(port), after?.get(port)]));
  });
  return changeRows([base, head], changes);
}

function isTaken(index: MeshIndex, key: string, port: number): boolean {
  const workload = index.workloadByKey.get(key);
  return workload !== undefined && takerOf(index, workload, port) !== undefined;
}

function changeOf(
  { base, head }: Meshes,
  name: string,
  port: number,
  [was, is]: readonly [Use | undefined, Use | undefined],
): Change {
  return {
    what: 'workload',
    name,
    about: `${anyOtherHost}:${port}`,
    from: how(was),
    to: how(is),
    severity: 'medium',
    means: is ? 'what is no request is refused' : undefined,
    isOf: undefined,
    shown: [],
    places: { base: placeOf(base, was), head: placeOf(head, is) },
  };
}

function how(use: Use | undefined): string {
  return use ? 'read as HTTP' : 'passed on byte by byte';
}

function placeOf({ mesh }: MeshIndex, use: Use | undefined): PlacedText {
  if (!use) return { text: 'egress mode any', origin: placeOfSetting(mesh, 'egressDefault') };
  const { service, port, entry } = use;
  return { text: `uses ${shortHost(service.hosts[0] ?? '')}:${port.number}`, origin: entry.origin };
}
