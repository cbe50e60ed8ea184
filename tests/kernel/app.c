// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "app.h"

#include <dirent.h>
#include <malloc.h>

#include <bpf/bpf.h>

#include "harness/machine.h"
#include "harness/test.h"

struct skep_object *app_open(const char *file)
{
	struct skep_object *object = NULL;

	require_root();
	if (skep_object_open(&object, test_file(file), NULL))
		fail_msg("open %s: %s", file, skep_error_last()->message);
	return object;
}

struct skep_object *app_load(const char *file)
{
	struct skep_object *object = app_open(file);

	if (skep_object_load(object))
		fail_msg("load %s: %s\n%s", file, skep_error_last()->message,
			 skep_error_last()->log ? skep_error_last()->log : "");
	return object;
}

static int run(const struct skep_object *object, const char *program, uint32_t flags,
	       unsigned int cpu, uint64_t arg0, uint64_t arg1)
{
	uint64_t args[] = { arg0, arg1 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args),
		    .flags = flags, .cpu = cpu);
	const struct skep_program *p = skep_object_program(object, program);
	int err;

	assert_non_null(p);
	err = bpf_prog_test_run_opts(skep_program_fd(p), &opts);
	if (err)
		fail_msg("cannot run '%s': %s", program, strerror(-err));
	return (int)opts.retval;
}

int app_run(const struct skep_object *object, const char *program, uint64_t arg0, uint64_t arg1)
{
	return run(object, program, 0, 0, arg0, arg1);
}

int app_run_on(const struct skep_object *object, const char *program, unsigned int cpu,
	       uint64_t arg0, uint64_t arg1)
{
	return run(object, program, BPF_F_TEST_RUN_ON_CPU, cpu, arg0, arg1);
}

int app_open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

size_t app_heap_bytes(void)
{
	return mallinfo2().uordblks + mallinfo2().hblkhd;
}

static void assert_has(const char *what, const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("%s is '%s': no '%s' in it", what, text ? text : "(none)", part);
}

void app_assert_says(const char *part)
{
	assert_has("the message", skep_error_last()->message, part);
}

void app_assert_hints(const char *part)
{
	assert_has("the hint", skep_error_last()->hint, part);
}
