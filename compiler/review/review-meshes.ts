// Two meshes in, everything out that a caller could notice. Exact: compares sets of requests, never texts or samples.
import { indexMesh, type Mesh } from '../model/index.ts';
import { compare } from './compare.ts';
import { inventoryRows } from './inventory.ts';
import { gatewayComparisons, meshComparisons } from './questions.ts';
import type { Review } from './review.ts';
import { compareRows, rowsOf } from './rows.ts';
import { settingRows } from './settings.ts';
import { testRows } from './test-changes.ts';
import { touchedWorkloads } from './touched.ts';

/**
 * Every class of requests whose fate differs has a row, and no other: neither order nor names nor places count.
 * Callers are the workloads of either mesh, processes without a proxy, and the outside at each gateway.
 */
export function reviewMeshes(base: Mesh, head: Mesh): Review {
  const meshes = { base: indexMesh(base), head: indexMesh(head) };
  const touched = touchedWorkloads(meshes.base, meshes.head);
  const comparisons = [...gatewayComparisons(meshes.base, meshes.head), ...meshComparisons(meshes.base, meshes.head)];
  const findings = comparisons.flatMap((comparison) => compare(meshes.base, meshes.head, comparison));
  const rows = [
    ...rowsOf(meshes, findings, new Set(touched)),
    ...settingRows(base, head),
    ...testRows(base, head),
    ...inventoryRows(base, head),
  ];
  return { rows: rows.sort(compareRows), touched };
}
