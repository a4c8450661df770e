#!/usr/bin/env node
// The binary. Looks at nothing but the version of Node, in words that an old one understands, and hands over to run.ts.
const needed = 24;

if (Number.parseInt(process.versions.node, 10) < needed) {
  process.stderr.write(
    `error: fairlead needs Node ${needed} or newer, and this is ${process.version}\n  = hint: install it from https://nodejs.org, or run fairlead with another one: /path/to/node ${process.argv[1]}\n`,
  );
  process.exitCode = 2;
} else {
  await import('./run.ts');
}

export {};
