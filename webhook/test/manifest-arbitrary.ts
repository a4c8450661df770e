// Random manifests as text: every word that YAML 1.1 reads otherwise than it looks, in every style, with comments, anchors and merge keys.
import fc from 'fast-check';

/** Booleans, nulls, numbers of all bases, dates and times, signs: some are texts to this reader and some to that. */
export const troublesome: readonly string[] =
  `y Y yes Yes YES n N no No NO true True TRUE false False FALSE on On ON off Off OFF ~ null Null NULL 0400 0644 01000 0o14
  0b11 0B11 0x1F -0x1f 1_000 1__0 _1 0_7 12:30 12:30:45 190:20:30.15 1:2 2024-01-01 2001-12-14t21:59:43Z 09 08 1e3 1E3 1e+3 12e03 .5 5. +1 -1
  -0 1.5 .inf -.inf .INF 12345678901234567890 -9223372036854775808 0.1 1.0 007 = a b-c a.b/c NaN Infinity 0 1 e5 5e .a 1.2.3`
    .split(/\s+/)
    .filter((word) => word !== '');

/** Only in quotes, or as a block of text. */
const texts = [
  '',
  ' ',
  'a: b',
  '# no comment',
  "it's",
  'say "x"',
  'tab\there',
  'é\u00a0ü',
  '{}',
  '[x',
  '- a',
  '*a',
  '&a',
  '!x',
  '%x',
  '@x',
  '`',
  'two\nlines',
  'end\n',
  '  lead\nx',
  '\u2028',
  '<<',
  '---',
];

const word = fc.constantFrom(...troublesome);
const spelt = fc.oneof(
  word,
  word.map((one) => `"${one}"`),
  word.map((one) => `'${one}'`),
  fc.constantFrom(...texts).map((text) => JSON.stringify(text).replaceAll('\u2028', '\\u2028')),
);
const comment = fc.constantFrom('', '', ' # "on"', '  # 0400: yes', ' #');

interface Style {
  readonly isCompact: boolean;
  readonly hasComments: boolean;
  readonly isCrlf: boolean;
  readonly endsBare: boolean;
}

type Line = readonly [depth: number, text: string];

/** Nested deeper, as the item of a list: its first line has the dash. */
function item(lines: readonly Line[], depth: number): Line[] {
  return lines.map(([inner, text], i) => (i === 0 ? [depth, `- ${text}`] : [depth + inner + 1, text]));
}

const nested = (lines: readonly Line[], by: number): Line[] => lines.map(([depth, text]) => [depth + by, text]);

const envs = (list: readonly (readonly [string, string])[]): Line[] =>
  list.flatMap(([value, note], i) =>
    item(
      [
        [0, `name: E${i}${note}`],
        [0, `value: ${value}`],
      ],
      0,
    ),
  );

const probes = fc.constantFrom<readonly Line[]>(
  [],
  [[0, 'readinessProbe: { httpGet: { path: /ready, port: 8080, scheme: HTTPS }, periodSeconds: 010 }']],
  [
    [0, 'livenessProbe:'],
    [1, '# what is asked'],
    [1, 'httpGet:'],
    [2, 'scheme: HTTP # gone'],
    [2, 'port: 8080'],
    [1, 'initialDelaySeconds: 1_0 # slow'],
  ],
  [
    [0, 'livenessProbe: &probe'],
    [1, 'tcpSocket:'],
    [2, 'port: 8080'],
    [1, 'periodSeconds: 010'],
    [0, 'readinessProbe: *probe'],
  ],
  [
    [0, 'startupProbe:'],
    [1, 'grpc: {port: 9000,}'],
    [0, 'lifecycle:'],
    [1, 'preStop: {httpGet: {port: 8080, host: , path: stop}}'],
  ],
);

const containerWith = (probe: typeof probes) =>
  fc
    .record({
      env: fc.array(fc.tuple(spelt, comment), { maxLength: 3 }),
      probe,
      note: comment,
      isFlow: fc.boolean(),
      user: word,
    })
    .map(({ env, probe, note, isFlow, user }) => ({
      lines: (name: string): Line[] => [
        [0, `name: ${name}${note}`],
        [0, "image: 'shoes:1.0'"],
        ...(isFlow || env.length === 0
          ? [[0, `env: [${env.map(([value], i) => `{ name: E${i}, value: ${value} }`).join(', ')}]`] as Line]
          : [[0, 'env:'] as Line, ...nested(envs(env), 1)]),
        ...probe,
        [0, `securityContext: { runAsUser: ${user} }${note}`],
      ],
    }));

const list = (key: string, items: readonly (readonly Line[])[], style: Style): Line[] => {
  const note: Line[] = style.hasComments ? [[1, `# the first of ${key}`]] : [];
  return [[0, `${key}:`], ...note, ...items.flatMap((lines) => nested(item(lines, 0), style.isCompact ? 0 : 1))];
};

const volumesOf = (mode: string): Line[][] => [
  [
    [0, 'name: a'],
    [0, 'secret: &secret'],
    [1, `defaultMode: ${mode} # octal`],
    [1, 'items: [{ key: k, path: p, mode: 0600 }]'],
  ],
  [
    [0, 'name: b'],
    [0, 'secret: *secret'],
  ],
];

const allVolumes = ['none', 'some', 'flow', 'empty', 'blank'] as const;
const allMetadata = ['none', 'block', 'blank', 'flow', 'blank annotations', 'empty annotations'] as const;

/** With `onlyGrows` nothing in it has to be replaced. */
const podWith = (onlyGrows: boolean) =>
  fc
    .record({
      containers: fc.array(containerWith(onlyGrows ? fc.constant([]) : probes), { minLength: 1, maxLength: 2 }),
      inits: fc.option(fc.array(containerWith(onlyGrows ? fc.constant([]) : probes), { minLength: 1, maxLength: 1 })),
      volumes: fc.constantFrom(...allVolumes.slice(0, onlyGrows ? 2 : undefined)),
      metadata: fc.constantFrom(...allMetadata.slice(0, onlyGrows ? 2 : undefined)),
      annotation: fc.tuple(spelt, comment),
      mode: word,
      last: fc.constantFrom<readonly Line[]>(
        [],
        [
          [0, 'nodeName: |'],
          [1, 'one'],
          [1, 'two'],
        ],
        [[0, 'priority: 0_1 # last']],
        [[0, 'hostname:']],
      ),
    })
    .map(({ containers, inits, volumes, metadata, annotation: [value, note], mode, last }) => ({
      metadata: (
        {
          none: [],
          blank: [[0, `metadata:${note}`]],
          flow: [[0, `metadata: {labels: { app: shoes, "v": ${value} }}`]],
          block: [
            [0, 'metadata:'],
            [1, 'annotations:'],
            [2, `x/y: ${value}${note}`],
            [2, '# of nothing'],
          ],
          'blank annotations': [
            [0, 'metadata:'],
            [1, `annotations:${note}`],
            [1, `labels: {v: ${value}}`],
          ],
          'empty annotations': [
            [0, 'metadata:'],
            [1, `annotations: {}${note}`],
          ],
        } satisfies Record<string, Line[]>
      )[metadata] as readonly Line[],
      spec: (style: Style): Line[] => [
        ...list(
          'containers',
          containers.map((one, i) => one.lines(`app-${i}`)),
          style,
        ),
        ...(inits
          ? list(
              'initContainers',
              inits.map((one) => one.lines('migrate')),
              style,
            )
          : []),
        ...(
          {
            none: [],
            some: list('volumes', volumesOf(mode), style),
            flow: [[0, `volumes: [ { name: a, secret: { defaultMode: ${mode} } }, ] # 0400`]],
            empty: [[0, `volumes: []${note}`]],
            blank: [[0, `volumes:${note}`]],
          } satisfies Record<string, Line[]>
        )[volumes],
        ...last,
      ],
    }));

/** Whole documents around a pod; the second one of each shares it by an alias, or takes parts of it. */
const frames: readonly ((metadata: readonly Line[], spec: readonly Line[]) => readonly Line[])[] = [
  (metadata, spec) => [[0, 'apiVersion: v1'], [0, 'kind: Pod'], ...metadata, [0, 'spec:'], ...nested(spec, 1)],
  (metadata, spec) => [
    [0, 'apiVersion: apps/v1'],
    [0, 'kind: Deployment'],
    [0, 'metadata: { name: shoes, annotations: { mode: 0755, on: off } }'],
    [0, 'spec:'],
    [1, 'template:'],
    ...nested(metadata, 2),
    [2, 'spec:'],
    ...nested(spec, 3),
    [1, 'replicas: 02'],
  ],
  (metadata, spec) => [
    [0, 'apiVersion: v1'],
    [0, 'kind: List'],
    [0, 'items:'],
    [0, '- apiVersion: batch/v1'],
    [1, 'kind: Job'],
    [1, 'spec:'],
    [2, 'template: &template'],
    ...nested(metadata, 3),
    [3, 'spec:'],
    ...nested(spec, 4),
    [0, '- {apiVersion: v1, kind: PodTemplate, template: *template} # the same'],
    [0, '- apiVersion: v1'],
    [1, 'kind: ConfigMap'],
    [1, 'data: { a: *template, b: 0400 }'],
    [0, '- apiVersion: argoproj.io/v1alpha1'],
    [1, 'kind: Rollout'],
    [1, 'spec:'],
    [2, 'template:'],
    [3, '<<: *template'],
    [3, 'extra: 0o14'],
  ],
];

export interface DrawnManifest {
  readonly text: string;
  /** Nothing in it has to be replaced: lines are only put between lines. */
  readonly onlyGrows: boolean;
}

export const drawnManifest: fc.Arbitrary<DrawnManifest> = fc.boolean().chain((onlyGrows) =>
  fc
    .record({
      pods: fc.array(fc.tuple(podWith(onlyGrows), fc.nat({ max: onlyGrows ? 1 : frames.length - 1 })), {
        minLength: 1,
        maxLength: 2,
      }),
      style: fc.record({
        isCompact: fc.boolean(),
        hasComments: fc.boolean(),
        isCrlf: fc.boolean(),
        endsBare: fc.boolean(),
      }),
    })
    .map(({ pods, style }) => {
      const documents = pods.map(([{ metadata, spec }, frame]) => {
        const lines = frames[frame]?.(metadata, spec(style)) ?? [];
        const notes: readonly Line[] = style.hasComments ? [[0, '# of the document: "yes"']] : [];
        return [...notes, ...lines].map(([depth, text]) => `${'  '.repeat(depth)}${text}\n`).join('');
      });
      const text = documents.join('--- # next\n');
      const broken = style.isCrlf ? text.replaceAll('\n', '\r\n') : text;
      return { text: style.endsBare ? broken.trimEnd() : broken, onlyGrows };
    }),
);
