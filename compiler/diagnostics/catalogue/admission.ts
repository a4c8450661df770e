// Codes FL07..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const admissionCodes = [
  {
    code: 'FL0701',
    name: 'admission-review-invalid',
    severity: 'error',
    title: 'the request to the webhook is not an AdmissionReview it understands',
    explanation:
      'The webhook speaks AdmissionReview v1. The body was no JSON, of another version, too large, nested too deeply, or lacked what the operation needs. ' +
      'A review with a uid is answered with a refusal, anything else with an HTTP error. A Kubernetes API server never sends such a request.',
    bad: { text: '{"apiVersion": "admission.k8s.io/v1beta1", "kind": "AdmissionReview"}' },
    good: { text: '{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "…", …}}' },
  },
  {
    code: 'FL0702',
    name: 'istio-object-invalid',
    severity: 'error',
    title: 'an Istio object does not satisfy the schema or a rule of its CRD',
    explanation:
      'The object is judged by the schema and the CEL rules of the Istio CRD, unknown fields included, which an API server would silently drop. ' +
      'The path names the field; a near miss gets a did-you-mean.',
    bad: {
      text: 'kind: VirtualService\nspec: { hosts: [shoes], http: [{ route: [{ destination: { host: shoes }, wieght: 100 }] }] }',
    },
    good: {
      text: 'kind: VirtualService\nspec: { hosts: [shoes], http: [{ route: [{ destination: { host: shoes }, weight: 100 }] }] }',
    },
  },
  {
    code: 'FL0703',
    name: 'managed-object-changed',
    severity: 'error',
    title: 'an object that Fairlead manages was to be changed by somebody else',
    explanation:
      'Objects with the label app.kubernetes.io/managed-by: fairlead are written from intent in Git. A change past Git would be seen by no review and undone by the next deploy. ' +
      'Change the intent; the annotation fairlead.dev/origin names its file. In an emergency, the annotation fairlead.dev/break-glass with a reason lets the change pass, and is logged.',
    bad: { text: 'kubectl edit virtualservice shoes   # managed by Fairlead' },
    good: { text: 'git commit intent/shoes.yaml && git push' },
  },
  {
    code: 'FL0704',
    name: 'break-glass',
    severity: 'warning',
    title: 'a guard was passed with the break-glass annotation',
    explanation:
      'Somebody changed an object that Fairlead manages and gave a reason in the annotation fairlead.dev/break-glass. The change was let through, the reason stands in the log and in ' +
      'the audit log of the API server, and the next deploy puts the object back to what Git says.',
    bad: { text: 'metadata: { annotations: { fairlead.dev/break-glass: "INC-42: checkout down" } }' },
    good: { text: 'the same change as a commit' },
  },
  {
    code: 'FL0705',
    name: 'admission-check-failed',
    severity: 'error',
    title: 'a check of the webhook failed, so the object is refused',
    explanation:
      'A check stopped with an internal error. An object nobody could judge is refused: security fails closed. The log of the webhook names the check and the error; please report it.',
    bad: { text: 'an unexpected exception inside a check' },
    good: { text: 'any request that ends with a verdict' },
  },
  {
    code: 'FL0706',
    name: 'admission-deadline',
    severity: 'error',
    title: 'there was no time left to judge the object, so it is refused',
    explanation:
      'The API server waits only so long for a webhook. When the time is nearly over, the webhook refuses with this clear answer, instead of a timeout that says nothing. Try again; if it happens often, give the webhook more CPU or more replicas.',
    bad: { text: 'a request that waited longer than its deadline' },
    good: { text: 'a request answered in some milliseconds' },
  },
  {
    code: 'FL0707',
    name: 'admission-overloaded',
    severity: 'error',
    title: 'the webhook has too many requests at once',
    explanation:
      'More requests are in flight than the webhook takes at once. It answers 429 at once, so that the API server need not wait for its timeout. Try again, and run more replicas if it happens often.',
    bad: { text: 'hundreds of Pods created in the same moment' },
    good: { text: 'more replicas of the webhook' },
  },
  {
    code: 'FL0708',
    name: 'injection-annotation-invalid',
    severity: 'error',
    title: 'an annotation that steers the sidecar cannot be understood',
    explanation:
      'Ports are numbers from 1 to 65535 and address ranges are CIDRs, both separated by commas; * means all where a list of what to include is asked for. ' +
      'Whether a pod gets a sidecar is said by "true" or "false", as Istio has it, and in no other spelling: not by on, yes or True. ' +
      'A pod whose traffic would be redirected otherwise than its author thinks is refused rather than guessed at.',
    bad: { text: 'traffic.sidecar.istio.io/excludeOutboundPorts: "5432;6379"' },
    good: { text: 'traffic.sidecar.istio.io/excludeOutboundPorts: "5432,6379"' },
  },
  {
    code: 'FL0709',
    name: 'webhook-cannot-listen',
    severity: 'error',
    title: 'the webhook cannot listen on its address',
    explanation:
      'Another process has the port, or the address is not one of this machine. Choose another port, or stop the other process.',
    bad: { text: 'a webhook on 127.0.0.1:8443 while another one runs there' },
    good: { text: 'a free port; 0 lets the system choose one' },
  },
  {
    code: 'FL0710',
    name: 'injection-impossible',
    severity: 'error',
    title: 'the sidecar cannot be added to this pod',
    explanation:
      "The pod asks for a sidecar but already uses what the sidecar needs: a container or volume of the same name, or one of the proxy's own ports. " +
      "Or it claims to have a sidecar that is not there, or customises Istio's (a container istio-proxy, often with the image auto), which is not what is injected. " +
      'Rename or move it, or opt the pod out with the label fairlead.dev/inject: "false".',
    bad: { text: "a container named fairlead-init of the pod's own" },
    good: { text: 'a container of any other name' },
  },
  {
    code: 'FL0711',
    name: 'admission-consequence',
    severity: 'warning',
    title: 'admitting the object opens or closes something for somebody',
    explanation:
      'The object was compiled into the mesh and the two meshes were compared, as `fairlead review` does for a pull request. The warning names who may newly call what, ' +
      'or no longer may, with a request that shows it. Nothing is wrong with the object as such.',
    bad: { text: 'access: { allow: [{ from: [{ service: inventory }] }] }   # was: methods: [POST]' },
    good: { text: 'a change of which nobody else notices anything' },
  },
  {
    code: 'FL0712',
    name: 'admission-not-analysed',
    severity: 'error',
    title: 'nobody can tell what the object opens or closes, so it is refused',
    explanation:
      'The object was compiled into the mesh, and with it the conditions on one part of the requests to a host, such as a header, are too many to be compared exactly. ' +
      'The limits are counted in steps, so the answer is the same on every machine and every time. What nobody can judge is refused: security fails closed. ' +
      'Ask for less in the routes and access rules of that host. A change after which the host can be analysed again is never refused for this.',
    bad: { text: 'routes: [{ match: { path: { regex: "/.*a.{40}b.{40}c" } } }, …]   # and hundreds like it' },
    good: { text: 'routes: [{ match: { path: /a/* } }, …]' },
  },
] as const satisfies readonly CatalogueEntry[];
