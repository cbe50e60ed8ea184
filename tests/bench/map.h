/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The parts of the benchmark of maps. */
#ifndef SKEP_TESTS_BENCH_MAP_H
#define SKEP_TESTS_BENCH_MAP_H

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <linux/bpf.h>

#include <skep/skep.h>

#define ROUNDS_MOST 64
#define ENTRIES     (1u << 20)

struct measure {
	char name[48];
	double asked;
	int count;
	double peer[ROUNDS_MOST];
	double ours[ROUNDS_MOST];
};

typedef SKEP_MAP(uint64_t, uint64_t) number_map;

/* Writes are not thrown away by the compiler. */
extern volatile uint64_t sink;

double now_ns(void);
void fail(const char *what) __attribute__((noreturn));
void check(const char *what, int err);
void expect(const char *what, uint64_t got, uint64_t expected);

/* One more round of a measure, in ns for each entry. */
void note(const char *name, double asked, double peer_ns, double our_ns);

/* A map of its own; keys of 8 bytes, of arrays 4. */
struct skep_map *create(enum bpf_map_type type, uint32_t value_bytes, uint32_t entries,
			uint32_t flags);

/* --- map_walk.c: the kernel's own way through a hash of u64 and u64, by a program --- */

void open_walk(const char *object);
int walk_fd(void);
struct walk_result {
	uint64_t sum, count;
};
struct walk_result walk(void);
void close_walk(void);

/* --- map_hash.c: reading, filling and emptying a hash of ENTRIES --- */

void measure_hash(void);

/* --- map_percpu.c: sums over per-CPU maps; an array as memory --- */

void measure_percpu(void);

/* --- map_curves.c: the same over sizes, as comments --- */

void measure_curves(void);

#endif
