// The language of an RE2 pattern, taken from the very program that re2js runs: both sides of the analysis cannot disagree about a regex.
import { Budget, limits, TooWide } from './budget.ts';
import { empty, type Language, languageOf } from './language.ts';
import { alphabetSize, buildNfa, jointClasses, type Nfa } from './nfa.ts';
import { compileRegex, type Instruction } from '../../model/index.ts';

/** Operation codes of an RE2 program, as in RE2's own prog.h. */
const op = {
  alt: 1,
  altMatch: 2,
  capture: 3,
  emptyWidth: 4,
  match: 6,
  nop: 7,
  rune: 8,
  rune1: 9,
  any: 10,
  anyNotNewline: 11,
};
const assertion = { beginLine: 1, endLine: 2, beginText: 4, endText: 8, wordBoundary: 16, noWordBoundary: 32 };
const newline = 10;

/** A place in the program and the character before it (-1 at the start), reduced to what assertions can tell apart. */
interface State {
  readonly pc: number;
  readonly before: number;
}

/** What a pattern has cost, too, so that the same question is charged the same whatever was asked before. */
interface Built {
  readonly language: Language | TooWide;
  readonly cost: number;
}

const cache = new Map<string, Built>();
const cacheLimit = 2000;

interface Sharing {
  readonly budget: Budget;
  readonly charged: Set<string>;
  readonly preimages: Budget;
}

let sharing: Sharing | undefined;

/** The patterns of one question, which share a budget. A question in a question is part of it. */
export function sharingPatterns<T>(question: () => T): T {
  if (sharing) return question();
  sharing = {
    budget: new Budget(limits.questionPatternSteps),
    charged: new Set(),
    preimages: new Budget(limits.questionPreimageCells),
  };
  try {
    return question();
  } finally {
    sharing = undefined;
  }
}

/** Whether it was worked out or known: the same question is charged the same. */
export function spendPreimage(cells: number): void {
  sharing?.preimages.spend(cells);
}

/** Of whole-string matches, as Envoy's `safe_regex`. A pattern that RE2 refuses matches nothing. Throws `TooWide`. */
export function regexLanguage(pattern: string): Language {
  const { language, cost } = cache.get(pattern) ?? keep(pattern, build(pattern));
  if (sharing && !sharing.charged.has(pattern)) {
    sharing.charged.add(pattern);
    sharing.budget.spend(cost);
  }
  if (language instanceof TooWide) throw language;
  return language;
}

function keep(pattern: string, built: Built): Built {
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(pattern, built);
  return built;
}

function build(pattern: string): Built {
  const budget = new Budget(limits.questionPatternSteps);
  const cost = () => limits.questionPatternSteps - budget.left;
  try {
    const nfa = regexAutomaton(pattern, budget);
    const language = nfa ? languageOf(nfa, budget) : empty;
    return { language, cost: cost() };
  } catch (error) {
    if (!(error instanceof TooWide)) throw error;
    return { language: error, cost: cost() };
  }
}

/** Undefined for a pattern that RE2 refuses. `budget` is what steps without a character may cost. */
export function regexAutomaton(pattern: string, budget: Budget): Nfa | undefined {
  const program = compileRegex(pattern)?.program;
  if (!program) return undefined;
  budget.spend(16 * program.numInst());
  const instructions = Array.from({ length: program.numInst() }, (_, pc) => program.getInst(pc));
  const taken = instructions.map((instruction) => takenBy(instruction));
  const known = new Map<number, readonly number[]>();
  const reach = (pc: number, before: number, after: number) => {
    const holds = assertionsBetween(before, after);
    const reached = known.get(pc * allAssertions + holds) ?? closure(instructions, pc, holds);
    known.set(pc * allAssertions + holds, reached);
    budget.spend(reached.length);
    return reached;
  };
  return buildNfa<State>({
    classOf: jointClasses([wordCharacters, newlines, ...new Set(taken)]),
    starts: [{ pc: program.start, before: -1 }],
    keyOf: ({ pc, before }) => pc * alphabetSize + before + 1,
    step: ({ pc, before }, character) => {
      const kind = kindOf(character);
      const found: State[] = [];
      for (const at of reach(pc, before, character)) {
        if (taken[at]?.[character] === 1) found.push({ pc: instructions[at]?.out ?? 0, before: kind });
      }
      return found;
    },
    accepts: ({ pc, before }) => reach(pc, before, -1).some((at) => instructions[at]?.op === op.match),
  });
}

const bytesTaken = new Map<string, Uint8Array>();

/** By byte whether an instruction consumes it; the same object for all that consume alike. */
function takenBy(instruction: Instruction): Uint8Array {
  const { op: code, arg, runes } = instruction;
  const isRune = code === op.rune || code === op.rune1;
  const key = isRune ? `${arg} ${runes.join()}` : code === op.any || code === op.anyNotNewline ? `op ${code}` : '';
  const found = bytesTaken.get(key);
  if (found) return found;
  if (bytesTaken.size >= cacheLimit) bytesTaken.clear();
  const made = Uint8Array.from({ length: alphabetSize }, (_, byte) => (consumes(instruction, byte) ? 1 : 0));
  bytesTaken.set(key, made);
  return made;
}

/** The instructions reachable without a character, given the assertions that hold there. */
function closure(instructions: readonly Instruction[], start: number, holds: number): readonly number[] {
  const reached = new Set([start]);
  for (const pc of reached) {
    const { op: code, out, arg } = instructions[pc] as Instruction;
    if (code === op.alt || code === op.altMatch) reached.add(out).add(arg);
    else if (code === op.capture || code === op.nop) reached.add(out);
    else if (code === op.emptyWidth && (arg & ~holds) === 0) reached.add(out);
  }
  return [...reached];
}

function consumes(instruction: Instruction, character: number): boolean {
  switch (instruction.op) {
    case op.rune:
    case op.rune1:
      return instruction.matchRune(character);
    case op.any:
      return true;
    case op.anyNotNewline:
      return character !== newline;
    default:
      return false;
  }
}

function assertionsBetween(before: number, after: number): number {
  const isBoundary = isWord(before) !== isWord(after);
  return (
    (before < 0 ? assertion.beginText | assertion.beginLine : 0) |
    (before === newline ? assertion.beginLine : 0) |
    (after < 0 ? assertion.endText | assertion.endLine : 0) |
    (after === newline ? assertion.endLine : 0) |
    (isBoundary ? assertion.wordBoundary : assertion.noWordBoundary)
  );
}

/** More than all of them together. */
const allAssertions = 64;

const wordCharacters = Uint8Array.from({ length: alphabetSize }, (_, c) => (/\w/.test(String.fromCharCode(c)) ? 1 : 0));
const newlines = Uint8Array.from({ length: alphabetSize }, (_, c) => (c === newline ? 1 : 0));

function isWord(character: number): boolean {
  return wordCharacters[character] === 1;
}

/** One stand-in for each kind of character: a newline, a word character, any other. */
function kindOf(character: number): number {
  if (character === newline) return newline;
  return isWord(character) ? 0x61 : 0x20;
}
