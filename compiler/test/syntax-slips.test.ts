// Slips in the text itself: found where they stand, called by their name, once, and with what to write instead.
import t from 'tap';
import { compile } from '../pipeline.ts';

const service = (name: string, rest = '') =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata:\n  name: ${name}\n  namespace: shop\nspec:\n  ports:\n    - port: 80\n${rest}`;
const user = service('user', '  uses: [shoes]\n');
const shoes = service('shoes');

/** What stands in the file, where the one finding is, and what its message or its hint says. */
const slips: Readonly<Record<string, readonly [text: string, place: string, says: RegExp]>> = {
  'a wildcard in a flow list': [
    service('a', '  hosts: [*.example.com]\n'),
    '9:11-9:24',
    /write "\*\.example\.com" in quotes$/,
  ],
  'a wildcard in a list': [
    service('a', '  hosts:\n    - *.example.com\n'),
    '10:7-10:20',
    /write "\*\.example\.com" in quotes$/,
  ],
  'an alias without an anchor': [
    service('a', '  timeout: *t\n'),
    '9:12-9:14',
    /no anchor "&t" before the alias "\*t".*write "\*t" in quotes, if it is a text/s,
  ],
  'an anchor after its alias': [service('a', '  x: *t\n  y: &t 3\n'), '9:6-9:8', /no anchor "&t"/],
  'a star': [service('a', '  hosts:\n    - * # any\n'), '10:7-10:8', /write "\*" in quotes$/],
  'a no-break space after a colon': [
    service('a', '  timeout:\u00a03s\n  x: 1\n'),
    '9:11-9:12',
    /no-break space \(U\+00A0\).*write a plain space there$/s,
  ],
  'a no-break space that makes a text': [
    shoes.replace('port: 80', 'port:\u00a080'),
    '8:7-8:15',
    /"port:<U\+00A0>80".*a no-break space \(U\+00A0\) stands in it: write a plain space there/s,
  ],
  'a mark without width': [
    service('a', '  uses: [a\u200bb]\n'),
    '9:10-9:13',
    /"a<U\+200B>b".*the character U\+200B stands in it: remove it/s,
  ],
  'a letter of another script': [
    service('a', '  uses: [\u0430b]\n'),
    '9:10-9:12',
    /the letter U\+0430, which only looks/,
  ],
  'a quote that nothing closes': [
    `${service('"shoes')}---\n${user}`,
    '4:9-4:15',
    /the " that begins this text is not closed.*put a " at the end of this text/s,
  ],
  'a quote that the next one closes': [
    `${service('"a', '  routes:\n    - match: { path: "/a" }\n')}---\n${user.replace('[shoes]', '[]')}`,
    '4:9-4:11',
    /the " that begins this text is not closed/,
  ],
  'YAML 1.1': [`%YAML 1.1\n---\n${shoes}---\n${user}`, '1:1-1:10', /remove the line with %YAML/],
  'a name made by a template': [`${service('"${NAME}"')}---\n${user}`, '4:9-4:18', /is a template: "\$\{NAME\}"/],
  'the apiVersion of Istio': [
    `${shoes.replace('fairlead.dev/v1alpha1', 'networking.istio.io/v1')}---\n${user}`,
    '1:13-1:35',
    /MeshService is a kind of fairlead\.dev\/v1alpha1/,
  ],
  'no blank after a colon': [
    `${shoes.replace('kind: ', 'kind:')}---\n${user}`,
    '2:1-2:17',
    /a blank is missing after the colon of "kind:MeshService"\nwrite kind: MeshService$/,
  ],
  'no blank after a colon, at the end': [
    service('a', '  mtls:strict\n'),
    '9:3-9:14',
    /"mtls:strict"\nwrite mtls: strict$/,
  ],
  'two dashes': [`${shoes}--\n${user}`, '9:1-9:3', /"--" is no line between documents\nwrite three dashes: ---$/],
  'four dashes': [`${shoes}----\n${user}`, '9:1-9:5', /write three dashes: ---$/],
  'a blank before three dashes': [`${shoes} ---\n${user}`, '9:2-9:5', /a blank stands before "---"/],
  'a no-break space before three dashes': [`${shoes}\u00a0---\n${user}`, '9:2-9:5', /a blank stands before "---"/],
  'a no-break space whose line alone would be good': [
    service('a').replace('  ports:\n    - port: 80', '\u00a0 ports: [{ port: 80 }]\n  uses: []'),
    '7:1-7:2',
    /a no-break space \(U\+00A0\) stands where YAML wants a space/,
  ],
  'a next-line character as indentation': [service('a', '\u0085 uses: []\n'), '9:1-9:2', /the character U\+0085/],
  'a blank without width before a key': [
    service('a', '  \u200buses: []\n'),
    '9:3-9:4',
    /the character U\+200B stands.*remove it: no editor shows it$/s,
  ],
  'fences of Markdown': [
    `\`\`\`yaml\n${shoes}---\n${user}\`\`\`\n`,
    '1:1-1:8',
    /a fence of Markdown.*keep only what stands between/s,
  ],
  'a line of a diff': [service('shoes', '+  uses: []\n'), '9:1-9:2', /a line of a diff stands here: "\+ {2}uses/],
  'a file of a diff': [
    `${shoes}---\n${user}`.replaceAll(/^(?!---)/gm, '+').slice(0, -1),
    '1:1-1:2',
    /a line of a diff/,
  ],
};

t.test('one finding, at the slip', (t) => {
  for (const [name, [text, place, says]] of Object.entries(slips)) {
    const { diagnostics } = compile({ label: 't', files: [{ path: 'a.yaml', text }], diagnostics: [] });
    const [first, ...others] = diagnostics.filter(({ severity }) => severity === 'error');
    t.same(others, [], `${name}: one error`);
    t.equal(first?.span && placeOf(first.span), place, name);
    t.match(`${first?.message}\n${first?.hint}`, says, name);
  }
  t.end();
});

t.test('what looks like a slip and is none', (t) => {
  const fine = service(
    'shoes',
    '  uses: []\n  routes:\n    - match: { path: "/*" }\n      description: "+1: a\u00a0b, ``` and *"\n',
  ).replace('\n      description', '\n      # description');
  for (const text of [fine, `# %YAML 1.1\n${shoes}`, `${shoes}  versions: { v1: &v { a: b }, v2: *v }\n`]) {
    const { diagnostics } = compile({ label: 't', files: [{ path: 'a.yaml', text }], diagnostics: [] });
    t.same(
      diagnostics.filter(({ severity, code }) => severity === 'error' && code.startsWith('FL01')),
      [],
    );
  }
  t.end();
});

interface Point {
  readonly line: number;
  readonly column: number;
}

function placeOf({ start, end }: { readonly start: Point; readonly end: Point }): string {
  return `${start.line}:${start.column}-${end.line}:${end.column}`;
}
