// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Programs that refuse: this process only, what the test asks for. */
#ifdef WITH_VMLINUX
#include "vmlinux.h"
#endif
#include <skep/bpf/core.h>
#include <skep/bpf/security.h>

#include "bpf_sec.h"

#ifndef WITH_VMLINUX
struct file;
struct cred;
struct linux_binprm;
struct path;
struct dentry;
#endif

SKEP_LICENSE("GPL");
SKEP_SCRATCH(paths, struct skep_path);

__u32 only; /* this process */
int error;  /* what to return */
int error_of_second, earlier_seen;
__u64 first_ran, second_ran, late_ran, notified, waited;
struct seen_path path_seen;
struct skep_cred cred_before, cred_after;
struct skep_file_id folder;
char args[256];

SEC("lsm/file_open")
int SKEP_LSM(first, struct file *file)
{
	if (skep_current_pid() != only || !skep_file_is_below(file, &folder))
		return SKEP_ALLOW;
	first_ran++;
	skep_scratch(&paths, p)
	{
		path_seen.length = skep_path_file(p, file, 0);
		path_seen.state = p->state;
		skep_path_copy(path_seen.text, sizeof(path_seen.text), p);
	}
	return error ? skep_deny(error) : SKEP_ALLOW;
}

/* What the body returns without skep_deny(), right or wrong. */
SEC("lsm/file_open")
int SKEP_LSM(second, struct file *file)
{
	if (skep_current_pid() != only || !skep_file_is_below(file, &folder))
		return SKEP_ALLOW;
	second_ran++;
	return error_of_second;
}

/* A hook's result lies behind its last argument for those that come after it, too. */
SEC("fexit/security_file_open")
int SKEP_FENTRY(after_open, struct file *file)
{
	if (skep_current_pid() == only && skep_file_is_below(file, &folder))
		earlier_seen = skep_lsm_earlier_(ctx);
	return 0;
}

/* The last arguments left out: what was decided before is found all the same. */
skep_lsm(task_fix_setuid, struct cred *after, const struct cred *before)
{
	if (skep_current_pid() != only)
		return SKEP_ALLOW;
	skep_cred_read(before, &cred_before);
	skep_cred_read(after, &cred_after);
	if (skep_cred_changes(&cred_before, &cred_after) & SKEP_CRED_BECAME_ROOT)
		return skep_deny(13);
	return SKEP_ALLOW;
}

/* No argument at all. */
skep_lsm(path_mkdir)
{
	return skep_current_pid() == only && error ? skep_deny(error) : SKEP_ALLOW;
}

skep_lsm(path_unlink, const struct path *dir, struct dentry *dentry)
{
	if (skep_current_pid() != only)
		return SKEP_ALLOW;
	late_ran++;
	skep_scratch(&paths, p)
	{
		path_seen.length = skep_path_in(p, dir, dentry, 0);
		path_seen.state = p->state;
		skep_path_copy(path_seen.text, sizeof(path_seen.text), p);
	}
	return error ? skep_deny(error) : SKEP_ALLOW;
}

skep_lsm_sleepable(bprm_creds_from_file, struct linux_binprm *bprm, struct file *file)
{
	__u32 total;

	if (skep_current_pid() != only)
		return SKEP_ALLOW;
	waited = skep_current_args_wait(args, sizeof(args), &total);
	return error ? skep_deny(error) : SKEP_ALLOW;
}

/* Returns nothing: no verdict. */
skep_lsm_notify(bprm_committed_creds, struct linux_binprm *bprm)
{
	if (skep_current_pid() == only && skep_exec_argc(bprm) == 2)
		notified++;
	return 0;
}
