import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A running workbench. */
export interface Host {
  /** Its address without a slash at the end. */
  url: string;
  /** Ends it and waits until it is gone. */
  stop: () => Promise<void>;
}

const root = path.resolve(__dirname, '..');

/** Starts the built workbench on a free port. It prints its address as soon as it answers. */
export async function startHost(): Promise<Host> {
  const host = spawn(path.join(root, 'workbench', 'bin', 'workbench'), [], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  host.stderr.on('data', (text: Buffer) => (log += text.toString()));
  const exited = once(host, 'exit');
  const [line] = (await Promise.race([
    once(createInterface(host.stdout), 'line'),
    exited.then(() => Promise.reject(new Error(`the workbench did not start:\n${log}`))),
  ])) as [string];
  return {
    url: line.replace(/\/$/, ''),
    stop: async () => {
      host.kill('SIGTERM');
      await exited;
    },
  };
}
