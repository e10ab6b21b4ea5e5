// Jest wants a default export here.
export { stop as default } from './emulator.ts';
