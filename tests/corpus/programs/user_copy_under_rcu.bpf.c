/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Memory of user space is copied, which may wait for the page, in a section of RCU. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;

struct task_struct {
	int tgid;
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

char last[32];
__u32 parent;

struct query {
	const char *text;
};

SEC("syscall")
int keep_query(struct query *q)
{
	struct task_struct *task = bpf_get_current_task_btf();

	bpf_rcu_read_lock(); /* cause */
	parent = task->real_parent->tgid;
	bpf_copy_from_user(last, sizeof(last), q->text); /* refused */
	bpf_rcu_read_unlock();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
