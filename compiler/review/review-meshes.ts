// Two meshes in, everything out that a caller could notice. Exact: compares sets of requests, never texts or samples.
import { sharingPatterns, TooWide } from '../analysis/index.ts';
import { indexMesh, type Mesh } from '../model/index.ts';
import { analyse, compare } from './compare.ts';
import { inventoryRows } from './inventory.ts';
import { withLatentRows } from './latent.ts';
import { joinByCause } from './one-cause.ts';
import type { Meshes } from './proof.ts';
import { type Comparison, gatewayComparisons, meshComparisons } from './questions.ts';
import type { NotAnalysed, Review } from './review.ts';
import { compareRows, rowsOf } from './rows.ts';
import { meshSettingRows, settingRows } from './settings.ts';
import { testRows } from './test-changes.ts';
import { touchedWorkloads } from './touched.ts';

/**
 * Every class of requests whose fate differs has a row, and no other: neither order nor names nor places count.
 * Where that would cost too much (`limits`), the host is in `notAnalysed` instead.
 * Callers are the workloads of either mesh, processes without a proxy, and the outside at each gateway.
 */
export function reviewMeshes(base: Mesh, head: Mesh): Review {
  const meshes = { base: indexMesh(base), head: indexMesh(head) };
  const touched = touchedWorkloads(meshes.base, meshes.head);
  const comparisons = [...gatewayComparisons(meshes.base, meshes.head), ...meshComparisons(meshes.base, meshes.head)];
  const { rows, notAnalysed } = requestRows(meshes, comparisons, new Set(touched));
  const others = [...settingRows(base, head, rows), ...testRows(base, head), ...inventoryRows(base, head)];
  const causes = meshSettingRows(base, head).sort(compareRows);
  const told = joinByCause(withLatentRows(rows, meshes, comparisons), causes);
  return { rows: [...causes, ...[...told, ...others].sort(compareRows)], touched, notAnalysed };
}

/** What is too wide to be compared is left out whole, however far the comparison came, and told. */
function requestRows(
  meshes: Meshes,
  comparisons: readonly Comparison[],
  touched: ReadonlySet<string>,
): Pick<Review, 'rows' | 'notAnalysed'> {
  const notAnalysed: NotAnalysed[] = [];
  let findings = comparisons.flatMap((comparison) => {
    const found = orTooWide(() => compare(meshes.base, meshes.head, comparison));
    if (!(found instanceof TooWide)) return found;
    notAnalysed.push(describe(meshes, comparison, found));
    return [];
  });
  for (;;) {
    const rows = orTooWide(() => rowsOf(meshes, findings, touched));
    if (!(rows instanceof TooWide)) return { rows, notAnalysed };
    const culprit = findings.find(({ space }) => space === rows.space)?.comparison;
    if (!culprit) throw rows;
    notAnalysed.push(describe(meshes, culprit, rows));
    findings = findings.filter(({ comparison }) => comparison !== culprit);
  }
}

function orTooWide<T>(work: () => T): T | TooWide {
  try {
    return sharingPatterns(work);
  } catch (error) {
    if (error instanceof TooWide) return error;
    throw error;
  }
}

function describe({ head }: Meshes, comparison: Comparison, { dimension }: TooWide): NotAnalysed {
  const { shown, gateway, callers } = comparison;
  return {
    destination: shown,
    ...(gateway !== undefined && { gateway }),
    dimension: dimension || 'path',
    callers,
    isHeadTooWide: () => orTooWide(() => analyse(head, comparison)) instanceof TooWide,
  };
}
