/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A program refers to its maps, its BTF and the program it extends by file descriptors. They are
 * opened here too, so that the program can be loaded again when its process is gone.
 */
#include "watch_parts.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FDS_MOST     512
#define PIDFD_THREAD O_EXCL /* from Linux 6.9 on */

struct table {
	int pidfd;
	int theirs[FDS_MOST], ours[FDS_MOST];
	size_t count;
	bool may_lack; /* the kernel did not find one either */
	bool failed;
};

/* Of the task, where the kernel can: a thread may have file descriptors of its own. */
static int open_task(pid_t tid, pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, tid, PIDFD_THREAD);

	if (fd >= 0)
		return fd;
	if (tid != pid && syscall(SYS_kcmp, tid, pid, KCMP_FILES, 0, 0) > 0)
		return -1;
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static int get(int pidfd, int fd)
{
	return (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
}

/* Ours for theirs. What they do not have, we do not have either: -1. */
static int translate(struct table *table, int fd)
{
	int ours;

	for (size_t i = 0; i < table->count; i++)
		if (table->theirs[i] == fd)
			return table->ours[i];
	if (fd < 0)
		return fd;
	if (table->count == FDS_MOST) {
		table->failed = true;
		return -1;
	}
	ours = get(table->pidfd, fd);
	if (ours < 0 && (errno != EBADF || !table->may_lack))
		table->failed = true;
	table->theirs[table->count] = fd;
	table->ours[table->count++] = ours;
	return ours;
}

/* How many of fd_array the instructions use. */
static uint32_t translate_insns(struct table *table, struct bpf_insn *insns, uint32_t count)
{
	uint32_t used = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct bpf_insn *insn = &insns[i];
		uint32_t index = 0;

		if (insn->code == (BPF_LD | BPF_IMM | BPF_DW) && i + 1 < count) {
			i++;
			if (insn->src_reg == WATCH_CONSTANT_MAP_FD ||
			    insn->src_reg == WATCH_CONSTANT_MAP_VALUE)
				insn->imm = translate(table, insn->imm);
			else if (insn->src_reg == WATCH_CONSTANT_BTF_ID && insn[1].imm)
				insn[1].imm = translate(table, insn[1].imm);
			else if (insn->src_reg == WATCH_CONSTANT_MAP_INDEX ||
				 insn->src_reg == WATCH_CONSTANT_MAP_INDEX_VALUE)
				index = (uint32_t)insn->imm + 1;
		} else if (insn->code == (BPF_JMP | BPF_CALL) &&
			   insn->src_reg == WATCH_CALL_KFUNC && insn->off > 0) {
			index = (uint32_t)insn->off + 1;
		}
		if (index > used)
			used = index;
	}
	return used;
}

static bool translate_array(struct watch_refusal *r, struct table *table, pid_t tid, uint32_t used)
{
	struct watch_prog_load *load = &r->attr.prog;
	size_t read;

	if (load->fd_array_cnt > used)
		used = load->fd_array_cnt;
	if (!load->fd_array || !used)
		return true;
	if (used > FDS_MOST)
		return false;
	r->fd_array = calloc(used, sizeof(*r->fd_array));
	if (!r->fd_array)
		return false;
	read = watch_read(tid, load->fd_array, r->fd_array, used * sizeof(*r->fd_array));
	for (uint32_t i = 0; i < read / sizeof(*r->fd_array); i++)
		r->fd_array[i] = translate(table, r->fd_array[i]);
	load->fd_array = (uintptr_t)r->fd_array;
	return true;
}

static void translate_attr(struct watch_prog_load *load, struct table *table)
{
	uint32_t *const fds[] = { &load->prog_btf_fd, &load->attach_prog_fd };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (*fds[i])
			*fds[i] = (uint32_t)translate(table, (int)*fds[i]);
	if (load->prog_flags & WATCH_FLAG_TOKEN)
		load->prog_token_fd = (uint32_t)translate(table, (int)load->prog_token_fd);
}

/* Those that could be opened are the refusal's now. */
static int keep(struct watch_refusal *r, const struct table *table)
{
	r->fds = calloc(table->count + 1, sizeof(*r->fds));
	for (size_t i = 0; i < table->count; i++) {
		if (table->ours[i] < 0)
			continue;
		if (r->fds)
			r->fds[r->fd_count++] = table->ours[i];
		else
			close(table->ours[i]);
	}
	return r->fds && !table->failed ? 0 : -1;
}

int watch_fds_copy(struct watch_refusal *r, pid_t tid, pid_t pid)
{
	struct watch_prog_load *load = &r->attr.prog;
	struct table table = { .pidfd = open_task(tid, pid), .may_lack = r->error == EBADF };
	bool array;

	if (table.pidfd < 0)
		return -1;
	array = translate_array(r, &table, tid, translate_insns(&table, r->insns, load->insn_cnt));
	translate_attr(load, &table);
	close(table.pidfd);
	return keep(r, &table) || !array ? -1 : 0;
}

bool watch_fds_program_name(pid_t tid, pid_t pid, int fd, char *name, size_t room)
{
	const size_t most = 2 * sizeof(struct bpf_insn); /* r0 = 0; exit */
	struct bpf_prog_info info = { 0 };
	bool returns = false;
	__u32 bytes = sizeof(info);
	int pidfd = open_task(tid, pid), ours = pidfd < 0 ? -1 : get(pidfd, fd);

	if (ours >= 0 && !bpf_obj_get_info_by_fd(ours, &info, &bytes)) {
		snprintf(name, room, "%.*s", (int)sizeof(info.name), info.name);
		returns = info.xlated_prog_len && info.xlated_prog_len <= most && !info.btf_id;
	}
	if (ours >= 0)
		close(ours);
	if (pidfd >= 0)
		close(pidfd);
	return returns;
}
