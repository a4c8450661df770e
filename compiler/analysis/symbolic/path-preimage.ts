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

/**
 * What stands behind what a change drops and begins with one of `sent` becomes `received` and what follows that beginning, normalized, if
 * that is one of `rests`.
 */
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
  const [dropped, pieces] = [words(change.dropped), piecesOf(change.path)];
  const piecePreimage = (received: Language, { sent, received: start, rests }: Piece): Predicate => {
    const rest = intersection(received.after(start), rests);
    spendPreimage(sizeOf(rest));
    if (rest.equals(empty)) return never;
    const made = dropped.followedBy(concatenation(sent, rest));
    // Every rule may meet every rewrite: what one comes to is charged.
    spendPreimage(sizeOf(made));
    return isIn(pathDimension, made);
  };
  return (wanted) => any(joined(wanted).flatMap((received) => pieces.map((piece) => piecePreimage(received, piece))));
}

/** Most rewrites make the same pieces, leave the same of what a rule takes, and ask the same of it. */
function remembered(make: (a: Language, b: Language) => Language): (a: Language, b: Language) => Language {
  const known = new WeakMap<Language, Map<string, Language>>();
  return (a, b) => {
    const ofFirst = known.get(a) ?? new Map<string, Language>();
    const before = ofFirst.get(b.key);
    if (before) return before;
    // Pieces are there for as long as the program runs.
    if (ofFirst.size >= rememberedEach) ofFirst.clear();
    const made = make(a, b);
    known.set(a, ofFirst.set(b.key, made));
    return made;
  };
}

const rememberedEach = 100;

const intersect = remembered((a, b) => a.and(b));
const concatenate = remembered((a, b) => a.followedBy(b));

function intersection(a: Language, b: Language): Language {
  return b.equals(everything) ? a : intersect(a, b);
}

function concatenation(a: Language, b: Language): Language {
  return a.equals(nothing) ? b : b.equals(nothing) ? a : concatenate(a, b);
}

function union(a: Language, b: Language): Language {
  return a.or(b);
}

const parameters = regexLanguage(';[^/]*');
const within = regexLanguage('[^/]*');
const nothing = words('');
const slash = words('/');

/**
 * A new prefix can join the first segment of the rest to `.` or `..`, or complete an escape, which normalization then resolves.
 * Those are finitely many pieces; in each, and in all the others, what is received is a constant and the rest.
 */
function piecesOf(prefix: string): readonly Piece[] {
  const decoded = decodePath(prefix);
  const at = decoded.lastIndexOf('/') + 1;
  const [directory, begun] = [decoded.slice(0, at), decoded.slice(at)];
  const escapes = escapeEnds(prefix);
  const dots = at === 0 ? [] : dotEnds(prefix, begun);
  const resolved = dots.flatMap(({ rest, directory: received }): Piece[] => [
    { sent: rest, received, rests: nothing },
    { sent: concatenation(rest, slash), received, rests: everything },
  ]);
  const special = [
    ...escapes.map(startingWith),
    ...dots.flatMap(({ rest }) => [rest, concatenation(concatenation(rest, slash), everything)]),
  ].reduce(union, empty);
  const others = {
    sent: nothing,
    received: at === 0 ? decoded : normalizePath(directory) + begun,
    rests: special.not(),
  };
  const behind = escapes.flatMap((end) => piecesOf(prefix + end).map((piece) => sentBehind(words(end), piece)));
  return [...resolved, ...behind, others];
}

function sentBehind(before: Language, piece: Piece): Piece {
  return { ...piece, sent: before.followedBy(piece.sent) };
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
      return { rest: dotRest(end, takesParameters), directory };
    });
}

/** The ends of two segments: once each, so that what is made of them is. */
const dotRests = new Map<string, Language>();

function dotRest(end: string, takesParameters: boolean): Language {
  const key = `${end}${takesParameters ? ';' : ''}`;
  const word = words(end);
  const rest = dotRests.get(key) ?? (takesParameters ? word.or(word.followedBy(parameters)) : word);
  dotRests.set(key, rest);
  return rest;
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
  const [mine, theirs] = [piecesBehind(a), piecesBehind(b)];
  if (mine.dropped === theirs.dropped)
    return words(mine.dropped).followedBy(piecesAgreement(mine.pieces, theirs.pieces));
  return piecesAgreement(sentPieces(mine), sentPieces(theirs));
}

function piecesAgreement(mine: readonly Piece[], theirs: readonly Piece[]): Language {
  return mine.flatMap((p) => theirs.map((q) => pieceAgreement(p, q))).reduce(union, empty);
}

interface Pieces {
  readonly dropped: string;
  readonly pieces: readonly Piece[];
}

type Keeping = Exclude<PathChange, { kind: 'replace' }>;

function piecesBehind(change: Keeping): Pieces {
  if (change.kind === 'keep') return { dropped: '', pieces: [{ sent: nothing, received: '', rests: everything }] };
  const { dropped, path, isFinal } = change;
  return { dropped, pieces: isFinal ? [{ sent: nothing, received: path, rests: everything }] : piecesOf(path) };
}

/** With all that is sent. */
function sentPieces({ dropped, pieces }: Pieces): readonly Piece[] {
  const before = words(dropped);
  return pieces.map((piece) => sentBehind(before, piece));
}

function preimageLanguage(change: Keeping, received: string): Language {
  return sentPieces(piecesBehind(change))
    .filter((piece) => received.startsWith(piece.received) && piece.rests.has(received.slice(piece.received.length)))
    .map((piece) => piece.sent.followedBy(words(received.slice(piece.received.length))))
    .reduce(union, empty);
}

/**
 * What comes after the beginnings is the same text but for its start, so two pieces agree where one's beginning goes on with just what
 * the other receives in addition.
 */
function pieceAgreement(p: Piece, q: Piece): Language {
  if (p.received.length > q.received.length) return pieceAgreement(q, p);
  if (!q.received.startsWith(p.received)) return empty;
  const between = q.received.slice(p.received.length);
  const beginnings = intersection(p.sent, between === '' ? q.sent : q.sent.before(between));
  if (beginnings.isEmpty) return empty;
  const rests = intersection(between === '' ? p.rests : p.rests.after(between), q.rests);
  return concatenation(concatenation(beginnings, words(between)), rests);
}
