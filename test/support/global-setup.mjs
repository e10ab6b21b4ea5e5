// biome-ignore lint/style/noDefaultExport: Jest calls that one
export { start as default } from './emulator.ts';
