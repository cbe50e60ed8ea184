/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Exercises 18 to 23: packets. They are made here, and no interface sees them. */
#include "lab_check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <string.h>

#include <bpf/bpf.h>

#define HEADER 14

/* A frame of this type, of random bytes. */
static void frame(struct lab_packet *packet, uint16_t type, uint32_t bytes)
{
	packet->bytes = bytes;
	for (uint32_t i = 0; i < bytes; i++)
		packet->data[i] = (uint8_t)lab_random(0, 255);
	packet->data[12] = (uint8_t)(type >> 8);
	packet->data[13] = (uint8_t)type;
}

/* An IPv4 packet with so many words of options; ports follow, big-endian. */
static void datagram(struct lab_packet *packet, uint8_t protocol, uint32_t options, uint16_t port)
{
	uint8_t *ip = packet->data + HEADER, *udp = ip + 20 + (size_t)options * 4;

	frame(packet, ETH_P_IP, HEADER + 20 + options * 4 + 8 + 16);
	ip[0] = (uint8_t)(0x45 + options);
	ip[1] = ip[6] = ip[7] = 0; /* not a fragment */
	ip[2] = 0;
	ip[3] = (uint8_t)(packet->bytes - HEADER);
	ip[9] = protocol;
	udp[2] = (uint8_t)(port >> 8);
	udp[3] = (uint8_t)port;
	udp[4] = 0;
	udp[5] = 24;
	udp[6] = udp[7] = 0;
}

static int verdict(struct lab_run *run, const char *program, struct lab_packet *packet,
		   uint32_t expected, const char *what)
{
	static const char *const names[] = { "XDP_ABORTED", "XDP_DROP", "XDP_PASS" };
	uint32_t found;

	if (lab_send(run, program, packet, &found))
		return -1;
	if (found == expected)
		return 0;
	return lab_wrong(run, "%s:\n  expected %s\n  found    %s", what, names[expected],
			 found < 3 ? names[found] : "another verdict");
}

/* Not satisfied by: dropping all, none, or what is short. */
int lab_packet_bounds(struct lab_run *run)
{
	static const uint16_t types[] = {
		ETH_P_IP, ETH_P_IPV6, 0x0608, 0x0807, 0x0906, ETH_P_8021Q
	};
	struct lab_packet packet;

	if (lab_load(run))
		return -1;
	for (int i = 0; i < 8; i++) {
		frame(&packet, ETH_P_ARP, i ? lab_random(HEADER, 90) : HEADER);
		if (verdict(run, "drop_arp", &packet, XDP_DROP, "an ARP frame"))
			return -1;
		frame(&packet, types[i % 6], lab_random(HEADER, 90));
		if (verdict(run, "drop_arp", &packet, XDP_PASS, "a frame of another type"))
			return -1;
	}
	return 0;
}

/* The port that is to be dropped: one whose bytes differ. */
static int choose_port(struct lab_run *run, uint16_t *port)
{
	uint16_t *blocked;

	if (lab_variable(run, "blocked", sizeof(*blocked), &blocked))
		return -1;
	*port = (uint16_t)(lab_random(1, 100) << 8 | lab_random(101, 250));
	*blocked = *port;
	return lab_load(run);
}

static int try_ports(struct lab_run *run, uint16_t port, uint32_t options)
{
	const uint16_t swapped = (uint16_t)(port << 8 | port >> 8);
	struct lab_packet packet;

	datagram(&packet, IPPROTO_UDP, options, port);
	if (verdict(run, "block_port", &packet, XDP_DROP,
		    options ? "a datagram to the port `blocked`, with options in its IP header"
			    : "a datagram to the port `blocked`"))
		return -1;
	datagram(&packet, IPPROTO_UDP, options, (uint16_t)(port ^ 1));
	if (verdict(run, "block_port", &packet, XDP_PASS, "a datagram to another port"))
		return -1;
	datagram(&packet, IPPROTO_UDP, options, swapped);
	if (verdict(run, "block_port", &packet, XDP_PASS,
		    "a datagram to the port with its bytes swapped"))
		return -1;
	datagram(&packet, IPPROTO_TCP, options, port);
	if (verdict(run, "block_port", &packet, XDP_PASS, "TCP to that port"))
		return -1;
	datagram(&packet, IPPROTO_UDP, options, port);
	packet.data[13] = 0xdd; /* no IPv4 any more */
	packet.data[12] = 0x86;
	return verdict(run, "block_port", &packet, XDP_PASS, "a frame that is not IPv4");
}

/* Not satisfied by: another order of bytes, dropping all of UDP, a fixed port. */
int lab_byte_order(struct lab_run *run)
{
	uint16_t port;

	return choose_port(run, &port) ? -1 : try_ports(run, port, 0);
}

/* Not satisfied by: 20 bytes always, passing all with options, finding the port somewhere. */
int lab_header_options(struct lab_run *run)
{
	struct lab_packet packet;
	uint16_t port;

	if (choose_port(run, &port))
		return -1;
	for (uint32_t options = 0; options <= 10; options += options < 2 ? 1 : 4) {
		if (try_ports(run, port, options))
			return -1;
		if (!options)
			continue;
		/* The port where it would be without options. */
		datagram(&packet, IPPROTO_UDP, options, (uint16_t)(port ^ 1));
		packet.data[HEADER + 22] = (uint8_t)(port >> 8);
		packet.data[HEADER + 23] = (uint8_t)port;
		if (options > 1 && verdict(run, "block_port", &packet, XDP_PASS,
					   "another port, and `blocked` among the options"))
			return -1;
	}
	datagram(&packet, IPPROTO_UDP, 0, port);
	packet.data[HEADER] = 0x43; /* shorter than it can be */
	packet.data[HEADER + 14] = packet.data[HEADER + 22];
	packet.data[HEADER + 15] = packet.data[HEADER + 23];
	return verdict(run, "block_port", &packet, XDP_PASS, "an IP header of less than 20 bytes");
}

/* Not satisfied by: 0 always, a fixed protocol, any frame taken for IPv4. */
int lab_stale_packet(struct lab_run *run)
{
	struct lab_packet packet;
	uint32_t found;

	if (lab_load(run))
		return -1;
	for (int i = 0; i < 6; i++) {
		uint8_t protocol = (uint8_t)lab_random(1, 250);

		datagram(&packet, protocol, 0, 1);
		if (lab_send(run, "protocol", &packet, &found) ||
		    lab_expect(run, found, protocol, "protocol() of an IPv4 packet:"))
			return -1;
		frame(&packet, ETH_P_IPV6, 80);
		if (lab_send(run, "protocol", &packet, &found) ||
		    lab_expect(run, found, 0, "protocol() of a frame that is not IPv4:"))
			return -1;
	}
	return 0;
}

/* Not satisfied by: dropping or passing all, a fixed length, verdicts the other way round. */
int lab_return_range(struct lab_run *run)
{
	struct lab_packet packet;
	uint32_t *most, limit = lab_random(120, 800);

	if (lab_variable(run, "most", sizeof(*most), &most))
		return -1;
	*most = limit;
	if (lab_load(run))
		return -1;
	for (int i = 0; i < 8; i++) {
		uint32_t length = i < 2 ? limit + (uint32_t)i : lab_random(40, 900), found;

		frame(&packet, ETH_P_IP, HEADER + length);
		if (lab_send(run, "limit", &packet, &found) ||
		    lab_expect(run, found, length <= limit,
			       "limit() of a packet of %u bytes, where `most` is %u:", length,
			       limit))
			return -1;
	}
	return 0;
}

struct account {
	struct bpf_spin_lock lock;
	uint64_t balance;
};

/* Not satisfied by: a map without a lock, 1 always, a balance that goes below 0. */
int lab_spin_lock(struct lab_run *run)
{
	struct account account = { .balance = lab_random(1500, 2500) };
	uint64_t balance = account.balance;
	struct lab_packet packet;
	uint32_t zero = 0;
	int fd;

	if (lab_load(run))
		return -1;
	fd = lab_map(run, "accounts", BPF_MAP_TYPE_ARRAY, 4, sizeof(account));
	if (fd < 0)
		return -1;
	/* The kernel writes under the lock only where the value has one. */
	if (bpf_map_update_elem(fd, &zero, &account, BPF_F_LOCK))
		return lab_wrong(run, "the values of `accounts` have no lock any more");
	/* More than there is, whatever the lengths are. */
	for (int i = 0; i < 30; i++) {
		uint32_t length = lab_random(100, 900), found;
		bool enough = balance >= length;

		frame(&packet, ETH_P_IP, length);
		if (lab_send(run, "take", &packet, &found) ||
		    lab_expect(run, found, !enough, "take() of %u, with a balance of %llu:", length,
			       (unsigned long long)balance))
			return -1;
		balance -= enough ? length : 0;
		if (bpf_map_lookup_elem_flags(fd, &zero, &account, BPF_F_LOCK))
			return lab_cannot(run, "cannot read `accounts`: %s", strerror(errno));
		if (lab_expect(run, account.balance, balance,
			       "the balance after take() of %u:", length))
			return -1;
	}
	return 0;
}
