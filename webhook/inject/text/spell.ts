// A node written anew on one line, as it was spelt: what stood behind an alias, where the alias cannot stay.
import { type Document, isAlias, isMap, isScalar, type Scalar } from 'yaml';
import { isMergeKey } from '../../../compiler/index.ts';
import { quoted } from './write.ts';

/** Aliases within are written out; comments are left behind, where they belong. */
export function spell(node: unknown, tree: Document.Parsed): string {
  if (isAlias(node)) return spell(node.resolve(tree), tree);
  if (isScalar(node)) return spellScalar(node);
  if (isMap(node)) {
    const pairs = node.items.map(({ key, value }) => {
      const name = isMergeKey(key) ? '<<' : spell(key, tree);
      return `${name}: ${spell(value, tree)}`;
    });
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  if (!node) return 'null';
  return `[${(node as { items: readonly unknown[] }).items.map((item) => spell(item, tree)).join(', ')}]`;
}

/** All words that are anything but text, in whatever version, and the most usual texts. */
const word = /^[-+.~\w]*(?::[-+.~\w]+)*$/;
const corePrefix = 'tag:yaml.org,2002:';

function spellScalar({ type, value, tag }: Scalar): string {
  const text = String(value);
  if (tag === undefined && type === 'PLAIN' && word.test(text)) return text === '' ? 'null' : text;
  if (tag === undefined || tag === `${corePrefix}str`) return quoted(text);
  return `${tag.startsWith(corePrefix) ? `!!${tag.slice(corePrefix.length)}` : tag} ${quoted(text)}`;
}
