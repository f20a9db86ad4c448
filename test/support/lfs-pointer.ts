/** What Git leaves in place of a file of `size` bytes that Git LFS keeps. */
export const lfsPointerText = (size = 12_345): string =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${'4d7a2146'.repeat(8)}\nsize ${size}\n`;
