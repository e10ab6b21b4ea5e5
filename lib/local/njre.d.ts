declare module 'njre' {
  /** Resolves to the folder `jre` beside `installPath`, in which the JRE has a folder of its own. */
  export function install(version: number, options: { readonly installPath: string }): Promise<string>;
}
