// Waits until something accepts connections.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SocketAddress } from '../../compiler/index.ts';
import { onSilence } from '../timers.ts';

const pauseMs = 25;

export interface WaitOptions<T extends SocketAddress> {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** True for an address that nothing will ever listen on: it is waited for no longer. */
  readonly isPointless?: (address: T) => boolean;
}

/** Those of the addresses that accept no connection within the time. */
export async function waitListening<T extends SocketAddress>(
  addresses: readonly T[],
  { timeoutMs, signal, isPointless }: WaitOptions<T>,
): Promise<readonly T[]> {
  const deadline = performance.now() + timeoutMs;
  const silent = await Promise.all(
    addresses.map(async (address) => {
      while (!(await accepts(address))) {
        if (performance.now() > deadline || signal.aborted || isPointless?.(address)) return [address];
        await sleep(pauseMs);
      }
      return [];
    }),
  );
  return silent.flat();
}

function accepts({ address, port }: SocketAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const finish = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    onSilence(socket, 1_000, () => finish(false));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}
