/** Where Entra sends the browser after a sign-in at the source. The app registration of a tenant lists it. */
export function redirectUriOf({ baseUrl }: { readonly baseUrl: string }): string {
  return `${baseUrl}/auth/oauth/code`;
}
