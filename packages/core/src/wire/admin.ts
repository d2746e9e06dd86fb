// The controller's admin socket: REST over a unix socket that only its owner can open, for terminals on that host.
// It serves all of /api/v1 as the operating system's user (role approver), and besides:
//   POST /api/v1/admin/sign-in-links {user?}    SignInLink       GET /api/v1/admin/users   UserView[]
//   POST /api/v1/admin/users NewUser            NewUserReply     POST /api/v1/admin/users/:id/disable   UserView
//   POST /api/v1/admin/sessions/revoke {user}   {revoked}        GET /api/v1/audit/export  JSON Lines
// `x-petrov-user` names the terminal's user on the record. `x-petrov-drill: SCENARIO` decides as a drill's script; it is
// refused where no sandbox is configured, and by the engine for any cluster that isn't one.
import { z } from 'zod';
import { Role } from '../approval/decision.ts';

/** `var/controller.json`: how the command line finds a running controller. */
export const ControllerRecord = z.object({ url: z.string(), adminSocket: z.string(), pid: z.number().int() });
export type ControllerRecord = z.infer<typeof ControllerRecord>;

export const SignInLinkRequest = z.object({ user: z.string().max(100).optional() });
export const SignInLink = z.object({ url: z.string(), user: z.string(), role: Role, expiresAtMs: z.number() });
export type SignInLink = z.infer<typeof SignInLink>;

export const UserView = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  hasPassword: z.boolean(),
  hasTotp: z.boolean(),
  isDisabled: z.boolean(),
});
export type UserView = z.infer<typeof UserView>;

export const NewUser = z.object({
  name: z.string().trim().min(1).max(100),
  role: Role,
  password: z.string().min(12, 'a password has at least 12 characters').max(200).optional(),
  /** Makes a TOTP secret, told once in the answer. */
  withTotp: z.boolean().default(false),
});
export type NewUser = z.infer<typeof NewUser>;
/** `totpUrl` is for an authenticator app and is told this once. */
export const NewUserReply = UserView.extend({ totpUrl: z.string().optional() });
export type NewUserReply = z.infer<typeof NewUserReply>;

export const PasswordSignIn = z.object({
  name: z.string().min(1).max(100),
  password: z.string().min(1).max(200),
  totp: z
    .string()
    .regex(/^\d{6}$/, 'six digits')
    .optional(),
});
export type PasswordSignIn = z.infer<typeof PasswordSignIn>;
export const LinkSignIn = z.object({ token: z.string().min(20).max(100) });
