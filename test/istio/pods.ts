// The processes in the namespaces, and what they can be told to do.
import { join } from 'node:path';
import type { SocketAddress } from '../../compiler/index.ts';
import type { Observation, PlannedRequest } from '../conformance/ask.ts';
import type { Exchanged } from '../redirect/exchange.ts';
import { type Child, startChild } from './children.ts';
import type { NamespaceName, Network } from './network.ts';
import type { StandIn } from './plan.ts';

export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export interface Orders {
  readonly serve: {
    readonly order: {
      readonly applications: readonly StandIn[];
      readonly certificates: Readonly<Record<string, KeyPair>>;
    };
    readonly answer: undefined;
  };
  readonly resolve: {
    readonly order: {
      readonly address: string;
      readonly names: Readonly<Record<string, string>>;
      readonly otherwise: string;
    };
    readonly answer: undefined;
  };
  readonly ask: {
    readonly order: {
      readonly planned: PlannedRequest;
      readonly at: SocketAddress;
      readonly sni?: string;
      readonly ca: string;
    };
    readonly answer: Observation;
  };
  /** As bytes, whatever they mean. */
  readonly exchange: {
    readonly order: { readonly at: SocketAddress; readonly text: string };
    readonly answer: Exchanged;
  };
  /** From a server within the namespace. */
  readonly get: { readonly order: { readonly port: number; readonly path: string }; readonly answer: string };
}

export interface Order<K extends keyof Orders = keyof Orders> {
  readonly id: number;
  readonly kind: K;
  readonly order: Orders[K]['order'];
}

interface Answered {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export class Occupant {
  readonly #child: Child;
  readonly #waiting = new Map<number, (answer: Answered) => void>();
  #last = 0;

  private constructor(child: Child) {
    this.#child = child;
    child.process.on('message', (answer: Answered) => this.#waiting.get(answer.id)?.(answer));
    child.process.once('exit', () => {
      for (const [id, tell] of this.#waiting) tell({ id, error: 'the process of a namespace ended' });
    });
  }

  /** Resolves when it takes orders. */
  static async start(network: Network, namespace: NamespaceName, folder: string): Promise<Occupant> {
    const command = network.within(namespace, process.execPath, join(import.meta.dirname, 'pod.ts'));
    const child = startChild(command, join(folder, `${namespace}.log`), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const occupant = new Occupant(child);
    await occupant.#answer(0);
    return occupant;
  }

  async tell<K extends keyof Orders>(kind: K, order: Orders[K]['order']): Promise<Orders[K]['answer']> {
    const id = (this.#last += 1);
    const answered = this.#answer(id);
    this.#child.process.send({ id, kind, order } satisfies Order);
    const { value, error } = await answered;
    if (error !== undefined) throw new Error(error);
    return value as Orders[K]['answer'];
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }

  #answer(id: number): Promise<Answered> {
    return new Promise((resolve) => {
      this.#waiting.set(id, (answer) => {
        this.#waiting.delete(id);
        resolve(answer);
      });
    });
  }
}
