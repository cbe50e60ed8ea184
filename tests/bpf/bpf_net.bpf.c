/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* All that <skep/bpf/net.h> has, as XDP and as tc from one source. */
#ifdef WITH_VMLINUX
#include "vmlinux.h"
#endif
#include <skep/bpf/loop.h>
#include <skep/bpf/net.h>

#include "bpf_net.h"

SKEP_LICENSE("Dual BSD/GPL");

#define PASS 0 /* TC_ACT_OK */

struct net_result result;
struct net_asked asked;
struct skep_flow flow;
struct skep_bucket bucket;
struct net_found found;
struct net_rule rules[NET_RULES];
__u64 hash, hash_both;
int status;

SKEP_LRU_HASH(buckets, __u32, struct skep_bucket, 16);
SKEP_LPM_TRIE(routes4, struct skep_lpm4, __u32, 256);
SKEP_LPM_TRIE(routes6, struct skep_lpm6, __u32, 256);
SKEP_DROPS(drops);

SKEP_INLINE_ void parse_l4(struct skep_packet *p, struct net_layers *l)
{
	struct skep_icmp *icmp = 0;
	struct skep_tcp *tcp;
	struct skep_udp *udp = 0;

	if ((tcp = skep_parse_tcp(p))) {
		l->src_port = bpf_ntohs(tcp->src);
		l->dst_port = bpf_ntohs(tcp->dst);
		l->flags = tcp->flags;
		l->mss = skep_tcp_mss(p);
	} else if ((udp = skep_parse_udp(p))) {
		l->src_port = bpf_ntohs(udp->src);
		l->dst_port = bpf_ntohs(udp->dst);
	} else if ((icmp = skep_parse_icmp(p)) || (icmp = skep_parse_icmp6(p))) {
		l->flags = icmp->type;
	}
	if (tcp || udp || icmp)
		l->proto = p->proto;
}

SKEP_INLINE_ void parse_ip(struct skep_packet *p, struct net_layers *l)
{
	struct skep_ipv4 *ip;
	struct skep_ipv6 *ip6;

	if ((ip = skep_parse_ipv4(p))) {
		l->version = 4;
		l->ttl = ip->ttl;
		l->src[0] = ip->src;
		l->dst[0] = ip->dst;
	} else if ((ip6 = skep_parse_ipv6(p))) {
		l->version = 6;
		l->ttl = ip6->hops;
		__builtin_memcpy(l->src, ip6->src, sizeof(l->src));
		__builtin_memcpy(l->dst, ip6->dst, sizeof(l->dst));
	}
	if (l->version)
		l->is_fragment = p->is_fragment;
}

SKEP_INLINE_ void parse(struct skep_packet *p, struct net_layers *l)
{
	struct skep_eth *eth = skep_parse_eth(p);
	struct skep_vlan *vlan;
	struct skep_arp *arp;

	if (eth)
		l->type = bpf_ntohs(eth->type);
	if ((vlan = skep_parse_vlan(p))) {
		l->vlan = skep_vlan_id(vlan);
		l->vlans = 1 + skep_parse_vlans(p);
	}
	if ((arp = skep_parse_arp(p))) {
		l->flags = bpf_ntohs(arp->op);
		__builtin_memcpy(l->src, arp->src, 4);
		__builtin_memcpy(l->dst, arp->dst, 4);
	} else {
		parse_ip(p, l);
		parse_l4(p, l);
	}
	l->at = p->at;
	l->next = p->next;
	l->is_bad = skep_packet_is_bad(p);
}

SKEP_INLINE_ void parse_tunnel(struct skep_packet *p, struct net_layers *l)
{
	struct skep_geneve *geneve;
	struct skep_vxlan *vxlan;

	if (p->next == SKEP_NEXT_DATAGRAM && l->dst_port == SKEP_PORT_VXLAN) {
		if ((vxlan = skep_parse_vxlan(p))) {
			l->tunnel = NET_VXLAN;
			l->vni = skep_vni(vxlan->vni);
		}
	} else if (p->next == SKEP_NEXT_DATAGRAM && l->dst_port == SKEP_PORT_GENEVE) {
		if ((geneve = skep_parse_geneve(p))) {
			l->tunnel = NET_GENEVE;
			l->vni = skep_vni(geneve->vni);
		}
	} else if (skep_parse_gre(p)) {
		l->tunnel = NET_GRE;
	} else if (l->version &&
		   (p->next == SKEP_NEXT_IPV4_IN_IP || p->next == SKEP_NEXT_IPV6_IN_IP)) {
		l->tunnel = NET_IP;
	}
	l->at = p->at;
	l->next = p->next;
	l->is_bad = skep_packet_is_bad(p);
}

SKEP_INLINE_ int dissect(struct skep_packet p)
{
	__builtin_memset(&result, 0, sizeof(result));
	parse(&p, &result.outer);
	parse_tunnel(&p, &result.outer);
	if (result.outer.tunnel)
		parse(&p, &result.inner);
	return PASS;
}

SKEP_INLINE_ int read_flow(struct skep_packet p)
{
	struct skep_flow parsed;
	int err = skep_parse_flow(&p, &parsed);

	status = err;
	hash = hash_both = 0;
	if (err)
		return PASS;
	flow = parsed;
	hash = skep_flow_hash(&parsed, asked.now);
	hash_both = skep_flow_hash_both(&parsed, asked.now);
	return PASS;
}

/* What an ICMP error is about. */
SKEP_INLINE_ int read_quoted(struct skep_packet p)
{
	struct skep_flow quoted;

	skep_parse_eth(&p);
	skep_parse_ipv4(&p);
	skep_parse_ipv6(&p);
	skep_parse_icmp(&p);
	skep_parse_icmp6(&p);
	status = skep_parse_quoted(&p, &quoted);
	if (!status)
		flow = quoted;
	return PASS;
}

/* Goes on, whether it worked or not. */
SKEP_INLINE_ int push_twice(struct skep_packet p)
{
	status = skep_vlan_push(&p, 1);
	status |= skep_vlan_push(&p, 2);
	return PASS;
}

/* IP in IP, or with as much room as UDP and VXLAN take. */
SKEP_INLINE_ int encap(struct skep_packet p)
{
	__u32 src = asked.src[0], dst = asked.dst[0];

	status = asked.bytes ? skep_encap_ipv4(&p, src, dst, SKEP_NEXT_UDP, 16,
					       BPF_F_ADJ_ROOM_ENCAP_L4_UDP)
			     : skep_encap_ipv4(&p, src, dst, asked.ttl, 0, 0);
	return PASS;
}

SKEP_INLINE_ void parse_up_to_l4(struct skep_packet *p)
{
	skep_parse_eth(p);
	skep_parse_vlans(p);
	skep_parse_ipv4(p);
	skep_parse_ipv6(p);
	if (asked.what & NET_NOT_L4)
		return;
	skep_parse_tcp(p);
	skep_parse_udp(p);
	skep_parse_icmp(p);
	skep_parse_icmp6(p);
}

SKEP_INLINE_ int rewrite(struct skep_packet p)
{
	int err = 0;

	parse_up_to_l4(&p);
	switch (asked.what & ~NET_NOT_L4) {
	case NET_MAC:
		err = skep_set_mac(&p, asked.mac, asked.mac + 6);
		break;
	case NET_DST_MAC:
		err = skep_set_mac(&p, asked.mac, 0);
		break;
	case NET_SRC:
		err = p.version == 6 ? skep_set_ipv6_src(&p, asked.src)
				     : skep_set_ipv4_src(&p, asked.src[0]);
		break;
	case NET_DST:
		err = p.version == 6 ? skep_set_ipv6_dst(&p, asked.dst)
				     : skep_set_ipv4_dst(&p, asked.dst[0]);
		break;
	case NET_SRC_PORT:
		err = skep_set_src_port(&p, asked.src_port);
		break;
	case NET_DST_PORT:
		err = skep_set_dst_port(&p, asked.dst_port);
		break;
	case NET_TTL:
		err = skep_set_ttl(&p, asked.ttl);
		break;
	}
	status = err;
	return PASS;
}

SKEP_INLINE_ int resize(struct skep_packet p)
{
	int err = 0;

	if (asked.what & NET_PUSH)
		err = skep_vlan_push(&p, asked.tci);
	if (asked.what & NET_POP)
		err = err ?: skep_vlan_pop(&p);
	if (asked.what & NET_ROOM)
		err = err ?: skep_room_push(&p, 20, BPF_F_ADJ_ROOM_FIXED_GSO);
	if (asked.what & NET_UNROOM)
		err = err ?: skep_room_pop(&p, 20, BPF_F_ADJ_ROOM_FIXED_GSO);
	if (asked.what & NET_MUCH_ROOM)
		err = err ?: skep_room_push(&p, 192, BPF_F_ADJ_ROOM_FIXED_GSO);
	status = err;
	return PASS;
}

SKEP_INLINE_ int summed(struct skep_packet p)
{
	parse_up_to_l4(&p);
	hash = skep_csum_ipv4(&p, p.ip_at);
	status = skep_csum_l4(&p, 1500);
	return PASS;
}

/* A packet that does not lie in one piece, as those of real senders. */
SKEP_INLINE_ int pulled(struct skep_packet p)
{
	__u8 *last;

	found.whole = skep_packet_bytes(&p, asked.bytes - 1, 1) != 0;
	found.err = skep_packet_pull(&p, asked.bytes);
	last = skep_packet_bytes(&p, asked.bytes - 1, 1);
	found.last = last ? *last : 0;
	skep_packet_rewind(&p, asked.what & NET_IS_IP ? SKEP_NEXT_IP : SKEP_NEXT_ETH);
	__builtin_memset(&result, 0, sizeof(result));
	parse(&p, &result.outer);
	found.skipped = skep_packet_skip(&p, asked.now);
	found.at = p.at;
	last = skep_packet_bytes(&p, p.at, 1);
	found.behind = last ? *last : 0;
	found.runs++;
	return PASS;
}

SKEP_INLINE_ int route(struct skep_packet p, int verdict)
{
	struct skep_ipv4 *ip;
	struct skep_ipv6 *ip6;
	__u32 *to = 0;

	status = -1;
	skep_parse_eth(&p);
	if ((ip = skep_parse_ipv4(&p))) {
		struct skep_lpm4 key = skep_lpm4_key(ip->dst);

		if (asked.what & NET_LIMIT && /* none is added for days */
		    !skep_limit(&buckets, &ip->src, 1ULL << 50, 3, 1))
			return skep_drop(&drops, SKEP_DROP_LIMIT, verdict);
		to = skep_map_get(&routes4, &key);
	} else if ((ip6 = skep_parse_ipv6(&p))) {
		struct skep_lpm6 key = skep_lpm6_key(ip6->dst);

		to = skep_map_get(&routes6, &key);
	} else if (skep_packet_is_bad(&p)) {
		return skep_drop(&drops, SKEP_DROP_MALFORMED, verdict);
	}
	if (!to)
		return skep_drop(&drops, asked.bytes, verdict);
	status = *to;
	return PASS;
}

SKEP_INLINE_ int take(struct skep_packet p)
{
	status = skep_bucket_take(&bucket, asked.now, SKEP_PER_SECOND(1000000), 5, asked.bytes);
	return PASS;
}

/* The first rule that fits, of many. A rule is compared without branches: see the guide. */
SKEP_INLINE_ int filter(struct skep_packet p)
{
	struct skep_flow flow;
	__u32 src, dst, ports;

	status = -1;
	if (skep_parse_flow(&p, &flow) || flow.version != 4)
		return PASS;
	__builtin_memcpy(&src, flow.src, 4);
	__builtin_memcpy(&dst, flow.dst, 4);
	ports = flow.dst_port;
	skep_for(i, 0, NET_RULES, NET_RULES)
	{
		const struct net_rule *rule = &rules[i];
		__u32 miss = ((src ^ rule->src) & rule->src_mask) |
			     ((dst ^ rule->dst) & rule->dst_mask) |
			     ((flow.proto ^ rule->proto) & rule->proto_mask);

		if (!miss && ports >= rule->from && ports <= rule->to) {
			status = i;
			break;
		}
	}
	return PASS;
}

#define BOTH(name, ...)                                                                            \
	SEC("xdp") int name##_xdp(struct xdp_md *ctx)                                              \
	{                                                                                          \
		return name(skep_packet(ctx), ##__VA_ARGS__);                                      \
	}                                                                                          \
	SEC("tc") int name##_tc(struct __sk_buff *ctx)                                             \
	{                                                                                          \
		return name(skep_packet(ctx), ##__VA_ARGS__);                                      \
	}

BOTH(dissect)
BOTH(read_flow)
BOTH(read_quoted)
BOTH(push_twice)
BOTH(encap)
BOTH(rewrite)
BOTH(resize)
BOTH(summed)
BOTH(pulled)
BOTH(route, 1)
BOTH(take)
BOTH(filter)
