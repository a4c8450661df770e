// One dimension in a space of requests: its axes, and whether and by which value a choice of atoms on them can be met.
import { type Atoms, partsWithin, splitIntoAtoms } from '../automata/atoms.ts';
import { blaming, type Budget, TooWide } from '../automata/budget.ts';
import { type Language, TableLanguage } from '../automata/language.ts';
import { regexLanguage } from '../automata/regex-language.ts';
import { type Choice, findWord, type Part } from '../automata/search.ts';
import { isUtf8, textOf, utf8Pattern } from '../../model/index.ts';
import type { Dimension } from '../fields/dimension.ts';
import { labelOf, oppositeOf } from '../fields/match-language.ts';
import type { Announced } from './announced.ts';

/** `inside` has one byte for each atom of the axis: 1 where the atom is in the set. */
export interface LabelledSet {
  readonly label: string;
  /** Written as the opposite of something. */
  readonly isNot?: boolean;
  readonly inside: Uint8Array;
}

/** One partition of a dimension. A dimension whose languages combine in too many ways has several. */
export interface Axis {
  readonly dimension: Dimension;
  readonly atoms: Atoms;
  /** The languages somebody wrote, for descriptions of sets. */
  readonly labels: readonly LabelledSet[];
}

/** Atoms by number of the axis. */
type Chosen = ReadonlyMap<number, readonly number[]>;

/** Shared by the fields of a space. */
export interface SearchBudgets {
  readonly search: Budget;
  readonly taste: Budget;
}

export class Field {
  readonly dimension: Dimension;
  readonly axes: readonly Axis[];
  /** When each of the axes is asked for first; -1 for those that come before all others. */
  readonly uses: readonly number[];
  readonly #universe: Part;
  #numbers: readonly number[] = [];
  #budgets: SearchBudgets | undefined;
  readonly #possible = new Map<string, boolean>();
  /** By what is chosen; the empty key where nothing is. */
  readonly #values = new Map<string, string | undefined>();
  /** Of values that were found, the atoms: most questions are answered by one of them. */
  readonly #samples: (readonly number[])[] = [];

  constructor({ dimension, languages }: Announced) {
    const { universe } = dimension;
    if (!(universe instanceof TableLanguage)) throw new TooWide(dimension.key);
    const list = [...languages.values()].map(({ language }) => language);
    const partitions = splitIntoAtoms(universe, list);
    this.dimension = dimension;
    this.#universe = partsWithin(universe);
    const labelled = list.flatMap((language) => {
      const [label, opposite] = [labelOf(language), oppositeOf(language)];
      return label === undefined ? [] : [{ key: language.key, label, opposite }];
    });
    this.axes = partitions.map((atoms) => ({
      dimension,
      atoms,
      labels: labelled.flatMap(({ key, label, opposite }) => {
        const inside = atoms.inside.get(key);
        if (!inside) return [];
        // Nobody says "anything but not a".
        const others = opposite === undefined ? [] : [{ label: opposite, inside: inside.map((one) => 1 - one) }];
        return [{ label, inside, isNot: opposite !== undefined }, ...others];
      }),
    }));
    const isFirst = !dimension.isOptional && partitions.length === 1;
    this.uses = partitions.map(({ inside }) =>
      isFirst ? -1 : Math.min(...[...inside.keys()].map((key) => languages.get(key)?.use ?? 0)),
    );
  }

  /** Called once, when the numbers of all axes are known. */
  place(numbers: ReadonlyMap<Axis, number>, budgets: SearchBudgets): void {
    this.#numbers = this.axes.map((axis) => numbers.get(axis) ?? -1);
    this.#budgets = budgets;
  }

  get numbers(): readonly number[] {
    return this.#numbers;
  }

  /** False where there are too many axes, or atoms of which nobody knows whether they have values, to be sure. */
  get isPlain(): boolean {
    return this.axes.length === 1 && this.axes.every(({ atoms }) => atoms.areInhabited);
  }

  isPossible(chosen: Chosen): boolean {
    if (this.isPlain) return true;
    const key = this.#keyOf(chosen);
    const known = this.#possible.get(key);
    if (known !== undefined) return known;
    const wanted = this.#wanted(chosen);
    const isFound =
      this.#samples.some((sample) => wanted.every((atoms, i) => atoms?.has(sample[i] ?? -1) ?? true)) ||
      this.#search(wanted, 'any') !== undefined;
    this.#possible.set(key, isFound);
    return isFound;
  }

  /** A value in the chosen atoms, also in `within`: a usual one, or else a shortest of the likely ones, or of all. */
  valueIn(chosen: Chosen, within?: Language): string | undefined {
    const key = within ? '' : this.#keyOf(chosen);
    if (!within && this.#values.has(key)) return this.#values.get(key);
    const wanted = this.#wanted(chosen);
    const isWanted = (value: string) =>
      (within?.has(value) ?? true) &&
      this.axes.every(({ atoms }, i) => {
        const atom = atoms.atomOf(value);
        return atom >= 0 && (wanted[i]?.has(atom) ?? true);
      });
    const found = this.dimension.usual(isWanted) ?? this.#likely(wanted, within) ?? this.#readable(wanted, within);
    if (!within) this.#values.set(key, found);
    return found;
  }

  /** In UTF-8 wherever that will do: what is not can hardly be written. */
  #readable(wanted: Wanted, within?: Language): string | undefined {
    const word = this.#search(wanted, 'shortest', within);
    if (word === undefined || isUtf8(word)) return word && textOf(word);
    const other = this.#search(wanted, 'any', within ? within.and(utf8()) : utf8());
    return textOf(other ?? word);
  }

  #keyOf(chosen: Chosen): string {
    let key = '';
    for (const number of this.#numbers) {
      const atoms = chosen.get(number);
      if (atoms) key += `${number}:${listKey(atoms)};`;
    }
    return key;
  }

  #likely(wanted: Wanted, within?: Language): string | undefined {
    const { likely } = this.dimension;
    return likely && this.#readable(wanted, within ? likely.and(within) : likely);
  }

  /** Of bytes. */
  #search(wanted: Wanted, choice: Choice, within?: Language): string | undefined {
    const asked = this.axes.flatMap(({ atoms }, i) => {
      const set = wanted[i];
      return set ? [...atoms.partsFor(set)] : [];
    });
    const parts = [...asked, ...(asked.some(({ kind }) => kind === 'table') ? [] : [this.#universe])];
    const found = this.#find(within ? [...parts, partsWithin(within)] : parts, choice);
    if (found !== undefined && this.#samples.length < sampleLimit)
      this.#samples.push(this.axes.map(({ atoms }) => atoms.atomOf(textOf(found))));
    return found;
  }

  #find(parts: readonly Part[], choice: Choice): string | undefined {
    if (choice === 'shortest' && this.#budgets?.taste.isSpent !== true) {
      try {
        return findWord(parts, choice, this.#budgets?.taste);
      } catch (error) {
        if (!(error instanceof TooWide)) throw error;
      }
    }
    return blaming(this.dimension.key, () => findWord(parts, 'any', this.#budgets?.search));
  }

  #wanted(chosen: Chosen): Wanted {
    return this.#numbers.map((number) => {
      const atoms = chosen.get(number);
      return atoms && new Set(atoms);
    });
  }
}

/** By axis the atoms that will do, where not all of them do. */
type Wanted = readonly (ReadonlySet<number> | undefined)[];

/** Every text in UTF-8. */
function utf8(): Language {
  return regexLanguage(utf8Pattern);
}

const sampleLimit = 64;

/** Diagrams hand out the same lists again and again. */
const listKeys = new WeakMap<readonly number[], string>();

function listKey(atoms: readonly number[]): string {
  const known = listKeys.get(atoms);
  if (known !== undefined) return known;
  const key = atoms.join();
  listKeys.set(atoms, key);
  return key;
}
