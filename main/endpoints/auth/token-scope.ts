/** What a token allows: asking models, seeing what there is, changing it. `admin` includes the others. */
export const tokenScopes = ['infer', 'read', 'admin'] as const;
export type TokenScope = (typeof tokenScopes)[number];
