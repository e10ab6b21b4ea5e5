// biome-ignore lint/style/noDefaultExport: Jest calls that one
export { stop as default } from './emulator.ts';
