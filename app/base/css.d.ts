import 'react';

type Variables = Readonly<Record<`--${string}`, string | number | undefined>>;

declare module 'react' {
  // Merging is the only way to widen the library's type.
  interface CSSProperties extends Variables {
    readonly fontKerning?: string | undefined;
  }
}
