/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What every program needs: bpf(), types, machine code, maps, links. */
#include "attempt.h"
#include "facts.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

/* The one kind that asks for no more than CAP_BPF. */
static const struct skep_trivial plain = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER };

void skep_kernel_try_bpf(struct skep_attempt *attempt)
{
	SKEP_KERNEL_FD fd = skep_kernel_trivial_load(&plain);
	struct skep_refusal refusal = skep_kernel_trivial_refusal(&plain, SKEP_REQUEST_LOAD, fd);

	if (fd >= 0)
		skep_kernel_attempt_yes(attempt, "a program can be loaded");
	else
		skep_kernel_attempt_refused(attempt, &refusal);
}

void skep_kernel_try_btf(struct skep_attempt *attempt)
{
	if (!access(KERNEL_BTF, R_OK)) {
		skep_kernel_attempt_yes(attempt, KERNEL_BTF);
		return;
	}
	attempt->code = errno;
	if (errno != ENOENT) {
		skep_kernel_attempt_no(attempt, KERNEL_BTF " cannot be read: %s", strerror(errno));
	} else if (access("/sys/kernel", F_OK)) {
		skep_kernel_attempt_unknown(attempt, "sysfs is not mounted");
		skep_kernel_attempt_remedy(attempt, "mount -t sysfs sysfs /sys");
	} else {
		skep_kernel_attempt_no(attempt, "there is no " KERNEL_BTF "%s",
				       skep_kernel_config("CONFIG_DEBUG_INFO_BTF") ==
						       SKEP_CONFIG_OFF
					       ? " (CONFIG_DEBUG_INFO_BTF is not set)"
					       : "");
		skep_kernel_attempt_remedy(attempt, "run a kernel with CONFIG_DEBUG_INFO_BTF=y; "
						    "programs without CO-RE and fentry work");
	}
}

/* The setting may be readable for root only; a loaded program tells too. */
void skep_kernel_try_jit(struct skep_attempt *attempt)
{
	struct bpf_prog_info info;
	__u32 size = sizeof(info);
	long enabled;
	int fd;

	if (!skep_kernel_sysctl("net.core.bpf_jit_enable", &enabled)) {
		if (enabled) {
			skep_kernel_attempt_yes(attempt, "on");
			return;
		}
		skep_kernel_attempt_no(attempt, "it is switched off: programs are interpreted");
		skep_kernel_attempt_remedy(attempt, "sysctl -w net.core.bpf_jit_enable=1");
		return;
	}
	memset(&info, 0, sizeof(info));
	fd = skep_kernel_trivial_load(&plain);
	if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) && info.jited_prog_len)
		skep_kernel_attempt_yes(attempt, "on");
	else
		skep_kernel_attempt_unknown(attempt,
					    "net.core.bpf_jit_enable can be read by root only");
	skep_kernel_close(&fd);
}

/* Creates the map and maps `bytes` of it. */
static void try_mapped(struct skep_attempt *attempt, enum bpf_map_type type, __u32 value_size,
		       __u32 max_entries, __u32 flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_MAP, 0);
	size_t bytes = (size_t)sysconf(_SC_PAGESIZE);
	void *memory;

	SKEP_KERNEL_FD fd = bpf_map_create(type, "skep_try", value_size ? 4 : 0, value_size,
					   max_entries, &opts);

	refusal.map_type = type;
	refusal.code = -fd;
	if (fd < 0) {
		skep_kernel_attempt_refused(attempt, &refusal);
		return;
	}
	memory = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED) {
		attempt->code = errno;
		skep_kernel_attempt_no(attempt, "the map cannot be mapped into memory: %s",
				       strerror(errno));
		return;
	}
	munmap(memory, bytes);
	skep_kernel_attempt_yes(attempt, "%s", "");
}

void skep_kernel_try_ringbuf(struct skep_attempt *attempt)
{
	try_mapped(attempt, BPF_MAP_TYPE_RINGBUF, 0, (__u32)sysconf(_SC_PAGESIZE), 0);
}

void skep_kernel_try_mmapable_array(struct skep_attempt *attempt)
{
	try_mapped(attempt, BPF_MAP_TYPE_ARRAY, 4, 1, BPF_F_MMAPABLE);
}

/* A raw tracepoint's fd is a link on kernels that have links, and tells so. */
void skep_kernel_try_link(struct skep_attempt *attempt)
{
	const struct skep_trivial trivial = { .prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT };
	struct bpf_link_info info;
	__u32 size = sizeof(info);

	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&trivial);
	SKEP_KERNEL_FD link = prog < 0 ? prog : bpf_raw_tracepoint_open("sched_process_exec", prog);
	struct skep_refusal refusal = skep_kernel_trivial_refusal(
		&trivial, prog < 0 ? SKEP_REQUEST_LOAD : SKEP_REQUEST_ATTACH, link);

	if (link < 0) {
		skep_kernel_attempt_refused(attempt, &refusal);
		return;
	}
	memset(&info, 0, sizeof(info));
	if (!bpf_obj_get_info_by_fd(link, &info, &size) && info.id)
		skep_kernel_attempt_yes(attempt, "%s", "");
	else
		skep_kernel_attempt_no(attempt, "this kernel is older than BPF links");
}
