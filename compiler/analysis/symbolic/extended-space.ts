// The space of some decisions, over HTTP/2 too where its methods make a difference.
import type { Extensions } from '../fields/method.ts';
import type { Decision } from './choice.ts';
import { extensionsIn } from './extensions.ts';
import { RequestSpace } from './request-space.ts';

interface ExtendedSpace {
  readonly space: RequestSpace;
  readonly decisions: readonly Decision[];
  readonly extensions: Extensions | undefined;
}

/** `isChange`: whether they make a difference between the decisions though no condition names them. */
export function spaceOver(
  decisionsOver: (extensions?: Extensions) => readonly Decision[],
  isChange: (decisions: readonly Decision[]) => boolean = () => false,
): ExtendedSpace {
  const plain = decisionsOver();
  const extensions = extensionsIn(plain) ?? (isChange(plain) ? 'without QUERY' : undefined);
  const decisions = extensions === undefined ? plain : decisionsOver(extensions);
  return { space: new RequestSpace(decisions, extensions), decisions, extensions };
}
