declare const brand: unique symbol;
/** A number or string that says what it stands for, so that two kinds are never mixed up. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
