import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance } from 'fastify';
import { sep } from 'node:path';
import { securityHeaders } from './headers.ts';

/** Files under this folder of the build carry a hash of their content in their name. */
const hashedFolder = `${sep}assets${sep}`;

export interface AppOptions {
  /** The built page. */
  readonly folder: string;
}

/** The web server as an object, not yet listening: the files of the built page and nothing else. */
export async function createApp({ folder }: AppOptions): Promise<FastifyInstance> {
  const headers = securityHeaders();
  const app = fastify({
    // A client that stops sending must not hold a connection for ever.
    requestTimeout: 30_000,
    // Idle connections of browsers do not delay the end.
    forceCloseConnections: true,
    // An address that cannot be decoded reaches no hook and no handler.
    frameworkErrors: (_error, _request, reply) => {
      reply.hijack();
      reply.raw.writeHead(400, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end('This request is not understood.\n');
    },
  });
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
  await app.register(fastifyStatic, {
    root: folder,
    preCompressed: true,
    dotfiles: 'deny',
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.setHeader('cache-control', path.includes(hashedFolder) ? 'public, max-age=31536000, immutable' : 'no-cache');
      reply.setHeader('vary', 'accept-encoding');
    },
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain; charset=utf-8').send('There is nothing at this address.\n'));
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    // The cause stays here: it may name paths of this machine.
    if (status >= 500) console.error(error);
    return reply.code(status).type('text/plain; charset=utf-8').send(status >= 500 ? 'The server failed on this request.\n' : 'This request is not understood.\n');
  });
  return app;
}
