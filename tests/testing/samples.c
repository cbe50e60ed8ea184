// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "samples.h"

#define BYTES(...)  ((const unsigned char[]){ __VA_ARGS__ })
#define SUMS_V4(l4) "ip.checksum.status == 1 && " l4 ".checksum.status == 1"

/* Compound literals at file scope live as long as the program. */
const struct sample samples[] = {
	{ "ethernet",
	  "eth.dst == 02:00:00:00:00:02 && eth.src == 02:00:00:00:00:01 && eth.type == 0x88b5",
	  { SKEP_ETH(), SKEP_FILL(46) } },
	{ "ethernet given",
	  "eth.dst == ff:ff:ff:ff:ff:ff && eth.src == 0a:bc:de:f0:12:34 && eth.type == 0x9000",
	  { SKEP_ETH(.src = "0A:bc:DE:f0:12:34", .dst = "ff:ff:ff:ff:ff:ff", .type = 0x9000),
	    SKEP_FILL(46) } },
	{ "vlan",
	  "eth.type == 0x8100 && vlan.id == 4095 && vlan.priority == 5 && vlan.dei == 1 && "
	  "vlan.etype == 0x0800 && " SUMS_V4("udp"),
	  { SKEP_ETH(), SKEP_VLAN(.id = 4095, .priority = 5, .dei = true), SKEP_IPV4(),
	    SKEP_UDP(.src = 7, .dst = 9), SKEP_FILL(5) } },
	{ "vlan stacked",
	  "eth.type == 0x88a8 && ieee8021ad.id == 10 && vlan.id == 20 && ipv6 && "
	  "tcp.checksum.status == 1",
	  { SKEP_ETH(), SKEP_VLAN(.id = 10), SKEP_VLAN(.id = 20), SKEP_IPV6(),
	    SKEP_TCP(.dst = 80) } },
	{ "vlan three deep",
	  "eth.type == 0x88a8 && ieee8021ad.svid == 1 && ieee8021ad.cvid == 2 && vlan.id == 3 && arp",
	  { SKEP_ETH(), SKEP_VLAN(.id = 1), SKEP_VLAN(.id = 2), SKEP_VLAN(.id = 3), SKEP_ARP() } },
	{ "vlan tpid given",
	  "eth.type == 0x8100 && vlan.id == 10 && vlan.id == 20 && arp.opcode == 2",
	  { SKEP_ETH(), SKEP_VLAN(.id = 10, .tpid = 0x8100), SKEP_VLAN(.id = 20),
	    SKEP_ARP(.operation = 2) } },
	{ "arp",
	  "arp.opcode == 1 && arp.src.hw_mac == 02:00:00:00:00:09 && "
	  "arp.src.proto_ipv4 == 198.51.100.9 && arp.dst.hw_mac == 00:00:00:00:00:00 && "
	  "arp.dst.proto_ipv4 == 203.0.113.1",
	  { SKEP_ETH(.dst = "ff:ff:ff:ff:ff:ff"),
	    SKEP_ARP(.sender_mac = "02:00:00:00:00:09", .sender_ip = "198.51.100.9",
		     .target_ip = "203.0.113.1"),
	    SKEP_TRAILER(18) } },
	{ "ipv4 and udp",
	  "ip.src == 192.0.2.1 && ip.dst == 192.0.2.2 && ip.ttl == 64 && ip.len == 33 && "
	  "ip.flags.df == 1 && ip.id == 0x1234 && ip.dsfield == 0xb8 && udp.length == 13 && "
	  "udp.srcport == 4000 && udp.dstport == 9 && data.data == 68:65:6c:6c:6f && " SUMS_V4(
		  "udp"),
	  { SKEP_ETH(), SKEP_IPV4(.df = true, .id = 0x1234, .tos = 0xb8),
	    SKEP_UDP(.src = 4000, .dst = 9), SKEP_PAYLOAD("hello") } },
	{ "ipv4 with options",
	  "ip.hdr_len == 32 && ip.opt.type == 148 && ip.ttl == 0 && ip.proto == 17 && " SUMS_V4(
		  "udp"),
	  { SKEP_ETH(),
	    SKEP_IPV4(.ttl = SKEP_EXACTLY(0), .options = BYTES(1, 1, 1, 1, 148, 4, 0, 0, 0),
		      .options_bytes = 9),
	    SKEP_UDP(.src = 1, .dst = 9) } },
	{ "ipv4 most options",
	  "ip.hdr_len == 60 && ip.len == 60 && ip.checksum.status == 1",
	  { SKEP_ETH(),
	    SKEP_IPV4(.options = BYTES(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
				       1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0),
		      .options_bytes = 40) } },
	{ "ipv4 later fragment",
	  "ip.frag_offset == 185 && ip.flags.mf == 1 && ip.proto == 17 && ip.checksum.status == 1",
	  { SKEP_ETH(), SKEP_IPV4(.id = 77, .mf = true, .offset = 1480, .protocol = 17),
	    SKEP_FILL(16) } },
	{ "ipv4 wrong checksum",
	  "ip.checksum.status == 0 && ip.checksum == 0x0000",
	  { SKEP_ETH(), SKEP_IPV4(.checksum = SKEP_EXACTLY(0)), SKEP_UDP(.dst = 9) } },
	{ "ipv4 padded frame",
	  "ip.len == 29 && frame.len == 60 && udp.length == 9 && " SUMS_V4("udp"),
	  { SKEP_ETH(), SKEP_IPV4(), SKEP_UDP(.dst = 9), SKEP_PAYLOAD("x"), SKEP_TRAILER(17) } },
	{ "ipv4 auth",
	  "ah.spi == 0x7 && ah.sequence == 8 && udp.dstport == 9 && " SUMS_V4("udp"),
	  { SKEP_ETH(), SKEP_IPV4(), SKEP_AUTH(.spi = 7, .seq = 8), SKEP_UDP(.dst = 9) } },
	{ "ipv4 in ipv4",
	  "ip.src == 10.0.0.1 && ip.proto == 4 && " SUMS_V4("tcp"),
	  { SKEP_ETH(), SKEP_IPV4(.src = "10.0.0.1"), SKEP_IPV4(), SKEP_TCP(.dst = 80) } },
	{ "ipv6 and udp",
	  "ipv6.src == fe80::1 && ipv6.dst == 2001:db8::2 && ipv6.hlim == 255 && "
	  "ipv6.tclass == 0x2e && ipv6.flow == 0xabcde && ipv6.plen == 12 && "
	  "udp.checksum.status == 1",
	  { SKEP_ETH(),
	    SKEP_IPV6(.src = "fe80::1", .hop_limit = 255, .traffic_class = 0x2e,
		      .flow_label = 0xabcde),
	    SKEP_UDP(.src = 1, .dst = 9), SKEP_PAYLOAD("four") } },
	{ "ipv6 extension headers",
	  "ipv6.hopopts.len == 1 && ipv6.routing.type == 253 && ipv6.dstopts.len == 0 && "
	  "ah.spi == 0x1 && tcp.flags.syn == 1 && tcp.checksum.status == 1",
	  { SKEP_ETH(), SKEP_IPV6(), SKEP_IPV6_HOP(.data = BYTES(5, 2, 0, 0, 1, 0, 0), .bytes = 7),
	    SKEP_IPV6_ROUTE(.type = 253, .data = BYTES(0, 0, 0, 0, 1, 2), .bytes = 6),
	    SKEP_AUTH(.spi = 1), SKEP_IPV6_DEST(), SKEP_TCP(.dst = 80, .syn = true) } },
	{ "ipv6 segment routing",
	  "ipv6.routing.segleft == 1 && ipv6.routing.type == 4 && udp.checksum.status == 1",
	  { SKEP_ETH(), SKEP_IPV6(),
	    SKEP_IPV6_ROUTE(.type = 4, .segments_left = 1,
			    .data = BYTES(1, 0, 0, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0,
					  0, 0, 9, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
					  0, 2),
			    .bytes = 36),
	    SKEP_UDP(.src = 1, .dst = 9), SKEP_FILL(7) } },
	{ "ipv6 first fragment",
	  "ipv6.fraghdr.offset == 0 && ipv6.fraghdr.more == 1 && ipv6.fraghdr.ident == 0x99",
	  { SKEP_ETH(), SKEP_IPV6(), SKEP_IPV6_FRAGMENT(.more = true, .id = 0x99),
	    SKEP_UDP(.dst = 9), SKEP_FILL(8) } },
	{ "ipv6 last fragment",
	  "ipv6.fraghdr.offset == 181 && ipv6.fraghdr.more == 0 && ipv6.fraghdr.nxt == 17",
	  { SKEP_ETH(), SKEP_IPV6(), SKEP_IPV6_FRAGMENT(.offset = 1448, .id = 0x98, .next = 17),
	    SKEP_FILL(9) } },
	{ "ipv6 with nothing", "ipv6.nxt == 59 && ipv6.plen == 0", { SKEP_ETH(), SKEP_IPV6() } },
	{ "tcp with options",
	  "tcp.flags == 0x012 && tcp.hdr_len == 40 && tcp.options.mss_val == 1460 && "
	  "tcp.options.sack_perm && tcp.options.timestamp.tsval == 5 && "
	  "tcp.options.timestamp.tsecr == 6 && tcp.options.wscale.shift == 7 && "
	  "tcp.seq_raw == 100 && tcp.ack_raw == 200 && tcp.window_size_value == 65535 && " SUMS_V4(
		  "tcp"),
	  { SKEP_ETH(), SKEP_IPV4(),
	    SKEP_TCP(.src = 1025, .dst = 80, .seq = 100, .ack_seq = 200, .syn = true, .ack = true,
		     .mss = 1460, .sack_permitted = true, .timestamp = 5, .timestamp_echo = 6,
		     .window_scale = 7) } },
	{ "tcp every flag",
	  "tcp.flags == 0x0ff && tcp.urgent_pointer == 3 && tcp.window_size_value == 0 && "
	  "tcp.options.wscale.shift == 0 && tcp.len == 4 && " SUMS_V4("tcp"),
	  { SKEP_ETH(), SKEP_IPV4(),
	    SKEP_TCP(.src = 1026, .dst = 80, .fin = true, .syn = true, .rst = true, .psh = true,
		     .ack = true, .urg = true, .ece = true, .cwr = true, .urgent = 3,
		     .window = SKEP_EXACTLY(0), .window_scale = SKEP_EXACTLY(0)),
	    SKEP_PAYLOAD("data") } },
	{ "tcp options by hand",
	  "tcp.hdr_len == 32 && tcp.options.sack && " SUMS_V4("tcp"),
	  { SKEP_ETH(), SKEP_IPV4(),
	    SKEP_TCP(.src = 1027, .dst = 80, .ack = true,
		     .options = BYTES(5, 10, 0, 0, 0, 1, 0, 0, 0, 2), .options_bytes = 10) } },
	{ "tcp wrong checksum",
	  "tcp.checksum.status == 0 && tcp.checksum == 0xbeef",
	  { SKEP_ETH(), SKEP_IPV4(), SKEP_TCP(.src = 1028, .dst = 80, .checksum = 0xbeef) } },
	{ "udp without checksum",
	  "udp.checksum == 0 && udp.checksum.status == 3",
	  { SKEP_ETH(), SKEP_IPV4(), SKEP_UDP(.dst = 9, .checksum = SKEP_EXACTLY(0)) } },
	{ "icmp",
	  "icmp.type == 8 && icmp.checksum.status == 1 && icmp.ident == 258 && icmp.seq == 3",
	  { SKEP_ETH(), SKEP_IPV4(), SKEP_ICMP(.id = 258, .seq = 3), SKEP_FILL(33) } },
	{ "icmp too large",
	  "icmp.type == 3 && icmp.code == 4 && icmp.mtu == 1400 && icmp.checksum.status == 1",
	  { SKEP_ETH(), SKEP_IPV4(), SKEP_ICMP(.type = 3, .code = 4, .seq = 1400), SKEP_IPV4(),
	    SKEP_UDP(.dst = 9) } },
	{ "icmp reply",
	  "icmp.type == 0 && icmp.checksum.status == 1",
	  { SKEP_ETH(), SKEP_IPV4(), SKEP_ICMP(.type = SKEP_EXACTLY(0)) } },
	{ "icmpv6",
	  "icmpv6.type == 128 && icmpv6.checksum.status == 1 && icmpv6.echo.sequence_number == 3",
	  { SKEP_ETH(), SKEP_IPV6(), SKEP_ICMPV6(.id = 258, .seq = 3), SKEP_FILL(33) } },
	{ "icmpv6 behind options",
	  "icmpv6.type == 143 && icmpv6.checksum.status == 1",
	  { SKEP_ETH(), SKEP_IPV6(), SKEP_IPV6_HOP(.data = BYTES(5, 2, 0, 0), .bytes = 4),
	    SKEP_ICMPV6(.type = 143) } },
	{ "vxlan",
	  "udp.dstport == 4789 && vxlan.vni == 0xabcdef && eth.src == 02:00:00:00:00:0a && "
	  "ip.src == 10.1.1.1 && " SUMS_V4("tcp") " && udp.checksum.status == 1",
	  { SKEP_ETH(), SKEP_IPV4(), SKEP_UDP(.src = 50000), SKEP_VXLAN(.vni = 0xabcdef),
	    SKEP_ETH(.src = "02:00:00:00:00:0a"), SKEP_IPV4(.src = "10.1.1.1"),
	    SKEP_TCP(.src = 1030, .dst = 80) } },
	{ "geneve",
	  "udp.dstport == 6081 && geneve.vni == 0x000007 && geneve.proto_type == 0x6558 && "
	  "geneve.option.length == 8 && geneve.flags.critical == 1 && ipv6 && "
	  "udp.checksum.status == 1",
	  { SKEP_ETH(), SKEP_IPV6(), SKEP_UDP(.src = 50000),
	    SKEP_GENEVE(.vni = 7, .critical = true, .options = BYTES(1, 2, 3, 1, 9, 9, 9, 9),
			.options_bytes = 8),
	    SKEP_ETH(), SKEP_IPV4(), SKEP_UDP(.dst = 9) } },
	{ "geneve over ipv4 with ip inside",
	  "geneve.proto_type == 0x86dd && ipv6.plen == 8 && " SUMS_V4("udp"),
	  { SKEP_ETH(), SKEP_IPV4(), SKEP_UDP(.src = 50000), SKEP_GENEVE(), SKEP_IPV6(),
	    SKEP_UDP(.dst = 9) } },
	{ "gre",
	  "gre.proto == 0x0800 && gre.flags.checksum == 0 && " SUMS_V4("udp"),
	  { SKEP_ETH(), SKEP_IPV4(), SKEP_GRE(), SKEP_IPV4(), SKEP_UDP(.dst = 9) } },
	{ "gre with everything",
	  "gre.proto == 0x6558 && gre.key == 0x7 && gre.sequence_number == 9 && "
	  "gre.checksum.status == 1 && ipv6 && tcp.checksum.status == 1",
	  { SKEP_ETH(), SKEP_IPV4(), SKEP_GRE(.key = 7, .sequence = 9, .has_checksum = true),
	    SKEP_ETH(), SKEP_IPV6(), SKEP_TCP(.src = 1031, .dst = 80) } },
	{ "ipv6 over ipv4",
	  "ip.proto == 41 && udp.checksum.status == 1",
	  { SKEP_ETH(), SKEP_IPV4(), SKEP_IPV6(), SKEP_UDP(.dst = 9), SKEP_FILL(3) } },
};

const size_t sample_count = sizeof(samples) / sizeof(*samples);

int sample_build(struct skep_packet **out, const struct sample *sample)
{
	size_t count = 0;

	while (count < 10 && sample->layers[count].kind)
		count++;
	return skep_packet_build_raw(out, sample->layers, count);
}
