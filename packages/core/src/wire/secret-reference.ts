// A secret stands in configuration by reference only; it's resolved when the file is loaded, and never printed.
import { z } from 'zod';

export const SecretReference = z
  .string()
  .regex(/^(file:|env:).+/, 'a secret stands here by reference only: file:/path/to/it or env:NAME');
