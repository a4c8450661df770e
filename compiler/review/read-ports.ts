// Ports on which a caller's proxy reads what it passes on, and is a proxy of bytes where nothing in scope speaks HTTP: no request that proxies
// take shows it of hosts that nobody knows, so that it is told as a setting.
import { type ReadPort, takerOf } from '../analysis/index.ts';
import { type MeshIndex, placeOfSetting } from '../model/index.ts';
import { changeRows } from './change-rows.ts';
import { anyOtherHost, portsPassedRead, portsReadOtherwise } from './other-hosts.ts';
import type { Meshes } from './proof.ts';
import type { PlacedText, ReviewRow } from './review.ts';
import type { Change } from './setting.ts';
import { shortHost } from './words.ts';

export function readPortRows({ base, head }: Meshes): ReviewRow[] {
  const changes = [...head.workloadByKey.keys()].flatMap((key) => {
    const [before, after] = [portsPassedRead(base, key), portsPassedRead(head, key)];
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
  [was, is]: readonly [ReadPort | undefined, ReadPort | undefined],
): Change {
  return {
    what: 'workload',
    name,
    about: `${anyOtherHost}:${port}`,
    from: how(was),
    to: how(is),
    severity: 'medium',
    means: meaningOf(was, is),
    isOf: undefined,
    shown: [],
    places: { base: placeOf(base, was), head: placeOf(head, is) },
  };
}

function meaningOf(was: ReadPort | undefined, is: ReadPort | undefined): string | undefined {
  if (!is) return undefined;
  if (was) return is.isTlsApart ? undefined : 'TLS is refused';
  return is.isTlsApart ? 'what is neither a request nor TLS is refused' : 'what is no request is refused, TLS too';
}

function how(read: ReadPort | undefined): string {
  if (!read) return 'passed on byte by byte';
  return read.isTlsApart ? 'read as HTTP, but TLS passed on byte by byte' : 'read as HTTP';
}

function placeOf({ mesh }: MeshIndex, read: ReadPort | undefined): PlacedText {
  if (!read) return { text: 'egress mode any', origin: placeOfSetting(mesh, 'egressDefault') };
  const { service, port, entry } = read.use;
  return { text: `uses ${shortHost(service.hosts[0] ?? '')}:${port.number}`, origin: entry.origin };
}
