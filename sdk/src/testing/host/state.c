// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The hosted machine: what programs see of it, how they are run, how a test fails. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skep/testing.h>

#include "host.h"

#define CPUS_DEFAULT    4
#define CPUS_MOST       1024
#define TAIL_CALLS_MOST 33 /* the kernel's MAX_TAIL_CALL_CNT */

struct skep_host_state skep_host = { .cpus = CPUS_DEFAULT, .random = 4 };

/* Memory that programs may still look at, though it was deleted. */
static struct {
	void **list;
	size_t count, room;
} later;

void skep_host_fail(const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	print_error("ERROR: %s%s%s\n", skep_host.program ? skep_host.program : "",
		    skep_host.program ? ": " : "", text);
	/* cmocka leaves the test by a longjmp(): nothing runs any more. */
	skep_host.depth = 0;
	skep_host.lock = NULL;
	skep_host.program = NULL;
	_fail(__FILE__, __LINE__);
	abort();
}

void *skep_host_alloc(size_t bytes)
{
	void *memory = calloc(1, bytes ? bytes : 1);

	if (!memory)
		skep_host_fail("no memory for %zu bytes", bytes);
	return memory;
}

static void free_all(void)
{
	for (size_t i = 0; i < later.count; i++)
		free(later.list[i]);
	later.count = 0;
}

void skep_host_free_later(void *memory)
{
	void **list;

	if (!skep_host.depth) {
		free(memory);
		return;
	}
	if (later.count == later.room) {
		list = realloc(later.list, (later.room + 64) * sizeof(*list));
		if (!list)
			skep_host_fail("no memory");
		later.list = list;
		later.room += 64;
	}
	later.list[later.count++] = memory;
}

/* One program, and those that it goes on in. */
static int run_chain(void (*program)(void), void *ctx)
{
	/* Set by a tail call before it comes back here. */
	skep_host.tail_program = program;
	skep_host.tail_ctx = ctx;
	skep_host.tails = 0;
	if (setjmp(skep_host.tail) && ++skep_host.tails > TAIL_CALLS_MOST)
		skep_host_fail("more tail calls than the kernel makes");
	skep_host.program = skep_host_symbol_name((void *)skep_host.tail_program);
	return ((int (*)(void *))skep_host.tail_program)(skep_host.tail_ctx);
}

int skep_host_run_raw(void (*program)(void), void *ctx)
{
	int ret;

	skep_host_objects_ready();
	if (skep_host.depth)
		skep_host_fail("skep_host_run() inside of a program: call the function instead");
	if (!program)
		skep_host_fail("skep_host_run(): the program is NULL");
	skep_host.depth = 1;
	skep_host.lock = NULL;
	ret = run_chain(program, ctx);
	if (skep_host.lock)
		skep_host_fail("it ends with a spin lock taken: the kernel refuses such a program");
	skep_host_rings_check();
	skep_host.depth = 0;
	skep_host.program = NULL;
	free_all();
	return ret;
}

void skep_host_reset(void)
{
	skep_host_objects_ready();
	skep_host.depth = 0;
	skep_host.lock = NULL;
	skep_host.program = NULL;
	free_all();
	skep_host.cpu = 0;
	skep_host.time = 0;
	skep_host.random = 4;
	skep_host.printed_bytes = 0;
	skep_host.printed[0] = '\0';
	skep_host_rings_reset();
	skep_host_current_reset();
	skep_host_fakes_reset();
	skep_host_packets_reset();
	skep_host_variables_restore();
	skep_host_entries_reset();
	skep_host_maps_clear();
}

void skep_host_set_cpus(uint32_t cpus)
{
	skep_host_objects_ready();
	if (!cpus || cpus > CPUS_MOST)
		skep_host_fail("skep_host_set_cpus(%u): it is 1 to %u", cpus, CPUS_MOST);
	skep_host.cpus = cpus;
	skep_host.cpu = 0;
	skep_host_maps_clear();
}

void skep_host_set_cpu(uint32_t cpu)
{
	if (cpu >= skep_host.cpus)
		skep_host_fail("skep_host_set_cpu(%u): there are %u: see skep_host_set_cpus()", cpu,
			       skep_host.cpus);
	skep_host.cpu = cpu;
}

void skep_host_set_time(uint64_t ns)
{
	skep_host.time = ns;
}

void skep_host_set_random(uint64_t seed)
{
	skep_host.random = seed;
}

void skep_host_print(const char *format, ...)
{
	size_t room = sizeof(skep_host.printed) - skep_host.printed_bytes;
	va_list args;
	int written;

	va_start(args, format);
	written = vsnprintf(skep_host.printed + skep_host.printed_bytes, room, format, args);
	va_end(args);
	if (written > 0)
		skep_host.printed_bytes += (size_t)written < room ? (size_t)written : room - 1;
}

const char *skep_host_printed(void)
{
	return skep_host.printed;
}
