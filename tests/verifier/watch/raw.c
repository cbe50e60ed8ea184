/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Calls bpf(2) itself, as tools without a library do, with a program that reads through an
 * unchecked result of a lookup. It has its map's fd in its instructions.
 *
 *	raw HOW [TIMES]
 *
 *	none      no log at all
 *	level0    a buffer, but no level
 *	tiny      a log of 128 bytes: ENOSPC
 *	whole     a whole log
 *	accepted  a good program with a log of 128 bytes
 *	array     the map by fd_array
 *	probes    nothing but what loaders ask at start
 *	exit      a program of one instruction, without a name
 *	map       a map that no kernel makes
 *	thread    none, from a thread with its own file descriptors
 *	retry     for want of room for the log at first, accepted then
 *	compat    none, as a 32-bit program calls the kernel (x86 only)
 *	good      what is accepted
 *	hook      that, attached where nothing is
 *	ask       a program that only returns, attached there: whether there is such a hook
 */
#include <linux/bpf.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define INSN(c, d, s, o, i)                                                                        \
	{                                                                                          \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i)                \
	}
#define MOVE(d, i) INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define CALL(f)    INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT       INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

static char buffer[1 << 16];

static int bpf(int cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static uint64_t pointer(const void *to)
{
	return (uintptr_t)to;
}

static int load(const char *name, const struct bpf_insn *insns, size_t count, unsigned level,
		size_t room, const int *fds)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
	attr.insns = pointer(insns);
	attr.insn_cnt = (unsigned)count;
	attr.license = pointer("GPL");
	attr.log_level = level;
	attr.log_size = (unsigned)room;
	attr.log_buf = room ? pointer(buffer) : 0;
	attr.fd_array = pointer(fds);
	snprintf(attr.prog_name, sizeof(attr.prog_name), "%s", name);
	fd = bpf(BPF_PROG_LOAD, &attr);
	printf("load: %s\n", fd < 0 ? strerror(errno) : "ok");
	return fd;
}

static int make_map(const char *name, unsigned type)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = type;
	attr.key_size = 4;
	attr.value_size = 8;
	attr.max_entries = 4;
	snprintf(attr.map_name, sizeof(attr.map_name), "%s", name);
	return bpf(BPF_MAP_CREATE, &attr);
}

static int lookup(unsigned level, size_t room, int checks, int by_array)
{
	int map = make_map("raw_map", BPF_MAP_TYPE_HASH);
	const struct bpf_insn insns[] = {
		INSN(BPF_ST | BPF_MEM | BPF_W, BPF_REG_10, 0, -4, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_2, BPF_REG_10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_2, 0, 0, -4),
		INSN(BPF_LD | BPF_IMM | BPF_DW, BPF_REG_1, by_array ? 5 : BPF_PSEUDO_MAP_FD, 0,
		     by_array ? 1 : map),
		INSN(0, 0, 0, 0, 0),
		CALL(1),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, checks ? BPF_REG_0 : BPF_REG_10, 0, 1, 0),
		INSN(BPF_LDX | BPF_MEM | BPF_DW, BPF_REG_0, BPF_REG_0, 0, 0),
		MOVE(BPF_REG_0, 0),
		EXIT,
	};
	const int fds[] = { 0, map };

	return load("raw_lookup", insns, sizeof(insns) / sizeof(insns[0]), level, room,
		    by_array ? fds : NULL);
}

static void attach(int prog)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.name = pointer("skep_no_such_hook");
	attr.raw_tracepoint.prog_fd = (unsigned)prog;
	printf("attach: %s\n", bpf(BPF_RAW_TRACEPOINT_OPEN, &attr) < 0 ? strerror(errno) : "ok");
}

/* What libbpf, bpftool and others ask, made so that it is refused. */
static void probe(void)
{
	const struct bpf_insn helper[] = { CALL(113), EXIT };
	const struct bpf_insn unknown[] = { MOVE(1, 0), MOVE(2, 0), MOVE(3, 0), CALL(30000), EXIT };

	for (int i = 0; i < 3; i++) {
		load("", helper, 2, 0, 0, NULL);
		load("", helper, 2, 1, sizeof(buffer), NULL);
		load("libbpf_nametest", unknown, 5, 0, 0, NULL);
		load("", unknown, 5, 0, 0, NULL);
		make_map("libbpf_mmap", 30000);
	}
}

#ifdef __x86_64__
/* Everything below 4 GB, and the call by its 32-bit number. */
static void compat(void)
{
	static const struct bpf_insn insns[] = {
		MOVE(BPF_REG_0, 0), CALL(5), CALL(5),
		INSN(BPF_LDX | BPF_MEM | BPF_DW, BPF_REG_0, BPF_REG_3, 0, 0), EXIT
	};
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	union bpf_attr *attr = (void *)low;
	int result = 357;

	if (low == MAP_FAILED)
		return;
	memcpy(low + 1024, insns, sizeof(insns));
	strcpy(low + 2048, "GPL");
	attr->prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
	attr->insns = pointer(low + 1024);
	attr->insn_cnt = sizeof(insns) / sizeof(insns[0]);
	attr->license = pointer(low + 2048);
	strcpy(attr->prog_name, "raw_compat");
	__asm__ volatile("int $0x80"
			 : "+a"(result)
			 : "b"(BPF_PROG_LOAD), "c"(low), "d"((int)sizeof(*attr))
			 : "memory", "r8", "r9", "r10", "r11");
	printf("compat: %s\n", result < 0 ? strerror(-result) : "ok");
}
#else
static void compat(void)
{
	printf("compat: not here\n");
}
#endif

static void *in_thread(void *unused)
{
	if (unshare(CLONE_FILES))
		return unused;
	lookup(0, 0, 0, 0);
	return NULL;
}

static void from_thread(void)
{
	pthread_t thread;

	/* The thread's map has a number that is another file in the process. */
	if (!pthread_create(&thread, NULL, in_thread, NULL))
		pthread_join(thread, NULL);
}

static void run(const char *how)
{
	const struct bpf_insn returns[] = { MOVE(0, 0), EXIT };
	const struct bpf_insn exit_only[] = { EXIT };

	if (!strcmp(how, "none"))
		lookup(0, 0, 0, 0);
	else if (!strcmp(how, "level0"))
		lookup(0, sizeof(buffer), 0, 0);
	else if (!strcmp(how, "tiny"))
		lookup(1, 128, 0, 0);
	else if (!strcmp(how, "whole"))
		lookup(1, sizeof(buffer), 0, 0);
	else if (!strcmp(how, "accepted"))
		lookup(1, 128, 1, 0);
	else if (!strcmp(how, "array"))
		lookup(0, 0, 0, 1);
	else if (!strcmp(how, "probes"))
		probe();
	else if (!strcmp(how, "exit"))
		load("", exit_only, 1, 0, 0, NULL);
	else if (!strcmp(how, "map"))
		printf("map: %d\n", make_map("no_such_map", 30000));
	else if (!strcmp(how, "thread"))
		from_thread();
	else if (!strcmp(how, "compat"))
		compat();
	else if (!strcmp(how, "retry"))
		lookup(1, 128, 1, 0), lookup(0, 0, 1, 0);
	else if (!strcmp(how, "good"))
		lookup(0, 0, 1, 0);
	else if (!strcmp(how, "hook"))
		attach(lookup(0, 0, 1, 0));
	else if (!strcmp(how, "ask"))
		attach(load("raw_ask", returns, 2, 0, 0, NULL));
	else
		fprintf(stderr, "what is %s?\n", how);
}

int main(int argc, char **argv)
{
	int times = argc > 2 ? atoi(argv[2]) : 1;

	for (int i = 0; argc > 1 && i < times; i++)
		run(argv[1]);
	return 0;
}
