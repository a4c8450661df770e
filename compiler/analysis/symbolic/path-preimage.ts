// Access is decided on the rewritten, normalized path. Here automata answer which paths a rewrite brings into a language,
// and on which paths two rewrites do the same.
import { pathDimension } from '../fields/path.ts';
import { always, any, isIn, never, type PathPreimage, type Predicate } from './predicate.ts';
import { empty, everything, type Language, startingWith, words } from '../automata/language.ts';
import { decodePath, normalizePath } from '../fields/normalize-path.ts';
import type { PathChange } from '../concrete/rewrite.ts';

/** `sent` + rest becomes `received` + rest, both normalized, for every rest of the language. */
interface Piece {
  readonly sent: string;
  readonly received: string;
  readonly rests: Language;
}

/** Relative to paths that the change can meet: a `prefix` change only meets paths that start with what it drops. */
export function preimageOf(change: PathChange): PathPreimage {
  if (change.kind === 'keep') return (received) => isIn(pathDimension, received);
  if (change.kind === 'replace') {
    const path = normalizePath(change.path);
    return (received) => (received.has(path) ? always : never);
  }
  const pieces = piecesOf(change.dropped, change.path);
  return (received): Predicate =>
    any(
      pieces.map((piece) =>
        isIn(pathDimension, words(piece.sent).followedBy(received.after(piece.received).and(piece.rests))),
      ),
    );
}

/**
 * A new prefix can join the first segment of the rest to `.` or `..`, or complete an escape, which normalization then resolves.
 * Those are finitely many pieces; in each, and in all the others, what is received is a constant and the rest.
 */
function piecesOf(sent: string, prefix: string): readonly Piece[] {
  const decoded = decodePath(prefix);
  const at = decoded.lastIndexOf('/') + 1;
  const [directory, begun] = [decoded.slice(0, at), decoded.slice(at)];
  const escapes = escapeEnds(begun).map((end) => ({ end, pieces: piecesOf(sent + end, decoded + end) }));
  const dots =
    at === 0 ? [] : ['.', '..'].filter((segment) => segment.startsWith(begun)).map((s) => s.slice(begun.length));
  const resolved = dots.flatMap((end): Piece[] => [
    { sent: sent + end, received: normalizePath(decoded + end), rests: words('') },
    { sent: `${sent}${end}/`, received: normalizePath(`${decoded}${end}/`), rests: everything },
  ]);
  const special = [
    ...escapes.map(({ end }) => startingWith(end)),
    ...dots.flatMap((end) => [words(end), startingWith(`${end}/`)]),
  ].reduce((a, b) => a.or(b), empty);
  const others = { sent, received: at === 0 ? decoded : normalizePath(directory) + begun, rests: special.not() };
  return [...resolved, ...escapes.flatMap(({ pieces }) => pieces), others];
}

/** What would complete an escape that the text has begun, to one that is decoded: `%`, `%4`. */
function escapeEnds(text: string): string[] {
  const begun = /%[0-9a-fA-F]?$/.exec(text)?.[0];
  if (begun === undefined) return [];
  const digits = [...'0123456789abcdefABCDEF'];
  const ends = begun.length === 2 ? digits : digits.flatMap((a) => digits.map((b) => a + b));
  return ends.filter((end) => decodePath(begun + end).length === 1);
}

/** The paths on which both changes give the same; only meaningful for paths that both can meet. Replacing paths are compared as written. */
export function agreement(a: PathChange, b: PathChange): Language {
  if (a.kind === 'replace')
    return b.kind !== 'replace' ? preimageLanguage(b, a.path) : a.path === b.path ? everything : empty;
  if (b.kind === 'replace') return preimageLanguage(a, b.path);
  return changePieces(a)
    .flatMap((p) => changePieces(b).map((q) => pieceAgreement(p, q)))
    .reduce((x, y) => x.or(y), empty);
}

function changePieces(change: Exclude<PathChange, { kind: 'replace' }>): readonly Piece[] {
  return change.kind === 'keep'
    ? [{ sent: '', received: '', rests: everything }]
    : piecesOf(change.dropped, change.path);
}

function preimageLanguage(change: Exclude<PathChange, { kind: 'replace' }>, received: string): Language {
  return changePieces(change)
    .filter((piece) => received.startsWith(piece.received) && piece.rests.has(received.slice(piece.received.length)))
    .map((piece) => words(piece.sent + received.slice(piece.received.length)))
    .reduce((x, y) => x.or(y), empty);
}

/** Two pieces agree on all of the paths they share or on none: what they put before the same rest is equal or not. */
function pieceAgreement(p: Piece, q: Piece): Language {
  if (p.sent.length > q.sent.length) return pieceAgreement(q, p);
  if (!q.sent.startsWith(p.sent)) return empty;
  const between = q.sent.slice(p.sent.length);
  if (p.received + between !== q.received) return empty;
  return words(q.sent).followedBy(p.rests.after(between).and(q.rests));
}
