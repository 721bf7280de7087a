import type { AddressInfo } from 'node:net';
import { createApp, type AppOptions } from './app.ts';

export interface ServeOptions extends AppOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

export interface RunningServer {
  /** What to type into a browser. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** Serves the built page until closed. Rejects with the system's error when the port cannot be had. */
export async function serve({ host, port, ...options }: ServeOptions): Promise<RunningServer> {
  const app = await createApp(options);
  await app.listen({ host, port });
  const listening = app.server.address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return {
    address: `http://${name.includes(':') ? `[${name}]` : name}:${listening.port}`,
    close: () => app.close(),
  };
}
