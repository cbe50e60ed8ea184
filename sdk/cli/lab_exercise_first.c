/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Exercises 1 to 8: a first program, maps, bounds. */
#include "lab_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <skep/attach.h>

/* Of another process: a program that counts all of them shows itself. */
static void calls_of_a_child(unsigned count)
{
	pid_t pid = fork();

	for (unsigned i = 0; !pid && i < count; i++)
		syscall(SYS_getppid);
	if (!pid)
		_exit(0);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* As programs know it: in a container, getpid() is another number. */
static int own_pid(struct lab_run *run, uint32_t *pid)
{
	static const struct bpf_insn program[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_current_pid_tgid },
		{ .code = BPF_ALU64 | BPF_RSH | BPF_K, .imm = 32 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "lab_pid", "GPL", program,
			       sizeof(program) / sizeof(program[0]), NULL);
	int err = fd < 0 ? errno : bpf_prog_test_run_opts(fd, &opts) ? errno : 0;

	if (fd >= 0)
		close(fd);
	*pid = opts.retval;
	return err ? lab_cannot(run, "a program cannot be run in the kernel: %s", strerror(err))
		   : 0;
}

/* Not satisfied by: a constant (the number is random), counting all, counting none. */
int lab_first_program(struct lab_run *run)
{
	uint32_t count = lab_random(100, 900), *wanted;
	volatile uint64_t *calls;
	uint64_t before, after;

	if (lab_variable(run, "wanted", sizeof(*wanted), &wanted) || own_pid(run, wanted))
		return -1;
	if (lab_load(run) || lab_variable(run, "calls", sizeof(*calls), &calls))
		return -1;
	if (skep_object_attach(run->object))
		return skep_error_last()->code == EPERM
			       ? lab_cannot(run, "%s", skep_error_last()->message)
			       : lab_wrong(run, "%s", skep_error_last()->message);
	before = *calls;
	for (uint32_t i = 0; i < count; i++)
		syscall(SYS_getppid);
	after = *calls;
	if (lab_expect(run, after - before, count,
		       "calls, after %u system calls of the process `wanted`:", count))
		return -1;
	before = *calls;
	calls_of_a_child(count);
	after = *calls;
	if (after - before >= count)
		return lab_wrong(run, "calls went up by %llu when another process made %u calls",
				 (unsigned long long)(after - before), count);
	return 0;
}

/* Not satisfied by: a program without the helper (where the word is, is random, too), a constant. */
int lab_licence(struct lab_run *run)
{
	uint32_t words[64];

	if (lab_load(run))
		return -1;
	for (int i = 0; i < 4; i++) {
		uint32_t at = lab_random(0, 63), found;
		uint64_t args[4] = { (uintptr_t)&words[at] };

		words[at] = lab_random(1 << 24, UINT32_MAX - 1);
		if (lab_call(run, "word_at", args, &found) ||
		    lab_expect(run, found, words[at], "word_at() of an address:"))
			return -1;
	}
	return 0;
}

static int give(struct lab_run *run, const char *program, uint64_t number, uint32_t times)
{
	uint64_t args[4] = { number };
	uint32_t returned;

	for (uint32_t i = 0; i < times; i++)
		if (lab_call(run, program, args, &returned))
			return -1;
	return 0;
}

/* Not satisfied by: entries that are there before, a fixed count, a first time that is not counted. */
int lab_first_map(struct lab_run *run)
{
	int fd = -1;

	if (lab_load(run))
		return -1;
	fd = lab_map(run, "counts", BPF_MAP_TYPE_HASH, 4, 8);
	for (int i = 0; fd >= 0 && i < 3; i++) {
		uint32_t number = lab_random(1, 1000000) * 4 + (uint32_t)i,
			 times = lab_random(2, 20);
		uint32_t other = number + 3;
		uint64_t count = 0;

		if (give(run, "on_event", number, times))
			return -1;
		if (bpf_map_lookup_elem(fd, &number, &count))
			return lab_wrong(run,
					 "on_event() was given %u, %u times\n"
					 "  expected an entry for it in `counts`\n"
					 "  found    none",
					 number, times);
		if (lab_expect(run, count, times, "counts[%u]:", number))
			return -1;
		if (!bpf_map_lookup_elem(fd, &other, &count))
			return lab_wrong(run, "counts[%u] is there: it was never given", other);
	}
	return fd < 0 ? -1 : 0;
}

/* Not satisfied by: a fixed price, a map that the program does not look into, -1 for all. */
int lab_null_check(struct lab_run *run)
{
	int fd = -1;

	if (lab_load(run))
		return -1;
	fd = lab_map(run, "prices", BPF_MAP_TYPE_HASH, 4, 4);
	for (int i = 0; fd >= 0 && i < 4; i++) {
		uint32_t article = lab_random(1, 1000000), price = lab_random(1, 1000000), found;
		uint64_t args[4] = { article };

		if (lab_call(run, "price", args, &found) ||
		    lab_expect(run, (uint64_t)(int32_t)found, (uint64_t)-1,
			       "price() of article %u, which is not in the map:", article))
			return -1;
		if (bpf_map_update_elem(fd, &article, &price, BPF_ANY))
			return lab_cannot(run, "cannot write to `prices`: %s", strerror(errno));
		if (lab_call(run, "price", args, &found) ||
		    lab_expect(run, found, price, "price() of article %u:", article))
			return -1;
	}
	return fd < 0 ? -1 : 0;
}

/* Not satisfied by: a mask (32 would be 0), leaving out what is large, counting all as others. */
int lab_bounds_check(struct lab_run *run)
{
	static const uint64_t outside[] = {
		32, 33, 64, 0x100000000, 0x8000000000000000, UINT64_MAX
	};
	uint64_t expected[32] = { 0 };
	volatile uint64_t *others;
	uint64_t(*buckets)[32];

	if (lab_load(run) || lab_variable(run, "buckets", sizeof(*buckets), &buckets) ||
	    lab_variable(run, "others", sizeof(*others), &others))
		return -1;
	for (int i = 0; i < 40; i++) {
		uint32_t size = i == 0 ? 31 : i == 1 ? 0 : lab_random(0, 31);

		expected[size]++;
		if (give(run, "on_size", size, 1))
			return -1;
	}
	for (uint64_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
		if (give(run, "on_size", outside[i], 1) ||
		    lab_expect(run, *others, i + 1,
			       "others, after size %llu:", (unsigned long long)outside[i]))
			return -1;
	for (int i = 0; i < 32; i++)
		if (lab_expect(run, (*buckets)[i], expected[i], "buckets[%d]:", i))
			return -1;
	return 0;
}

/* Not satisfied by: a mask, a check that leaves the last level out, more room in the map. */
int lab_off_by_one(struct lab_run *run)
{
	uint64_t expected[8] = { 0 }, found[8];
	uint32_t zero = 0;
	int fd;

	if (lab_load(run))
		return -1;
	fd = lab_map(run, "stats", BPF_MAP_TYPE_ARRAY, 4, sizeof(found));
	if (fd < 0)
		return -1;
	for (int i = 0; i < 30; i++) {
		uint32_t level = i < 2 ? 7 : i < 4 ? 8 : lab_random(0, 20);

		if (level < 8)
			expected[level]++;
		if (give(run, "on_level", level, 1))
			return -1;
	}
	if (give(run, "on_level", UINT64_MAX, 1))
		return -1;
	if (bpf_map_lookup_elem(fd, &zero, found))
		return lab_cannot(run, "cannot read `stats`: %s", strerror(errno));
	for (int i = 0; i < 8; i++)
		if (lab_expect(run, found[i], expected[i], "seen[%d]:", i))
			return -1;
	return 0;
}

/* Not satisfied by: refusing all lengths, copying 64 always, taking the length's lower bits. */
int lab_signed_length(struct lab_run *run)
{
	static const int lengths[] = { 1, 17, 63, 64, 65, 66, 127, 128, 5000, -1, -64, INT32_MIN };
	uint8_t from[256], before[64];
	uint8_t(*got)[64];

	if (lab_load(run) || lab_variable(run, "got", sizeof(*got), &got))
		return -1;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		int length = lengths[i], copied = length < 0 ? 0 : length > 64 ? 64 : length;
		uint64_t args[4] = { (uintptr_t)from, (uint64_t)(int64_t)length };
		uint32_t found;

		for (size_t b = 0; b < sizeof(from); b++)
			from[b] = (uint8_t)lab_random(1, 255);
		memcpy(before, *got, sizeof(before));
		if (lab_call(run, "copy", args, &found) ||
		    lab_expect(run, (uint64_t)(int32_t)found,
			       (uint64_t)(int64_t)(length < 0 ? -1 : copied),
			       "copy() of length %d:", length))
			return -1;
		if (memcmp(*got, from, (size_t)copied) != 0)
			return lab_wrong(run, "copy() of length %d: the bytes in `got` are others",
					 length);
		if (memcmp(*got + copied, before + copied, (size_t)(64 - copied)) != 0)
			return lab_wrong(run, "copy() of length %d: more was copied", length);
	}
	return 0;
}

/* Not satisfied by: a sum of all, of a fixed number, of fewer than 100. */
int lab_loop_bound(struct lab_run *run)
{
	static const uint64_t counts[] = { 0, 1, 99, 100, 101, 0x100000001, INT64_MAX };
	uint64_t(*numbers)[100];

	if (lab_load(run) || lab_variable(run, "numbers", sizeof(*numbers), &numbers))
		return -1;
	for (int i = 0; i < 100; i++)
		(*numbers)[i] = lab_random(0, 1000000);
	for (size_t i = 0; i < 12; i++) {
		uint64_t n = i < 7 ? counts[i] : lab_random(2, 98), sum = 0;
		uint64_t args[4] = { n };
		uint32_t found;

		for (uint64_t k = 0; k < n && k < 100; k++)
			sum += (*numbers)[k];
		if (lab_call(run, "sum", args, &found) ||
		    lab_expect(run, found, (uint32_t)sum,
			       "sum() of the first %llu:", (unsigned long long)n))
			return -1;
	}
	return 0;
}
