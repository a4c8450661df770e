// What the deployer and a place that commits are deployed to say to each other. Knows no target: neither proxies nor Kubernetes.
import type { Diagnostic, Mesh } from '../../compiler/index.ts';

/** A commit as the compiler sees it. Without a mesh it cannot be deployed, and `diagnostics` say why. */
export interface CompiledCommit<Desired> {
  readonly commit: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly mesh?: Mesh;
  readonly desired?: Desired;
}

/** A commit that may go live. */
export interface Deployable<Desired> {
  readonly commit: string;
  readonly mesh: Mesh;
  /** All that the target shall hold, in the target's own terms: nobody else looks inside. */
  readonly desired: Desired;
}

/** One step of the way to a commit, which all receivers take together. */
export interface Phase<Desired> {
  readonly name: string;
  /** How many receivers it changes. */
  readonly affected: number;
  /** What the target is to hold at the end of it; the start of the way back if it does not get there. */
  readonly desired: Desired;
}

/** A phase under way. */
export interface Step<Desired> extends Phase<Desired> {
  /** By which it is waited for. The last step of a deployment has the commit's own name, so that nobody takes an earlier one for all of it. */
  readonly label: string;
}

/** Who takes part in a deployment, such as a proxy, and what it says to a step. */
export interface Receiver {
  readonly name: string;
  readonly state: 'acked' | 'pending' | 'nacked';
  /** Why it refused. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface Acknowledgement {
  /** False as well if nobody could be asked. */
  readonly isAccepted: boolean;
  readonly receivers: readonly Receiver[];
}

/**
 * Where commits are deployed to. Methods are called one at a time, and may reject: that is a failed deployment. A target that
 * outlives the process, as a cluster does, keeps an inventory of its own of what it holds: the deployer begins with nothing live.
 */
export interface DeployTarget<Desired> {
  /** What its receivers are called in messages, in the plural, such as `proxies`. */
  readonly receivers: string;
  /** Brings up what the commit needs beyond what runs; takes nothing away. Errors stop the deployment. */
  prepare?(next: Deployable<Desired>): Promise<readonly Diagnostic[]>;
  /**
   * The steps that lead from what the target holds to `to`, which is the last one's `desired`: at least one, even if nothing changes,
   * so that the commit can be waited for. `from` is undefined if this process has deployed nothing yet.
   */
  plan(from: Desired | undefined, to: Desired): readonly Phase<Desired>[] | Promise<readonly Phase<Desired>[]>;
  /** Begins a step; that it returns does not say that anybody has taken it. */
  apply(step: Step<Desired>): void | Promise<void>;
  /** Resolves once every receiver has taken the step, at once if one refuses it, or after `timeoutMs` with what is known then. */
  acknowledgement(step: Step<Desired>, options: { readonly timeoutMs: number }): Promise<Acknowledgement>;
  /** Called, and waited for, after each step that every receiver has taken. */
  acknowledged?(step: Step<Desired>): Promise<void>;
  /** `live` is what receivers have now: whatever else was brought up can go. Undefined if nothing is live. */
  settle?(live: Deployable<Desired> | undefined): Promise<void>;
}
