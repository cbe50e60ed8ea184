/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Exercises 15 to 17, and 23 to 27: rings, and what programs share. */
#include "lab_check.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#define VALUES 24

/* Gives random values; which of them are to be reported, `wanted` says. */
static int report(struct lab_run *run, size_t bytes, bool (*wanted)(uint64_t value))
{
	struct lab_record records[VALUES];
	uint64_t expected[VALUES];
	size_t count = 0, found;

	for (int i = 0; i < VALUES; i++) {
		uint64_t args[4] = { i % 3 ? lab_random(1, UINT32_MAX - 1) : 0 };
		uint32_t returned;

		args[0] = args[0] << 20 | args[0] >> 12;
		if (lab_call(run, "on_value", args, &returned) ||
		    lab_expect(run, returned, 0, "on_value() returns:"))
			return -1;
		if (wanted(args[0]))
			expected[count++] = args[0];
	}
	if (lab_ring(run, "events", records, VALUES, &found) ||
	    lab_expect(run, found, count, "records in `events`, of %d values:", VALUES))
		return -1;
	for (size_t i = 0; i < count; i++) {
		uint64_t value;

		memcpy(&value, records[i].data, sizeof(value));
		if (lab_expect(run, records[i].bytes, bytes, "the size of a record:") ||
		    lab_expect(run, value, expected[i], "the value of record %zu:", i))
			return -1;
	}
	return 0;
}

static bool is_not_zero(uint64_t value)
{
	return value;
}

static bool is_even(uint64_t value)
{
	return !(value & 1);
}

/* Not satisfied by: reporting all, none, or a record without the value. */
int lab_ring_leak(struct lab_run *run)
{
	return lab_load(run) ? -1 : report(run, 8, is_not_zero);
}

/* Not satisfied by: reporting all, or odd ones, or nothing. */
int lab_ring_emit(struct lab_run *run)
{
	return lab_load(run) ? -1 : report(run, 8, is_even);
}

#define STALE_BYTES 56
#define STORE(offset)                                                                              \
	{                                                                                          \
		.code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = 10, .off = (offset), .imm = -1       \
	}

static int one_with_extra(struct lab_run *run, bool has_extra)
{
	uint64_t args[4] = { lab_random(1, 1000000), lab_random(1, 1000000), has_extra };
	uint64_t members[STALE_BYTES / 8];
	struct lab_record record;
	uint32_t returned;
	size_t found;

	if (lab_call(run, "on_value", args, &returned) ||
	    lab_ring(run, "events", &record, 1, &found) ||
	    lab_expect(run, found, 1, "records of one call:") ||
	    lab_expect(run, record.bytes, STALE_BYTES, "the size of a record:"))
		return -1;
	memcpy(members, record.data, sizeof(members));
	if (lab_expect(run, members[0], args[0], "value:") ||
	    lab_expect(run, members[1], has_extra ? args[1] : 0,
		       "extra, where there is %s:", has_extra ? "one" : "none"))
		return -1;
	for (int i = 2; i < STALE_BYTES / 8; i++)
		if (lab_expect(run, members[i], 0, "reserved[%d]:", i - 2))
			return -1;
	return 0;
}

/* Fills the ring once with bytes that are not zero, as whoever used the memory before may have done. */
static int spoil(struct lab_run *run)
{
	int map = lab_map(run, "events", BPF_MAP_TYPE_RINGBUF, 0, 0), fd, err = 0;
	const struct bpf_insn program[] = {
		STORE(-8),
		STORE(-16),
		STORE(-24),
		STORE(-32),
		STORE(-40),
		STORE(-48),
		STORE(-56),
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -STALE_BYTES },
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = 1,
		  .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = map },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = STALE_BYTES },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 4, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_ringbuf_output },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct lab_record record;
	size_t found;

	if (map < 0)
		return -1;
	fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "lab_spoil", "GPL", program,
			   sizeof(program) / sizeof(program[0]), NULL);
	for (int i = 0; fd >= 0 && !err && i < 64; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts);

		err = bpf_prog_test_run_opts(fd, &opts) ||
		      lab_ring(run, "events", &record, 1, &found);
	}
	if (fd >= 0)
		close(fd);
	return fd < 0 || err ? lab_cannot(run, "the ring cannot be filled: %s", strerror(errno))
			     : 0;
}

/* Not satisfied by: a first round that is right, 0 always, args[1] always, leaving out the rest. */
int lab_stale_bytes(struct lab_run *run)
{
	if (lab_load(run) || spoil(run))
		return -1;
	for (int i = 0; i < 12; i++)
		if (one_with_extra(run, i % 3 == 1))
			return -1;
	return 0;
}

/* Not satisfied by: one value for all processors, counts that are not each one's own. */
int lab_per_cpu(struct lab_run *run)
{
	int cpus = libbpf_num_possible_cpus(), fd, err = 0;
	cpu_set_t online;
	uint64_t *values, args[4] = { 0 };
	uint32_t zero = 0;

	if (lab_load(run))
		return -1;
	fd = lab_map(run, "hits", BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8);
	if (sched_getaffinity(0, sizeof(online), &online))
		return lab_cannot(run, "the processors are not known: %s", strerror(errno));
	values = cpus > 0 ? calloc((size_t)cpus, sizeof(*values)) : NULL;
	if (fd < 0 || !values) {
		free(values);
		return fd < 0 ? -1 : lab_cannot(run, "no memory");
	}
	for (int cpu = 0; !err && cpu < cpus && cpu < 4; cpu++) {
		uint32_t times = lab_random(2, 9);

		if (!CPU_ISSET(cpu, &online))
			continue;
		for (uint32_t i = 0; !err && i < times; i++)
			err = lab_call_on(run, "on_event", args, cpu);
		if (!err && bpf_map_lookup_elem(fd, &zero, values))
			err = lab_cannot(run, "cannot read `hits`: %s", strerror(errno));
		if (!err)
			err = lab_expect(run, values[cpu], times, "hits of processor %d:", cpu);
	}
	free(values);
	return err;
}

/* Whether the object has a function of this name that is no program and not static. */
static bool has_global_function(struct lab_run *run, const char *name)
{
	const struct btf *btf = bpf_object__btf(skep_object_libbpf(run->object));
	int id = btf ? btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) : -1;

	/* In BTF the linkage of a function is where others have their count of members. */
	return id >= 0 && btf_vlen(btf__type_by_id(btf, (__u32)id)) == BTF_FUNC_GLOBAL;
}

/* Not satisfied by: a static function, an inlined one, a sum of something else. */
int lab_global_function(struct lab_run *run)
{
	volatile uint64_t *total;
	uint64_t sum = 0;

	if (lab_load(run) || lab_variable(run, "total", sizeof(*total), &total))
		return -1;
	if (!has_global_function(run, "add"))
		return lab_wrong(run, "add() is not a global function any more");
	for (int i = 0; i < 10; i++) {
		uint64_t args[4] = { (uint64_t)lab_random(1, UINT32_MAX - 1) << 8 };
		uint32_t returned;

		sum += args[0];
		if (lab_call(run, "on_value", args, &returned) ||
		    lab_expect(run, returned, 0, "on_value() returns:") ||
		    lab_expect(run, *total, sum, "total.sum, after %d values:", i + 1))
			return -1;
	}
	return 0;
}

/* Not satisfied by: fewer rounds, a sum of all, a fixed one. */
int lab_too_complex(struct lab_run *run)
{
	const uint32_t most = 65536;
	uint32_t(*numbers)[65536];

	if (lab_load(run) || lab_variable(run, "numbers", sizeof(*numbers), &numbers))
		return -1;
	for (uint32_t i = 0; i < most; i++)
		(*numbers)[i] = i * 2654435761U;
	(*numbers)[lab_random(0, most - 1)] = lab_random(0, UINT32_MAX - 1);
	for (int i = 0; i < 7; i++) {
		uint64_t n = i < 2   ? (uint64_t)i
			     : i < 4 ? most + (uint64_t)i - 2
				     : lab_random(2, most);
		uint64_t args[4] = { i == 4 ? UINT64_MAX : n };
		uint32_t sum = 0, found;

		for (uint64_t k = 0; k < args[0] && k < most; k++)
			sum += (*numbers)[k];
		if (lab_call(run, "sum", args, &found) ||
		    lab_expect(run, found, sum,
			       "sum() of the first %llu:", (unsigned long long)args[0]))
			return -1;
	}
	return 0;
}

/* `is_there`: the number has a program. */
static int run_number(struct lab_run *run, uint64_t number, bool is_there)
{
	uint64_t args[4] = { number, lab_random(2, 60000), lab_random(2, 60000) };
	uint64_t expected = (uint32_t)-1;
	uint32_t found;

	if (is_there)
		expected = number ? args[1] * args[2] : args[1] + args[2];
	return lab_call(run, "run", args, &found) ||
	       lab_expect(run, found, (uint32_t)expected,
			  "run() of program %llu with %llu and %llu:", (unsigned long long)number,
			  (unsigned long long)args[1], (unsigned long long)args[2]);
}

/* Not satisfied by: calling without the array (it is emptied), one program for all, 0 for none. */
int lab_tail_call(struct lab_run *run)
{
	int fd = -1;

	if (lab_load(run))
		return -1;
	fd = lab_map(run, "programs", BPF_MAP_TYPE_PROG_ARRAY, 4, 4);
	for (uint64_t number = 0; fd >= 0 && number < 10; number++)
		if (run_number(run, number, number < 2))
			return -1;
	for (uint32_t number = 0; fd >= 0 && number < 2; number++)
		if (bpf_map_delete_elem(fd, &number) || run_number(run, number, false))
			return run->result->text[0]
				       ? -1
				       : lab_wrong(run, "programs[%u] has no program", number);
	return fd < 0 ? -1 : 0;
}
