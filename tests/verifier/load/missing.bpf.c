/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What no kernel has, and programs of which some use it: those alone are refused. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

extern int skepload_no_such_kfunc(int x) __ksym;
extern int skepload_weak_kfunc(int x) __ksym __weak;
extern int bpf_task_release(int x) __ksym; /* kernels have another of that name */
extern const int skepload_no_such_variable __ksym;
extern int CONFIG_SKEPLOAD_NO_SUCH __kconfig;

static __noinline int through(int x)
{
	return skepload_no_such_kfunc(x); /* the place of via_function */
}

SEC("xdp")
int good_first(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp")
int uses_kfunc(struct xdp_md *ctx)
{
	return skepload_no_such_kfunc((int)ctx->rx_queue_index);
}

SEC("xdp")
int via_function(struct xdp_md *ctx)
{
	return through((int)ctx->rx_queue_index);
}

SEC("xdp")
int asks_first(struct xdp_md *ctx)
{
	return skepload_weak_kfunc ? skepload_weak_kfunc(1) : XDP_PASS;
}

SEC("xdp")
int uses_variable(struct xdp_md *ctx)
{
	const int *variable = bpf_this_cpu_ptr(&skepload_no_such_variable);

	return *variable;
}

SEC("xdp")
int uses_config(struct xdp_md *ctx)
{
	return CONFIG_SKEPLOAD_NO_SUCH;
}

SEC("xdp")
int uses_another(struct xdp_md *ctx)
{
	return bpf_task_release((int)ctx->rx_queue_index);
}

SEC("xdp")
int good_last(struct xdp_md *ctx)
{
	return XDP_DROP;
}
