// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "net_app.h"

#include "harness/test.h"

#include "app.h"
#include "attach_net.h"
#include "net.h"

static struct skep_object *object;

static volatile struct net_seen *memory(void)
{
	size_t bytes = 0;
	volatile struct net_seen *at = skep_object_section(object, ".bss", &bytes);

	assert_true(bytes >= sizeof(*at));
	return at;
}

static void drop(void)
{
	skep_object_free(object);
}

void net_start(void)
{
	if (!object) {
		object = app_load("attach_net.bpf.o");
		atexit(drop);
	}
	net_enter();
	net_set_up("lo");
	memset((void *)(uintptr_t)memory(), 0, sizeof(struct net_seen));
}

const struct skep_program *net_program(const char *name)
{
	const struct skep_program *program = skep_object_program(object, name);

	assert_non_null(program);
	return program;
}

uint64_t net_count(int which)
{
	return memory()->counts[which];
}

unsigned int net_steps(void)
{
	unsigned int number = 0;

	for (uint32_t i = 0; i < memory()->step; i++)
		number = number * 10 + memory()->steps[i];
	return number;
}

void net_forget_steps(void)
{
	memory()->step = 0;
}
