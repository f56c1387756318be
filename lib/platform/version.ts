/** Version of Entrada, as package.json says it (version.test.ts). */
export const ENTRADA_VERSION = '0.1.0';
