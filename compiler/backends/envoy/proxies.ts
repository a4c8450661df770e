// Which workloads have a proxy in front of them, of whatever kind.
import type { Workload } from '../../model/index.ts';

export const hasProxy: Readonly<Record<Workload['proxy'], boolean>> = { sidecar: true, gateway: true, none: false };
