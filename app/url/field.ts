/** One parameter of the address: how it is written, and how it is read back from untrusted text. */
export interface Field<T> {
  readonly key: string;
  /** What holds when the parameter is absent or makes no sense; it is never written. */
  readonly fallback: T;
  /** Total; undefined for nonsense. */
  readonly parse: (raw: string) => T | undefined;
  readonly format: (value: T) => string;
}
