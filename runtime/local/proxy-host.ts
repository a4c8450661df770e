// One process with many embedded proxies: an instance on one machine does not need a process of its own.
// Takes a file with a list of bootstrap files; SIGHUP makes it read the list again and start and stop what changed.
import { readFileSync } from 'node:fs';

interface RunningProxy {
  close(): Promise<void>;
}

const listFile = process.argv[2] ?? '';
const proxies = new Map<string, RunningProxy>();
let work: Promise<void> = Promise.resolve();

// Before anything is imported: the first SIGHUP may come at once, and would end a process that does not handle it.
process.on('SIGHUP', () => {
  work = work.then(bringInLine);
});
// Without anything to serve it stays, for a list that has more.
setInterval(() => {}, 2 ** 30);
process.on('SIGTERM', () => {
  void work.then(() => Promise.all([...proxies.values()].map((proxy) => proxy.close()))).finally(() => process.exit(0));
});

async function bringInLine(): Promise<void> {
  const { startProxy } = await import('../proxy/index.ts');
  const wanted = JSON.parse(readFileSync(listFile, 'utf8')) as readonly string[];
  const gone = [...proxies].filter(([file]) => !wanted.includes(file));
  for (const [file] of gone) proxies.delete(file);
  await Promise.all(gone.map(([, proxy]) => proxy.close()));
  await Promise.all(
    wanted
      .filter((file) => !proxies.has(file))
      .map(async (file) => {
        const bootstrap = JSON.parse(readFileSync(file, 'utf8')) as object;
        const log = (line: object) => console.log(JSON.stringify(line));
        proxies.set(file, await startProxy({ bootstrap, log }));
      }),
  );
}

work = work.then(bringInLine);
