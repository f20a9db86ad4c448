/** The area Compare. */
export const compare = {
  'compare.title': 'Compare',
} as const;
