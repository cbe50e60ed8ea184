/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "types.h"
#include "facts.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <bpf/libbpf.h>
#include <linux/bpf.h>

#define NUMBERS 256 /* of helpers there are 211, and new ones are not made any more */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	bool known;
	enum skep_answer answer;
} cache[SKEP_SINCE_FEATURE][NUMBERS];

static enum skep_answer in_btf(enum skep_since_kind kind, int number)
{
	static const char *const enums[] = {
		[SKEP_SINCE_PROG] = "bpf_prog_type", [SKEP_SINCE_MAP] = "bpf_map_type",
		[SKEP_SINCE_LINK] = "bpf_link_type", [SKEP_SINCE_ATTACH] = "bpf_attach_type",
		[SKEP_SINCE_HELPER] = "bpf_func_id",
	};

	return skep_kernel_btf_enum_has(enums[kind], number);
}

/* These load for a target only: libbpf tries one that may be refused for its own sake. */
static bool needs_target(int prog_type)
{
	return prog_type == BPF_PROG_TYPE_TRACING || prog_type == BPF_PROG_TYPE_LSM ||
	       prog_type == BPF_PROG_TYPE_EXT || prog_type == BPF_PROG_TYPE_STRUCT_OPS;
}

/* 1, 0 or -errno: libbpf's answer, which is "no" also for want of privilege. */
static int try_it(enum skep_since_kind kind, int number)
{
	if (kind == SKEP_SINCE_PROG)
		return libbpf_probe_bpf_prog_type((enum bpf_prog_type)number, NULL);
	if (kind == SKEP_SINCE_MAP)
		return libbpf_probe_bpf_map_type((enum bpf_map_type)number, NULL);
	return -EOPNOTSUPP;
}

static enum skep_answer find_out(enum skep_since_kind kind, int number)
{
	int tried = try_it(kind, number);
	enum skep_answer known;

	if (tried > 0)
		return SKEP_YES;
	known = in_btf(kind, number);
	if (known == SKEP_NO || skep_kernel_config_missing(kind, number))
		return SKEP_NO;
	if (kind == SKEP_SINCE_PROG && needs_target(number))
		return known;
	if (tried < 0)
		return known; /* newer than this libbpf, or not to be tried */
	return skep_kernel_can(SKEP_CAN_BPF) == SKEP_YES &&
			       skep_kernel_has_capability("cap_net_admin") == SKEP_YES
		       ? SKEP_NO
		       : SKEP_UNKNOWN;
}

enum skep_answer skep_kernel_has_number(enum skep_since_kind kind, int number)
{
	enum skep_answer answer;
	int saved = errno;

	if (kind >= SKEP_SINCE_FEATURE || number < 0 || number >= NUMBERS)
		return SKEP_UNKNOWN;
	pthread_mutex_lock(&lock);
	if (!cache[kind][number].known) {
		cache[kind][number].answer = find_out(kind, number);
		cache[kind][number].known = true;
	}
	answer = cache[kind][number].answer;
	pthread_mutex_unlock(&lock);
	errno = saved;
	return answer;
}

void skep_kernel_forget_types(void)
{
	pthread_mutex_lock(&lock);
	memset(cache, 0, sizeof(cache));
	pthread_mutex_unlock(&lock);
}

enum skep_answer skep_kernel_has(const char *name)
{
	size_t count;
	const struct skep_since *rows = skep_kernel_since_rows(&count);

	for (size_t i = 0; i < count; i++)
		if (rows[i].kind != SKEP_SINCE_FEATURE && !strcmp(rows[i].name, name))
			return skep_kernel_has_number(rows[i].kind, rows[i].number);
	return SKEP_UNKNOWN;
}
