// The words for what was not analysed. They must never read as if nothing changed there.
import type { NotAnalysed } from './review.ts';
import { nameGateways, shortHost } from './words.ts';

/** `not analysed: header user-agent of shoes.shop:80; whether …`. */
export function describeNotAnalysed({ destination, gateways, dimension, contradiction }: NotAnalysed): string {
  const at = gateways === undefined ? '' : ` at ${nameGateways(gateways)}`;
  if (dimension === undefined)
    return `not analysed: ${shortHost(destination)}${at}, by ${contradiction ?? 'a mistake in Fairlead'}; requests to it may fare differently`;
  return `not analysed: ${dimension} of ${shortHost(destination)}${at}; its conditions are too many to compare exactly, so requests to it may fare differently`;
}

/** For a summary: `2 hosts not analysed`; empty where all was. */
export function countNotAnalysed(list: readonly NotAnalysed[]): string {
  if (list.length === 0) return '';
  return `${list.length} host${list.length === 1 ? '' : 's'} not analysed`;
}
