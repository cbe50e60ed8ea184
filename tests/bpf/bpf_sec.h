/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef TESTS_BPF_SEC_H
#define TESTS_BPF_SEC_H
#include <skep/types/security.h>

#define TEXT_MOST      4096
#define ANCESTORS_MOST 8
#define LEVELS_MOST    16
#define CALLS_MOST     8
#define SMALL_MOST     32

/* A path as it was got. */
struct seen_path {
	__s64 length;
	__s64 copied; /* into `text` */
	__s64 copied_small;
	__u32 state, parts, is_cut, zero;
	char text[TEXT_MOST];
	char small[SMALL_MOST];
};

/* Who the current task is. */
struct seen_task {
	struct skep_cred cred, real;
	struct skep_namespaces ns;
	struct skep_ancestor who[ANCESTORS_MOST];
	__u64 cgroups[LEVELS_MOST];
	__u32 n_who, n_cgroups, parent, zero;
	__s64 errors;
};

/* System calls and requests, as they came. */
struct seen_calls {
	struct skep_syscall call[CALLS_MOST];
	__s64 native[CALLS_MOST];
	__u32 n;
};

struct seen_requests {
	__u64 user_data[CALLS_MOST];
	__s64 syscall[CALLS_MOST];
	__u32 opcode[CALLS_MOST];
	char name[CALLS_MOST][20];
	__u32 n;
};

/* What an exec was. */
struct seen_exec {
	__u32 execs, argc, envc, is_script, total, env_total;
	__s64 bytes, env_bytes, path_bytes, arg_length, arg_missing;
	struct skep_file_id file;
	char args[1024], env[1024], name[64], path[256], arg[16];
};
#endif
