/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Hooks through perf_event_open(). Events are opened for this thread only and never enabled. On a
 * tracepoint the kernel runs the program for everybody all the same; it returns 0, and is gone.
 */
#include "attempt.h"
#include "facts.h"
#include "newer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/perf_event.h>

#define QUIET_TRACEPOINT "sched/sched_process_exec"
#define QUIET_FUNCTION   "bpf_fentry_test1"

/* Opens the event, loads, attaches; fills the attempt. `refusal` has section and target. */
static void try_event(struct skep_attempt *attempt, struct perf_event_attr *attr, int prog_type,
		      struct skep_refusal *refusal)
{
	const struct skep_trivial trivial = { .prog_type = prog_type };

	attr->size = sizeof(*attr);
	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&trivial);
	SKEP_KERNEL_FD event = -1;

	refusal->prog_type = prog_type;
	if (prog < 0) {
		refusal->request = SKEP_REQUEST_LOAD;
		refusal->code = -prog;
		skep_kernel_attempt_refused(attempt, refusal);
		return;
	}
	event = (int)syscall(SYS_perf_event_open, attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (event < 0 || ioctl(event, PERF_EVENT_IOC_SET_BPF, prog)) {
		refusal->request = SKEP_REQUEST_ATTACH;
		refusal->code = errno;
		skep_kernel_attempt_refused(attempt, refusal);
		return;
	}
	skep_kernel_attempt_yes(attempt, "%s", "");
}

void skep_kernel_try_perf_event(struct skep_attempt *attempt)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, 0);
	struct perf_event_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.type = PERF_TYPE_SOFTWARE;
	attr.config = PERF_COUNT_SW_CPU_CLOCK;
	attr.sample_period = 1000000000;
	attr.disabled = 1;
	refusal.section = "perf_event";
	try_event(attempt, &attr, BPF_PROG_TYPE_PERF_EVENT, &refusal);
}

void skep_kernel_try_tracepoint(struct skep_attempt *attempt)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, ENOENT);
	char mount[256] = "", path[320], id[32];
	struct perf_event_attr attr;
	int err = -ENOENT;

	refusal.section = "tp/" QUIET_TRACEPOINT;
	refusal.prog_type = BPF_PROG_TYPE_TRACEPOINT;
	if (skep_kernel_mount(SKEP_MOUNT_TRACEFS, NULL, mount, sizeof(mount))) {
		snprintf(path, sizeof(path), "%s/events/" QUIET_TRACEPOINT "/id", mount);
		err = skep_kernel_read(path, id, sizeof(id));
	}
	if (err) {
		refusal.code = -err;
		skep_kernel_attempt_refused(attempt, &refusal);
		return;
	}
	memset(&attr, 0, sizeof(attr));
	attr.type = PERF_TYPE_TRACEPOINT;
	attr.config = strtoul(id, NULL, 10);
	attr.disabled = 1;
	try_event(attempt, &attr, BPF_PROG_TYPE_TRACEPOINT, &refusal);
}

/* The number of a dynamic kind of events, from sysfs; -errno. */
static int event_type(const char *kind)
{
	char path[128], text[32];
	int err;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", kind);
	err = skep_kernel_read(path, text, sizeof(text));
	return err ? err : atoi(text);
}

void skep_kernel_try_kprobe(struct skep_attempt *attempt)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, 0);
	struct perf_event_attr attr;
	int type = event_type("kprobe");

	refusal.section = "kprobe";
	refusal.prog_type = BPF_PROG_TYPE_KPROBE;
	if (type < 0) {
		refusal.code = -type;
		if (skep_kernel_config("CONFIG_KPROBES") == SKEP_CONFIG_OFF ||
		    !access("/sys/bus/event_source", F_OK))
			skep_kernel_attempt_refused(attempt, &refusal);
		else
			skep_kernel_attempt_unknown(attempt,
						    "sysfs is not mounted here, where perf "
						    "lists its kinds of events");
		return;
	}
	memset(&attr, 0, sizeof(attr));
	attr.type = (__u32)type;
	attr.config1 = (uintptr_t)QUIET_FUNCTION;
	attr.disabled = 1;
	try_event(attempt, &attr, BPF_PROG_TYPE_KPROBE, &refusal);
}

/* A place to probe: never called, and its first bytes are an instruction on every machine. */
__attribute__((noinline, used)) static int place_to_probe(int value)
{
	__asm__ volatile("" : "+r"(value));
	return value + 1;
}

/* The file that an address of this process comes from, and its offset there. */
static bool find_in_file(uintptr_t address, char *path, size_t size, uint64_t *offset)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	bool found = false;
	char *line = NULL;
	size_t room = 0;

	while (maps && !found && getline(&line, &room, maps) > 0) {
		unsigned long start, end, at;
		int name = 0;

		if (sscanf(line, "%lx-%lx %*s %lx %*s %*s %n", &start, &end, &at, &name) < 3)
			continue;
		if (address < start || address >= end || !name || line[name] != '/')
			continue;
		line[strcspn(line, "\n")] = '\0';
		*offset = address - start + at;
		found = snprintf(path, size, "%s", line + name) < (int)size;
	}
	free(line);
	if (maps)
		fclose(maps);
	return found;
}

void skep_kernel_try_uprobe(struct skep_attempt *attempt)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, 0);
	struct perf_event_attr attr;
	int type = event_type("uprobe");
	char path[512];
	uint64_t offset;

	if (type < 0) {
		if (skep_kernel_config("CONFIG_UPROBE_EVENTS") == SKEP_CONFIG_OFF)
			skep_kernel_attempt_no(attempt, "this kernel has no uprobes "
							"(CONFIG_UPROBE_EVENTS is not set)");
		else if (access("/sys/bus/event_source", F_OK))
			skep_kernel_attempt_unknown(attempt,
						    "sysfs is not mounted here, where perf "
						    "lists its kinds of events");
		else
			skep_kernel_attempt_unknown(attempt, "this kernel has no uprobe events for "
							     "perf_event_open()");
		return;
	}
	if (!find_in_file((uintptr_t)place_to_probe, path, sizeof(path), &offset)) {
		skep_kernel_attempt_unknown(attempt, "this library's own file was not found%s",
					    access("/proc/self", F_OK) ? ": /proc is not mounted"
								       : "");
		return;
	}
	memset(&attr, 0, sizeof(attr));
	attr.type = (__u32)type;
	attr.config1 = (uintptr_t)path;
	attr.config2 = offset;
	attr.disabled = 1;
	refusal.section = "uprobe";
	try_event(attempt, &attr, BPF_PROG_TYPE_KPROBE, &refusal);
}

/* BPF_LINK_CREATE's arguments for this kind, which the headers of 6.1 do not have. */
struct uprobe_multi_attr {
	__u32 prog_fd, target_fd, attach_type, flags;
	__aligned_u64 path, offsets, ref_ctr_offsets, cookies;
	__u32 count, multi_flags, pid, unused;
};

void skep_kernel_try_uprobe_multi(struct skep_attempt *attempt)
{
	const struct skep_trivial trivial = { .prog_type = BPF_PROG_TYPE_KPROBE,
					      .attach_type = SKEP_BPF_ATTACH_UPROBE_MULTI };
	struct skep_refusal refusal;
	struct uprobe_multi_attr attr;
	char path[512];
	uint64_t offset;

	if (!find_in_file((uintptr_t)place_to_probe, path, sizeof(path), &offset)) {
		skep_kernel_attempt_unknown(attempt, "this library's own file was not found%s",
					    access("/proc/self", F_OK) ? ": /proc is not mounted"
								       : "");
		return;
	}
	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&trivial);
	SKEP_KERNEL_FD link = -1;

	refusal = skep_kernel_trivial_refusal(&trivial, SKEP_REQUEST_LOAD, prog);
	if (prog >= 0) {
		memset(&attr, 0, sizeof(attr));
		attr.prog_fd = (__u32)prog;
		attr.attach_type = SKEP_BPF_ATTACH_UPROBE_MULTI;
		attr.path = (uintptr_t)path;
		attr.offsets = (uintptr_t)&offset;
		attr.count = 1;
		attr.pid = (__u32)getpid();
		link = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
		refusal.request = SKEP_REQUEST_ATTACH;
		refusal.code = errno;
	}
	if (link >= 0)
		skep_kernel_attempt_yes(attempt, "%s", "");
	else
		skep_kernel_attempt_refused(attempt, &refusal);
}
