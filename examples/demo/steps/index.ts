// The demo in the order in which it is played.
import type { Shop } from '../shop.ts';
import { admission } from './admission.ts';
import { badCommit, canaryShift } from './deploy.ts';
import { compiled } from './compiled.ts';
import { review } from './review.ts';
import { start } from './start.ts';
import { access, canary, ingress, pathRouting, virtualMachine } from './traffic.ts';

export interface Step {
  readonly title: string;
  /** Throws DemoFailure unless everything it shows really happened. */
  readonly play: (shop: Shop, proxy: string) => Promise<void>;
}

export const steps: readonly Step[] = [
  start,
  pathRouting,
  ingress,
  access,
  canary,
  virtualMachine,
  review,
  canaryShift,
  badCommit,
  admission,
  compiled,
];
