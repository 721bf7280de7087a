/** What the page may load. One list for the server, the dev server and the tag in the built page. */
const directives: Readonly<Record<string, readonly string[]>> = {
  'default-src': ["'none'"],
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'worker-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  // Links may name a capture on any host that lets other pages read it: docs/decisions/0006.
  'connect-src': ["'self'", 'https:'],
  'manifest-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/** Directives that browsers ignore, with a warning, in a tag of the page. */
const headerOnly: readonly string[] = ['frame-ancestors'];

/** Directives that the dev server's own tags and its live connection need. */
const nonceDirectives: readonly string[] = ['script-src', 'style-src'];

export interface PolicyOptions {
  /** For a `<meta>` tag instead of a header. */
  readonly inPage?: boolean;
  /** Dev server only: nonce of the tags that it adds itself. */
  readonly nonce?: string;
}

/** The Content-Security-Policy as text. */
export function contentSecurityPolicy({ inPage = false, nonce }: PolicyOptions = {}): string {
  return Object.entries(directives)
    .filter(([name]) => !(inPage && headerOnly.includes(name)))
    .map(([name, sources]) => {
      const extra = nonce !== undefined && nonceDirectives.includes(name) ? [`'nonce-${nonce}'`] : [];
      return [name, ...sources, ...extra].join(' ');
    })
    .join('; ');
}

/** Headers of every response. */
export function securityHeaders(options: PolicyOptions = {}): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(options),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  };
}
