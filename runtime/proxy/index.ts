// Public surface of the embedded proxy.
export { BootstrapError } from './bootstrap.ts';
export type { ListenerStatus } from './config/listener-store.ts';
export { type Proxy, type ProxyOptions, startProxy } from './start-proxy.ts';
