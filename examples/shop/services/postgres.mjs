// The machine on which PostgreSQL runs: a real server where this computer has one, else the stand-in.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { startStandIn } from './postgres-standin.mjs';

const [, host = '127.0.0.1', port = '5432'] = /^(.*):(\d+)$/.exec(process.env.LISTEN ?? '') ?? [];
const initdbTimeoutMs = 5_000;

/** The folder that holds both programs, newest version first. */
function findBinaries() {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(root, version, 'bin')),
  ];
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));
}

/** PostgreSQL refuses to run as root: the first of these users that exists takes over. */
function account() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const id = (flag) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);
    const [uid, gid] = [id('-u'), id('-g')];
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  return undefined;
}

/** Makes an empty database cluster that trusts this machine. False when that fails or takes too long. */
function initialize(binaries, data, user) {
  const run = spawnSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-N', '-E', 'UTF8', '--locale=C'],
    {
      ...user,
      cwd: data,
      timeout: initdbTimeoutMs,
      encoding: 'utf8',
    },
  );
  if (run.status !== 0) return false;
  writeFileSync(join(data, 'pg_hba.conf'), 'host all all 127.0.0.0/8 trust\n');
  return true;
}

function startReal(binaries, user) {
  const data = mkdtempSync(join(tmpdir(), 'fairlead-postgres-'));
  if (user.uid !== undefined) chownSync(data, user.uid, user.gid);
  const clean = () => rmSync(data, { recursive: true, force: true });
  if (!initialize(binaries, data, user)) {
    clean();
    return false;
  }
  const settings = [
    `listen_addresses=${host}`,
    `port=${port}`,
    'unix_socket_directories=',
    'fsync=off',
    'shared_buffers=16MB',
  ];
  const server = spawn(join(binaries, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...user,
    cwd: data,
    stdio: 'inherit',
  });
  console.log(`postgres: the real one, from ${binaries}, on ${host}:${port}`);
  // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for clients to leave.
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.kill('SIGINT'));
  server.on('exit', (code) => {
    clean();
    process.exit(code ?? 1);
  });
  return true;
}

const binaries = process.env.POSTGRES_STANDIN === '1' ? undefined : findBinaries();
const user = binaries && account();
if (!binaries || !user || !startReal(binaries, user)) startStandIn(host, Number(port));
