/** The config that is meant where none is named. */
export const DEFAULT_CONFIG = "/etc/knockd/knock.toml";
