// Jest wants a default export here.
export { start as default } from './emulator.ts';
