// Documents that no front end claims: what is Istio's is passed through, everything else is left out, and each is said.
import { type Report, suggest, wholeFile } from '../diagnostics/index.ts';
import type { RawObject } from '../model/index.ts';
import { clip, type ParsedDocument, quote } from '../syntax/index.ts';
import type { FrontEnds } from './front-end.ts';

const istioGroups = ['networking.istio.io/', 'security.istio.io/', 'telemetry.istio.io/'];

/** Most often an accident: a redirection that failed, a merge that went wrong. */
export function reportEmptyFile(path: string, report: Report): void {
  report('FL0121', {
    message: `"${path}" holds nothing: no object is declared in it`,
    span: wholeFile(path),
    hint: 'delete the file if it is no longer needed',
  });
}

/** A document without the words by which it could be claimed. */
export function reportHeaderless(parsed: ParsedDocument, [leading]: FrontEnds, report: Report): void {
  if (parsed.isBroken) return;
  const isMapping = typeof parsed.value === 'object' && parsed.value !== null && !Array.isArray(parsed.value);
  const missing = typeof parsed.header.apiVersion === 'string' ? 'kind' : 'apiVersion';
  const near = isMapping ? suggest(missing, Object.keys(parsed.value as object)) : undefined;
  const other = missing === 'kind' ? 'apiVersion' : 'kind';
  const isWritten = near === missing;
  report('FL0201', {
    message: !isMapping
      ? 'the document is not an object'
      : isWritten
        ? `${missing} is not a text`
        : `the document has no ${missing}`,
    span: isMapping ? parsed.locate([near ?? other], { key: !isWritten && near !== undefined }) : parsed.span,
    hint:
      near === undefined || isWritten
        ? `start it with "apiVersion: ${leading.apiVersion}" and a kind, or move it out of the ${leading.name} folder`
        : `did you mean "${missing}"?`,
  });
}

/** Gives what is passed through. */
export function reportUnclaimed(
  parsed: ParsedDocument,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  frontEnds: FrontEnds,
  report: Report,
): readonly RawObject[] {
  if (parsed.isBroken) return [];
  const span = parsed.locate(['kind']);
  const { name } = frontEnds[0];
  if (istioGroups.some((group) => apiVersion.startsWith(group))) {
    report('FL0213', {
      message: `${clip(kind)} ${quote(parsed.header.name ?? '')} of Istio is passed through without being analysed`,
      span,
      hint: `checks, reviews and tests do not see what it does; say it as ${name} if you can`,
    });
    return [{ kind: 'RawObject', origin: parsed.span, object: parsed.value as RawObject['object'] }];
  }
  if (holdsClaimed(parsed.value, frontEnds)) {
    report('FL0201', {
      message: `${name} inside a ${clip(kind)} is not read`,
      span,
      hint: 'write each object as a document of its own, with a line of `---` between two',
    });
  } else {
    report('FL0212', { message: `${clip(kind)} of ${clip(apiVersion)} is not ${name} and is left out`, span });
  }
  return [];
}

/** `kubectl get -o yaml` prints a List. */
function holdsClaimed(value: unknown, frontEnds: FrontEnds): boolean {
  const { items } = value as { readonly items?: unknown };
  const groups = frontEnds.map(({ apiVersion }) => `${apiVersion.split('/')[0]}/`);
  const isClaimed = (apiVersion: string) => groups.some((group) => apiVersion.startsWith(group));
  return Array.isArray(items) && items.some((item) => isClaimed(String(item?.apiVersion)));
}

/** A tree in which nothing was found and nothing is wrong would otherwise pass as a mesh without services. */
export function reportNothingFound(label: string, [{ name, apiVersion }]: FrontEnds, report: Report): void {
  report('FL0114', {
    message: `there is no ${name} in "${label}"`,
    hint: `add a document with "apiVersion: ${apiVersion}", or name the folder that holds them`,
  });
}
