// Puts checked names where a configured text has places for them: nothing else goes into a URL or a body.
export type Places = { readonly cluster: string; readonly member: string; readonly name: string };

export function fillPlaces(text: string, places: Places): string {
  return text.replaceAll(/\{\{(cluster|member|name)\}\}/g, (_, place: keyof Places) => places[place]);
}
