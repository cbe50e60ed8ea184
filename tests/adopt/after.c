/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* calls: prints the system calls of a process, as a tool of libbpf alone does it. */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>
#include <skep/ring.h>

#include "calls.h"

#define POLL_MS 100

static volatile sig_atomic_t exiting;

static struct env {
	__u32 pid;
	unsigned long long count;
	bool timestamp;
	const char *object;
} env = { .object = "calls.bpf.o" };

const char *argp_program_version = "calls 0.1";
static const char args_doc[] = "Prints the system calls of a process.";

static const struct argp_option opts[] = {
	{ "pid", 'p', "PID", 0, "The process to trace", 0 },
	{ "count", 'n', "COUNT", 0, "End after so many", 0 },
	{ "timestamp", 'T', NULL, 0, "Print when, in ns", 0 },
	{ "object", 'o', "FILE", 0, "The BPF object; default: calls.bpf.o", 0 },
	{ 0 },
};

static error_t parse_arg(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'p':
		env.pid = (__u32)strtoul(arg, NULL, 10);
		break;
	case 'n':
		env.count = strtoull(arg, NULL, 10);
		break;
	case 'T':
		env.timestamp = true;
		break;
	case 'o':
		env.object = arg;
		break;
	case ARGP_KEY_END:
		if (!env.pid)
			argp_usage(state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void sig_int(int signo)
{
	(void)signo;
	exiting = 1;
}

static void print_event(const struct event *e)
{
	static unsigned long long printed;

	if (env.count && printed == env.count)
		return;
	if (++printed == env.count)
		exiting = 1;
	if (env.timestamp)
		printf("%-16llu ", (unsigned long long)e->ts);
	printf("%-7u %-7u %-16s %llu\n", e->pid, e->tid, e->comm, (unsigned long long)e->nr);
}

/* What the program counted itself; `dropped` is its only variable. */
static void print_dropped(const struct bpf_object *obj)
{
	const struct bpf_map *bss = bpf_object__find_map_by_name(obj, ".bss");
	__u64 dropped;
	__u32 key = 0;

	if (bss && !bpf_map__lookup_elem(bss, &key, sizeof(key), &dropped, sizeof(dropped), 0))
		fprintf(stderr, "%llu dropped\n", (unsigned long long)dropped);
}

static struct bpf_object *open_and_load(void)
{
	struct bpf_object *obj = bpf_object__open_file(env.object, NULL);
	struct bpf_map *rodata = obj ? bpf_object__find_map_by_name(obj, ".rodata") : NULL;

	if (rodata && !bpf_map__set_initial_value(rodata, &env.pid, sizeof(env.pid)) &&
	    !bpf_object__load(obj))
		return obj;
	fprintf(stderr, "failed to open and load BPF object %s\n", env.object);
	bpf_object__close(obj);
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct argp argp = { opts, parse_arg, NULL, args_doc, NULL, NULL, NULL };
	SKEP_AUTO_RING(SKEP_RING(struct event)) events = { NULL };
	struct bpf_link *link = NULL;
	struct bpf_object *obj;
	int err, fd;

	err = argp_parse(&argp, argc, argv, 0, NULL, NULL);
	if (err)
		return 1;
	obj = open_and_load();
	if (!obj)
		return 1;
	link = bpf_program__attach(bpf_object__find_program_by_name(obj, "handle_sys_enter"));
	if (!link) {
		err = -errno;
		fprintf(stderr, "failed to attach BPF program: %d\n", err);
		goto cleanup;
	}
	fd = bpf_object__find_map_fd_by_name(obj, "events");
	err = skep_ring_adopt_fd(&events, fd, NULL);
	if (err) {
		fprintf(stderr, "failed to open ring buffer: %d\n", err);
		goto cleanup;
	}
	signal(SIGINT, sig_int);
	fprintf(stderr, "Tracing system calls of %u... Hit Ctrl-C to end.\n", env.pid);
	while (!exiting) {
		skep_ring_foreach(events, e, exiting ? 0 : POLL_MS, &err)
			print_event(e);
		if (err < 0 && err != -EINTR) {
			fprintf(stderr, "error polling ring buffer: %s\n", strerror(-err));
			goto cleanup;
		}
		err = 0;
	}
	print_dropped(obj);

cleanup:
	bpf_link__destroy(link);
	bpf_object__close(obj);
	return err != 0;
}
