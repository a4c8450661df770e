// What is said while a branch is followed: commits and what came of them, and troubles.
import { type Diagnostic, renderText, type SourceLookup } from '../../compiler/index.ts';
import type { DeployRecord } from '../../runtime/index.ts';
import type { Io } from '../io.ts';
import { liveAfter, proxiesChanged } from '../live-after.ts';

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
  #outcomeOf(record: DeployRecord): string | undefined {
    const { state, phases, rolledBackTo } = record;
    const stays = this.#isLive() ? 'last good stays' : 'nothing is live yet';
    if (state === 'refused') return `refused; ${stays}`;
    if (state === 'failed')
      return `failed; ${rolledBackTo === undefined ? stays : `back to ${rolledBackTo.slice(0, 12)}`}`;
    if (state !== 'deployed') return undefined;
    const steps = phases.filter(({ affected }) => affected > 0);
    const how = steps.length > 1 ? ` (${steps.map(({ name, affected }) => `${name} ${affected}`).join(', ')})` : '';
    return `live ${liveAfter(record)} ms after it was seen; ${proxiesChanged(phases)} changed${how}`;
  }
}
