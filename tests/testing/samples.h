/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A packet of every kind of layer, with what tshark must say of it. */
#ifndef SKEP_TESTS_TESTING_SAMPLES_H
#define SKEP_TESTS_TESTING_SAMPLES_H
#include <skep/testing/packet.h>

struct sample {
	const char *name;
	const char *filter; /* of tshark; the packet must match */
	struct skep_layer layers[10];
};

extern const struct sample samples[];
extern const size_t sample_count;

/* 0 or an error, as skep_packet_build_raw(). */
int sample_build(struct skep_packet **out, const struct sample *sample);

#endif
