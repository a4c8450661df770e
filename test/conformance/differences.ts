// What the three do otherwise and shall, each as docs/differences.md has it. A disagreement that none of them knows is a failure.
import type { Comparison } from './compare-mesh.ts';

interface KnownDifference {
  /** The heading in docs/differences.md. */
  readonly title: string;
  readonly isIt: (row: Comparison) => boolean;
}

const knownDifferences: readonly KnownDifference[] = [
  {
    title: 'The method MSEARCH',
    isIt: ({ planned, answers }) =>
      planned.call.request.method === 'MSEARCH' && answers.some(([, { status }]) => status === 400),
  },
  {
    title: 'WebSocket that is answered without a change of protocol',
    isIt: ({ planned, answers, differences }) =>
      planned.call.request.headers.upgrade !== undefined &&
      (differences.every((text) => /^response headers: .*content-type.* Envoy (?!.*content-type)/.test(text)) ||
        answers.every(([, { status, headers }]) => status === 101 && headers['grpc-status'] !== undefined)),
  },
  {
    title: 'Heads that only Envoy takes',
    isIt: ({ planned, differences }) =>
      planned.call.request.headers.expect !== undefined &&
      differences.every((text) => /^headers received: .* Envoy .*"expect: /.test(text)),
  },
  {
    title: 'An abort with 204 or 304',
    isIt: ({ answers, differences }) =>
      answers.every(([, { status }]) => status === 204 || status === 304) &&
      differences.every((text) => /^(embedded: body ""|body: embedded "", Envoy "fault filter abort")$/.test(text)),
  },
];

/** The heading under which a disagreement is explained; undefined for one that is a failure. */
export function differenceByDesign(row: Comparison): string | undefined {
  return knownDifferences.find(({ isIt }) => isIt(row))?.title;
}
