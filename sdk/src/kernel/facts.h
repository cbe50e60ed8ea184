/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Facts about the running kernel that are read, not tried. Each file of this folder has one.
 * What reads takes a path or a text where a test wants to give its own.
 */
#ifndef SKEP_KERNEL_FACTS_H
#define SKEP_KERNEL_FACTS_H

#include <skep/kernel.h>

struct btf;

/* text.c: up to size - 1 bytes and a NUL, without the last newline. 0 or -errno. */
int skep_kernel_read(const char *path, char *buf, size_t size);
/* The whole file, also a compressed one; malloc'ed, NULL when it cannot be read. */
char *skep_kernel_read_whole(const char *path);

/* version.c: `release` and `build` as of uname; `signature` is Ubuntu's, or NULL. */
uint32_t skep_kernel_version_parse(const char *release, const char *build, const char *signature);
/* "6.1", or "6.1.76" with a patch level: at most 16 bytes. */
const char *skep_kernel_version_text(uint32_t version, char *buf, size_t size);

/* config.c */
enum skep_config skep_kernel_config_parse(const char *text, const char *option);

/* lockdown.c: of the text "none [integrity] confidentiality"; NULL when it is not such. */
const char *skep_kernel_lockdown_parse(const char *text);
/* What to tell where the verifier's words are about a helper that lockdown forbids; NULL: not so. */
const char *skep_kernel_lockdown_forbids(const char *words);

/* capabilities.c */
int skep_kernel_status_number(const char *status, const char *field, int base, uint64_t *out);
enum skep_answer skep_kernel_capability_in(uint64_t set, const char *capability);
/* What this thread's /proc/.../status says; unknown fields are 0. */
struct skep_kernel_process {
	bool known;
	bool initial_user_ns; /* elsewhere capabilities do not count for bpf() */
	uint64_t effective;   /* capabilities */
	uint64_t seccomp;     /* mode: 0, 1 strict, 2 filter */
};
struct skep_kernel_process skep_kernel_process(void);

/* mounts.c */
enum skep_mount {
	SKEP_MOUNT_TRACEFS,
	SKEP_MOUNT_BPFFS,
	SKEP_MOUNT_CGROUP2,
	SKEP_MOUNT_SECURITYFS,
	SKEP_MOUNT_DEBUGFS,
	SKEP_MOUNT_COUNT,
};
/* Where it is mounted, in `table` (NULL: this process's). False and an empty path: nowhere. */
bool skep_kernel_mount(enum skep_mount what, const char *table, char *path, size_t size);
/* The command that mounts it where everybody looks for it; static. */
const char *skep_kernel_mount_command(enum skep_mount what);

/* lsm.c: the active ones, comma separated, into `list`. False: it cannot be told. */
bool skep_kernel_lsms(char *list, size_t size);
bool skep_kernel_lsm_in(const char *list, const char *name);

/* sysctl.c: "kernel.perf_event_paranoid"; 0 or -errno. */
int skep_kernel_sysctl(const char *name, long *value);

/* btf.c: the kernel's types, owned by the caller; 0 or -errno. Never prints. */
int skep_kernel_btf_load(struct btf **out);
/* The id, or 0. `kind` as BTF_KIND_FUNC. */
int skep_kernel_btf_id(const struct btf *btf, const char *name, unsigned int kind);
/*
 * Whether the kernel's enum has a value of that number: "bpf_prog_type", 31. Tells a kernel
 * that has something, but not configured, from one that has never heard of it.
 */
enum skep_answer skep_kernel_btf_enum_has(const char *enum_name, int value);

#endif
