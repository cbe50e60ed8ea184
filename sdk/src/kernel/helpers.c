/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which helpers programs of a type may call. The verifier is given a program that calls one without
 * arguments: it looks the helper up before it looks at those, so whatever else it complains of
 * means yes. And it always complains: nothing is loaded.
 */
#include "newer.h"
#include "probe_parts.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <bpf/libbpf.h>
#include <linux/bpf.h>

#define TYPES    48
#define LOG_SIZE 4096

/* Newer than the headers that this is compiled with: the last that there will be. */
#define HELPER_CGRP_STORAGE_GET    210
#define HELPER_CGRP_STORAGE_DELETE 211

#define NAME(name) [BPF_FUNC_##name] = "bpf_" #name
static const char *const names[] = { __BPF_FUNC_MAPPER(NAME) };
#undef NAME

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	uint8_t known, answer, code;
} cache[TYPES][SKEP_HELPERS_MAX];

const char *skep_helper_name(int number)
{
	if (number > 0 && (size_t)number < sizeof(names) / sizeof(names[0]))
		return names[number];
	if (number == HELPER_CGRP_STORAGE_GET)
		return "bpf_cgrp_storage_get";
	return number == HELPER_CGRP_STORAGE_DELETE ? "bpf_cgrp_storage_delete" : NULL;
}

int skep_helper_number(const char *name)
{
	for (int i = 1; i < SKEP_HELPERS_MAX; i++) {
		const char *has = skep_helper_name(i);

		if (has && !strcmp(has, name))
			return i;
	}
	return 0;
}

bool skep_helper_is_loud(int number)
{
	return number == BPF_FUNC_trace_printk || number == BPF_FUNC_trace_vprintk ||
	       number == BPF_FUNC_probe_write_user;
}

/* In both of the verifier's dialects; on older kernels the second means the third as well. */
static bool is_denied(const char *log)
{
	static const char *const words[] = {
		"invalid func ",
		"unknown func ",
		"program of this type cannot use helper",
		"this program type does not allow the helper",
		"this kernel does not support the helper",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(log, words[i]))
			return true;
	return false;
}

struct skep_probed skep_helper_try(const struct skep_trivial *setting, int number)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = number },
		SKEP_PROBE_END,
		{ .code = BPF_JMP | BPF_EXIT },
	};
	char log[LOG_SIZE];
	int code = skep_probe_load(setting, insns, 3, log, sizeof(log));

	if (!code)
		return SKEP_PROBED(SKEP_YES, 0);
	if (is_denied(log)) /* who may trace nothing is denied what traces */
		return skep_probe_is_privileged() ? SKEP_PROBED(SKEP_NO, code)
						  : SKEP_PROBED(SKEP_UNKNOWN, EPERM);
	/* Without a word about the call the load failed before the verifier looked at it. */
	if (skep_probe_is_passing(code) || !strstr(log, "call "))
		return SKEP_PROBED(SKEP_UNKNOWN, code);
	return SKEP_PROBED(SKEP_YES, 0);
}

static struct skep_probed find_out(int prog_type, int number)
{
	struct skep_trivial setting;

	if (skep_helper_is_loud(number) || !skep_probe_setting(prog_type, &setting))
		return SKEP_PROBED(SKEP_UNKNOWN, 0);
	return skep_helper_try(&setting, number);
}

struct skep_probed skep_helper_of_type(int prog_type, int number)
{
	struct skep_probed probed;
	int saved = errno;

	if (prog_type < 0 || prog_type >= TYPES || number <= 0 || number >= SKEP_HELPERS_MAX)
		return SKEP_PROBED(SKEP_UNKNOWN, 0);
	pthread_mutex_lock(&lock);
	if (cache[prog_type][number].known) {
		probed = SKEP_PROBED((enum skep_answer)cache[prog_type][number].answer,
				     cache[prog_type][number].code);
	} else {
		probed = find_out(prog_type, number);
		cache[prog_type][number].known = !skep_probe_is_passing(probed.code);
		cache[prog_type][number].answer = (uint8_t)probed.answer;
		cache[prog_type][number].code = (uint8_t)(probed.code > 255 ? EINVAL : probed.code);
	}
	pthread_mutex_unlock(&lock);
	errno = saved;
	return probed;
}

void skep_helper_forget(void)
{
	pthread_mutex_lock(&lock);
	memset(cache, 0, sizeof(cache));
	pthread_mutex_unlock(&lock);
}
