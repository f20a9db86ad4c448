/** Pictures on their way into the app. */
export const pictures = {
  'pictures.refused': '{count, plural, one {# file was not added} other {# files were not added}}',
} as const;
