// The values of the headers by which a request asks for WebSocket. Proxies drop them with all others.
import type { Language } from '../automata/language.ts';
import { regexLanguage } from '../automata/regex-language.ts';

export const upgradeLanguages = {
  connection: regexLanguage('(?i)(.*,)?[ \\t]*upgrade[ \\t]*(,.*)?'),
  upgrade: regexLanguage('(?i)websocket'),
};

/** What a proxy may see of a header, if it is one of these. */
export function upgradeLanguage(name: string): Language | undefined {
  return name === 'connection' || name === 'upgrade' ? upgradeLanguages[name] : undefined;
}
