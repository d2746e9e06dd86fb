export * from './assessment.ts';
