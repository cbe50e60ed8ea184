/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the kernel gives: its configuration, symbols, per-CPU variables and kfuncs. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct rq {
	int cpu;
} __attribute__((preserve_access_index));

extern int LINUX_KERNEL_VERSION __kconfig;
extern enum libbpf_tristate CONFIG_BPF __kconfig __weak;
extern _Bool CONFIG_BPF_SYSCALL __kconfig __weak;
extern char CONFIG_DEFAULT_HOSTNAME[24] __kconfig __weak;
extern unsigned long CONFIG_HZ __kconfig __weak;

extern const void init_task __ksym;
extern const struct rq runqueues __ksym __weak;
extern void bpf_rcu_read_lock(void) __ksym __weak;
extern int bpf_kfunc_with_parameters(struct rq *rq, __u64 flags) __ksym __weak;

SEC("raw_tp/sched_switch")
int on_switch(void *ctx)
{
	const struct rq *rq = bpf_per_cpu_ptr(&runqueues, 0);

	if (LINUX_KERNEL_VERSION < 0x060100 || CONFIG_BPF != TRI_YES || !CONFIG_BPF_SYSCALL)
		return 0;
	if (bpf_rcu_read_lock)
		bpf_rcu_read_lock();
	if (bpf_kfunc_with_parameters && rq)
		bpf_kfunc_with_parameters((struct rq *)rq, CONFIG_HZ);
	bpf_printk("%s %p %d", CONFIG_DEFAULT_HOSTNAME, &init_task, rq ? rq->cpu : -1);
	return 0;
}

char _license[] SEC("license") = "GPL";
