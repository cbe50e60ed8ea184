/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The kernel's own types. Loaded anew for each question: the questions are few, and some
 * 20 MB are too much to keep.
 */
#include "facts.h"

#include <errno.h>
#include <string.h>

#include <bpf/btf.h>

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

/* Not btf__load_vmlinux_btf(): that one speaks to the user when there is none. */
int skep_kernel_btf_load(struct btf **out)
{
	struct btf *btf = btf__parse_raw(KERNEL_BTF);

	if (!btf)
		return errno ? -errno : -EINVAL;
	*out = btf;
	return 0;
}

int skep_kernel_btf_id(const struct btf *btf, const char *name, unsigned int kind)
{
	int id = btf__find_by_name_kind(btf, name, kind);

	return id > 0 ? id : 0;
}

enum skep_answer skep_kernel_btf_enum_has(const char *enum_name, int value)
{
	enum skep_answer answer = SKEP_NO;
	const struct btf_type *type;
	const struct btf_enum *item;
	struct btf *btf;
	int id;

	if (skep_kernel_btf_load(&btf))
		return SKEP_UNKNOWN;
	id = skep_kernel_btf_id(btf, enum_name, BTF_KIND_ENUM);
	type = btf__type_by_id(btf, (__u32)id);
	if (!id || !type)
		answer = SKEP_UNKNOWN;
	item = id && type ? btf_enum(type) : NULL;
	for (int i = 0; item && i < btf_vlen(type); i++) {
		const char *name = btf__name_by_offset(btf, item[i].name_off);

		/* The last one, __MAX_..., only counts the others. */
		if (item[i].val == value && name && strncmp(name, "__MAX", 5) &&
		    strncmp(name, "MAX_", 4))
			answer = SKEP_YES;
	}
	btf__free(btf);
	return answer;
}

enum skep_answer skep_kernel_has_function(const char *function)
{
	enum skep_answer answer;
	struct btf *btf;

	if (!function || skep_kernel_btf_load(&btf))
		return SKEP_UNKNOWN;
	answer = skep_kernel_btf_id(btf, function, BTF_KIND_FUNC) ? SKEP_YES : SKEP_NO;
	btf__free(btf);
	return answer;
}
