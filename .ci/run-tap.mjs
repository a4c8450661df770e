// Runs tap and closes with one plain line counted from tap's own results: `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { Parser } from 'tap-parser';

const tap = createRequire(import.meta.url)
  .resolve('tap')
  .replace(/node_modules\/tap\/.*$/, 'node_modules/tap/dist/esm/run.mjs');
const child = spawn(process.execPath, [tap, '--reporter=tap', ...process.argv.slice(2)], {
  stdio: ['ignore', 'pipe', 'inherit'],
});

const counts = { passed: 0, failed: 0, skipped: 0 };
const skips = new Map();
const root = new Parser();
watch(root, []);
child.stdout.pipe(root);
child.on('close', (code) => {
  for (const [reason, count] of skips) console.log(`skipped: ${reason} (${count})`);
  console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}`);
  process.exitCode = code || (counts.failed > 0 || counts.passed === 0 ? 1 : 0);
});

/** Counts the leaves; a file that fails as a whole (a crash, a time-out) is a leaf without children. */
function watch(parser, path) {
  let children = 0;
  parser.on('child', (child) => {
    children += 1;
    watch(child, [...path, child.name ?? '']);
  });
  parser.on('assert', (result) => {
    if (children === 0) return count(path, result);
    children -= 1;
    if (path.length === 0)
      console.log(
        `${result.ok ? 'ok  ' : 'FAIL'} ${result.name} ${result.time ? `(${Math.round(result.time)} ms)` : ''}`,
      );
  });
}

function count(path, result) {
  const isFine = result.ok || result.todo;
  if (result.skip) {
    counts.skipped += 1;
    const reason = typeof result.skip === 'string' ? result.skip : result.name;
    skips.set(reason, (skips.get(reason) ?? 0) + 1);
  } else counts[isFine ? 'passed' : 'failed'] += 1;
  if (!isFine && !result.skip) report(path, result);
}

function report(path, result) {
  console.log(`FAIL ${[...path, result.name].filter(Boolean).join(' > ')}`);
  const { diff, at, found, wanted } = result.diag ?? {};
  if (at?.fileName) console.log(`     at ${at.fileName}:${at.lineNumber}`);
  if (diff) console.log(diff.replace(/^/gm, '     '));
  else if (result.diag)
    console.log(
      JSON.stringify({ found, wanted, ...result.diag }, null, 2)
        .slice(0, 4000)
        .replace(/^/gm, '     '),
    );
}
