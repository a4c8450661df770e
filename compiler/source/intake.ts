// The door every file passes on its way into a SourceTree, whether it comes from a folder or from Git:
// names, sizes, encoding. Reads nothing itself.
import { compareText, type DiagnosticDetail, DiagnosticSink, wholeFile } from '../diagnostics/index.ts';
import { decodeText } from './decode-text.ts';
import { formatBytes, formatOver, type SourceLimits } from './limits.ts';
import type { SourceFile, SourceTree } from './source-tree.ts';

/** Intent lives in `*.yaml` and `*.yml`. */
export function isIntentFile(name: string): boolean {
  return /\.ya?ml$/i.test(name);
}

/** Of a folder that has one of this name, only what is in there is read. */
export const intentFolder = 'intent';

/** Folders that never hold intent: hidden ones (`.git`, `.github`) and installed packages. */
export function isSkippedFolder(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}

/**
 * Stands in every folder that `fairlead compile -o` writes. What lies there, at any depth, is output, unless it is intent by its own words:
 * a file of this name, put beside somebody's intent, must not make it disappear.
 */
export const inventoryName = '.fairlead-files';

/** At the top of what is read it says which programs `fairlead up` starts, and is no intent, unless by its own words. */
export const localFileName = 'local.yaml';

/** True if the text says of itself that it is intent, whatever folder it lies in. */
export function saysIntent(text: string): boolean {
  return /apiVersion["']?\s*:\s*["']?fairlead\.dev\//.test(text);
}

/** True if no folder of the path, and not the file itself, is hidden or skipped. */
export function isVisible(path: string): boolean {
  return !path.split('/').some(isSkippedFolder);
}

/** Collects the files of one tree and refuses what is over the limits. */
export class Intake {
  readonly #files: SourceFile[] = [];
  readonly #sink = new DiagnosticSink();
  readonly #limits: SourceLimits;
  readonly #label: string;
  #admitted = 0;
  #bytes = 0;
  #isFull = false;

  constructor(label: string, limits: SourceLimits) {
    this.#label = label;
    this.#limits = limits;
  }

  get report(): DiagnosticSink['report'] {
    return this.#sink.report;
  }

  /** True once a limit of the whole tree is passed: reading on would be useless. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Asked before a file is read, so that a huge one never is. */
  admits(path: string, size: number): boolean {
    const { fileBytes, files, totalBytes } = this.#limits;
    if (this.#isFull) return false;
    if (size > fileBytes) {
      const [is, most] = formatOver(size, fileBytes);
      this.report('FL0110', {
        message: `"${path}" is ${is}; an intent file may have ${most}`,
        span: wholeFile(path),
        hint: 'split it, or move it out of the intent folder if it is not intent',
      });
      return false;
    }
    if (this.#admitted >= files) return this.#refuseTree(`more than ${files} intent files`);
    if (this.#bytes + size > totalBytes) return this.#refuseTree(`more than ${formatBytes(totalBytes)} of intent`);
    this.#admitted += 1;
    this.#bytes += size;
    return true;
  }

  /** Asked before a folder is entered. */
  admitsDepth(path: string, depth: number): boolean {
    if (depth <= this.#limits.depth) return true;
    return this.#refuseTree(`folders nested deeper than ${this.#limits.depth}, at "${path}"`);
  }

  /** `isOther`: it is likely something else than intent, and taken only if it says so itself. */
  add(path: string, bytes: Uint8Array, isOther = false): void {
    const decoded = decodeText(bytes);
    if ('text' in decoded) {
      const { text } = decoded;
      if (!isOther || saysIntent(text)) this.#files.push({ path, text });
    } else {
      const { is, hint } = decoded;
      this.report('FL0111', { message: `"${path}" ${is}`, span: wholeFile(path), hint });
    }
  }

  /** A link is never followed: what it points to can change without a commit. */
  refuseLink(path: string, target: string, leavesTree: boolean): void {
    this.report('FL0112', {
      message:
        `"${path}" is a symbolic link ${leavesTree ? 'out of the repository' : ''} to "${target}", and links are not followed`.replace(
          '  ',
          ' ',
        ),
      span: wholeFile(path),
      hint: 'put a regular file there',
    });
  }

  /** Its files are in another repository, of which the commit holds nothing but a commit id. */
  refuseSubmodule(path: string): void {
    this.report('FL0122', { message: submoduleMessage(path), span: wholeFile(path), hint: submoduleHint });
  }

  /** `beside` took what lies beside `intent/`, where nothing is read, and is intent by its own words. */
  warnOfUnread(beside: Intake): void {
    const [first, ...others] = beside.toTree().files;
    if (!first) return;
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    this.report('FL0123', {
      message: `"${first.path}"${more} beside intent/ ${others.length === 0 ? 'is' : 'are'} not read`,
      span: wholeFile(first.path),
      hint: 'move what is meant into intent/, or name the folder that holds it; remove intent/ if it was not meant to be there',
    });
  }

  toTree(commit?: string): SourceTree {
    return {
      label: this.#label,
      ...(commit !== undefined && { commit }),
      files: this.#files.toSorted((a, b) => compareText(a.path, b.path)),
      diagnostics: this.#sink.toSorted(),
    };
  }

  #refuseTree(what: string): false {
    if (!this.#isFull) {
      this.report('FL0117', {
        message: `${this.#label} holds ${what}`,
        hint: 'point Fairlead at the folder that holds the intent and nothing else',
      });
    }
    this.#isFull = true;
    return false;
  }
}

export function submoduleMessage(path: string): string {
  return `"${path}" is a Git submodule: its files are not in this commit`;
}

export const submoduleHint =
  'put its files into this repository, or move the submodule out of what is read: below intent/ if there is one';

/** A tree that could not be read at all. */
export function failedTree(
  label: string,
  code: Parameters<DiagnosticSink['report']>[0],
  detail: DiagnosticDetail,
): SourceTree {
  const sink = new DiagnosticSink();
  sink.report(code, detail);
  return { label, files: [], diagnostics: sink.toSorted() };
}
