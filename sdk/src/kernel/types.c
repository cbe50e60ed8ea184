/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "types.h"
#include "facts.h"
#include "newer.h"
#include "probe_parts.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

static const char *const enums[] = {
	[SKEP_SINCE_PROG] = "bpf_prog_type", [SKEP_SINCE_MAP] = "bpf_map_type",
	[SKEP_SINCE_LINK] = "bpf_link_type", [SKEP_SINCE_ATTACH] = "bpf_attach_type",
	[SKEP_SINCE_HELPER] = "bpf_func_id",
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	bool known;
	struct skep_probed probed;
} cache[SKEP_SINCE_FEATURE][SKEP_NUMBERS];

/* What the kernel's own enums have: read once for all of them. */
static struct {
	bool known;
	struct {
		bool known;
		uint8_t has[SKEP_NUMBERS];
		char names[SKEP_NUMBERS][40]; /* cut where longer: for what skep's table lacks */
	} of[SKEP_SINCE_FEATURE];
} kernel_enums;

/* The last one, __MAX_..., only counts the others. */
static bool counts(const char *name)
{
	return !strncmp(name, "__", 2) || !strncmp(name, "MAX_", 4);
}

static void read_enum(const struct btf *btf, size_t kind)
{
	int id = skep_kernel_btf_id(btf, enums[kind], BTF_KIND_ENUM);
	const struct btf_type *type = id ? btf__type_by_id(btf, (__u32)id) : NULL;

	for (int i = 0; type && i < btf_vlen(type); i++) {
		const struct btf_enum *item = &btf_enum(type)[i];
		const char *name = btf__name_by_offset(btf, item->name_off);

		if (!name || counts(name) || item->val < 0 || item->val >= SKEP_NUMBERS)
			continue;
		kernel_enums.of[kind].known = true;
		kernel_enums.of[kind].has[item->val] = 1;
		/* Of two names the first: the second is an older spelling kept for programs. */
		if (!kernel_enums.of[kind].names[item->val][0])
			snprintf(kernel_enums.of[kind].names[item->val],
				 sizeof(kernel_enums.of[kind].names[0]), "%s", name);
	}
}

/* Under the lock. */
static void read_enums(void)
{
	struct btf *btf;

	if (kernel_enums.known)
		return;
	memset(&kernel_enums, 0, sizeof(kernel_enums));
	if (!skep_kernel_btf_load(&btf)) {
		for (size_t kind = 0; kind < SKEP_SINCE_FEATURE; kind++)
			read_enum(btf, kind);
		btf__free(btf);
	}
	kernel_enums.known = true;
}

static enum skep_answer in_btf(enum skep_since_kind kind, int number)
{
	read_enums();
	if (!kernel_enums.of[kind].known)
		return SKEP_UNKNOWN;
	return kernel_enums.of[kind].has[number] ? SKEP_YES : SKEP_NO;
}

const char *skep_kernel_number_name(enum skep_since_kind kind, int number)
{
	const char *name = NULL;

	if (kind >= SKEP_SINCE_FEATURE || number < 0 || number >= SKEP_NUMBERS)
		return NULL;
	pthread_mutex_lock(&lock);
	read_enums();
	if (kernel_enums.of[kind].names[number][0])
		name = kernel_enums.of[kind].names[number];
	pthread_mutex_unlock(&lock);
	return name;
}

/* These load for a target only: libbpf tries one that may be refused for its own sake. */
static bool needs_target(int prog_type)
{
	return prog_type == BPF_PROG_TYPE_TRACING || prog_type == BPF_PROG_TYPE_LSM ||
	       prog_type == BPF_PROG_TYPE_EXT || prog_type == BPF_PROG_TYPE_STRUCT_OPS;
}

/*
 * libbpf says "no" whatever the kernel's reason was. So one that must be taken is asked for next:
 * where that is refused too, nothing was learned.
 */
static struct skep_probed judge(int tried)
{
	static const struct skep_trivial plain = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER };
	SKEP_KERNEL_FD fd = -1;

	if (tried > 0)
		return SKEP_PROBED(SKEP_YES, 0);
	if (tried < 0) /* newer than this libbpf, or not to be tried */
		return SKEP_PROBED(SKEP_UNKNOWN, 0);
	fd = skep_kernel_trivial_load(&plain);
	if (fd < 0)
		return SKEP_PROBED(SKEP_UNKNOWN, -fd);
	if (!skep_probe_may_try_all())
		return SKEP_PROBED(SKEP_UNKNOWN, EPERM);
	return SKEP_PROBED(SKEP_NO, EINVAL);
}

/* A helper that no type of these may call can still be one of another's. */
static struct skep_probed try_helper(int number)
{
	struct skep_probed probed = skep_helper_of_type(BPF_PROG_TYPE_RAW_TRACEPOINT, number);

	if (probed.answer != SKEP_YES)
		probed = skep_helper_of_type(BPF_PROG_TYPE_SCHED_CLS, number);
	return probed.answer == SKEP_YES ? probed : SKEP_PROBED(SKEP_UNKNOWN, 0);
}

static struct skep_probed try_it(enum skep_since_kind kind, int number)
{
	switch (kind) {
	case SKEP_SINCE_PROG:
		if (needs_target(number))
			return SKEP_PROBED(SKEP_UNKNOWN, 0);
		return judge(libbpf_probe_bpf_prog_type((enum bpf_prog_type)number, NULL));
	case SKEP_SINCE_MAP:
		return judge(libbpf_probe_bpf_map_type((enum bpf_map_type)number, NULL));
	case SKEP_SINCE_ATTACH:
		return skep_probe_attach_type(number);
	case SKEP_SINCE_LINK:
		return skep_probe_link_type(number);
	default:
		return try_helper(number);
	}
}

/* A kernel that has never heard of the number need not be asked; nor one that lacks its option. */
static struct skep_probed find_out(enum skep_since_kind kind, int number)
{
	enum skep_answer known = in_btf(kind, number);
	struct skep_probed tried;

	if (known == SKEP_NO || skep_kernel_config_missing(kind, number))
		return SKEP_PROBED(SKEP_NO, 0);
	/* This link had its number before it could be made: with its attach type. */
	if (kind == SKEP_SINCE_LINK && number == BPF_LINK_TYPE_STRUCT_OPS &&
	    in_btf(SKEP_SINCE_ATTACH, SKEP_BPF_ATTACH_STRUCT_OPS) == SKEP_NO)
		return SKEP_PROBED(SKEP_NO, 0);
	/* All that can be tried of a helper that is there is who may call it. */
	if (kind == SKEP_SINCE_HELPER && known == SKEP_YES)
		return SKEP_PROBED(SKEP_YES, 0);
	tried = try_it(kind, number);
	if (tried.answer != SKEP_UNKNOWN)
		return tried;
	/* Types are loaded, or nothing is known; of the rest the kernel's enum tells enough. */
	if ((kind == SKEP_SINCE_PROG && !needs_target(number) && tried.code) ||
	    (kind == SKEP_SINCE_MAP && tried.code))
		return tried;
	return SKEP_PROBED(known, tried.code);
}

struct skep_probed skep_kernel_probe_number(enum skep_since_kind kind, int number)
{
	struct skep_probed probed;
	int saved = errno;

	if (kind >= SKEP_SINCE_FEATURE || number < 0 || number >= SKEP_NUMBERS)
		return SKEP_PROBED(SKEP_UNKNOWN, 0);
	pthread_mutex_lock(&lock);
	if (!cache[kind][number].known) {
		cache[kind][number].probed = find_out(kind, number);
		cache[kind][number].known = !skep_probe_is_passing(cache[kind][number].probed.code);
	}
	probed = cache[kind][number].probed;
	pthread_mutex_unlock(&lock);
	errno = saved;
	return probed;
}

enum skep_answer skep_kernel_has_number(enum skep_since_kind kind, int number)
{
	return skep_kernel_probe_number(kind, number).answer;
}

void skep_kernel_forget_types(void)
{
	pthread_mutex_lock(&lock);
	memset(cache, 0, sizeof(cache));
	pthread_mutex_unlock(&lock);
	skep_probe_forget_settings();
	skep_helper_forget();
	skep_kfunc_forget();
	skep_kernel_forget_features();
}
