// Every recorded request in reviews/ against its expected verdict, and the same verdict from `fairlead check`'s side.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { checkPolicies } from '../../policies/index.ts';
import { makeApp } from './support.ts';

interface Recorded {
  readonly path: string;
  readonly review?: {
    readonly request: { readonly uid: string; readonly operation: string; readonly object: object | null };
  };
  /** In place of a review: anything at all. */
  readonly body?: string;
  readonly expected: {
    readonly status: number;
    readonly allowed?: boolean;
    /** Each must occur in the message, and the message has a line for each at least. */
    readonly message?: readonly string[];
    readonly warnings?: readonly string[];
    readonly audit?: Readonly<Record<string, string>>;
    /** `op path` of each operation, or null for no patch. */
    readonly patch?: readonly string[] | null;
  };
}

interface Response {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: { readonly code: number; readonly message: string };
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: object;
  readonly patchType?: string;
  readonly patch?: string;
}

const folder = join(import.meta.dirname, 'reviews');
const { app } = makeApp();

for (const file of readdirSync(folder).toSorted()) {
  t.test(file, async (t) => {
    const { path, review, body, expected } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recorded;
    const answer = await app.inject({
      method: 'POST',
      url: `${path}?timeout=10s`,
      headers: { 'content-type': 'application/json' },
      payload: body ?? JSON.stringify(review),
    });
    t.equal(answer.statusCode, expected.status);
    if (answer.statusCode !== 200) {
      for (const part of expected.message ?? []) t.ok(answer.body.includes(part), `${answer.body} has ${part}`);
      return;
    }
    const { response, ...envelope } = answer.json() as { response: Response };
    t.strictSame(envelope, { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' });
    t.equal(response.uid, review?.request.uid);
    t.equal(response.allowed, expected.allowed, response.status?.message ?? 'allowed');
    t.equal(response.status?.code, expected.allowed ? undefined : 403);
    for (const part of expected.message ?? [])
      t.ok(response.status?.message.includes(part), `${response.status?.message} has ${part}`);
    t.equal(response.warnings?.length ?? 0, expected.warnings?.length ?? 0, JSON.stringify(response.warnings));
    for (const [i, start] of (expected.warnings ?? []).entries()) {
      t.ok(response.warnings?.[i]?.startsWith(start), start);
      t.ok((response.warnings?.[i]?.length ?? 0) <= 120, 'as long as Kubernetes advises');
    }
    t.strictSame(response.auditAnnotations, expected.audit);
    checkPatch(t, response, expected.patch ?? null);
    const isJudged = path === '/validate' && !file.includes('never-blocked');
    if (isJudged && review?.request.object) await checkParity(t, review.request.object, response);
  });
}

function checkPatch(t: Test, { patch, patchType }: Response, expected: readonly string[] | null): void {
  const text = patch === undefined ? 'null' : Buffer.from(patch, 'base64').toString();
  const operations = JSON.parse(text) as { op: string; path: string }[] | null;
  t.strictSame(operations?.map((p) => `${p.op} ${p.path}`) ?? null, expected);
  t.equal(patchType, expected ? 'JSONPatch' : undefined);
}

/** Policies alone, as on a laptop, find the very lines that the cluster answers with. */
async function checkParity(t: Test, object: object, { status, warnings = [] }: Response): Promise<void> {
  const found = await checkPolicies([{ object, locate: () => undefined }]);
  const lines = `${status?.message ?? ''}\n${warnings.join('\n')}`;
  for (const { code, message } of found) {
    t.ok(lines.includes(message.slice(0, 60)), `${code} ${message} is in the answer of the cluster`);
  }
  t.equal(lines.split(/FL060\d/).length - 1, found.length, 'and no other line of a policy is');
}
