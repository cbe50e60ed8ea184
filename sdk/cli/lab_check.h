/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The exercises of `skep lab`, and how each is checked on the running kernel. No compiler is needed
 * here and nothing is printed: the command compiles and shows, tests bring objects of their own.
 */
#ifndef SKEP_CLI_LAB_CHECK_H
#define SKEP_CLI_LAB_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <skep/error.h>
#include <skep/object.h>

enum lab_verdict {
	LAB_PASSED,
	LAB_REFUSED, /* the kernel or libbpf did not take it: `error` */
	LAB_WRONG,   /* it runs, and does not do what was asked: `text` */
	LAB_CANNOT, /* nothing can be said: `error` or `text` tells why, and it is not the learner */
};

struct lab_result {
	enum lab_verdict verdict;
	char text[512];
	struct skep_error *error; /* a copy, or NULL */
};

/* What was made of an exercise's files. */
struct lab_made {
	const char *
		object; /* of the learner's program; of a user-side exercise: of what it is given */
	const char *program; /* the learner's user side; NULL where there is none */
	const char *wrongs;  /* where objects with mistakes are: this and "1.bpf.o", ...; or NULL */
};

struct lab_run {
	struct skep_object *object;
	const struct lab_made *made;
	struct lab_result *result;
};

struct lab_exercise {
	const char *name;  /* "04-null-check" */
	const char *title; /* what is learnt, in a line */
	const char *needs; /* as `needs:` of templates; "" for nothing special */
	bool user_side;    /* the learner writes C for user space */
	unsigned wrongs;   /* objects with mistakes, which the learner's test must find */
	int (*check)(struct lab_run *run);
};

extern const struct lab_exercise lab_exercises[];
extern const size_t lab_count;
#define LAB_MOST 64

/* Checks it, with numbers that nobody can know before. lab_result_clear() afterwards. */
enum lab_verdict lab_examine(const struct lab_exercise *exercise, const struct lab_made *made,
			     struct lab_result *result);
void lab_result_clear(struct lab_result *result);

/*
 * What checks are made of. Those that return int return 0, or -1 with the verdict in the result: a check
 * then ends.
 */
int lab_load(struct lab_run *run);
int lab_wrong(struct lab_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
int lab_cannot(struct lab_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
int lab_expect(struct lab_run *run, uint64_t found, uint64_t expected, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* From..to, both included. */
uint32_t lab_random(uint32_t from, uint32_t to);

/* Runs a raw tracepoint program with four arguments; on this processor. */
int lab_call(struct lab_run *run, const char *program, const uint64_t args[4], uint32_t *returned);
int lab_call_on(struct lab_run *run, const char *program, const uint64_t args[4], int cpu);

/* Runs an XDP or tc program on a packet, which becomes what the program made of it. */
struct lab_packet {
	uint8_t data[2048];
	uint32_t bytes;
};
int lab_send(struct lab_run *run, const char *program, struct lab_packet *packet,
	     uint32_t *returned);

/* A variable of the program, where the kernel has it: of exactly so many bytes. */
int lab_variable(struct lab_run *run, const char *name, size_t bytes, void *pointer);

/* A map's file descriptor, if it is of this type (`enum bpf_map_type`) and these sizes; or -1. */
int lab_map(struct lab_run *run, const char *name, int type, uint32_t key_bytes,
	    uint32_t value_bytes);

/* Empties a ring: of each record the first `bytes`, and its size. */
struct lab_record {
	uint8_t data[64];
	size_t bytes;
};
int lab_ring(struct lab_run *run, const char *name, struct lab_record *records, size_t room,
	     size_t *count);

/* lab_exercise_*.c: the checks, by the exercise's name. */
int lab_first_program(struct lab_run *run);
int lab_licence(struct lab_run *run);
int lab_first_map(struct lab_run *run);
int lab_null_check(struct lab_run *run);
int lab_bounds_check(struct lab_run *run);
int lab_off_by_one(struct lab_run *run);
int lab_signed_length(struct lab_run *run);
int lab_loop_bound(struct lab_run *run);
int lab_stack_limit(struct lab_run *run);
int lab_user_string(struct lab_run *run);
int lab_compare_text(struct lab_run *run);
int lab_kernel_memory(struct lab_run *run);
int lab_relocation(struct lab_run *run);
int lab_renamed_field(struct lab_run *run);
int lab_ring_leak(struct lab_run *run);
int lab_ring_emit(struct lab_run *run);
int lab_stale_bytes(struct lab_run *run);
int lab_packet_bounds(struct lab_run *run);
int lab_byte_order(struct lab_run *run);
int lab_header_options(struct lab_run *run);
int lab_stale_packet(struct lab_run *run);
int lab_return_range(struct lab_run *run);
int lab_spin_lock(struct lab_run *run);
int lab_per_cpu(struct lab_run *run);
int lab_global_function(struct lab_run *run);
int lab_too_complex(struct lab_run *run);
int lab_tail_call(struct lab_run *run);
int lab_older_kernels(struct lab_run *run);
int lab_consumer(struct lab_run *run);
int lab_own_test(struct lab_run *run);

#endif
