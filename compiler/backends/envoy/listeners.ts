// All listeners of a sidecar, for either placement.
import type { Workload } from '../../model/index.ts';
import { type BuiltInbound, inboundListeners } from './inbound.ts';
import { type BuiltListener, type BuiltOutbound, explicitOutbound } from './outbound.ts';
import type { EnvoyPlan } from './plan.ts';
import type { Placement } from './proxy-snapshot.ts';
import { redirectedOutbound } from './redirected.ts';
import type { Reach } from './scope.ts';
import { virtualInbound } from './virtual-inbound.ts';

export interface SidecarListeners {
  readonly inbound: readonly BuiltInbound[];
  readonly outbound: BuiltOutbound;
  /** Takes all redirected inbound connections. */
  readonly virtual: readonly BuiltListener[];
}

export function sidecarListeners(
  plan: EnvoyPlan,
  workload: Workload,
  reach: Reach,
  placement: Placement,
): SidecarListeners {
  const inbound = inboundListeners(plan, workload, placement);
  return {
    inbound,
    outbound:
      placement.mode === 'explicit'
        ? explicitOutbound(plan, workload, reach, placement)
        : redirectedOutbound(plan.index, workload, reach),
    virtual: placement.mode === 'redirect' ? [virtualInbound(workload, inbound)] : [],
  };
}
