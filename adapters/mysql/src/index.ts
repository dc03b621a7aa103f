/** The MySQL and MariaDB adapter, assembled. */
export { manifest } from './manifest.js'
