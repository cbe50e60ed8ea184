/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Networks as text. IPv4 is read here, since libcs disagree about "010" and "10.1"; IPv6 and the
 * shortest way to write it are the libc's.
 */
#include <skep/map/lpm.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/opts.h"

#define SHOWN 64 /* bytes of a text that is no network */

/* A decimal number up to `most`, without leading zeros; NULL where there is none. */
static const char *read_number(const char *at, uint32_t most, uint32_t *number)
{
	uint32_t n = 0;

	if (*at < '0' || *at > '9' || (*at == '0' && at[1] >= '0' && at[1] <= '9'))
		return NULL;
	for (; *at >= '0' && *at <= '9'; at++) {
		n = n * 10 + (uint32_t)(*at - '0');
		if (n > most)
			return NULL;
	}
	*number = n;
	return at;
}

static bool read_addr4(const char *text, unsigned char addr[4])
{
	for (int i = 0; i < 4; i++) {
		uint32_t byte;

		text = read_number(text, 255, &byte);
		if (!text || *text != (i < 3 ? '.' : '\0'))
			return false;
		addr[i] = (unsigned char)byte;
		text++;
	}
	return true;
}

bool skep_lpm_mask_raw(void *data, size_t bytes, uint32_t prefixlen)
{
	unsigned char *at = data, cleared = 0;

	for (size_t i = prefixlen / 8; i < bytes; i++) {
		unsigned char keep =
			i == prefixlen / 8 ? (unsigned char)~(0xff >> prefixlen % 8) : 0;

		cleared |= (unsigned char)(at[i] & ~keep);
		at[i] &= keep;
	}
	return cleared;
}

/* A network of either family, as it is read. */
struct network {
	const char *text;
	uint32_t prefixlen;
	uint32_t bits; /* 32 or 128 */
	unsigned char addr[16];
};

/* A piece of a foreign text that stays on its line. */
struct shown {
	char text[SHOWN];
};

static struct shown show(const char *text)
{
	struct shown shown;
	size_t i;

	for (i = 0; text[i] && i < SHOWN - 1; i++)
		shown.text[i] = (unsigned char)text[i] < ' ' || text[i] == 127 ? '?' : text[i];
	shown.text[i] = '\0';
	return shown;
}

static int refuse(const struct network *net, const char *why)
{
	return skep_fail_hint(skep_fail(EINVAL, "'%s' is no IPv%d network: %s",
					show(net->text).text, net->bits == 32 ? 4 : 6, why),
			      "write %s",
			      net->bits == 32 ? "10.0.0.0/8, or an address: 10.1.2.3"
					      : "2001:db8::/32, or an address: ::1");
}

/* What the network would be, for a hint. */
static int refuse_host_bits(const struct network *net, const unsigned char *masked)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(net->bits == 32 ? AF_INET : AF_INET6, masked, text, sizeof(text));
	return skep_fail_hint(skep_fail(EINVAL, "'%s' has bits set beyond its first %u",
					show(net->text).text, net->prefixlen),
			      "write %s/%u, or set .mask in struct skep_lpm_opts", text,
			      net->prefixlen);
}

static int parse(struct network *net, const struct skep_lpm_opts *opts)
{
	const char *slash;
	char address[INET6_ADDRSTRLEN];
	unsigned char masked[16];
	size_t length;
	int err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	if (!net->text)
		return skep_fail_hint(skep_fail(EINVAL, "there is no text of a network"),
				      "give a string, not NULL");
	slash = strchr(net->text, '/');
	length = slash ? (size_t)(slash - net->text) : strlen(net->text);
	if (length >= sizeof(address))
		return refuse(net, "its address is too long");
	memcpy(address, net->text, length);
	address[length] = '\0';
	if (net->bits == 32 ? !read_addr4(address, net->addr)
			    : inet_pton(AF_INET6, address, net->addr) != 1)
		return refuse(net, "its address is none");
	net->prefixlen = net->bits;
	if (slash) {
		slash = read_number(slash + 1, net->bits, &net->prefixlen);
		if (!slash || *slash)
			return refuse(net, net->bits == 32 ? "behind / is no number from 0 to 32"
							   : "behind / is no number from 0 to 128");
	}
	memcpy(masked, net->addr, sizeof(masked));
	if (skep_lpm_mask_raw(masked, net->bits / 8, net->prefixlen) && !SKEP_OPT(opts, mask))
		return refuse_host_bits(net, masked);
	memcpy(net->addr, masked, sizeof(masked));
	return 0;
}

int skep_lpm4_parse(struct skep_lpm4 *out, const char *text, const struct skep_lpm_opts *opts)
{
	struct network net = { .text = text, .bits = 32 };
	int err = parse(&net, opts);

	if (err)
		return err;
	out->prefixlen = net.prefixlen;
	memcpy(out->addr, net.addr, sizeof(out->addr));
	return 0;
}

int skep_lpm6_parse(struct skep_lpm6 *out, const char *text, const struct skep_lpm_opts *opts)
{
	struct network net = { .text = text, .bits = 128 };
	int err = parse(&net, opts);

	if (err)
		return err;
	out->prefixlen = net.prefixlen;
	memcpy(out->addr, net.addr, sizeof(out->addr));
	return 0;
}

static int write_text(int family, const void *addr, uint32_t prefixlen, char *text, size_t bytes)
{
	char address[INET6_ADDRSTRLEN], all[SKEP_LPM6_TEXT_BYTES];
	uint32_t most = family == AF_INET ? 32 : 128;
	int length;

	if (prefixlen > most)
		return skep_fail_hint(skep_fail(EINVAL, "a prefix of %u bits is no IPv%d network's",
						prefixlen, family == AF_INET ? 4 : 6),
				      "the key is of another kind of map, or was not set");
	inet_ntop(family, addr, address, sizeof(address));
	length = snprintf(all, sizeof(all), "%s/%u", address, prefixlen);
	if ((size_t)length >= bytes)
		return skep_fail_hint(skep_fail(E2BIG,
						"the network's text has %d bytes, the room "
						"%zu",
						length + 1, bytes),
				      "give SKEP_LPM%d_TEXT_BYTES", family == AF_INET ? 4 : 6);
	memcpy(text, all, (size_t)length + 1);
	return 0;
}

int skep_lpm4_text(const struct skep_lpm4 *key, char *text, size_t bytes)
{
	return write_text(AF_INET, key->addr, key->prefixlen, text, bytes);
}

int skep_lpm6_text(const struct skep_lpm6 *key, char *text, size_t bytes)
{
	return write_text(AF_INET6, key->addr, key->prefixlen, text, bytes);
}
