// Two meshes in, everything out that a caller could notice. Exact: compares sets of requests, never texts or samples.
import { indexMesh, type Mesh } from '../model/index.ts';
import { entrySettingRows } from './entry-settings.ts';
import { inventoryRows } from './inventory.ts';
import { withLatentRows } from './latent.ts';
import { onceEach } from './latent-rows.ts';
import { isOfDefaults, joinByCause } from './one-cause.ts';
import { gatewayComparisons, meshComparisons } from './questions.ts';
import { readPortRows } from './read-ports.ts';
import type { Review } from './review.ts';
import { compareRows } from './rows.ts';
import { meshSettingRows, settingRows } from './settings.ts';
import { testRows } from './test-changes.ts';
import { touchedWorkloads } from './touched.ts';
import { uncalledRows } from './uncalled.ts';
import { compareAll, rowsWithin } from './within-limits.ts';

/**
 * Every class of requests whose fate differs has a row, and no other: neither order nor names nor places count.
 * Where that would cost too much (`limits`), the host is in `notAnalysed` instead.
 * Callers are the workloads of either mesh, processes without a proxy, and the outside at the proxies of gateways.
 */
export function reviewMeshes(base: Mesh, head: Mesh): Review {
  const meshes = { base: indexMesh(base), head: indexMesh(head) };
  const touched = touchedWorkloads(meshes.base, meshes.head);
  const comparisons = [...gatewayComparisons(meshes.base, meshes.head), ...meshComparisons(meshes.base, meshes.head)];
  const compared = compareAll(meshes, comparisons);
  const today = rowsWithin(meshes, compared, new Set(touched));
  const { rows } = today;
  const others = [...settingRows(meshes, rows), ...testRows(base, head), ...inventoryRows(base, head)];
  const told = withLatentRows(today, meshes, comparisons);
  const uncalled = uncalledRows(meshes, comparisons, told);
  const causes = meshSettingRows(meshes).sort(compareRows);
  const joined = joinByCause([...told.rows, ...uncalled.rows.filter((row) => !isOfDefaults(row, causes))], causes);
  const { repeated } = compared;
  return {
    rows: [
      ...causes,
      ...[...joined, ...others, ...entrySettingRows(meshes), ...readPortRows(meshes)].sort(compareRows),
    ],
    touched,
    notAnalysed: onceEach([told.notAnalysed, uncalled.notAnalysed]),
    ...(repeated.length > 0 && { repeatedHeaders: repeated }),
  };
}
