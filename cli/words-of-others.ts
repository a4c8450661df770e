// Commands and options of kubectl, istioctl and git that people try from habit, and what to call in their place.
import { accountIn, keyOf, serviceNamed } from '../compiler/index.ts';

const byCommit = 'change the intent, commit and push: `fairlead up` and `fairlead serve` follow a branch';
const byKubectl =
  '`fairlead compile --target istio` writes the objects, and kubectl applies them; `fairlead serve` follows a branch';

const commands: Readonly<Record<string, string>> = {
  analyze: 'fairlead check',
  apply: byKubectl,
  create: byKubectl,
  edit: byCommit,
  patch: byCommit,
  pc: 'fairlead compile --target envoy',
  ps: 'fairlead status',
  replace: byKubectl,
  rollout: 'fairlead wait',
  'kube-inject': 'fairlead inject',
  delete: 'remove it from the intent: what a commit lacks is taken away',
  deploy: 'fairlead serve',
  describe: 'fairlead explain',
  diff: 'fairlead review',
  get: 'fairlead status',
  install: 'fairlead init',
  lint: 'fairlead check',
  logs: 'fairlead explain --log-line',
  plan: 'fairlead review',
  'proxy-config': 'fairlead compile --target envoy',
  'proxy-status': 'fairlead status',
  run: 'fairlead up',
  start: 'fairlead up',
  validate: 'fairlead check',
  verify: 'fairlead check',
};

const options: Readonly<Record<string, string>> = {
  '--dry-run': 'nothing is applied anyway: `check`, `compile` and `review` only read',
  '-f': 'name the folder without an option: `fairlead check mesh/`',
  '--filename': 'name the folder without an option: `fairlead check mesh/`',
  '-n': 'what is of another namespace is written `namespace/name`',
  '--namespace': 'what is of another namespace is written `namespace/name`',
  '-A': 'all namespaces are meant anyway',
  '--all-namespaces': 'all namespaces are meant anyway',
  '-o': 'the form is chosen by `--format`, where there are several',
  '--output': 'the form is chosen by `--format`, where there are several',
};

/** The text of an error of commander, with what may have been meant. */
export function withHint(text: string): string {
  const [, kind, written = ''] = /^error: unknown (command|option) '([^']+)'/.exec(text) ?? [];
  const known = kind === 'command' ? commands : kind === 'option' ? options : {};
  if (!Object.hasOwn(known, written)) return text;
  const hint = known[written] ?? '';
  const [first = ''] = text.split('\n');
  return `${first}\n  = hint: ${hint.startsWith('fairlead') ? `\`${hint}\` does that` : hint}\n`;
}

const kinds = /^(?:deploy(?:ment)?|pod|po|svc|service|sts|statefulset|daemonset|ds)s?(?:\.apps)?\/(.+)$/;

/** `namespace/name` or a name, for one that is written as kubectl, DNS or SPIFFE have it. */
export function nameMeant(written: string): string | undefined {
  const [, ofKind] = kinds.exec(written) ?? [];
  if (ofKind !== undefined) return nameMeant(ofKind) ?? ofKind;
  const account = accountIn(written);
  if (account) return `${account.namespace}/${account.serviceAccount}`;
  const service = serviceNamed(written);
  return service && keyOf(service);
}
