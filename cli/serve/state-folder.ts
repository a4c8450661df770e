// Where a control plane keeps its state unless it is told otherwise. Apart from identity.ts, for help must not load the runtime.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** How the default is told: help reads alike on every machine. */
export const defaultStateText = '$XDG_STATE_HOME/fairlead, or ~/.local/state/fairlead';

/** An empty variable counts as one that is not set: https://specifications.freedesktop.org/basedir-spec/latest/ */
export const defaultStateFolder = join(process.env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'fairlead');
