/** The text of a `.proto` file, put into the bundle by Vite. */
declare module '*.proto?raw' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: it is what Vite gives for ?raw
  export default text;
}
