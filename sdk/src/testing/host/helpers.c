// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Which function a helper is: the test's own, or one of ours. */
#include <stdlib.h>
#include <string.h>

#include <linux/bpf.h>

#include "host.h"

#define OWN_MOST   64
#define LACKS_MOST 64

static const struct skep_host_fake_entry *const lists[] = {
	skep_host_map_fakes,     skep_host_ring_fakes,   skep_host_task_fakes,
	skep_host_memory_fakes,  skep_host_packet_fakes, skep_host_skb_fakes,
	skep_host_control_fakes, skep_host_print_fakes,  skep_host_vlan_fakes,
	skep_host_storage_fakes,
};

/* By their numbers, as they were looked up first. */
#define NUMBERS_MOST 256
static void (*known[NUMBERS_MOST])(void);

static struct skep_host_fake_entry own[OWN_MOST];
static size_t own_count;
static const char *lacks[LACKS_MOST];
static size_t lack_count;

static void (*find_ours(const char *name))(void)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (const struct skep_host_fake_entry *e = lists[i]; e->name; e++)
			if (!strcmp(e->name, name))
				return e->function;
	return NULL;
}

/* ISO C has no conversion between the two kinds of pointers, POSIX has. */
static void *as_pointer(void (*function)(void))
{
	void *pointer;

	memcpy(&pointer, &function, sizeof(pointer));
	return pointer;
}

void *skep_host_helper(unsigned long number, const char *name, const char *file, int line)
{
	void (*function)(void) = NULL;

	for (size_t i = 0; i < own_count && !function; i++)
		if (!strcmp(own[i].name, name))
			function = own[i].function;
	if (!function && number < NUMBERS_MOST)
		function = known[number];
	if (!function)
		function = find_ours(name);
	if (!function)
		skep_host_fail("%s:%d calls %s(), which is not there on the host: give one with "
			       "skep_host_fake(\"%s\", function)",
			       file, line, name, name);
	if (number < NUMBERS_MOST && !own_count)
		known[number] = function;
	return as_pointer(function);
}

/* With the two that are newer than some headers all that there will be: what came since are kfuncs. */
#define NAME(name) "bpf_" #name
static const char *const helpers[] = { __BPF_FUNC_MAPPER(NAME) };
#undef NAME

static int is_helper(const char *name)
{
	for (size_t i = 0; i < sizeof(helpers) / sizeof(helpers[0]); i++)
		if (!strcmp(helpers[i], name))
			return 1;
	return !strcmp(name, "bpf_cgrp_storage_get") || !strcmp(name, "bpf_cgrp_storage_delete");
}

void skep_host_fake_raw(const char *helper, void (*function)(void))
{
	if (strncmp(helper, "bpf_", 4))
		skep_host_fail("skep_host_fake(\"%s\"): helpers begin with bpf_", helper);
	if (!is_helper(helper))
		skep_host_fail("skep_host_fake(\"%s\"): there is no such helper; a kfunc is a "
			       "function that the test defines",
			       helper);
	if (own_count == OWN_MOST)
		skep_host_fail("more than %d fakes of the test's own", OWN_MOST);
	/* The newest first: a second one replaces the first. */
	memmove(&own[1], &own[0], own_count * sizeof(own[0]));
	own[0] = (struct skep_host_fake_entry){ helper, function };
	own_count++;
}

/* `name` and `name___flavour` are the same. */
static int is_same(const char *asked, const char *lacked)
{
	size_t length = strlen(lacked);

	return !strncmp(asked, lacked, length) &&
	       (!asked[length] || !strncmp(asked + length, "___", 3));
}

void skep_host_lack(const char *name)
{
	if (lack_count == LACKS_MOST)
		skep_host_fail("more than %d things that this kernel lacks", LACKS_MOST);
	lacks[lack_count++] = name;
}

/* Of a field, `name` is the expression, of which the field's own name comes last. */
int skep_host_has(const char *name)
{
	size_t tail = strlen(name);

	while (tail && !strchr(">. ", name[tail - 1]))
		tail--;
	for (size_t i = 0; i < lack_count; i++)
		if (is_same(name, lacks[i]) || is_same(name + tail, lacks[i]))
			return 0;
	return 1;
}

unsigned int skep_host_cannot(const char *what, const char *file, int line)
{
	skep_host_fail("%s:%d: on the host there is no %s", file, line, what);
}

void skep_host_fakes_reset(void)
{
	own_count = 0;
	lack_count = 0;
	memset(known, 0, sizeof(known));
}
