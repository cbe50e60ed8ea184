// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A packet, whatever it came of. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skep/testing.h>

#include "testing/packet/build.h"

#define ROW 16

int skep_packet_from(struct skep_packet **out, const void *data, size_t bytes)
{
	struct skep_packet *packet;

	if (!out || (!data && bytes))
		return skep_error_set(EINVAL, NULL, "a packet cannot be made of no bytes");
	if (bytes > SKEP_PACKET_MAX)
		return skep_error_set(E2BIG, "make it smaller",
				      "a packet has at most %d bytes, not %zu", SKEP_PACKET_MAX,
				      bytes);
	packet = calloc(1, sizeof(*packet));
	if (packet)
		packet->data = malloc(bytes ? bytes : 1);
	if (!packet || !packet->data) {
		free(packet);
		return skep_error_set(ENOMEM, NULL, "no memory");
	}
	if (bytes)
		memcpy(packet->data, data, bytes);
	packet->bytes = packet->wire_bytes = bytes;
	*out = packet;
	return 0;
}

unsigned char *skep_packet_data(const struct skep_packet *packet)
{
	return packet ? packet->data : NULL;
}

size_t skep_packet_bytes(const struct skep_packet *packet)
{
	return packet ? packet->bytes : 0;
}

unsigned char *skep_packet_layer(const struct skep_packet *packet, size_t index)
{
	if (!packet || index >= packet->layers || packet->starts[index] >= packet->bytes)
		return NULL;
	return packet->data + packet->starts[index];
}

int skep_packet_cut(struct skep_packet *packet, size_t bytes)
{
	if (!packet || bytes > packet->bytes)
		return skep_error_set(EINVAL, "cut it to what it has, or to less",
				      "a packet of %zu bytes cannot be cut to %zu",
				      skep_packet_bytes(packet), bytes);
	packet->bytes = bytes;
	return 0;
}

uint64_t skep_packet_time_ns(const struct skep_packet *packet)
{
	return packet ? packet->time_ns : 0;
}

size_t skep_packet_wire_bytes(const struct skep_packet *packet)
{
	if (!packet)
		return 0;
	return packet->wire_bytes > packet->bytes && packet->time_ns ? packet->wire_bytes
								     : packet->bytes;
}

void skep_packet_free(struct skep_packet *packet)
{
	if (!packet)
		return;
	free(packet->data);
	free(packet);
}

static void print_row(const char *label, const struct skep_packet *packet, size_t at)
{
	char text[ROW * 3 + 1] = "";

	for (size_t i = 0; i < ROW && at + i < packet->bytes; i++)
		snprintf(text + i * 3, sizeof(text) - i * 3, " %02x", packet->data[at + i]);
	print_error("  %-8s %04zx:%s\n", label, at, text);
}

/* The innermost layer that an offset is in; 0 where the packet has none. */
static size_t layer_at(const struct skep_packet *packet, size_t offset)
{
	size_t found = 0;

	for (size_t i = 0; i < packet->layers && packet->starts[i] <= offset; i++)
		found = i + 1;
	return found;
}

void skep_test_assert_packet(const struct skep_packet *packet, const struct skep_packet *expected,
			     const char *text, const char *file, int line)
{
	size_t least, at = 0, layer;

	if (!packet || !expected) {
		print_error("ERROR: %s: there is no packet\n", text);
		_fail(file, line);
		return;
	}
	least = packet->bytes < expected->bytes ? packet->bytes : expected->bytes;
	while (at < least && packet->data[at] == expected->data[at])
		at++;
	if (at == packet->bytes && at == expected->bytes)
		return;
	print_error("ERROR: %s: %zu bytes, expected %zu, other from byte %zu on", text,
		    packet->bytes, expected->bytes, at);
	layer = layer_at(expected, at);
	if (layer)
		print_error(", which is byte %zu of layer %zu", at - expected->starts[layer - 1],
			    layer);
	print_error("\n");
	print_row("expected", expected, at - at % ROW);
	print_row("found", packet, at - at % ROW);
	_fail(file, line);
}
