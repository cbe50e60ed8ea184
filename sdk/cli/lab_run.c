/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What checks of exercises are made of: loading, running, and saying what was found. */
#include "lab_check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

__attribute__((format(printf, 3, 0))) static int say(struct lab_run *run, enum lab_verdict verdict,
						     const char *format, va_list args)
{
	run->result->verdict = verdict;
	vsnprintf(run->result->text, sizeof(run->result->text), format, args);
	return -1;
}

int lab_wrong(struct lab_run *run, const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = say(run, LAB_WRONG, format, args);
	va_end(args);
	return err;
}

int lab_cannot(struct lab_run *run, const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = say(run, LAB_CANNOT, format, args);
	va_end(args);
	return err;
}

int lab_expect(struct lab_run *run, uint64_t found, uint64_t expected, const char *format, ...)
{
	char what[320];
	va_list args;

	if (found == expected)
		return 0;
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	return lab_wrong(run, "%s\n  expected %lld\n  found    %lld", what, (long long)expected,
			 (long long)found);
}

/* What the library said, kept: later calls that fail would take its place. */
static int take_error(struct lab_run *run)
{
	const struct skep_error *last = skep_error_last();

	run->result->verdict = LAB_REFUSED;
	if ((last->code == EPERM && !last->log) || last->code == ENOMEM)
		run->result->verdict = LAB_CANNOT;
	snprintf(run->result->text, sizeof(run->result->text), "%s", last->message);
	if (skep_error_copy(&run->result->error))
		run->result->verdict = LAB_CANNOT;
	return -1;
}

int lab_load(struct lab_run *run)
{
	return skep_object_load(run->object) ? take_error(run) : 0;
}

uint32_t lab_random(uint32_t from, uint32_t to)
{
	uint32_t number = 0;

	while (getrandom(&number, sizeof(number), 0) < 0 && errno == EINTR)
		;
	return from + number % (to - from + 1);
}

/* The program's file descriptor, or -1. */
static int program_of(struct lab_run *run, const char *name)
{
	struct skep_program *program = skep_object_program(run->object, name);

	if (program && skep_program_fd(program) >= 0)
		return skep_program_fd(program);
	return lab_wrong(run, "there is no program '%s' any more: its name is part of the exercise",
			 name);
}

static int run_program(struct lab_run *run, const char *name, struct bpf_test_run_opts *opts)
{
	int fd = program_of(run, name), err;

	if (fd < 0)
		return -1;
	err = bpf_prog_test_run_opts(fd, opts);
	if (!err)
		return 0;
	return lab_wrong(run,
			 "the program '%s' cannot be run by the check (%s): its section is part of "
			 "the exercise",
			 name, strerror(errno));
}

/* As many as a tracepoint may have: a program that reads the fifth is wrong, and not impossible to run. */
#define ARGS_MOST 12

static int call(struct lab_run *run, const char *program, const uint64_t args[4],
		struct bpf_test_run_opts *opts)
{
	uint64_t all[ARGS_MOST] = { args[0], args[1], args[2], args[3] };

	opts->ctx_in = all;
	opts->ctx_size_in = sizeof(all);
	return run_program(run, program, opts);
}

int lab_call(struct lab_run *run, const char *program, const uint64_t args[4], uint32_t *returned)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .retval = 0);

	if (call(run, program, args, &opts))
		return -1;
	*returned = opts.retval;
	return 0;
}

int lab_call_on(struct lab_run *run, const char *program, const uint64_t args[4], int cpu)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .cpu = (uint32_t)cpu, .flags = BPF_F_TEST_RUN_ON_CPU);

	return call(run, program, args, &opts);
}

int lab_send(struct lab_run *run, const char *program, struct lab_packet *packet,
	     uint32_t *returned)
{
	uint8_t after[sizeof(packet->data) + 512];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet->data, .data_size_in = packet->bytes,
		    .data_out = after, .data_size_out = sizeof(after), .repeat = 1);

	if (run_program(run, program, &opts))
		return -1;
	packet->bytes = opts.data_size_out < sizeof(packet->data) ? opts.data_size_out
								  : (uint32_t)sizeof(packet->data);
	memcpy(packet->data, after, packet->bytes);
	*returned = opts.retval;
	return 0;
}

/* The place of a variable in the section, by BTF; where its size is another, it is not there. */
static bool place_of(const struct btf *btf, const char *section, const char *name, size_t bytes,
		     uint32_t *offset)
{
	int id = btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC);
	const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(btf, (__u32)id);
	const struct btf_var_secinfo *at = type ? btf_var_secinfos(type) : NULL;

	for (unsigned i = 0; type && i < btf_vlen(type); i++, at++) {
		const struct btf_type *variable = btf__type_by_id(btf, at->type);

		if (!variable || strcmp(btf__name_by_offset(btf, variable->name_off), name) != 0)
			continue;
		*offset = at->offset;
		return at->size == bytes;
	}
	return false;
}

int lab_variable(struct lab_run *run, const char *name, size_t bytes, void *pointer)
{
	static const char *const sections[] = { ".bss", ".data", ".rodata" };
	const struct btf *btf = bpf_object__btf(skep_object_libbpf(run->object));
	uint32_t offset;
	size_t room;

	for (size_t i = 0; btf && i < sizeof(sections) / sizeof(sections[0]); i++) {
		char *at = skep_object_section(run->object, sections[i], &room);

		if (!at || !place_of(btf, sections[i], name, bytes, &offset) ||
		    offset + bytes > room)
			continue;
		at += offset;
		memcpy(pointer, &at, sizeof(at));
		return 0;
	}
	return lab_wrong(
		run, "there is no variable '%s' of %zu bytes any more: it is part of the exercise",
		name, bytes);
}

int lab_map(struct lab_run *run, const char *name, int type, uint32_t key_bytes,
	    uint32_t value_bytes)
{
	struct bpf_map *map = bpf_object__find_map_by_name(skep_object_libbpf(run->object), name);

	if (!map)
		return lab_wrong(run, "there is no map '%s' any more: it is part of the exercise",
				 name);
	if ((int)bpf_map__type(map) != type)
		return lab_wrong(run, "the map '%s'\n  expected type %s\n  found    %s", name,
				 libbpf_bpf_map_type_str((enum bpf_map_type)type),
				 libbpf_bpf_map_type_str(bpf_map__type(map)));
	if (bpf_map__key_size(map) != key_bytes || bpf_map__value_size(map) != value_bytes)
		return lab_wrong(run,
				 "the map '%s'\n  expected keys of %u bytes, values of %u\n"
				 "  found    keys of %u bytes, values of %u",
				 name, key_bytes, value_bytes, bpf_map__key_size(map),
				 bpf_map__value_size(map));
	return bpf_map__fd(map);
}

struct records {
	struct lab_record *at;
	size_t room, count;
};

static int take_record(void *ctx, void *data, size_t bytes)
{
	struct records *records = ctx;
	struct lab_record *record = &records->at[records->count];

	if (records->count++ >= records->room)
		return 0;
	record->bytes = bytes;
	memset(record->data, 0, sizeof(record->data));
	memcpy(record->data, data, bytes < sizeof(record->data) ? bytes : sizeof(record->data));
	return 0;
}

int lab_ring(struct lab_run *run, const char *name, struct lab_record *records, size_t room,
	     size_t *count)
{
	struct records all = { records, room, 0 };
	int fd = lab_map(run, name, BPF_MAP_TYPE_RINGBUF, 0, 0), err;
	struct ring_buffer *ring;

	if (fd < 0)
		return -1;
	ring = ring_buffer__new(fd, take_record, &all, NULL);
	if (!ring)
		return lab_cannot(run, "the ring '%s' cannot be read: %s", name, strerror(errno));
	err = ring_buffer__consume(ring);
	ring_buffer__free(ring);
	if (err < 0)
		return lab_cannot(run, "the ring '%s' cannot be read: %s", name, strerror(-err));
	*count = all.count;
	return 0;
}

/* The least program there is: what keeps it out keeps all out. */
static int may_load(struct lab_run *run)
{
	static const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "lab_try", "GPL", program, 2, NULL);

	if (fd < 0)
		return lab_cannot(run, "this user may not load programs into the kernel: %s",
				  strerror(errno));
	close(fd);
	return 0;
}

enum lab_verdict lab_examine(const struct lab_exercise *exercise, const struct lab_made *made,
			     struct lab_result *result)
{
	struct lab_run run = { NULL, made, result };

	*result = (struct lab_result){ LAB_PASSED, "", NULL };
	if (may_load(&run))
		return result->verdict;
	if (made->object && skep_object_open(&run.object, made->object, NULL))
		take_error(&run);
	else if (exercise->check(&run) && result->verdict == LAB_PASSED)
		lab_wrong(&run, "the check ended early");
	skep_object_free(run.object);
	return result->verdict;
}

void lab_result_clear(struct lab_result *result)
{
	skep_error_free(result->error);
	result->error = NULL;
}
