// A mesh that writes every field of every kind.

const header = 'apiVersion: fairlead.dev/v1alpha1';

export const everyField = `${header}
kind: Mesh
metadata:
  name: every
  labels: { owner: mesh }
  annotations: { note: mesh }
spec:
  trustDomain: cluster.local
  rootNamespace: istio-system
  mtls: strict
  access: { default: allow }
  egress: { default: declared }
  defaults:
    timeout: 15s
    retries: { attempts: 2, perTryTimeout: 2s, on: [connect-failure] }
  injection: { proxy: envoy }
---
${header}
kind: MeshService
metadata: { name: web, namespace: shop }
spec:
  ports: [{ port: 80 }]
  uses:
    - shoes
    - sandals
    - { service: boots, ports: [80] }
    - { external: api, ports: [80] }
    - { external: other }
    - { workload: legacy, ports: [80] }
    - { workload: spare }
---
${header}
kind: MeshService
metadata: { name: boots, namespace: shop }
spec:
  ports: [{ name: http2, port: 80 }, { name: http2-more, port: 81 }]
  access:
    allow:
      - { from: [{ service: web }], paths: [/exact, /t1, /m2, { prefix: /aprefix }] }
      - { from: [{ namespace: infra }], paths: [{ suffix: .asuffix }] }
      - { from: [{ gateway: public }], ports: [80] }
      - { from: [{ gateway: public }, { gateway: second }], ports: [81] }
      - { from: [{ workload: legacy }], paths: [/legacy] }
      - { from: [{ service: infra/ops }], methods: [PUT, { extension: ABOOK }] }
    deny:
      - { from: [{ service: infra/ops }], paths: [/dexact, { prefix: /dprefix }], unless: { from: [{ service: web }] } }
      - { from: [{ namespace: infra }], paths: [{ suffix: .dsuffix }], unless: { from: [{ namespace: qa }] } }
      - { from: [{ gateway: public }, { gateway: second }], ports: [81], unless: { from: [{ gateway: second }] } }
      - { from: [{ workload: legacy }], paths: [/dlegacy], unless: { from: [{ workload: spare }] } }
      - { from: [{ service: web }], methods: [DELETE, { extension: DBOOK }] }
---
${header}
kind: MeshService
metadata: { name: ops, namespace: infra }
spec:
  ports: [{ port: 80 }]
  uses: [{ service: shop/boots }]
---
${header}
kind: MeshService
metadata: { name: shoes, namespace: shop, labels: { team: catalogue }, annotations: { note: shoes } }
spec:
  ports:
    - { name: http2, port: 80, targetPort: 8080, mtls: strict }
    - { name: a, port: 90, protocol: TCP }
    - { name: b, port: 91, appProtocol: tcp }
    - { name: http2-more, port: 93 }
  workload:
    selector: { app: shoes }
    serviceAccount: shoes
  versions:
    v1: { version: v1 }
    v2: { version: v2 }
    spare: { version: spare }
  routes:
    - { name: first, match: { path: /p }, to: [{ version: v1 }] }
    - { match: { path: { prefix: /pprefix } }, to: [{ version: v1 }] }
    - { match: { path: { suffix: .psuffix } }, to: [{ version: v1 }] }
    - { match: { path: { regex: "/pregex[0-9]" } }, to: [{ version: v1 }] }
    - { match: { methods: [PATCH] }, to: [{ version: v1 }] }
    - { match: { methods: [{ extension: BOOK }] }, to: [{ version: v1 }] }
    - { match: { headers: { x-a: a } }, to: [{ version: v1 }] }
    - { match: { headers: { x-b: { prefix: hprefix } } }, to: [{ version: v1 }] }
    - { match: { headers: { x-c: { suffix: hsuffix } } }, to: [{ version: v1 }] }
    - { match: { headers: { x-d: { regex: "hregex[0-9]" } } }, to: [{ version: v1 }] }
    - { match: { path: /present, headers: { x-e: { present: true } } }, to: [{ version: v1 }] }
    - { match: { path: /not1, headers: { x-f: { not: hnot } } }, to: [{ version: v1 }] }
    - { match: { path: /not2, headers: { x-f: { not: { prefix: nprefix } } } }, to: [{ version: v1 }] }
    - { match: { path: /not3, headers: { x-f: { not: { suffix: nsuffix } } } }, to: [{ version: v1 }] }
    - { match: { path: /not4, headers: { x-f: { not: { regex: "nregex[0-9]" } } } }, to: [{ version: v1 }] }
    - { match: { query: { a: qexact } }, to: [{ version: v1 }] }
    - { match: { query: { b: { prefix: qprefix } } }, to: [{ version: v1 }] }
    - { match: { query: { c: { suffix: qsuffix } } }, to: [{ version: v1 }] }
    - { match: { query: { d: { regex: "qregex[0-9]" } } }, to: [{ version: v1 }] }
    - { match: { query: { e: { present: true } } }, to: [{ version: v1 }] }
  resilience:
    connections: { connectTimeout: 1s }
    balance: roundRobin
  mtls: strict
  expose:
    - { gateway: public, host: shoes.example.com, path: /*, port: 80 }
---
${header}
kind: MeshService
metadata: { name: sandals, namespace: shop }
spec:
  ports: [{ port: 80 }]
  versions: { v1: { version: v1 }, v2: { version: v2 } }
  routes:
    - { match: { path: /t1 }, to: [{ service: boots, port: 80 }] }
    - { match: { path: /t2 }, to: [{ external: api }] }
    - { match: { path: /t3 }, to: [{ workload: legacy }] }
    - { match: { path: /t4 }, to: [{ version: v1, weight: 90 }, { version: v2, weight: 10 }] }
    - { match: { path: /r1 }, redirect: { path: /moved, host: moved.example.com, scheme: https, port: 8443, status: 301 } }
    - { match: { path: /w1 }, rewrite: { path: /written, host: written.example.com } }
    - { match: { path: /w2 }, timeout: 3s }
    - { match: { path: /w3 }, retries: { attempts: 3, perTryTimeout: 1s, on: [reset] } }
    - { match: { path: /w4 }, fault: { delay: { for: 4s, on: 11% } } }
    - { match: { path: /w5 }, fault: { abort: { status: 418, on: 12% } } }
    - { match: { path: /m1 }, mirror: [{ to: { version: v1 }, on: 13% }] }
    - { match: { path: /m2 }, mirror: [{ to: { service: boots, port: 80 } }] }
    - { match: { path: /m3 }, mirror: [{ to: { external: api } }] }
    - { match: { path: /m4 }, mirror: [{ to: { workload: legacy } }] }
    - { match: { path: /c1 }, cors: { origins: ["https://c.example"], methods: [GET], allowHeaders: [x-in], exposeHeaders: [x-out], credentials: true, maxAge: 24h } }
    - { match: { path: /c2 }, cors: { origins: [{ prefix: "https://oprefix." }] } }
    - { match: { path: /c3 }, cors: { origins: [{ suffix: .osuffix.example }] } }
    - { match: { path: /c4 }, cors: { origins: [{ regex: "https://oregex[0-9]" }] } }
    - { match: { path: /h1 }, headers: { request: { set: { x-set: qs }, add: { x-add: qa }, remove: [x-qr] } } }
    - { match: { path: /h2 }, headers: { response: { set: { x-set: ps }, add: { x-add: pa }, remove: [x-pr] } } }
---
${header}
kind: MeshGateway
metadata: { name: public, namespace: shop, labels: { team: edge } }
spec:
  selector: { app: public }
  serviceAccount: public
  listeners:
    - { name: http, port: 80, protocol: HTTP, hosts: [shoes.example.com, more.example.com], redirectToHttps: false }
    - { name: https, port: 443, protocol: HTTPS, hosts: [shoes.example.com], tls: { mode: terminate, secret: shoes-cert } }
---
${header}
kind: MeshGateway
metadata: { name: second, namespace: shop }
spec:
  listeners: [{ name: http, port: 80, protocol: HTTP, hosts: [shoes.example.org] }]
---
${header}
kind: ExternalService
metadata: { name: api, namespace: shop, labels: { team: partners } }
spec:
  hosts: [api.example.com]
  ports:
    - { name: http, port: 80, targetPort: 8080 }
    - { name: tls, port: 90, protocol: TCP }
    - { name: tls-b, port: 91, appProtocol: tcp }
  resolve: static
  addresses: [192.0.2.1]
---
${header}
kind: ExternalService
metadata: { name: other, namespace: shop }
spec:
  hosts: [other.example.com]
  ports: [{ name: https, port: 443, protocol: HTTPS }]
  tls: { originate: true }
---
${header}
kind: MeshWorkload
metadata: { name: legacy, namespace: shop, labels: { team: old } }
spec:
  address: 10.0.0.1
  labels: { app: legacy }
  serviceAccount: legacy
  ports:
    - { name: http, port: 80, targetPort: 8080 }
    - { name: tls, port: 90, protocol: TCP }
    - { name: tls-b, port: 91, appProtocol: tcp }
---
${header}
kind: MeshWorkload
metadata: { name: spare, namespace: shop }
spec:
  address: 10.0.0.2
  ports: [{ port: 80 }]
---
${header}
kind: MeshService
metadata: { name: lonely-service, namespace: shop }
spec: { ports: [{ port: 80 }] }
---
${header}
kind: MeshGateway
metadata: { name: lonely-gateway, namespace: shop }
spec: { listeners: [{ name: http, port: 80, protocol: HTTP, hosts: [lonely.example.org] }] }
---
${header}
kind: ExternalService
metadata: { name: lonely-external, namespace: shop }
spec: { hosts: [lonely.example.com], ports: [{ port: 80 }] }
---
${header}
kind: MeshWorkload
metadata: { name: lonely-workload, namespace: shop }
spec: { address: 10.0.0.9, ports: [{ port: 80 }] }
---
${header}
kind: MeshTest
metadata: { name: all, namespace: shop }
spec:
  cases:
    - { from: shop/web, request: GET http://sandals.shop/t4, headers: { x-a: b }, expect: { allowed: true, service: shop/sandals, versions: { v1: 90%, v2: 10% }, timeout: 15s, path: /t4 } }
    - { from: shop/web, request: GET http://sandals.shop/r1, expect: { redirect: { location: "https://moved.example.com:8443/moved", status: 301 } } }
    - { from: shop/web, request: DELETE http://boots.shop/exact, expect: { denied: access, status: 403 } }
`;
