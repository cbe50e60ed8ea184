/* SPDX-License-Identifier: 0BSD */
/* The kernel side: asked before a program takes a process over. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <skep/bpf/loop.h>
#include <skep/bpf/security.h>
#include "policy.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, struct refusal, 1 << 18);
SKEP_SCRATCH(paths, struct skep_path);

/* Set by the user side before load. */
const volatile struct folder folders[FOLDERS_MOST];
const volatile __u32 only_uid; /* whom the policy is for */

static int is_allowed(struct skep_path *path)
{
	skep_for(i, 0, FOLDERS_MOST, FOLDERS_MOST)
	{
		if (!folders[i].bytes)
			break;
		if (skep_path_is_below(path, folders[i].path, folders[i].bytes))
			return 1;
	}
	return 0;
}

skep_lsm(bprm_check_security, struct linux_binprm *bprm)
{
	int allowed = 1;

	if (skep_current_uid() != only_uid)
		return SKEP_ALLOW;
	skep_scratch(&paths, path)
	{
		/* A program without a name, of memory only, is in no folder. */
		allowed = skep_path_file(path, skep_exec_file(bprm), 0) >= 0 && is_allowed(path);
		if (allowed)
			break;
		skep_emit_zeroed(ctx, &events, e) {
			e->pid = skep_current_pid();
			e->uid = only_uid;
			skep_path_copy(e->path, sizeof(e->path), path);
		}
	}
	return allowed ? SKEP_ALLOW : skep_deny(EPERM);
}
