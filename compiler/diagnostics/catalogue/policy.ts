// Codes FL06..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const policyCodes = [
  {
    code: 'FL0601',
    name: 'policy-refused',
    severity: 'error',
    title: 'an enforced policy of the organisation refuses the object',
    explanation:
      'The message starts with the name of the policy and says what it found; the hint says what it accepts. ' +
      'The same policies, compiled once, judge on a laptop, in the pull request and at admission, so an object refused here would be refused by the cluster too. ' +
      'Each policy is documented in policies/NAME/README.md.',
    bad: {
      text: 'kind: MeshGateway\nspec: { listeners: [{ name: web, port: 80, protocol: HTTP, hosts: ["*"] }] }',
    },
    good: {
      text: 'kind: MeshGateway\nspec: { listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [shop.example.com] }] }',
    },
  },
  {
    code: 'FL0602',
    name: 'policy-warned',
    severity: 'warning',
    title: 'a policy of the organisation advises against this',
    explanation:
      'The policy is set to warn: the object is accepted, and the warning is shown on the command line, in the review and to whoever applies it. ' +
      'Such policies are often made to refuse later, so mending it now saves a surprise.',
    bad: { text: 'kind: MeshService\nmetadata: { name: shoes, namespace: shop }' },
    good: { text: 'kind: MeshService\nmetadata: { name: shoes, namespace: shop, labels: { team: catalog } }' },
  },
  {
    code: 'FL0603',
    name: 'policy-audited',
    severity: 'info',
    title: 'a policy on trial would have something to say',
    explanation:
      'The policy is set to audit: it only reports, so that its effect can be seen before it warns or refuses. Nothing needs to be done.',
    bad: { text: 'an object that violates a policy whose metadata says enforcement: audit' },
    good: { text: 'an object that satisfies it' },
  },
  {
    code: 'FL0604',
    name: 'policy-compiler-missing',
    severity: 'error',
    title: 'policies of your own cannot be compiled: opa is missing',
    explanation:
      'Fairlead ships its own policies compiled. A folder of Rego given with --policies is compiled when it is loaded, for which the opa ' +
      'binary must be in PATH or in the tool cache, in the version the message names.',
    bad: { text: 'fairlead check intent --policies rules   # without opa' },
    good: { text: 'make tools && fairlead check intent --policies rules' },
  },
  {
    code: 'FL0605',
    name: 'policy-invalid',
    severity: 'error',
    title: 'a policy does not compile, or lacks its metadata',
    explanation:
      'A policy is a file NAME/policy.rego in Rego v1, in package fairlead.policies.NAME (with _ for -), whose metadata gives a title, a severity, ' +
      'an enforcement and the kinds it judges, and whose rule "violations" yields objects with message and path. ' +
      'Functions that need the world outside (http.send, time.now_ns) do not exist here: a verdict depends on the object alone.',
    bad: { text: 'package rules\n\nviolations contains {"message": http.send({"url": "http://x"}).body}' },
    good: {
      text: 'package fairlead.policies.my_rule\n\nviolations contains {"message": "…", "path": ["metadata"]} if input.name == "x"',
    },
  },
  {
    code: 'FL0606',
    name: 'policy-engine-failed',
    severity: 'error',
    title: 'the policies could not be evaluated, so the object is refused',
    explanation:
      'A policy stopped with an error, answered nonsense, or the object is too large to be judged. An object nobody could judge is refused: security fails closed. ' +
      'The message says which it was. Policies of your own are the likely cause: test them with the object.',
    bad: { text: 'an object of 10 MiB' },
    good: { text: 'an object below 3 MiB, judged by policies that return message and path' },
  },
  {
    code: 'FL0607',
    name: 'policy-bundle-unreadable',
    severity: 'error',
    title: 'the compiled policies cannot be loaded',
    explanation:
      'A bundle is a folder with policy.wasm, data.json and manifest.json that belong together. One of them is missing, damaged or from another build. ' +
      'Nothing is admitted without policies, so the command or the webhook does not start.',
    bad: { text: 'a manifest.json whose hash is not that of policy.wasm' },
    good: { text: 'node policies/build.ts' },
  },
] as const satisfies readonly CatalogueEntry[];
