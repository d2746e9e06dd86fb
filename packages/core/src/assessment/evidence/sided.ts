// An item of evidence and where it stands: for the primary having failed, for its living, open, or in doubt of itself.
import type { Evidence } from '../assessment.ts';

export type Side = 'failing' | 'living' | 'unknown' | 'doubts';
export type Sided = { readonly side: Side; readonly item: Evidence };
