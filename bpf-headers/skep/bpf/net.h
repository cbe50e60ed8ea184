/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NET_H
#define SKEP_BPF_NET_H
/**
 * @file bpf/net.h
 * Packets: parsed, changed, limited and counted, by one source for XDP and tc. This header includes
 * a smaller one for each of it; it is the one to include.
 *
 * @code{.c}
 * #include <skep/bpf/net.h>
 *
 * SKEP_LICENSE("GPL");
 *
 * SEC("xdp")
 * int no_telnet(struct xdp_md *ctx)
 * {
 *         struct skep_packet p = skep_packet(ctx);
 *         struct skep_ipv4 *ip;
 *         struct skep_tcp *tcp;
 *
 *         skep_parse_eth(&p);
 *         skep_parse_vlans(&p);
 *         ip = skep_parse_ipv4(&p);
 *         tcp = skep_parse_tcp(&p);
 *         return ip && tcp && tcp->dst == bpf_htons(23) ? XDP_DROP : XDP_PASS;
 * }
 * @endcode
 *
 * Each `skep_parse_...()` gives the header if it is next, whole and right, and else NULL; what is
 * next is in `p.next`. So calls may stand one after the other without an if between them, and none
 * reads beyond the packet's end. skep_packet_is_bad() tells a header that was wrong from one that
 * was not there.
 *
 * What it costs is said in each of them twice: as instructions that run, and as instructions that
 * the verifier walks, of which a program has a million. Ethernet, four VLAN tags, both IPs, TCP,
 * UDP and ICMP are 1,800 of those; a program that looks up the flow and changes addresses, ports
 * and TTL has 4,000 to 9,000. Code behind a parser is walked for each way through it that differs:
 * what is long is best asked for as `if (tcp)`, and not twice.
 *
 * - packet.h: the cursor, pull for tc
 * - headers.h: what headers look like
 * - link.h, ip.h, transport.h, tunnel.h: skep_parse_eth(), skep_parse_vlan(), skep_parse_vlans(),
 *   skep_parse_arp(), skep_parse_ipv4(), skep_parse_ipv6(), skep_parse_tcp(), skep_tcp_option(),
 *   skep_parse_udp(), skep_parse_icmp(), skep_parse_icmp6(), skep_parse_vxlan(),
 *   skep_parse_geneve(), skep_parse_gre()
 * - checksum.h: skep_csum_update(), skep_csum_ipv4(), skep_csum_l4(), skep_csum_add()
 * - rewrite.h: skep_set_mac(), skep_set_ipv4_src(), skep_set_dst_port(), skep_set_ttl(), ...
 * - room.h: skep_vlan_push(), skep_vlan_pop(), skep_room_push(), skep_room_pop(),
 *   skep_encap_ipv4()
 * - flow.h: skep_parse_flow(), skep_parse_quoted(), skep_lpm4_key(), skep_lpm6_key()
 * - limit.h: skep_limit()
 * - drop.h: SKEP_DROPS(), skep_drop()
 *
 * @kernel{5.3, with loops}
 */
#include <skep/bpf/net/checksum.h>
#include <skep/bpf/net/drop.h>
#include <skep/bpf/net/flow.h>
#include <skep/bpf/net/headers.h>
#include <skep/bpf/net/ip.h>
#include <skep/bpf/net/limit.h>
#include <skep/bpf/net/link.h>
#include <skep/bpf/net/packet.h>
#include <skep/bpf/net/rewrite.h>
#include <skep/bpf/net/room.h>
#include <skep/bpf/net/transport.h>
#include <skep/bpf/net/tunnel.h>

#endif
