// What the runner and its keeper process tell each other. Types only.

export type KeeperRequest =
  | {
      readonly op: 'start';
      readonly id: string;
      readonly command: readonly string[];
      readonly cwd: string;
      /** Added to the keeper's own environment. */
      readonly env: Readonly<Record<string, string>>;
      readonly logFile: string;
    }
  | { readonly op: 'stop'; readonly id: string }
  /** Ends everything and then the keeper itself. */
  | { readonly op: 'close' };

export type KeeperEvent =
  | { readonly event: 'started'; readonly id: string; readonly pid: number }
  | { readonly event: 'exited'; readonly id: string; readonly how: string }
  | { readonly event: 'failed'; readonly id: string; readonly message: string; readonly isMissing: boolean };
