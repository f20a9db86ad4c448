/** The area Models and what adds to it. */
export const models = {
  'models.title': 'Models',
} as const;
