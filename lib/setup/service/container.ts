/** An image for Docker and Podman, and how to run it. */

/** The Containerfile; the executable lies beside it. */
export function containerfile(): string {
  return `# knockd in a container that may hear packets and change the firewall, and nothing else.
# Put the executable knockd beside this file, and:
#
#     podman build --format docker -t knockd -f Containerfile .
#     podman run -d --name knockd --network host --stop-timeout 120 \\
#         --cap-drop all --cap-add net_raw --cap-add net_admin \\
#         --security-opt no-new-privileges --read-only --tmpfs /run \\
#         -v /etc/knockd:/etc/knockd:ro -v knockd:/var/lib/knockd knockd
#
# docker takes the same. For compose, compose.yaml:
#
#     services:
#       knockd:
#         build: { context: ., dockerfile: Containerfile }
#         network_mode: host
#         cap_drop: [ALL]
#         cap_add: [NET_RAW, NET_ADMIN]
#         security_opt: ["no-new-privileges:true"]
#         read_only: true
#         tmpfs: [/run]
#         stop_grace_period: 2m
#         restart: unless-stopped
#         volumes: ["/etc/knockd:/etc/knockd:ro", "knockd:/var/lib/knockd"]
#     volumes:
#       knockd: {}
#
# The network is the host's: its packets are heard, its firewall is changed.

FROM docker.io/library/debian:bookworm-slim
RUN apt-get update \\
    && apt-get install -y --no-install-recommends libpcap0.8 nftables iptables \\
    && rm -rf /var/lib/apt/lists/*
COPY knockd /usr/local/bin/knockd
# The self-extracting form unpacks now, as nothing can be written later.
RUN /usr/local/bin/knockd --version
VOLUME /var/lib/knockd
HEALTHCHECK --start-period=10s CMD ["/usr/local/bin/knockd", "status"]
ENTRYPOINT ["/usr/local/bin/knockd"]
CMD ["serve", "--config", "/etc/knockd/knock.toml"]
`;
}
