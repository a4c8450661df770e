// Real processes: restarted when they fail, stopped when told, and gone with the runner even if it is killed.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Diagnostic } from '../../compiler/diagnostics/index.ts';
import { Processes, siblingProgram } from '../local/processes.ts';

function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'fairlead-processes-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}

async function until(what: () => boolean): Promise<boolean> {
  for (let i = 0; i < 500; i++) {
    if (what()) return true;
    await sleep(20);
  }
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie that nobody waits for is dead all the same.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

const forever = 'setInterval(() => {}, 1000); console.log("up", process.env.NAME)';

t.test('a killed program comes back, a stopped one does not', async (t) => {
  const reports: Diagnostic[] = [];
  const stateDir = folder(t);
  const processes = new Processes({ stateDir, report: (d) => void reports.push(d), firstPauseMs: 10 });
  t.teardown(() => processes.close());
  const program = (id: string, code: string) =>
    processes.start({ id, command: ['node', '-e', code], cwd: stateDir, env: { NAME: id } });
  const of = (id: string) => processes.status().find((s) => s.id === id);
  program('steady', forever);
  // Starts a program of its own, and will not go when asked to.
  program('stubborn', `process.on("SIGTERM", () => {}); require("child_process").spawn("sleep", ["60"]); ${forever}`);
  t.ok(await until(() => of('steady')?.pid !== undefined && of('stubborn')?.pid !== undefined));
  const first = of('steady')?.pid ?? 0;
  process.kill(first, 'SIGKILL');
  t.ok(await until(() => of('steady')?.state === 'running' && of('steady')?.pid !== first), 'restarted');
  t.match(reports[0], { code: 'FL0853', message: /^steady was ended by SIGKILL; it is started again/ });

  processes.start({ id: 'absent', command: [join(stateDir, 'no-such-program')], cwd: stateDir, env: {} });
  t.ok(await until(() => of('absent')?.state === 'missing'));
  t.equal(reports.at(-1)?.code, 'FL0854');

  program('flaky', 'process.exit(3)');
  t.ok(await until(() => (of('flaky')?.restarts ?? 0) >= 2), 'tried again and again');
  t.match(reports.find((d) => d.message.startsWith('flaky'))?.message, /exited with code 3/);

  await processes.stop('steady');
  t.equal(of('steady'), undefined);
  t.ok(await until(() => readFileSync(processes.logFile('stubborn'), 'utf8').includes('up stubborn')));
  t.same(await processes.tail('stubborn', 1), ['up stubborn']);
  const pids = processes.status().flatMap((s) => s.pid ?? []);
  await processes.close();
  t.same(pids.filter(isAlive), [], 'nothing is left');
});

t.test('when the keeper is killed, its programs are started anew', async (t) => {
  const stateDir = folder(t);
  const processes = new Processes({ stateDir, report: () => {}, firstPauseMs: 10 });
  t.teardown(() => processes.close());
  processes.start({ id: 'a', command: ['node', '-e', forever], cwd: stateDir, env: {} });
  const pid = () => processes.status()[0]?.pid;
  t.ok(await until(() => pid() !== undefined));
  const first = pid() ?? 0;
  const keeper = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${first}/status`, 'utf8'))?.[1]);
  t.not(keeper, process.pid, 'a process of its own');
  process.kill(keeper, 'SIGKILL');
  t.ok(await until(() => ![undefined, first].includes(pid())));
  t.ok(await until(() => !isAlive(first)), 'the old one is gone');
});

t.test('when the runner is killed, everything goes', async (t) => {
  const stateDir = folder(t);
  const script = join(stateDir, 'runner.ts');
  writeFileSync(
    script,
    `import { renameSync, writeFileSync } from 'node:fs';
     import { Processes } from ${JSON.stringify(siblingProgram('../local/processes', import.meta.url))};
     const processes = new Processes({ stateDir: ${JSON.stringify(stateDir)}, report: () => {} });
     for (const id of ['a', 'b'])
       processes.start({ id, command: ['node', '-e', ${JSON.stringify(forever)}], cwd: ${JSON.stringify(stateDir)}, env: {} });
     setInterval(() => {
       const pids = processes.status().flatMap((s) => s.pid ?? []);
       if (pids.length < 2) return;
       writeFileSync(${JSON.stringify(join(stateDir, 'pids.new'))}, JSON.stringify(pids));
       // Whoever reads finds all of it or nothing.
       renameSync(${JSON.stringify(join(stateDir, 'pids.new'))}, ${JSON.stringify(join(stateDir, 'pids'))});
     }, 20);`,
  );
  const runner = spawn(process.execPath, [script], { stdio: 'ignore' });
  t.teardown(() => runner.kill('SIGKILL'));
  t.ok(await until(() => existsSync(join(stateDir, 'pids'))));
  await sleep(50);
  const pids = JSON.parse(readFileSync(join(stateDir, 'pids'), 'utf8')) as number[];
  t.ok(pids.every(isAlive));
  runner.kill('SIGKILL');
  t.ok(await until(() => !pids.some(isAlive)), 'the keeper saw to it');
});
