// Why a line says otherwise than what the intent at hand decides: it may be right, of another commit, or about what no intent decides.
import type { AskedAgain } from './log-again.ts';
import type { LogLine } from './log-line.ts';
import { type Cause, reasonOf } from './log-reasons.ts';

type Decided = NonNullable<AskedAgain['decided']>;

/** Undefined where they agree, or the one does not say what the other is about. */
export function differenceOf(line: LogLine, decided: Decided | undefined): string | undefined {
  if (!decided || line.status === undefined) return undefined;
  const cause = reasonOf(line)?.cause;
  if (cause === undefined || isSame(line, decided, cause)) return undefined;
  if (isMisnamed(line)) return `the line says otherwise: its TLS is for ${line.serverName}, and its host is another`;
  if (decided.outcome === 'allowed') return whereAllowed[cause];
  const isBehind = cause === 'behind' && decided.outcome === 'denied' && decided.shares.length > 0;
  if (line.status === 200 && !line.tellsGrpc && (isBehind || cause === 'intent')) {
    const where = isBehind ? ', which the log of the other proxy tells' : '';
    return `the line says otherwise: by gRPC that is 200 as well${where}; or it is from another commit, or its query or a header decided`;
  }
  return otherwise;
}

function isSame(line: LogLine, { outcome, status, grpcStatus }: Decided, cause: Cause): boolean {
  // What is let through is answered as whoever it was sent to likes.
  if (outcome === 'allowed') return cause === 'behind';
  // At the workload itself a rule decides, and what the application answers, no rule has refused.
  if (line.direction === 'inbound' && cause === 'behind') return false;
  return line.status === status && (line.grpcStatus ?? grpcStatus) === grpcStatus;
}

/** At a gateway TLS comes about for the one, and routes are those of the other. */
function isMisnamed({ direction, serverName, authority }: LogLine): boolean {
  const host = authority?.replace(/:\d+$/, '').toLowerCase();
  return direction === 'gateway' && serverName !== undefined && host !== undefined && serverName !== host;
}

const otherwise =
  'the line says otherwise: it is from another commit, or its query or a header decided, which lines do not hold';

const whereAllowed: Readonly<Record<Cause, string | undefined>> = {
  behind: undefined,
  intent: otherwise,
  header: 'the line says otherwise: a header decided, which lines do not hold',
  request: 'the line says otherwise: what was wrong with the request it does not hold',
  failure: 'the line says otherwise: the intent lets it pass, and what failed then, no intent decides',
  caller: undefined,
};
