/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * map OBJECT ROUNDS: skep's ways with maps beside libbpf's, in turn within each round. A line a
 * measure: NAME ASKED PEER-NS... / OUR-NS..., where the peer is libbpf, or the kernel itself; and
 * "# ..." for what has no peer. Times are per entry.
 */
#include "map.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

static struct measure measures[64];
static int measured;
static int round_now; /* 0 warms up, and does not count */

/* Of this thread, in user space and in the kernel: what else runs here does not count. */
double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

void fail(const char *what)
{
	fprintf(stderr, "map: %s: %s\n", what, skep_error_last()->message);
	exit(1);
}

void check(const char *what, int err)
{
	if (err)
		fail(what);
}

void expect(const char *what, uint64_t got, uint64_t expected)
{
	if (got == expected)
		return;
	fprintf(stderr, "map: %s: %llu entries instead of %llu\n", what, (unsigned long long)got,
		(unsigned long long)expected);
	exit(1);
}

void note(const char *name, double asked, double peer_ns, double our_ns)
{
	struct measure *m = measures;

	if (!round_now)
		return;
	while (m < measures + measured && strcmp(m->name, name))
		m++;
	if (m == measures + measured)
		measured++;
	snprintf(m->name, sizeof(m->name), "%s", name);
	m->asked = asked;
	m->peer[m->count] = peer_ns;
	m->ours[m->count++] = our_ns;
}

static void print(void)
{
	for (const struct measure *m = measures; m < measures + measured; m++) {
		printf("%s %g", m->name, m->asked);
		for (int i = 0; i < m->count; i++)
			printf(" %.3f", m->peer[i]);
		printf(" /");
		for (int i = 0; i < m->count; i++)
			printf(" %.3f", m->ours[i]);
		printf("\n");
	}
}

struct skep_map *create(enum bpf_map_type type, uint32_t value_bytes, uint32_t entries,
			uint32_t flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);
	uint32_t key_bytes =
		type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY ? 4 : 8;
	struct skep_map *map = NULL;
	int fd = bpf_map_create(type, "bench", key_bytes, value_bytes, entries, &opts);

	check("map", skep_map_adopt_fd_raw(&map, fd, NULL));
	close(fd);
	return map;
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 ? atoi(argv[2]) : 0;

	if (rounds < 1 || rounds > ROUNDS_MOST) {
		fprintf(stderr, "usage: map OBJECT ROUNDS (1 to %d)\n", ROUNDS_MOST);
		return 2;
	}
	open_walk(argv[1]);
	for (round_now = 0; round_now <= rounds; round_now++) {
		measure_hash();
		measure_percpu();
	}
	print();
	fflush(stdout);
	measure_curves();
	close_walk();
	return 0;
}
