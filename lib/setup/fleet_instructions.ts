/** What a fleet takes besides its secret: rights in etcd, and lines in each config. */

/** Commands for etcdctl, and lines for knock.toml. */
export function fleetInstructions(name: string, secretFile: string): string[] {
  const prefix = `knockd/v1/${name}/`;
  return [
    "# etcd keeps what was until it is full, but where each member is started with",
    "# --auto-compaction-retention=1h",
    "",
    "# Once, with an administrator's rights in etcd:",
    "etcdctl role add knockd",
    `etcdctl role grant-permission knockd readwrite --prefix=true ${prefix}`,
    "etcdctl user add knockd",
    "etcdctl user grant-role knockd knockd",
    "",
    "# For machines whose doors all follow, a user of their own, who opens nothing:",
    "etcdctl role add knockd-follower",
    `etcdctl role grant-permission knockd-follower read --prefix=true ${prefix}`,
    `etcdctl role grant-permission knockd-follower readwrite --prefix=true ${prefix}node/`,
    "",
    "# And, where etcd has no users yet: a root, then users are asked for.",
    "etcdctl user add root && etcdctl user grant-role root root && etcdctl auth enable",
    "",
    "# In the knock.toml of every machine (the secret is the same on all of them):",
    "[fleet]",
    `name = "${name}"`,
    'endpoints = ["https://10.0.0.1:2379", "https://10.0.0.2:2379", "https://10.0.0.3:2379"]',
    'ca = "/etc/knockd/fleet/ca.crt"',
    'cert = "/etc/knockd/fleet/node.crt"   # with an empty subject: no Common Name',
    'key = "/etc/knockd/fleet/node.key"',
    'user = "knockd"',
    'password_file = "/etc/knockd/fleet/password"',
    `secret_file = "${secretFile}"`,
  ];
}
