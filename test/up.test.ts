// `fairlead up` on everything it may be given, and what status and wait tell of it. Real processes, real requests.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { folderOf, git } from './support/cli.ts';
import {
  badIntent,
  command,
  commitAll,
  intent,
  leftovers,
  type Place,
  send,
  startUp,
  statusOf,
  until,
} from './support/up.ts';

t.jobs = 3;

function placeOf(t: Test, files: Readonly<Record<string, string>>): Place {
  const folder = folderOf(t, files);
  const tmp = join(folder, 'tmp');
  mkdirSync(tmp);
  return { folder, tmp };
}

/** A repository `mesh` with one commit, in a folder of its own. */
async function repository(
  t: Test,
  name = 'mesh',
  files: Readonly<Record<string, string>> = { 'intent/a.yaml': intent() },
) {
  const place = placeOf(t, Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text])));
  const path = join(place.folder, name);
  await git(path, 'init', '--quiet', '--initial-branch=main');
  return { place, path, commit: await commitAll(path, 'first') };
}

const callerOf = async (place: Place, subject: string) =>
  (await statusOf(place, subject)).addresses.instances.find((i) => i.workload === 'shop/caller')?.outboundHttp ?? '';

t.test('a repository: commits good and bad, as status and wait tell of them', async (t) => {
  const { place, path, commit } = await repository(t);
  const before = await command(place, 'wait', 'mesh', '--commit', 'HEAD');
  t.match(before, { code: 2, stderr: /nothing is up for "mesh"[\s\S]*fairlead up mesh/ });
  const up = startUp(t, place, ['mesh']);
  await up.says('ready:');
  t.match(up.output(), /commit [0-9a-f]{12}: live \d+ ms after it was seen; 2 proxies changed/);
  t.match(up.output(), /built-in echo server/);
  const [, tried = ''] =
    /curl -i -X POST -x (\S+) http:\/\/callee\/ +# as shop\/caller: allowed/.exec(up.output()) ?? [];
  t.equal((await send(tried, 'POST', 'http://callee/')).status, 200, 'what it says to try works');
  t.equal((await send(tried, 'GET', 'http://callee/')).status, 403, 'and the denied one is denied');

  await t.test('asked for the first commit', async (t) => {
    for (const name of ['HEAD', 'main', commit, commit.slice(0, 8)]) {
      t.match(
        await command(place, 'wait', 'mesh', '--commit', name),
        { code: 0, stdout: /is live: 2 proxies changed/ },
        name,
      );
    }
    t.match(await command(place, 'wait', './mesh/', '--commit', 'HEAD'), { code: 0 }, 'named otherwise');
    t.match(await command(place, 'wait', 'mesh', '--commit', 'HAED'), { code: 2, stderr: /"HAED" is no commit of / });
    t.match(await command(place, 'wait', 'mesh', '--commit', 'HEAD', '--timeout', '5'), {
      code: 2,
      stderr: /"5" is no duration/,
    });
    const never = '0123456789abcdef0123456789abcdef01234567';
    t.match(await command(place, 'wait', 'mesh', '--commit', never, '--timeout', '300ms'), {
      code: 1,
      stderr: /was not seen within 300ms/,
    });
    const text = await command(place, 'status', 'mesh');
    t.match(text, { code: 0, stdout: /^live: [0-9a-f]{12} of .*mesh, 2 embedded proxies\n/ });
    t.match(text.stdout, /\nshop\/caller-0 +shop\/caller +current +[0-9a-f]{12}\n/);
    t.match(await statusOf(place, 'mesh'), {
      commit,
      branch: 'main',
      path: '',
      deployments: [{ commit, state: 'deployed' }],
    });
  });

  await t.test('a second one of the same', async (t) => {
    const second = await command(place, 'up', join(place.folder, 'mesh'));
    t.match(second, { code: 2, stderr: /is up already, as process \d+/ });
    t.equal((await command(place, 'status', 'mesh')).code, 0, 'the first one is not touched');
  });

  await t.test('a bad commit', async (t) => {
    writeFileSync(join(path, 'intent/a.yaml'), badIntent);
    const bad = await commitAll(path, 'bad');
    const waited = await command(place, 'wait', 'mesh', '--commit', 'HEAD');
    t.match(waited, {
      code: 1,
      stdout: /was refused; last good stays/,
      stderr: /error\[FL03\d\d\][\s\S]*intent\/a\.yaml:11:/,
    });
    t.match(waited.stderr, /uses: \[nobody\]/, 'with the line itself');
    await up.says(`commit ${bad.slice(0, 12)}: refused; last good stays`);
    t.match(await command(place, 'status', 'mesh'), {
      code: 0,
      stdout: new RegExp(`${bad.slice(0, 12)}: error\\[FL03`),
    });
    t.equal((await send(tried, 'POST', 'http://callee/')).status, 200, 'last good serves on');
  });

  await t.test('two quick commits', async (t) => {
    writeFileSync(join(path, 'intent/a.yaml'), intent('[POST, PUT]'));
    const first = await commitAll(path, 'quick');
    writeFileSync(join(path, 'intent/a.yaml'), intent('[GET, POST]'));
    const second = await commitAll(path, 'quicker');
    t.match(await command(place, 'wait', 'mesh', '--commit', second), { code: 0 });
    const outcome = await command(place, 'wait', 'mesh', '--commit', first);
    // It may have been seen in time, and then it was deployed.
    t.match(outcome.stdout, /was superseded by [0-9a-f]{12}|was live, and has been replaced by [0-9a-f]{12}/);
    t.equal(outcome.code, 1, 'C8: what another has replaced is not live');
    t.equal((await send(tried, 'GET', 'http://callee/')).status, 200, 'the second one decides');
  });

  await t.test('a force push and a deleted branch', async (t) => {
    await git(path, 'reset', '--quiet', '--hard', commit);
    await commitAll(path, 'another history');
    t.equal((await command(place, 'wait', 'mesh', '--commit', 'HEAD')).code, 0);
    await up.says(/warning\[FL0842\].*force-pushed/);
    t.equal((await send(tried, 'GET', 'http://callee/')).status, 403);
    await git(path, 'checkout', '--quiet', '--detach');
    await git(path, 'branch', '--quiet', '-D', 'main');
    await up.says('has no branch "main"');
    t.equal((await send(tried, 'POST', 'http://callee/')).status, 200, 'what is deployed stays');
    t.equal((await command(place, 'status', 'mesh')).code, 0);
  });

  t.equal(await up.stop(), 0);
  t.strictSame(await leftovers(place), []);
});

t.test('a bare repository, empty at first', async (t) => {
  const place = placeOf(t, { 'local/local.yaml': 'default: { command: [node, -e, "setInterval(() => {}, 1000)"] }\n' });
  await git(place.folder, 'init', '--quiet', '--bare', '--initial-branch=main', 'mesh.git');
  const up = startUp(t, place, ['mesh.git']);
  await up.says('ready: nothing is live yet');
  t.match(up.output(), /info\[FL0841\].*has no commits yet/);
  t.match(await command(place, 'status', 'mesh.git'), { code: 1, stdout: /^nothing of .* is live yet/ });

  await git(place.folder, 'clone', '--quiet', 'mesh.git', 'clone');
  const clone = join(place.folder, 'clone');
  await git(clone, 'checkout', '--quiet', '-b', 'main');
  writeFileSync(join(clone, 'a.yaml'), badIntent);
  await commitAll(clone, 'bad', 'origin', 'main');
  t.match(await command(place, 'wait', 'mesh.git', '--commit', 'HEAD'), { code: 1, stderr: /a\.yaml:11:/ });
  await up.says('refused; nothing is live yet');
  writeFileSync(join(clone, 'a.yaml'), intent());
  await commitAll(clone, 'good', 'origin', 'main');
  t.match(await command(place, 'wait', 'mesh.git', '--commit', 'main'), { code: 0 });
  t.equal((await send(await callerOf(place, 'mesh.git'), 'POST', 'http://callee/')).status, 200);
  t.equal(await up.stop('SIGTERM'), 0);
  t.strictSame(await leftovers(place), []);

  // Programs of local.yaml instead of echo servers: these never listen, which is told and stops nothing.
  const told = startUp(t, place, ['mesh.git', '--local', 'local']);
  await until(() => processes(told.process.pid ?? 0) >= 4, 'its programs run');
  t.equal(await told.stop(), 0, 'stopped while it waits for them');
  t.notMatch(told.output(), /built-in echo server|error\[/);
  t.strictSame(await leftovers(place), []);
});

/** The processes that descend from one. */
function processes(pid: number): number {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number =>
    pairs.filter(([, p]) => p === parent).reduce((sum, [child = 0]) => sum + 1 + below(child), 0);
  return below(pid);
}

t.test('a folder without Git: the clone it names takes a push', async (t) => {
  const place = placeOf(t, { 'plain/intent/a.yaml': intent() });
  const up = startUp(t, place, ['plain']);
  await up.says('ready:');
  const [, url = ''] = /git clone (\S+)/.exec(up.output()) ?? [];
  await git(place.folder, 'clone', '--quiet', url, 'clone');
  const clone = join(place.folder, 'clone');
  writeFileSync(join(clone, 'intent/a.yaml'), intent('[GET]'));
  await commitAll(clone, 'open', 'origin', 'HEAD');
  t.match(await command(place, 'wait', 'plain', '--commit', 'HEAD'), { code: 0, stdout: /1 proxy changed/ });
  t.equal((await send(await callerOf(place, 'plain'), 'GET', 'http://callee/')).status, 200);
  t.equal(await up.stop(), 0);
  t.strictSame(await leftovers(place), []);
});

t.test('a URL: commits are read from its mirror', async (t) => {
  const { place, path, commit } = await repository(t);
  const url = `file://${path}`;
  const up = startUp(t, place, [url]);
  await up.says('ready:');
  for (const name of ['HEAD', 'main', commit.slice(0, 10)])
    t.match(await command(place, 'wait', url, '--commit', name), { code: 0 }, name);
  writeFileSync(join(path, 'intent/a.yaml'), badIntent);
  await commitAll(path, 'bad');
  t.match(await command(place, 'wait', url, '--commit', 'HEAD'), {
    code: 1,
    stderr: /intent\/a\.yaml:11:[\s\S]*uses: \[nobody\]/,
  });
  t.equal(await up.stop(), 0);
  t.strictSame(await leftovers(place), []);
});

t.test('a sub-folder of a repository in a path with blanks and accents, with changes of its own', async (t) => {
  const files = { 'prod/mesh/intent/a.yaml': intent(), 'other/b.yaml': badIntent };
  const { place, path } = await repository(t, 'spä ce/mésh', files);
  const subject = 'spä ce/mésh/prod/mesh';
  writeFileSync(join(path, 'prod/mesh/intent/a.yaml'), badIntent);
  const up = startUp(t, place, [subject]);
  await up.says('ready:');
  t.match(up.output(), /note: there are changes that are not committed/);
  t.match(up.output(), `fairlead status '${subject}'`);
  t.match(await command(place, 'wait', subject, '--commit', 'HEAD'), { code: 0 });
  await commitAll(path, 'bad');
  t.match(await command(place, 'wait', subject, '--commit', 'HEAD'), {
    code: 1,
    stderr: /intent\/a\.yaml:11:[\s\S]*uses: \[nobody\]/,
  });
  t.equal(await up.stop('SIGHUP'), 0, 'a terminal that is closed ends it as well');
  t.strictSame(await leftovers(place), []);
});
