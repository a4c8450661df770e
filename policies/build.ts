// Compiles folders of Rego policies to one WASM bundle with opa. The output is the same byte for byte for the same sources.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type BundleData, type BundleManifest, entrypoint, sha256, shippedBundle, shippedPolicies } from './bundle.ts';
import { type Diagnostic, hasErrors, makeDiagnostic } from '../compiler/index.ts';
import { inspectErrors, readCatalogue } from './inspect.ts';

/** The release the committed bundle is made with; another one may compile to other bytes. */
export const opaVersion = '1.22.2';

export interface BuildResult {
  /** Empty exactly if the bundle was written. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface BuildOptions {
  /** The opa binary; looked for in PATH and in Fairlead's tool cache when absent. */
  readonly opa?: string;
}

interface Source {
  /** Path inside the bundle. */
  readonly path: string;
  readonly file: string;
}

const run = promisify(execFile);
const buildTimeoutMs = 60_000;

/**
 * Compiles the shipped policies and those of further folders (`<folder>/<name>/policy.rego`, shared code in `<folder>/lib/`)
 * and writes policy.wasm, data.json and manifest.json to `out`. Never throws for what the user wrote.
 */
export async function buildBundle(
  folders: readonly string[] = [],
  out: string = shippedBundle,
  options: BuildOptions = {},
): Promise<BuildResult> {
  const opa = options.opa ?? (await findOpa());
  if (opa === undefined) return { diagnostics: [opaMissing()] };
  const gathered = await gatherSources([shippedPolicies, ...folders]);
  if (hasErrors(gathered.diagnostics)) return { diagnostics: gathered.diagnostics };
  const stage = await mkdtemp(join(tmpdir(), 'fairlead-policies-'));
  try {
    return { diagnostics: await compileIn(stage, gathered.sources, opa, out) };
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** The hashes a current manifest must list for the shipped policies. Needs no opa. */
export async function hashSources(folders: readonly string[] = []): Promise<Record<string, string>> {
  const { sources } = await gatherSources([shippedPolicies, ...folders]);
  return hashAll(sources);
}

/** Path of an opa binary of our version: PATH first, then the tool cache `make tools` fills. */
export async function findOpa(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const cache = env.FAIRLEAD_TOOLS || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fairlead');
  const folders = [...(env.PATH ?? '').split(delimiter), join(cache, `opa-${opaVersion}`)];
  for (const folder of folders.filter((f) => f !== '')) {
    const candidate = join(folder, 'opa');
    const version = await run(candidate, ['version'], { timeout: 10_000 }).catch(() => undefined);
    if (version?.stdout.startsWith(`Version: ${opaVersion}\n`)) return candidate;
  }
  return undefined;
}

async function compileIn(stage: string, sources: readonly Source[], opa: string, out: string): Promise<Diagnostic[]> {
  for (const { path, file } of sources) {
    await mkdir(dirname(join(stage, path)), { recursive: true });
    await copyFile(file, join(stage, path));
  }
  const origin = new Map(sources.map(({ path, file }) => [path, file]));
  const capabilities = join(shippedPolicies, 'capabilities.json');
  const call = (...args: string[]) =>
    run(opa, args, { cwd: stage, timeout: buildTimeoutMs, maxBuffer: 64 * 1024 * 1024 });
  try {
    await call('check', '--v1-compatible', '--strict', '--format', 'json', '--capabilities', capabilities, '.');
    const inspected = await call('inspect', '--v1-compatible', '--annotations', '--format', 'json', '.');
    const { catalogue, diagnostics } = readCatalogue(JSON.parse(inspected.stdout), origin);
    if (hasErrors(diagnostics)) return diagnostics;
    const data: BundleData = { catalogue };
    await writeFile(join(stage, 'data.json'), `${JSON.stringify(data, null, 2)}\n`);
    await call(
      'build',
      '--v1-compatible',
      '-t',
      'wasm',
      '-e',
      entrypoint,
      '--capabilities',
      capabilities,
      '-o',
      'bundle.tgz',
      '.',
    );
    await run('tar', ['xzf', 'bundle.tgz', '/policy.wasm'], { cwd: stage });
    await writeBundle(join(stage, 'policy.wasm'), data, await hashAll(sources), out);
    return [];
  } catch (error) {
    return inspectErrors(error, origin);
  }
}

async function writeBundle(
  wasmFile: string,
  data: BundleData,
  sources: Record<string, string>,
  out: string,
): Promise<void> {
  const wasm = await readFile(wasmFile);
  const manifest: BundleManifest = { opa: opaVersion, entrypoint, sources, wasm: sha256(wasm) };
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'policy.wasm'), wasm);
  await writeFile(join(out, 'data.json'), `${JSON.stringify(data, null, 2)}\n`);
  await writeFile(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Sorted by path in the bundle. Two folders with a policy of one name are an error: neither may shadow the other. */
async function gatherSources(folders: readonly string[]): Promise<{ sources: Source[]; diagnostics: Diagnostic[] }> {
  const found = new Map<string, Source>();
  const diagnostics: Diagnostic[] = [];
  for (const folder of folders) {
    const listed = await listSources(folder).catch((error: unknown) => error);
    if (!Array.isArray(listed)) {
      diagnostics.push(invalid(`the policies in ${folder} cannot be read: ${(listed as Error).message}`));
      continue;
    }
    if (listed.length === 0)
      diagnostics.push(
        invalid(`${folder} holds no policy`, 'put each policy in a folder of its own: NAME/policy.rego'),
      );
    for (const source of listed) {
      const other = found.get(source.path);
      if (other)
        diagnostics.push(
          invalid(`${source.file} has the name of another policy file, ${other.file}`, 'rename its folder and package'),
        );
      else found.set(source.path, source);
    }
  }
  return { sources: [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), diagnostics };
}

async function listSources(folder: string): Promise<Source[]> {
  const sources: Source[] =
    folder === shippedPolicies ? [{ path: 'decide.rego', file: join(folder, 'decide.rego') }] : [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    for (const name of await readdir(join(folder, entry.name))) {
      if (name !== 'policy.rego' && !(entry.name === 'lib' && name.endsWith('.rego'))) continue;
      sources.push({ path: `${entry.name}/${name}`, file: join(folder, entry.name, name) });
    }
  }
  return sources;
}

async function hashAll(sources: readonly Source[]): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const { path, file } of [
    ...sources,
    { path: 'capabilities.json', file: join(shippedPolicies, 'capabilities.json') },
  ]) {
    hashes[path] = sha256(await readFile(file));
  }
  return hashes;
}

function invalid(message: string, hint?: string): Diagnostic {
  return makeDiagnostic('FL0605', { message, hint });
}

function opaMissing(): Diagnostic {
  return makeDiagnostic('FL0604', {
    message: `policies of your own need opa ${opaVersion} to be compiled, and it is neither in PATH nor in the tool cache`,
    hint: 'run "make tools", or put opa of that version into PATH; the shipped policies need no opa',
  });
}

if (import.meta.main) {
  const { diagnostics } = await buildBundle(process.argv.slice(2));
  for (const d of diagnostics) process.stderr.write(`${d.code}: ${d.message}${d.hint ? ` (${d.hint})` : ''}\n`);
  process.exitCode = hasErrors(diagnostics) ? 1 : 0;
}
