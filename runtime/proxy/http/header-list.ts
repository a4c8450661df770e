// An ordered list of header lines, names in lower case, as Envoy keeps them. It knows nothing of what they mean.
import { joinHeader } from '../../../compiler/xds.ts';

/** Names and values alternate in `flat`: the form that node:http and undici take without another copy. */
export class HeaderList {
  flat: string[];

  constructor(flat: string[] = []) {
    this.flat = flat;
  }

  /** Takes a message's raw headers (any case); the array is copied. */
  static fromRaw(raw: readonly string[]): HeaderList {
    const flat = new Array<string>(raw.length);
    for (let i = 0; i + 1 < raw.length; i += 2) {
      flat[i] = (raw[i] as string).toLowerCase();
      flat[i + 1] = raw[i + 1] as string;
    }
    return new HeaderList(flat);
  }

  /** The first value. */
  get(name: string): string | undefined {
    const { flat } = this;
    for (let i = 0; i < flat.length; i += 2) if (flat[i] === name) return flat[i + 1];
    return undefined;
  }

  /** Whether some line of that name has such a value; undefined if there is no line. */
  some(name: string, holds: (value: string) => boolean): boolean | undefined {
    const { flat } = this;
    let found: boolean | undefined;
    for (let i = 0; i < flat.length; i += 2) {
      if (flat[i] !== name) continue;
      if (holds(flat[i + 1] as string)) return true;
      found = false;
    }
    return found;
  }

  /** All values, each by itself. */
  all(name: string): readonly string[] {
    return this.flat.filter((_, i) => i % 2 === 1 && this.flat[i - 1] === name);
  }

  /** All values joined with a comma, as Envoy's matchers see a repeated header. */
  joined(name: string): string | undefined {
    const { flat } = this;
    let found: string | undefined;
    for (let i = 0; i < flat.length; i += 2) {
      if (flat[i] === name) found = found === undefined ? flat[i + 1] : `${found},${flat[i + 1]}`;
    }
    return found;
  }

  /** Of these names several lines become one, as Envoy reads them. */
  joinRepeated(names: ReadonlySet<string>): void {
    const { flat } = this;
    for (let i = 2; i < flat.length; i += 2) {
      const name = flat[i] as string;
      if (!names.has(name)) continue;
      let first = 0;
      while (flat[first] !== name) first += 2;
      if (first === i) continue;
      flat[first + 1] = joinHeader([flat[first + 1] as string, flat[i + 1] as string]);
      flat.splice(i, 2);
      i -= 2;
    }
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Replaces every line of that name by one, in the place of the first. */
  set(name: string, value: string): void {
    const { flat } = this;
    let isPlaced = false;
    for (let i = 0; i < flat.length; i += 2) {
      if (flat[i] !== name) continue;
      if (isPlaced) {
        flat.splice(i, 2);
        i -= 2;
      } else {
        flat[i + 1] = value;
        isPlaced = true;
      }
    }
    if (!isPlaced) flat.push(name, value);
  }

  /** Adds a line, whether or not the name is there already. */
  add(name: string, value: string): void {
    this.flat.push(name, value);
  }

  /** Adds to the first line of that name after a comma, or adds the line. */
  appendTo(name: string, value: string): void {
    const { flat } = this;
    for (let i = 0; i < flat.length; i += 2) {
      if (flat[i] !== name) continue;
      flat[i + 1] = flat[i + 1] === '' ? value : `${flat[i + 1]},${value}`;
      return;
    }
    flat.push(name, value);
  }

  remove(name: string): void {
    const { flat } = this;
    for (let i = flat.length - 2; i >= 0; i -= 2) if (flat[i] === name) flat.splice(i, 2);
  }

  removeAll(names: ReadonlySet<string>): void {
    const { flat } = this;
    let kept = 0;
    for (let i = 0; i < flat.length; i += 2) {
      if (names.has(flat[i] as string)) continue;
      flat[kept] = flat[i] as string;
      flat[kept + 1] = flat[i + 1] as string;
      kept += 2;
    }
    flat.length = kept;
  }

  clone(): HeaderList {
    return new HeaderList(this.flat.slice());
  }
}
