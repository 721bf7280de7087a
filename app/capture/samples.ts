/** Captures that come with the page. */
export interface Sample {
  readonly src: string;
  readonly title: string;
  /** One sentence on what to look for. */
  readonly look: string;
}

export const samples: readonly Sample[] = [
  {
    src: 'samples/fastcgi-epipe-kmod-0.29.3.scap.gz',
    title: 'EPIPE over a unix socket',
    look: 'Apache gets EPIPE from uWSGI: look at #14107, where uWSGI accepts, and press Enter to see both sides.',
  },
  {
    src: 'samples/php-fpm-statsd-kmod-0.29.3.scap.gz',
    title: 'The lost container',
    look: 'php-fpm sends a statsd datagram at #2937: State shows which container it belongs to, and how that is known.',
  },
];
