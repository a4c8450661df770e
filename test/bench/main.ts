// `make bench`: runs the benches one after another and writes a table and bench-results/latest.json.
// `make bench BENCH="compile --quick"` runs one, small.
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { admission } from './admission.ts';
import { analysisBench } from './analysis.ts';
import type { Bench, BenchRow } from './bench.ts';
import { compileBench } from './compile.ts';
import { push } from './push.ts';
import { sidecarMemory } from './sidecar-memory.ts';

const benches: readonly Bench[] = [compileBench, admission, analysisBench, push, sidecarMemory];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, out: { type: 'string', default: 'bench-results' } },
});
const unknown = positionals.filter((name) => !benches.some((b) => b.name === name));
if (unknown.length > 0) {
  console.error(`unknown bench ${unknown.join(', ')}; known: ${benches.map((b) => b.name).join(', ')}`);
  process.exit(2);
}

const results: Record<string, BenchRow[]> = {};
for (const bench of benches.filter((b) => positionals.length === 0 || positionals.includes(b.name))) {
  console.log(`\n${bench.title}`);
  const table = new Table({
    head: ['what', 'value', 'unit', 'note'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'left', 'left'],
  });
  const rows: BenchRow[] = [];
  for await (const row of bench.run({ quick: values.quick })) {
    rows.push(row);
    table.push([row.what, format(row.value), row.unit, row.note ?? '']);
    process.stderr.write(`  ${row.what}: ${format(row.value)} ${row.unit}\n`);
  }
  results[bench.name] = rows;
  console.log(table.toString());
}

const machine = {
  platform: platform(),
  arch: arch(),
  cpus: cpus().length,
  cpu: cpus()[0]?.model,
  memoryMb: Math.round(totalmem() / 2 ** 20),
  node: process.version,
};
mkdirSync(values.out, { recursive: true });
writeFileSync(
  `${values.out}/latest.json`,
  `${JSON.stringify({ at: new Date().toISOString(), quick: values.quick, machine, results }, null, 2)}\n`,
);
console.log(`\nwritten to ${values.out}/latest.json`);

function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2);
}
