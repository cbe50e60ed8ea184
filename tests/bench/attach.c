// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Uprobes on and off. Peers: BPF_LINK_CREATE with offsets that are known already, and libbpf's links.
 *
 *	attach ROUNDS
 *
 *	attach/multi   1,000 functions by one link: ours resolves their names, and awaits that they are gone
 *	attach/single  20 uprobes freed one by one, until the last call returns
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <skep/skep.h>

#include "attach.skep.h"
#include "attach/elf_find.h"
#include "bench.h"
#include "kernel/newer.h"

#define SITES        1000
#define SINGLES      20
#define SLOW_ROUNDS  3
#define ASKED_MULTI  0.83 /* within 1.2 of the kernel's own */
#define ASKED_SINGLE 50

#define F(n)                                                                                       \
	__attribute__((noinline, used)) void site_##n(void);                                       \
	void site_##n(void)                                                                        \
	{                                                                                          \
		__asm__ volatile("");                                                              \
	}
#define F5(n, a, b, c, d, e)  F(n##a) F(n##b) F(n##c) F(n##d) F(n##e)
#define F10(n)                F5(n, 0, 1, 2, 3, 4) F5(n, 5, 6, 7, 8, 9)
#define F50(n, a, b, c, d, e) F10(n##a) F10(n##b) F10(n##c) F10(n##d) F10(n##e)
#define F100(n)               F50(n, 0, 1, 2, 3, 4) F50(n, 5, 6, 7, 8, 9)
#define F500(a, b, c, d, e)   F100(a) F100(b) F100(c) F100(d) F100(e)
F500(0, 1, 2, 3, 4)
F500(5, 6, 7, 8, 9)

static struct attach *app;
static char names[SITES][16];
static const char *symbols[SITES];
static uint64_t offsets[SITES];

/* As in the kernel's union bpf_attr. */
struct create {
	__u32 prog_fd, target_fd, attach_type, flags;
	__aligned_u64 path, offsets, semaphores, cookies;
	__u32 count, multi_flags, pid, unused;
};

static void find_offsets(void)
{
	struct skep_elf elf SKEP_ELF_AUTO = SKEP_ELF_NONE;
	struct skep_binary binary SKEP_BINARY_AUTO = SKEP_BINARY_NONE;
	struct skep_binary_query query = { .binary = "/proc/self/exe" };
	struct skep_wanted *wanted = calloc(SITES, sizeof(*wanted));

	for (int i = 0; i < SITES; i++) {
		snprintf(names[i], sizeof(names[i]), "site_%03d", i);
		wanted[i].symbol = symbols[i] = names[i];
	}
	bench_need(!skep_binary_find(&binary, &query) &&
			   !skep_elf_open(&elf, binary.path, binary.shown) &&
			   !skep_elf_find(&elf, &binary, wanted, SITES, false),
		   "finding the sites");
	for (int i = 0; i < SITES; i++)
		offsets[i] = wanted[i].offset;
	free(wanted);
}

static double multi_raw(void)
{
	double start = bench_now_ns();
	struct create create;
	int fd;

	memset(&create, 0, sizeof(create));
	create.prog_fd = (__u32)skep_program_fd(attach_program_many(app));
	create.attach_type = SKEP_BPF_ATTACH_UPROBE_MULTI;
	create.path = (uintptr_t) "/proc/self/exe";
	create.offsets = (uintptr_t)offsets;
	create.count = SITES;
	fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &create, sizeof(create));
	bench_need(fd >= 0, "BPF_LINK_CREATE");
	close(fd);
	return bench_now_ns() - start;
}

static double multi_ours(void)
{
	double start = bench_now_ns();
	struct skep_link *link;

	bench_need(!skep_attach_uprobe_multi(
			   &link, attach_program_many(app), "/proc/self/exe",
			   SKEP_OPTS(skep_uprobe_multi_opts, .symbols = symbols, .count = SITES)),
		   "skep_attach_uprobe_multi()");
	skep_link_free(link);
	bench_need(!skep_attach_wait(-1), "waiting");
	return bench_now_ns() - start;
}

static double single_libbpf(void)
{
	struct bpf_link *links[SINGLES];
	double start;

	for (int i = 0; i < SINGLES; i++) {
		links[i] =
			bpf_program__attach_uprobe(skep_program_libbpf(attach_program_single(app)),
						   false, -1, "/proc/self/exe", offsets[i]);
		bench_need(links[i], "bpf_program__attach_uprobe()");
	}
	start = bench_now_ns();
	for (int i = 0; i < SINGLES; i++)
		bpf_link__destroy(links[i]);
	return bench_now_ns() - start;
}

static double single_ours(double *gone)
{
	struct skep_link *links[SINGLES];
	double start, freed;

	for (int i = 0; i < SINGLES; i++)
		bench_need(!skep_attach_uprobe(&links[i], attach_program_single(app),
					       "/proc/self/exe",
					       SKEP_OPTS(skep_uprobe_opts, .symbol = symbols[i])),
			   "skep_attach_uprobe()");
	start = bench_now_ns();
	for (int i = 0; i < SINGLES; i++)
		skep_link_free(links[i]);
	freed = bench_now_ns() - start;
	bench_need(!skep_attach_wait(-1), "waiting");
	*gone = bench_now_ns() - start;
	return freed;
}

static struct bench_series raw = { .name = "BPF_LINK_CREATE" }, ours = { .name = "skep" };
static struct bench_series libbpf = { .name = "libbpf" }, freed = { .name = "freed" },
			   gone = { .name = "gone" };

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 5;
	double ns;

	bench_need(!attach_open(&app, NULL) && !attach_load(app), "loading");
	find_offsets();
	multi_raw();
	multi_ours();
	for (int i = 0; i < rounds && i < BENCH_ROUNDS_MOST; i++) {
		bench_add(&raw, multi_raw());
		bench_add(&ours, multi_ours());
	}
	bench_ratio("attach/multi", ASKED_MULTI, &raw, &ours);
	bench_note("1,000 sites on and off: raw %.1f ms, skep %.1f ms", bench_median(&raw) / 1e6,
		   bench_median(&ours) / 1e6);
	for (int i = 0; i < SLOW_ROUNDS; i++) {
		bench_add(&libbpf, single_libbpf());
		bench_add(&freed, single_ours(&ns));
		bench_add(&gone, ns);
	}
	bench_ratio("attach/single", ASKED_SINGLE, &libbpf, &freed);
	bench_note(
		"%d single uprobes freed: libbpf %.0f ms; skep %.2f ms, and all are gone after %.0f ms",
		SINGLES, bench_median(&libbpf) / 1e6, bench_median(&freed) / 1e6,
		bench_median(&gone) / 1e6);
	attach_free(app);
	return 0;
}
