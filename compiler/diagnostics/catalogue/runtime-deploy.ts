// Codes FL084. and FL085.: deploying from Git and running a mesh on one machine. Part of the runtime family; never renumber.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const deployCodes = [
  {
    code: 'FL0840',
    name: 'repository-unreadable',
    severity: 'error',
    title: 'the watched Git repository cannot be read',
    explanation:
      'Git answered with an error: the folder or address does not exist, is no repository, is damaged, or refuses access. ' +
      'What is deployed stays as it is, and watching goes on: the next readable commit is deployed without a restart. ' +
      'Fairlead never asks for a password; give access by an SSH key or a credential helper.',
    bad: { text: 'fairlead up /srv/intnet.git' },
    good: { text: 'fairlead up /srv/intent.git' },
  },
  {
    code: 'FL0841',
    name: 'branch-missing',
    severity: 'error',
    title: 'the watched branch does not exist',
    explanation:
      'The repository has no branch of that name: it was deleted, renamed, never pushed, or the repository has no commits yet. ' +
      'Nothing is taken down because of it: the last good commit stays deployed. Push the branch again to go on.',
    bad: { text: 'fairlead up /srv/intent.git --branch mian' },
    good: { text: 'fairlead up /srv/intent.git --branch main' },
  },
  {
    code: 'FL0842',
    name: 'history-rewritten',
    severity: 'warning',
    title: 'the watched branch was force-pushed',
    explanation:
      'The new tip of the branch does not descend from the one that was deployed. It is deployed like any other commit, ' +
      'but commits that were live are no longer part of the history, so nobody can see there what was running. ' +
      'Protect the branch against force-pushes and undo changes with `git revert`.',
    bad: { text: 'git reset --hard HEAD~1 && git push --force' },
    good: { text: 'git revert HEAD && git push' },
  },
  {
    code: 'FL0843',
    name: 'commit-rejected',
    severity: 'error',
    title: 'a proxy rejected a commit, which was rolled back',
    explanation:
      'A proxy refused a resource that the commit produced, and kept its last good configuration. The deployment stopped there ' +
      'and the last good commit was published again to every proxy. The message carries the words of the proxy; ' +
      'the place is the intent that caused the resource.',
    bad: { text: 'NACK from shoes-v1-0: RouteConfiguration http: route shop/shoes/beta is not supported' },
    good: { text: 'every proxy acknowledges the commit' },
  },
  {
    code: 'FL0844',
    name: 'commit-not-acknowledged',
    severity: 'error',
    title: 'proxies did not acknowledge a commit in time, and it was rolled back',
    explanation:
      'Each phase of a deployment is held until every connected proxy that it affects has acknowledged it. Some did not answer in time: ' +
      'they are overloaded, stuck, or cut off without the connection having closed. Look at their logs, mend or restart them, ' +
      'and push the commit again.',
    bad: { text: 'a proxy process that was suspended' },
    good: { text: 'every affected proxy acknowledges within the time limit' },
  },
  {
    code: 'FL0845',
    name: 'rollback-incomplete',
    severity: 'error',
    title: 'the rollback to the last good commit was not acknowledged',
    explanation:
      'After a failed deployment the last good commit was published again, and not every proxy has acknowledged that either. ' +
      'The proxies named still run whatever they accepted last. They receive the last good commit as soon as they reconnect.',
    bad: { text: 'a rollback while a proxy hangs' },
    good: { text: 'a rollback that every proxy acknowledges' },
  },
  {
    code: 'FL0846',
    name: 'nothing-to-deploy',
    severity: 'error',
    title: 'a commit holds no mesh to deploy',
    explanation:
      'The commit, or the folder of it that is watched, has no intent in it. Taking that for the wish to remove everything would be ' +
      'the most dangerous guess, so the commit is refused and the last good one stays.',
    bad: { text: 'a commit that moves intent/ elsewhere' },
    good: { text: 'a commit whose intent/ folder holds a Mesh' },
  },
  {
    code: 'FL0850',
    name: 'local-file-invalid',
    severity: 'error',
    title: 'local.yaml cannot be understood',
    explanation:
      '`local.yaml` stands beside the intent folder and says which programs to start on this machine for `fairlead up`. ' +
      'It has an unknown field, a value of the wrong type, or is no YAML. It is not intent: nothing in it is ever deployed.',
    bad: { text: 'apps:\n  - { service: shoes, comand: [node, shoes.mjs] }' },
    good: { text: 'apps:\n  - { service: shoes, command: [node, shoes.mjs] }' },
  },
  {
    code: 'FL0851',
    name: 'local-file-reference',
    severity: 'error',
    title: 'local.yaml names something that the mesh does not have',
    explanation:
      'A service, a version, an external host or a workload of `local.yaml` is not in the compiled intent. ' +
      'The program would run without anything ever reaching it.',
    bad: { text: 'apps:\n  - { service: shop/shoos, command: [node, shoes.mjs] }' },
    good: { text: 'apps:\n  - { service: shop/shoes, command: [node, shoes.mjs] }' },
  },
  {
    code: 'FL0852',
    name: 'local-addresses-taken',
    severity: 'error',
    title: 'no free range of loopback addresses was found',
    explanation:
      'A mesh on one machine takes a range 127.N.0.0/16 of the loopback network, an address an instance. Every range that was tried is ' +
      'in use, or the system gives out no address but 127.0.0.1. Stop another mesh, or run on Linux, where the whole of 127.0.0.0/8 is there.',
    bad: { text: 'fairlead up, a hundred times at once' },
    good: { text: 'fairlead up on Linux with a free range' },
  },
  {
    code: 'FL0853',
    name: 'process-failed',
    severity: 'warning',
    title: 'a program of the local mesh ended by itself',
    explanation:
      'An application or a proxy that `fairlead up` started has crashed, was killed, or could not be started. It is started again, ' +
      'after a pause that doubles from a quarter of a second to ten seconds while it keeps failing. Its log is in the state folder.',
    bad: { text: 'a service that exits with code 1 because a module is missing' },
    good: { text: 'a service that runs until it gets SIGTERM' },
  },
  {
    code: 'FL0854',
    name: 'program-missing',
    severity: 'error',
    title: 'a program that the local mesh needs is not installed',
    explanation:
      'The proxy, or a command of `local.yaml`, is neither in PATH nor at the place named. Envoy is fetched by `make tools`; ' +
      'without it the embedded proxy serves the same mesh.',
    bad: { text: 'fairlead up --proxy envoy without Envoy' },
    good: { text: 'fairlead up --proxy embedded' },
  },
  {
    code: 'FL0855',
    name: 'application-not-listening',
    severity: 'warning',
    title: 'an application does not listen where its sidecar expects it',
    explanation:
      'The sidecar hands requests to the address in the variable LISTEN of the application. Nothing accepts connections there yet, ' +
      'so callers get 503. Make the program listen on LISTEN, and only there: other instances use the same ports on other addresses.',
    bad: { text: 'server.listen(8080)' },
    good: { text: 'server.listen(port, host) with both taken from LISTEN' },
  },
  {
    code: 'FL0856',
    name: 'proxy-not-connected',
    severity: 'warning',
    title: 'a proxy of the local mesh has not connected to the control plane',
    explanation:
      'The proxy process runs but did not ask for configuration in time. Its log in the state folder tells why; ' +
      'it keeps trying, and receives the current commit when it connects.',
    bad: { text: 'an Envoy that cannot parse its bootstrap file' },
    good: { text: 'a proxy that connects within seconds' },
  },
  {
    code: 'FL0857',
    name: 'trust-domain-changed',
    severity: 'error',
    title: 'a commit changes the trust domain of a running mesh',
    explanation:
      'The trust domain is part of every identity. Changing it while the mesh runs would leave proxies that prove who they are by the old ' +
      'name and rules that expect the new one, so such a commit is refused here. Stop the mesh and bring it up again with the new name.',
    bad: { text: 'a commit that turns trustDomain: cluster.local into trustDomain: shop.example' },
    good: { text: 'stop, then fairlead up with the new trust domain' },
  },
] as const satisfies readonly CatalogueEntry[];
