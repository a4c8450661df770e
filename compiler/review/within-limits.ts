// Comparisons as far as the limits of the analysis let them go: what is too wide is left out whole, however far it came, and told.
import { keyOf } from '../model/index.ts';
import { sharingPatterns, TooWide } from '../analysis/index.ts';
import { analyse, compare, type Finding } from './compare.ts';
import { Contradiction, type Meshes } from './proof.ts';
import type { Comparison } from './questions.ts';
import type { NotAnalysed, ReviewRow } from './review.ts';
import { rowsOf } from './rows.ts';

export interface Compared {
  readonly findings: readonly Finding[];
  readonly notAnalysed: readonly NotAnalysed[];
  /** Headers of which only requests are compared that send them at most once, where that may make a difference; sorted. */
  readonly repeated: readonly string[];
}

export function compareAll(meshes: Meshes, comparisons: readonly Comparison[]): Compared {
  const notAnalysed: NotAnalysed[] = [];
  const repeated = new Set<string>();
  const findings = comparisons.flatMap((comparison) => {
    const found = orOpen(() => compare(meshes.base, meshes.head, comparison));
    if (!isOpen(found)) {
      for (const name of found.repeated) repeated.add(name);
      return found.findings;
    }
    notAnalysed.push(describe(meshes, comparison, found));
    return [];
  });
  return { findings, notAnalysed, repeated: [...repeated].sort() };
}

/** Writing rows may be too wide where comparing was not. */
export function rowsWithin(
  meshes: Meshes,
  { findings: all, notAnalysed: before }: Omit<Compared, 'repeated'>,
  touched: ReadonlySet<string>,
): { readonly rows: readonly ReviewRow[]; readonly notAnalysed: readonly NotAnalysed[] } {
  const notAnalysed = [...before];
  let findings = all;
  for (;;) {
    const rows = orOpen(() => rowsOf(meshes, findings, touched));
    if (!isOpen(rows)) return { rows, notAnalysed };
    const culprit = findings.find(({ space }) => space === rows.space)?.comparison;
    if (!culprit) throw rows;
    notAnalysed.push(describe(meshes, culprit, rows));
    findings = findings.filter(({ comparison }) => comparison !== culprit);
  }
}

/** What leaves a host open, and the review of all others as it is. */
type Open = TooWide | Contradiction;

function isOpen(found: unknown): found is Open {
  return found instanceof TooWide || found instanceof Contradiction;
}

function orOpen<T>(work: () => T): T | Open {
  try {
    return sharingPatterns(work);
  } catch (error) {
    if (isOpen(error)) return error;
    throw error;
  }
}

function describe({ head }: Meshes, comparison: Comparison, open: Open): NotAnalysed {
  const { host, shown, gateway, callers } = comparison;
  const service = head.serviceByHost.get(host);
  const entries = head.mesh.gateways.filter((one) => gateway?.gateways.head.includes(keyOf(one)));
  const places = gateway === undefined ? [service].filter((one) => one !== undefined) : entries;
  return {
    destination: shown,
    ...(gateway && { gateways: gateway.gateways.head }),
    ...(open instanceof TooWide ? { dimension: open.dimension || 'path' } : { contradiction: open.message }),
    callers,
    head: places.map((one) => ({
      text: `${one.kind === 'Service' ? 'service' : 'gateway'} ${keyOf(one)}`,
      origin: one.origin,
    })),
    isHeadTooWide: () => isOpen(orOpen(() => analyse(head, comparison))),
  };
}
