// Regular expressions as Envoy compiles them: RE2 over bytes, up to the program size that proxies of the mesh take.
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/regex.proto
import { RE2JS } from 're2js';
import { bytesOf } from './bytes.ts';
import { escapeProblem, withNamesOnce } from './regex-escapes.ts';

/** Istio's proxies have this limit, and our bootstrap sets it (backends/envoy/proxy-runtime.ts). */
export const maxProgramSize = 32_768;

/** A compiled pattern; `matches` holds the whole of a value against it. */
export interface Regex {
  matches(value: string): boolean;
  readonly program: Program;
  /** Takes bytes: see `bytesOf`. */
  readonly engine: RE2JS;
}

/** The instructions of RE2, of which `matchRune` knows bytes. */
export interface Program {
  readonly start: number;
  numInst(): number;
  getInst(pc: number): Instruction;
}

export interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  readonly runes: readonly number[];
  matchRune(rune: number): boolean;
}

type Compiled = { readonly regex: Regex; readonly problem?: undefined } | { readonly problem: string };

const compiled = new Map<string, Compiled>();
const maxCompiled = 10_000;

/** Undefined for a pattern that proxies refuse: see `regexProblem`. */
export function compileRegex(pattern: string): Regex | undefined {
  const found = compiledRegex(pattern);
  return found.problem === undefined ? found.regex : undefined;
}

/** Why proxies refuse a pattern, in words that follow "it is refused:"; undefined for one that they take. */
export function regexProblem(pattern: string): string | undefined {
  return compiledRegex(pattern).problem;
}

function compiledRegex(pattern: string): Compiled {
  const known = compiled.get(pattern);
  if (known) return known;
  if (compiled.size >= maxCompiled) compiled.clear();
  const made = compile(pattern);
  compiled.set(pattern, made);
  return made;
}

function compile(pattern: string): Compiled {
  const problem = escapeProblem(pattern);
  if (problem !== undefined) return { problem };
  try {
    const regex = RE2JS.compile(bytesOf(withNamesOnce(pattern)));
    const program = regex.re2Input.prog as unknown as Program & { readonly numLb: number };
    if (program.numLb > 0) return { problem: 'look-behind is not known' };
    const size = programSize(program);
    if (size > maxProgramSize)
      return { problem: `it comes to ${size} instructions, and proxies take up to ${maxProgramSize}` };
    return { regex: { matches: (value) => regex.matches(bytesOf(value)), program, engine: regex } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { problem: inCharacters(message.replace(/^error parsing regexp: /, ''), bytesOf(pattern)) };
  }
}

/** A message quotes bytes of the pattern; said are the characters that they are part of. */
function inCharacters(message: string, bytes: string): string {
  return message.replace(/(?<=: `).*(?=`$)/s, (quoted) => {
    const start = bytes.indexOf(quoted);
    if (start < 0) return quoted;
    const isWithin = (at: number) => /[\x80-\xbf]/.test(bytes[at] ?? '');
    let [from, to] = [start, start + quoted.length];
    while (isWithin(from)) from--;
    while (isWithin(to)) to++;
    return Buffer.from(bytes.slice(from, to), 'latin1').toString('utf8');
  });
}

/** What RE2 says it is, or a little more: an instruction for each range of bytes, and a frame. */
function programSize(program: Program): number {
  let size = 2;
  for (let pc = 0; pc < program.numInst(); pc++) size += Math.max(1, rangesOf(program.getInst(pc)));
  return size;
}

const anyNotNewline = 11;

function rangesOf({ op, runes }: Instruction): number {
  if (op === anyNotNewline) return 2;
  let ranges = 0;
  for (let i = 0; i < runes.length; i += 2) if ((runes[i] ?? 0) <= 0xff) ranges++;
  return ranges;
}
