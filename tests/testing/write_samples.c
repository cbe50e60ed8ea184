// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * write_samples FILE: a capture of all samples; and for each a line "name<TAB>filter".
 * write_samples --check FILE: whether a capture has these packets.
 */
#include <stdio.h>
#include <string.h>

#include <skep/testing/pcap.h>

#include "samples.h"

static int check(const char *path)
{
	SKEP_AUTO(skep_pcap) *pcap = NULL;
	int wrong = 0;

	if (skep_pcap_open(&pcap, path, NULL))
		return skep_perror("write_samples");
	for (size_t i = 0; i < sample_count; i++) {
		SKEP_AUTO(skep_packet) *packet = NULL, *expected = NULL;
		size_t bytes;

		if (skep_pcap_next(pcap, &packet) || sample_build(&expected, &samples[i]))
			return skep_perror(samples[i].name);
		bytes = skep_packet_bytes(expected);
		if (skep_packet_bytes(packet) == bytes &&
		    !memcmp(skep_packet_data(packet), skep_packet_data(expected), bytes) &&
		    skep_packet_time_ns(packet) == (i + 1) * UINT64_C(1000000001))
			continue;
		printf("%s is another packet\n", samples[i].name);
		wrong = 1;
	}
	return wrong;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(skep_pcap_writer) *writer = NULL;

	if (argc == 3 && !strcmp(argv[1], "--check"))
		return check(argv[2]);
	if (argc != 2 || skep_pcap_writer_new(&writer, argv[1], NULL))
		return skep_perror("write_samples");
	for (size_t i = 0; i < sample_count; i++) {
		SKEP_AUTO(skep_packet) *packet = NULL;

		if (sample_build(&packet, &samples[i]) ||
		    skep_pcap_writer_add(writer, packet, (i + 1) * UINT64_C(1000000001)))
			return skep_perror(samples[i].name);
		printf("%s\t%s\n", samples[i].name, samples[i].filter);
	}
	return skep_pcap_writer_flush(writer) ? skep_perror("write_samples") : 0;
}
