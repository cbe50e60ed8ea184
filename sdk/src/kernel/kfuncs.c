/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Functions of the kernel that programs may call. They have no numbers: each is named by its place
 * in the kernel's BTF, and which types of programs may call it only a load tells.
 */
#include "facts.h"
#include "probe_parts.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>
#include <linux/bpf.h>

#define BTF_FOLDER "/sys/kernel/btf"
#define TYPES      48
#define LOG_SIZE   4096
#define TAG        "bpf_kfunc"

/* Those that have kfuncs, a plainest program, and in sum cost little. */
static const int types[] = { BPF_PROG_TYPE_SCHED_CLS,  BPF_PROG_TYPE_XDP,
			     BPF_PROG_TYPE_KPROBE,     BPF_PROG_TYPE_TRACING,
			     BPF_PROG_TYPE_LSM,        BPF_PROG_TYPE_STRUCT_OPS,
			     BPF_PROG_TYPE_CGROUP_SKB, BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
			     BPF_PROG_TYPE_SYSCALL,    -1 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kfunc {
	struct kfunc *next;
	int id; /* in the kernel's BTF; 0: not there */
	enum skep_answer
		elsewhere; /* whether a module has it: asked only where the kernel lacks it */
	struct {
		uint8_t known, answer, code;
	} of[TYPES];
	char name[];
} * all;

const int *skep_kfunc_types(void)
{
	return types;
}

static enum skep_answer is_in_modules(const struct btf *base, const char *name)
{
	enum skep_answer answer = SKEP_NO;
	const struct dirent *entry;
	DIR *dir = opendir(BTF_FOLDER);
	char path[512];

	if (!dir)
		return SKEP_UNKNOWN;
	while (answer != SKEP_YES && (entry = readdir(dir))) {
		struct btf *btf;

		if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "vmlinux"))
			continue;
		snprintf(path, sizeof(path), BTF_FOLDER "/%s", entry->d_name);
		/* A module may go away, or be of another build: then it has nothing for us. */
		btf = btf__parse_raw_split(path, (struct btf *)base);
		if (btf && skep_kernel_btf_id(btf, name, BTF_KIND_FUNC))
			answer = SKEP_YES;
		btf__free(btf);
	}
	closedir(dir);
	return answer;
}

static struct kfunc *find_known(const char *name)
{
	for (struct kfunc *k = all; k; k = k->next)
		if (!strcmp(k->name, name))
			return k;
	return NULL;
}

static struct kfunc *add(const char *name, int id, enum skep_answer elsewhere)
{
	struct kfunc *k = calloc(1, sizeof(*k) + strlen(name) + 1);

	if (!k)
		return NULL;
	strcpy(k->name, name);
	k->id = id;
	k->elsewhere = elsewhere;
	k->next = all;
	all = k;
	return k;
}

/* NULL: no memory, or the kernel's BTF cannot be read. Under the lock. */
static struct kfunc *find(const char *name)
{
	struct kfunc *k = find_known(name);
	struct btf *btf;
	int id;

	if (k || skep_kernel_btf_load(&btf))
		return k;
	id = skep_kernel_btf_id(btf, name, BTF_KIND_FUNC);
	k = add(name, id, id ? SKEP_NO : is_in_modules(btf, name));
	btf__free(btf);
	return k;
}

static bool is_denied(const char *log)
{
	const char *at = strstr(log, "kernel function");

	at = at ? at : strstr(log, "kfunc");
	return at && (strstr(at, "is not allowed") || strstr(at, "not supported") ||
		      strstr(log, "does not support calling kernel function"));
}

static struct skep_probed try_id(const struct skep_trivial *setting, int id)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = id },
		SKEP_PROBE_END,
		{ .code = BPF_JMP | BPF_EXIT },
	};
	char log[LOG_SIZE];
	int code = skep_probe_load(setting, insns, 3, log, sizeof(log));

	if (!code)
		return SKEP_PROBED(SKEP_YES, 0);
	if (is_denied(log))
		return SKEP_PROBED(SKEP_NO, code);
	if (skep_probe_is_passing(code) || !strstr(log, "call "))
		return SKEP_PROBED(SKEP_UNKNOWN, code);
	return SKEP_PROBED(SKEP_YES, 0);
}

/* What is known without a load. */
static bool answer_early(const struct kfunc *k, struct skep_probed *probed)
{
	if (!k)
		*probed = SKEP_PROBED(SKEP_UNKNOWN, 0);
	else if (!k->id) /* a module's can be called, but needs the module's file to be tried */
		*probed = SKEP_PROBED(k->elsewhere == SKEP_NO ? SKEP_NO : SKEP_UNKNOWN, 0);
	else
		return false;
	return true;
}

struct skep_probed skep_kfunc_try(const struct skep_trivial *setting, const char *name)
{
	struct skep_probed probed;
	int id = 0, saved = errno;
	const struct kfunc *k;
	bool early;

	pthread_mutex_lock(&lock);
	k = find(name);
	early = answer_early(k, &probed);
	if (!early)
		id = k->id;
	pthread_mutex_unlock(&lock);
	if (!early)
		probed = try_id(setting, id);
	errno = saved;
	return probed;
}

static struct skep_probed find_out(struct kfunc *k, int prog_type)
{
	struct skep_trivial setting;
	struct skep_probed probed;

	if (answer_early(k, &probed))
		return probed;
	if (k->of[prog_type].known)
		return SKEP_PROBED((enum skep_answer)k->of[prog_type].answer,
				   k->of[prog_type].code);
	if (!skep_probe_setting(prog_type, &setting))
		return SKEP_PROBED(SKEP_UNKNOWN, 0);
	probed = try_id(&setting, k->id);
	k->of[prog_type].known = !skep_probe_is_passing(probed.code);
	k->of[prog_type].answer = (uint8_t)probed.answer;
	k->of[prog_type].code = (uint8_t)(probed.code > 255 ? EINVAL : probed.code);
	return probed;
}

struct skep_probed skep_kfunc_of_type(int prog_type, const char *name)
{
	struct skep_probed best = { SKEP_NO, 0 }, probed;
	int saved = errno;
	struct kfunc *k;

	pthread_mutex_lock(&lock);
	k = find(name);
	if (prog_type >= 0 && prog_type < TYPES) {
		best = find_out(k, prog_type);
	} else {
		for (size_t i = 0; types[i] >= 0 && best.answer != SKEP_YES; i++) {
			probed = find_out(k, types[i]);
			if (probed.answer != SKEP_NO)
				best = probed;
		}
	}
	pthread_mutex_unlock(&lock);
	errno = saved;
	return best;
}

enum skep_answer skep_kfunc_is_known(const char *name)
{
	enum skep_answer answer = SKEP_UNKNOWN;
	int saved = errno;
	const struct kfunc *k;

	pthread_mutex_lock(&lock);
	k = find(name);
	if (k)
		answer = k->id ? SKEP_YES : k->elsewhere;
	pthread_mutex_unlock(&lock);
	errno = saved;
	return answer;
}

/* Names, with their ids remembered, so that asking about each does not read the BTF again. */
static char **list_marked(size_t *count)
{
	char **names = NULL, **more;
	struct btf *btf;

	*count = 0;
	if (skep_kernel_btf_load(&btf))
		return NULL;
	for (__u32 i = 1; i < btf__type_cnt(btf); i++) {
		const struct btf_type *type = btf__type_by_id(btf, i), *func;
		const char *name;

		if (!btf_is_decl_tag(type) ||
		    strcmp(btf__name_by_offset(btf, type->name_off), TAG) != 0)
			continue;
		func = btf__type_by_id(btf, type->type);
		name = func && btf_is_func(func) ? btf__name_by_offset(btf, func->name_off) : NULL;
		if (!name || (!find_known(name) && !add(name, (int)type->type, SKEP_NO)))
			continue;
		more = reallocarray(names, *count + 1, sizeof(*names));
		if (!more)
			break;
		names = more;
		names[*count] = strdup(name); /* another thread may forget the list */
		if (names[*count])
			++*count;
	}
	btf__free(btf);
	return names;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int skep_kfunc_each(int (*fn)(const char *name, void *ctx), void *ctx)
{
	size_t count;
	char **names;
	int err = 0;

	pthread_mutex_lock(&lock);
	names = list_marked(&count);
	pthread_mutex_unlock(&lock);
	if (count)
		qsort(names, count, sizeof(*names), by_name);
	for (size_t i = 0; i < count; i++) {
		if (!err)
			err = fn(names[i], ctx);
		free(names[i]);
	}
	free(names);
	return err;
}

void skep_kfunc_forget(void)
{
	pthread_mutex_lock(&lock);
	while (all) {
		struct kfunc *next = all->next;

		free(all);
		all = next;
	}
	pthread_mutex_unlock(&lock);
}
