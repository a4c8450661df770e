// Certificates of gateway listeners from files, laid out as a Kubernetes Secret of the type kubernetes.io/tls is mounted.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redacted } from '../../compiler/index.ts';
import type { GatewayCertificates } from './sds.ts';

const minuteMs = 60_000;

/**
 * `FOLDER/SECRET/tls.crt`, the certificate and its intermediates, and `FOLDER/SECRET/tls.key`; read again every minute.
 * Rejects, naming the file, if one cannot be read, they do not belong together, or the certificate has ended.
 */
export function certificateFiles(folder: string): GatewayCertificates {
  return async (secret) => {
    if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(secret)) throw new Error(`"${secret}" is not the name of a Secret`);
    const certificateFile = join(folder, secret, 'tls.crt');
    const keyFile = join(folder, secret, 'tls.key');
    const certificateChain = await readText(certificateFile);
    const privateKey = new Redacted(await readText(keyFile));
    const leaf = parsed(certificateFile, 'certificate', () => new X509Certificate(certificateChain));
    const key = parsed(keyFile, 'private key', () => createPrivateKey(privateKey.reveal()));
    if (!leaf.checkPrivateKey(key))
      throw new Error(`the key in ${keyFile} does not belong to the certificate beside it`);
    const notAfterMs = Date.parse(leaf.validTo);
    if (notAfterMs < Date.now()) throw new Error(`the certificate in ${certificateFile} has ended (${leaf.validTo})`);
    return { certificateChain, privateKey, notAfterMs, readAgainMs: minuteMs };
  };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`);
  }
}

/** What a parser says of a broken key may quote it. */
function parsed<T>(file: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new Error(`${file} holds no ${what} in PEM`);
  }
}
