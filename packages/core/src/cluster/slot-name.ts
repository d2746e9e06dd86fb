/** The physical slot by which a member streams, as it may be named: lower-case letters, digits, underscore. */
export function slotName(member: string): string {
  return member.toLowerCase().replace(/[^a-z0-9_]/g, '_');
}
