// Codes FL00..: Fairlead itself failed, or was used wrongly. Ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const internalCodes = [
  {
    code: 'FL0001',
    name: 'internal-error',
    severity: 'error',
    title: 'Fairlead failed in a way that is not your fault',
    explanation:
      'Bad input never ends here: it gets a diagnostic of its own. An internal error is a mistake in Fairlead. ' +
      'Nothing was published or written because of it. Please report it with the text of the message.',
    bad: { text: 'an unexpected exception inside a pass' },
    good: { text: 'any run that ends with a verdict' },
  },
  {
    code: 'FL0002',
    name: 'usage',
    severity: 'error',
    title: 'the command line cannot be understood',
    explanation:
      'A flag, an argument or a combination of them is wrong. The message names it; `fairlead COMMAND --help` lists what is accepted. ' +
      'The exit code is 2, so that scripts can tell a typing mistake from a finding.',
    bad: { text: 'fairlead compile --target kubernetes' },
    good: { text: 'fairlead compile --target istio' },
  },
] as const satisfies readonly CatalogueEntry[];
