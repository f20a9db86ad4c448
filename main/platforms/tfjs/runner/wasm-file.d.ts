/** A WebAssembly file as a data URL, put into the bundle by Vite: nothing has to be found at run time. */
declare module '*.wasm?url&inline' {
  const url: string;
  // biome-ignore lint/style/noDefaultExport: it is what Vite gives for ?url&inline
  export default url;
}
