import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { builtCli } from './built-cli';

/** One line of the server's log. */
export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface RunningServer {
  /** The one line that it prints. */
  readonly announced: string;
  readonly restPort: number;
  /** `HOST:PORT`. */
  readonly grpc: string;
  readonly pid: number;
  readonly lines: readonly LogLine[];
  /** Resolves with the first line, past or to come, that is so. */
  until(isSo: (line: LogLine) => boolean): Promise<LogLine>;
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit code, and all that was printed to stdout. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string }>;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Starts `slipway serve` from the built command line, that of the tests unless another is named, on free ports, and waits until it answers. Rejects when it ends instead. */
export async function startServer(args: readonly string[], cli?: string): Promise<RunningServer> {
  const child = spawn(
    process.execPath,
    [cli ?? (await builtCli()), 'serve', '--port=0', '--rest_api_port=0', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lines: LogLine[] = [];
  const waiting = new Set<(line: LogLine) => void>();
  let stdout = '';
  let stderr = '';
  createInterface(child.stderr).on('line', (text) => {
    stderr += `${text}\n`;
    if (!text.startsWith('{')) return;
    const line: LogLine = JSON.parse(text);
    lines.push(line);
    for (const look of waiting) look(line);
  });
  const ended = new Promise<{ code: number | null; stdout: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout }));
  });
  const announced = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout.includes('\n')) resolve(stdout.slice(0, stdout.indexOf('\n')));
    });
    void ended.then(({ code }) => reject(new Error(`The server ended with ${code}:\n${stderr}`)));
  });
  const [, restPort = '0', grpc = ''] = /rest=https?:\/\/.*:(\d+) grpc=(\S+)$/.exec(announced) ?? [];
  return {
    announced,
    restPort: Number(restPort),
    grpc,
    pid: child.pid ?? 0,
    lines,
    until: (isSo) => {
      const past = lines.find(isSo);
      if (past) return Promise.resolve(past);
      return new Promise((resolve) => {
        const look = (line: LogLine): void => {
          if (!isSo(line)) return;
          waiting.delete(look);
          resolve(line);
        };
        waiting.add(look);
      });
    },
    signal: (name) => void child.kill(name),
    ended,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Resolves when that version of the model answers. */
export const untilAvailable = (server: RunningServer, model: string, version: number): Promise<unknown> =>
  server.until(
    (line) =>
      line.event === 'model' &&
      line['kind'] === 'available' &&
      line['model'] === model &&
      line['version'] === version,
  );
