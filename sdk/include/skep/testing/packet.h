/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TESTING_PACKET_H
#define SKEP_TESTING_PACKET_H
/**
 * @file testing/packet.h
 * Packets for tests: built layer by layer, right unless a test wants them wrong. Part of testing.h.
 *
 * @code{.c}
 * SKEP_AUTO(skep_packet) *packet = NULL;
 *
 * if (skep_packet_build(&packet, SKEP_ETH(), SKEP_IPV4(.src = "10.0.0.1"),
 *                       SKEP_TCP(.src = 1025, .dst = 80, .syn = true)) ||
 *     skep_packet_cut(packet, 40))                         // the last 14 bytes are lost
 *         return skep_perror("packet");
 * @endcode
 *
 * testing/layers.h has the layers, testing/context.h runs a program on a packet, testing/pcap.h
 * reads packets from captures and writes them. A packet is memory: it costs microseconds, and asks
 * nothing of the kernel.
 */
#include <skep/base.h>
#include <skep/error.h>
#include <skep/testing/layers.h>

SKEP_BEGIN_DECLS

/** The longest packet, in bytes: what libpcap takes. */
#define SKEP_PACKET_MAX 262144

/** A packet. */
struct skep_packet;

/**
 * Builds a packet of layers; see skep_packet_build().
 *
 * Any order of layers is built, also such as no network has: types and lengths are those of what
 * follows.
 *
 * @param[out] out    the packet; untouched on failure
 * @param      layers from the outermost inwards
 * @param      count  how many; up to 32
 * @return 0 or a negative errno
 * @err{EINVAL, an address cannot be read, a field is out of its range, or `layers` is NULL or has
 *      none: the message names the layer and the field}
 * @err{E2BIG, the packet or one of its lengths is too large: make it smaller or give the length;
 *      or a layer has fields that this skep does not know: update the library}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_packet_free()}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_packet_build_raw(struct skep_packet **out,
						 const struct skep_layer *layers, size_t count);

/**
 * Makes a packet of bytes, which are copied.
 *
 * @param[out] out   the packet; it has no layers
 * @param      data  its bytes; NULL for none
 * @param      bytes how many
 * @return 0 or a negative errno
 * @err{EINVAL, `data` is NULL, but `bytes` is not 0}
 * @err{E2BIG, more than SKEP_PACKET_MAX bytes: a packet is never that long}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_packet_free()}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_packet_from(struct skep_packet **out, const void *data,
					    size_t bytes);

/**
 * The bytes of a packet. They may be changed: checksums are not mended then.
 *
 * @param packet the packet
 * @return borrowed from the packet; NULL for no packet
 */
SKEP_API unsigned char *skep_packet_data(const struct skep_packet *packet);

/**
 * How long a packet is.
 *
 * @param packet the packet
 * @return bytes; 0 for no packet
 */
SKEP_API size_t skep_packet_bytes(const struct skep_packet *packet);

/**
 * Where a layer begins, to look at it or to break it.
 *
 * @param packet a packet of skep_packet_build()
 * @param index  of the layer, from 0
 * @return borrowed from the packet; NULL where it has no such layer, also when it was cut off
 */
SKEP_API unsigned char *skep_packet_layer(const struct skep_packet *packet, size_t index);

/**
 * Cuts a packet off, as a capture or a bad link would: what is left is not changed.
 *
 * @param packet the packet
 * @param bytes  how many are left
 * @return 0 or a negative errno
 * @err{EINVAL, the packet is shorter than that, or NULL}
 */
SKEP_API SKEP_MUST_USE int skep_packet_cut(struct skep_packet *packet, size_t bytes);

/**
 * When a packet was captured, and how long it was then; see testing/pcap.h.
 *
 * @param packet the packet
 * @return nanoseconds since 1970; 0 where it is from no capture
 */
SKEP_API uint64_t skep_packet_time_ns(const struct skep_packet *packet);

/**
 * How long a packet was where it was captured, of which the capture may have the beginning only.
 *
 * @param packet the packet
 * @return bytes; skep_packet_bytes() where it is from no capture
 */
SKEP_API size_t skep_packet_wire_bytes(const struct skep_packet *packet);

/**
 * Frees a packet. NULL is fine.
 *
 * @param packet the packet
 */
SKEP_API void skep_packet_free(struct skep_packet *packet);

/**
 * Fails the test that runs unless two packets are equal; see skep_assert_packet().
 *
 * @param packet   what came
 * @param expected what should have
 * @param text     of the assertion
 * @param file     of the assertion
 * @param line     of the assertion
 */
SKEP_API void skep_test_assert_packet(const struct skep_packet *packet,
				      const struct skep_packet *expected, const char *text,
				      const char *file, int line);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_packet);

/**
 * Builds a packet of layers, from the outermost inwards:
 * `skep_packet_build(&packet, SKEP_ETH(), SKEP_IPV4(), SKEP_UDP(.dst = 53))`. C only.
 *
 * @return 0 or a negative errno as skep_packet_build_raw()
 */
#define skep_packet_build(out, ...)                                                                \
	skep_packet_build_raw((out), (const struct skep_layer[]){ __VA_ARGS__ },                   \
			      sizeof((const struct skep_layer[]){ __VA_ARGS__ }) /                 \
				      sizeof(struct skep_layer))

/** Fails the test unless the packets are equal, and prints where they are not. */
#define skep_assert_packet(packet, expected)                                                       \
	skep_test_assert_packet((packet), (expected), #packet " is " #expected, __FILE__, __LINE__)

#endif
