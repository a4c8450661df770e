// `headers` of a route: what is set, added and removed, in requests and in responses.
import type { Report } from '../../../diagnostics/index.ts';
import type { HeaderEdit } from '../../../model/index.ts';
import type { Cursor } from '../../../syntax/index.ts';
import type { HeaderEditIntent } from '../../kinds.ts';
import {
  isEditableHeader,
  isFreeInAnswer,
  isRemovableFromAnswer,
  isWritableToRequest,
  reportDuplicateHeader,
} from '../header-names.ts';
import { anyAction, type Feature } from './feature.ts';

export const headerOperations: Feature<'HeaderOperations'> = {
  kind: 'HeaderOperations',
  beside: anyAction,
  lower(route, _owner, { report }) {
    const headers = route.get('headers');
    if (!headers) return [];
    const request = lowerHeaderEdit(headers.get('request'), report, { isWritable: isWritableToRequest });
    const isRedirect = route.get('redirect') !== undefined;
    const response = lowerHeaderEdit(headers.get('response'), report, {
      isWritable: (...header) => isFreeInAnswer(isRedirect, ...header) && isEditableHeader(...header),
      isRemovable: (...header) => isFreeInAnswer(isRedirect, ...header) && isRemovableFromAnswer(...header),
    });
    return [{ kind: 'HeaderOperations', origin: headers.origin, request, response }];
  },
};

function lowerHeaderEdit(
  edit: Cursor<HeaderEditIntent> | undefined,
  report: Report,
  { isWritable = isEditableHeader, isRemovable = isEditableHeader } = {},
): HeaderEdit {
  const set = lowerHeaderValues(edit?.get('set'), report, isWritable);
  const add = lowerHeaderValues(edit?.get('add'), report, isWritable);
  const removals = (edit?.list('remove') ?? []).filter((name) => isRemovable(name.value, name, report));
  return { set, add, remove: lowerRemovals(removals, [set, add], report) };
}

function lowerHeaderValues(
  values: Cursor<Readonly<Record<string, string>>> | undefined,
  report: Report,
  isWritable: typeof isEditableHeader,
): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const [name, value] of values?.entries() ?? []) {
    const lowerName = name.toLowerCase();
    if (!isWritable(name, value, report)) continue;
    if (Object.hasOwn(result, lowerName)) reportDuplicateHeader(name, value, report);
    result[lowerName] = value.value;
  }
  return result;
}

/** What is set or added and then removed would only be removed. */
function lowerRemovals(
  names: readonly Cursor<string>[],
  written: readonly Readonly<Record<string, string>>[],
  report: Report,
): readonly string[] {
  const removed = new Set<string>();
  for (const name of names) {
    const lowerName = name.value.toLowerCase();
    const isTaken = removed.has(lowerName) || written.some((values) => Object.hasOwn(values, lowerName));
    if (isTaken) reportDuplicateHeader(name.value, name, report);
    removed.add(lowerName);
  }
  return [...removed];
}
