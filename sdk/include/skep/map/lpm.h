/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_LPM_H
#define SKEP_MAP_LPM_H
/**
 * @file skep/map/lpm.h
 * Keys of LPM tries, which find the longest prefix that a key begins with: networks of IPv4 and
 * IPv6 as text and back, and prefixes of other data. Part of map.h.
 *
 * @code{.c}
 * typedef SKEP_MAP(struct skep_lpm4, __u32) route_map;
 *
 * route_map routes;
 * struct skep_lpm4 net, host;
 * __u32 hop = 7;
 *
 * if (skep_map_open(&routes, object, "routes"))
 *         return skep_perror("routes");
 * if (skep_lpm4_parse(&net, "10.0.0.0/8", NULL) || skep_map_put(routes, &net, &hop))
 *         return skep_perror("routes");
 * if (skep_lpm4_parse(&host, "10.1.2.3", NULL) || skep_map_get(routes, &host, &hop))
 *         return skep_perror("routes");
 * @endcode
 *
 * The map itself is used as any other, with SKEP_MAP(K, V): get finds the longest prefix, put and
 * del are of exactly the one that the key says. The keys are in skep/types.h, which BPF programs
 * include too: struct skep_lpm4, struct skep_lpm6, and SKEP_LPM_KEY() for other data.
 */
#include <skep/map/handle.h>
#include <skep/types.h>

SKEP_BEGIN_DECLS

/** Room for the text of any IPv4 network, "255.255.255.255/32", and its NUL. */
#define SKEP_LPM4_TEXT_BYTES 19

/** Room for the text of any IPv6 network, and its NUL. */
#define SKEP_LPM6_TEXT_BYTES 50

/** How a network's text is read. */
struct skep_lpm_opts {
	size_t sz; /**< set by SKEP_OPTS() */
	bool mask; /**< bits beyond the prefix are cleared, not refused: 10.1.2.3/8 is 10.0.0.0/8 */
};

/**
 * Reads an IPv4 network: `10.0.0.0/8`, or an address alone, which is one of 32 bits.
 *
 * Strict: four decimal numbers without leading zeros, no spaces, no host bits.
 *
 * @param[out] out  the key; untouched on failure
 * @param      text the network
 * @param      opts NULL: defaults
 * @return 0 or a negative errno
 * @err{EINVAL, the text is no network, or has bits beyond its prefix: the message says which}
 * @err{E2BIG, the options have a member that this library does not know: use a newer one}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_lpm4_parse(struct skep_lpm4 *out, const char *text,
					   const struct skep_lpm_opts *opts);

/**
 * Reads an IPv6 network: `2001:db8::/32`, or an address alone, which is one of 128 bits.
 *
 * @param[out] out  the key; untouched on failure
 * @param      text the network; no zone, no spaces, no host bits
 * @param      opts NULL: defaults
 * @return 0 or a negative errno
 * @err{EINVAL, the text is no network, or has bits beyond its prefix: the message says which}
 * @err{E2BIG, the options have a member that this library does not know: use a newer one}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_lpm6_parse(struct skep_lpm6 *out, const char *text,
					   const struct skep_lpm_opts *opts);

/**
 * Writes an IPv4 network as text: `10.0.0.0/8`, and `/32` too.
 *
 * @param      key   the network, as it is: bits beyond its prefix are written too
 * @param[out] text  where it goes; untouched on failure
 * @param      bytes its room: SKEP_LPM4_TEXT_BYTES is always enough
 * @return 0 or a negative errno
 * @err{EINVAL, the key has more than 32 bits: it is of another map}
 * @err{E2BIG, there is no room: give SKEP_LPM4_TEXT_BYTES}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_lpm4_text(const struct skep_lpm4 *key, char *text, size_t bytes);

/**
 * Writes an IPv6 network as text, as RFC 5952 has it: `2001:db8::/32`.
 *
 * @param      key   the network, as it is: bits beyond its prefix are written too
 * @param[out] text  where it goes; untouched on failure
 * @param      bytes its room: SKEP_LPM6_TEXT_BYTES is always enough
 * @return 0 or a negative errno
 * @err{EINVAL, the key has more than 128 bits: it is of another map}
 * @err{E2BIG, there is no room: give SKEP_LPM6_TEXT_BYTES}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_lpm6_text(const struct skep_lpm6 *key, char *text, size_t bytes);

/**
 * Clears the bits of a key beyond its prefix; see skep_lpm_mask().
 *
 * @param data      what stands behind the key's prefixlen
 * @param bytes     its length
 * @param prefixlen how many bits stay; more than there are: all of them
 * @return whether a bit was set there
 */
SKEP_API bool skep_lpm_mask_raw(void *data, size_t bytes, uint32_t prefixlen);

SKEP_END_DECLS

/**
 * Clears the bits of `*key` beyond its prefixlen: a struct skep_lpm4, a struct skep_lpm6 or one of
 * SKEP_LPM_KEY(). Says whether one was set. C only.
 */
#define skep_lpm_mask(key)                                                                         \
	(SKEP_REQUIRE_(offsetof(__typeof__(*(key)), prefixlen) == 0 &&                             \
			       sizeof((key)->prefixlen) == 4,                                      \
		       "skep: keys of LPM tries begin with __u32 prefixlen"),                      \
	 skep_lpm_mask_raw((unsigned char *)(key) + sizeof(uint32_t),                              \
			   sizeof(*(key)) - sizeof(uint32_t), (key)->prefixlen))

#endif
