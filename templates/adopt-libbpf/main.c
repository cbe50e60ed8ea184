/* SPDX-License-Identifier: 0BSD */
/* The user side: prints the system calls of a process until Ctrl-C. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>
#include <skep/ring.h>

#include "calls.h"
#include "calls.skel.h"

#define POLL_MS 100

static volatile sig_atomic_t exiting;

static void sig_handler(int signo)
{
	(void)signo;
	exiting = 1;
}

static void print_event(const struct event *e)
{
	printf("%-7u %-7u %-16s %llu\n", e->pid, e->tid, e->comm, (unsigned long long)e->number);
}

int main(int argc, char **argv)
{
	SKEP_AUTO_RING(SKEP_RING(struct event)) events = { NULL };
	struct calls_bpf *skel;
	int err;

	if (argc != 2 || atoi(argv[1]) < 1) {
		fprintf(stderr, "Usage: %s PID\n", argv[0]);
		return 2;
	}
	skel = calls_bpf__open();
	if (!skel) {
		fprintf(stderr, "failed to open BPF skeleton\n");
		return 1;
	}
	skel->rodata->target_pid = (__u32)atoi(argv[1]);
	err = calls_bpf__load(skel);
	if (err) {
		fprintf(stderr, "failed to load BPF skeleton: %s\n", strerror(-err));
		goto cleanup;
	}
	err = skep_ring_adopt_fd(&events, bpf_map__fd(skel->maps.events), NULL);
	if (!err)
		err = calls_bpf__attach(skel);
	if (err) {
		fprintf(stderr, "failed to attach BPF skeleton: %s\n", strerror(-err));
		goto cleanup;
	}
	signal(SIGINT, sig_handler);
	signal(SIGTERM, sig_handler);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("%-7s %-7s %-16s %s\n", "PID", "TID", "COMM", "CALL");
	while (!exiting) {
		skep_ring_foreach(events, e, exiting ? 0 : POLL_MS, &err)
			print_event(e);
		if (err < 0 && err != -EINTR) {
			fprintf(stderr, "error polling ring buffer: %s\n", strerror(-err));
			goto cleanup;
		}
		err = 0;
	}
	fprintf(stderr, "%llu dropped\n", (unsigned long long)skel->bss->dropped);

cleanup:
	calls_bpf__destroy(skel);
	return err != 0;
}
