// Names of what the cache holds; the live line and the hooks agree on them here.
export const keys = {
  session: ['session'],
  clusters: ['clusters'],
  cluster: (id: string) => ['cluster', id],
  readiness: (id: string) => ['readiness', id],
  history: (id: string) => ['history', id],
  proposals: ['proposals'],
  proposal: (id: string) => ['proposal', id],
  run: (id: string) => ['run', id],
  record: ['record'],
  recordOf: (cluster: string) => ['record', cluster],
  sandbox: ['sandbox'],
  inbox: ['inbox'],
} as const;
