// What one connected proxy has, as shown to people and programs.
import type { ResourceType } from '../../compiler/xds.ts';
import type { ChannelStatus } from './channel.ts';
import type { Refusal, Session } from './session.ts';
import type { Variant } from './stream.ts';

export interface ProxyStatus {
  readonly node: string;
  readonly workload: string;
  readonly identity: string;
  readonly variant: Variant;
  readonly connectedAtMs: number;
  /** False for a workload of which no publication knows. */
  readonly isConfigured: boolean;
  readonly types: Readonly<Partial<Record<ResourceType, ChannelStatus>>>;
  /** The newest commit accepted whole. */
  readonly ackedCommit?: string;
  /** The last NACK, also one that has been made good since. */
  readonly lastRefusal?: Refusal;
}

export function statusOf(session: Session, ackedCommit: string | undefined): ProxyStatus {
  const { node, identity, variant, connectedAtMs, lastRefusal } = session;
  return {
    node: node?.id ?? '',
    workload: node?.workload ?? '',
    identity,
    variant,
    connectedAtMs,
    isConfigured: session.delivery !== undefined,
    types: Object.fromEntries(session.channels()),
    ...(ackedCommit !== undefined && { ackedCommit }),
    ...(lastRefusal && { lastRefusal }),
  };
}
