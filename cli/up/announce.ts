// What `fairlead up` says while it runs: commits and what came of them, troubles, and at the start where to send requests.
import { type Diagnostic, type Mesh, renderText, type SourceLookup } from '../../compiler/index.ts';
import type { DeployRecord, LocalFile } from '../../runtime/index.ts';
import type { Io } from '../io.ts';
import { quoted } from '../shell.ts';
import { renderAddresses } from './addresses.ts';
import { renderTryLines, worthTrying } from './try-lines.ts';
import type { UpStatus } from './up-client.ts';

export class Announcer {
  readonly #io: Io;
  readonly #isLive: () => boolean;

  /** `isLive`: whether any commit is live. */
  constructor(io: Io, isLive: () => boolean) {
    this.#io = io;
    this.#isLive = isLive;
  }

  tell(diagnostics: readonly Diagnostic[], lookup?: SourceLookup): void {
    if (diagnostics.length > 0)
      this.#io.stderr(renderText(diagnostics, { ...(lookup && { lookup }), color: this.#io.colorErrors }));
  }

  record(record: DeployRecord, lookup: SourceLookup): void {
    const outcome = this.#outcomeOf(record);
    if (outcome === undefined) return;
    this.#io.stderr(`commit ${record.commit.slice(0, 12)}: ${outcome}\n`);
    this.tell(record.diagnostics, lookup);
  }

  /** Undefined for what is under way or was passed over. */
  #outcomeOf({ state, timings, phases, rolledBackTo }: DeployRecord): string | undefined {
    const stays = this.#isLive() ? 'last good stays' : 'nothing is live yet';
    if (state === 'refused') return `refused; ${stays}`;
    if (state === 'failed')
      return `failed; ${rolledBackTo === undefined ? stays : `back to ${rolledBackTo.slice(0, 12)}`}`;
    if (state !== 'deployed') return undefined;
    const steps = phases.filter(({ affected }) => affected > 0);
    const changed = Math.max(0, ...steps.map(({ affected }) => affected));
    const how = steps.length > 1 ? ` (${steps.map(({ name, affected }) => `${name} ${affected}`).join(', ')})` : '';
    const ms = Math.round((timings.compileMs ?? 0) + (timings.rollOutMs ?? 0));
    return `live after ${ms} ms; ${changed === 0 ? 'no proxy' : changed === 1 ? '1 proxy' : `${changed} proxies`} changed${how}`;
  }

  ready(status: UpStatus, mesh: Mesh | undefined, given: { argument: string; local: LocalFile }): void {
    const { stdout, color } = this.#io;
    stdout(`\n${renderAddresses(status, { color })}`);
    const isEcho = given.local.apps.every(({ command }) => command === undefined) && given.local.fallback === undefined;
    if (mesh && isEcho)
      stdout('\nEvery service is played by a built-in echo server; name programs of your own in local.yaml.\n');
    const requests = mesh ? worthTrying(mesh, status) : [];
    const name = quoted(given.argument);
    stdout(
      `\n${renderTryLines([...requests, { command: `fairlead status ${name}`, note: 'which proxy has what' }])}\n`,
    );
    const live =
      status.commit === undefined
        ? 'nothing is live yet, waiting for a commit that compiles'
        : `commit ${status.commit.slice(0, 12)} is live`;
    const branch = status.branch === undefined ? 'the branch' : `branch ${status.branch}`;
    stdout(`ready: ${live}; each commit to ${branch} is deployed; Ctrl-C stops\n`);
  }
}
