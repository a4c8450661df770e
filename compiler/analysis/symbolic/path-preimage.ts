// Access is decided on the rewritten, normalized path. Here automata answer which paths a rewrite brings into a language,
// and on which paths two rewrites do the same.
import { decodePath, normalizePath } from '../../model/index.ts';
import { pathDimension } from '../fields/path.ts';
import { joined } from './joined-languages.ts';
import { type PathPreimage, pathAsSent } from './predicate.ts';
import { always, any, isIn, never, type Predicate } from './predicate-terms.ts';
import { empty, everything, type Language, sizeOf, startingWith, words } from '../automata/language.ts';
import { regexLanguage, spendPreimage } from '../automata/regex-language.ts';
import type { PathChange } from '../concrete/rewrite.ts';

/** A path whose beginning is one of `sent` becomes `received` and what follows that beginning, normalized, if that is one of `rests`. */
interface Piece {
  readonly sent: Language;
  readonly received: string;
  readonly rests: Language;
}

/** Relative to paths that the change can meet: a `prefix` change only meets paths that start with what it drops. */
export function preimageOf(change: PathChange): PathPreimage {
  if (change.kind === 'keep') return pathAsSent;
  if (change.kind === 'replace') {
    const path = normalizePath(change.path);
    return (wanted) => (joined(wanted).some((received) => received.has(path)) ? always : never);
  }
  const pieces = piecesOf(change.dropped, change.path);
  return (wanted): Predicate =>
    any(joined(wanted).flatMap((received) => pieces.map((piece) => pieceOfPreimage(received, piece))));
}

/** Every rule may meet every rewrite: what one comes to is charged. */
function pieceOfPreimage(received: Language, { sent, received: start, rests }: Piece): Predicate {
  const rest = restIn(received.after(start), rests);
  spendPreimage(sizeOf(rest));
  if (rest.equals(empty)) return never;
  const made = sent.followedBy(rest);
  spendPreimage(sizeOf(made));
  return isIn(pathDimension, made);
}

/** Most rewrites leave the same of what a rule takes, and ask the same of it. */
const restsKnown = new WeakMap<Language, Map<string, Language>>();

function restIn(rest: Language, rests: Language): Language {
  if (rests.equals(everything)) return rest;
  const known = restsKnown.get(rest) ?? new Map<string, Language>();
  restsKnown.set(rest, known);
  const made = known.get(rests.key) ?? rest.and(rests);
  known.set(rests.key, made);
  return made;
}

const parameters = regexLanguage(';[^/]*');
const within = regexLanguage('[^/]*');
const nothing = words('');
const slash = words('/');

/**
 * A new prefix can join the first segment of the rest to `.` or `..`, or complete an escape, which normalization then resolves.
 * Those are finitely many pieces; in each, and in all the others, what is received is a constant and the rest.
 */
function piecesOf(sent: string, prefix: string): readonly Piece[] {
  const decoded = decodePath(prefix);
  const at = decoded.lastIndexOf('/') + 1;
  const [directory, begun] = [decoded.slice(0, at), decoded.slice(at)];
  const escapes = escapeEnds(prefix);
  const dots = at === 0 ? [] : dotEnds(prefix, begun);
  const before = words(sent);
  const resolved = dots.flatMap(({ rest, directory: received }): Piece[] => [
    { sent: before.followedBy(rest), received, rests: nothing },
    { sent: before.followedBy(rest).followedBy(slash), received, rests: everything },
  ]);
  const special = [
    ...escapes.map(startingWith),
    ...dots.flatMap(({ rest }) => [rest, rest.followedBy(slash).followedBy(everything)]),
  ].reduce((a, b) => a.or(b), empty);
  const others = {
    sent: before,
    received: at === 0 ? decoded : normalizePath(directory) + begun,
    rests: special.not(),
  };
  return [...resolved, ...escapes.flatMap((end) => piecesOf(sent + end, prefix + end)), others];
}

/** The rests of a segment that make it one of dots, and the directory that this leads to. */
interface DotEnd {
  readonly rest: Language;
  readonly directory: string;
}

function dotEnds(prefix: string, begun: string): readonly DotEnd[] {
  if (/\/\.\.?;[^/]*$/.test(prefix)) return [{ rest: within, directory: normalizePath(`${prefix}/`) }];
  return ['.', '..']
    .filter((segment) => segment.startsWith(begun))
    .map((segment) => {
      const end = segment.slice(begun.length);
      const directory = normalizePath(`${prefix}${end}/`);
      const takesParameters = normalizePath(`${prefix}${end};/`) === directory;
      const rest = words(end);
      return { rest: takesParameters ? rest.or(rest.followedBy(parameters)) : rest, directory };
    });
}

const digits = [...'0123456789abcdefABCDEF'];
const escapeTails = [...digits, ...digits.flatMap((a) => digits.map((b) => a + b))];

/** What would complete an escape that the text has begun, to one that changes it: after `%`, `%4`. */
function escapeEnds(text: string): readonly string[] {
  const decoded = decodePath(text);
  if (!/%[0-9a-fA-F]?$/.test(decoded)) return [];
  const changed = escapeTails.filter((tail) => decodePath(text + tail) !== decoded + tail);
  return changed.filter((tail) => tail.length === 1 || !changed.includes(tail.charAt(0)));
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
    ? [{ sent: nothing, received: '', rests: everything }]
    : change.isFinal
      ? [{ sent: words(change.dropped), received: change.path, rests: everything }]
      : piecesOf(change.dropped, change.path);
}

function preimageLanguage(change: Exclude<PathChange, { kind: 'replace' }>, received: string): Language {
  return changePieces(change)
    .filter((piece) => received.startsWith(piece.received) && piece.rests.has(received.slice(piece.received.length)))
    .map((piece) => piece.sent.followedBy(words(received.slice(piece.received.length))))
    .reduce((x, y) => x.or(y), empty);
}

/**
 * What comes after the beginnings is the same text but for its start, so two pieces agree where one's beginning goes on with just what
 * the other receives in addition.
 */
function pieceAgreement(p: Piece, q: Piece): Language {
  if (p.received.length > q.received.length) return pieceAgreement(q, p);
  if (!q.received.startsWith(p.received)) return empty;
  const between = q.received.slice(p.received.length);
  const beginnings = p.sent.followedBy(words(between)).and(q.sent);
  return beginnings.followedBy(p.rests.after(between).and(q.rests));
}
