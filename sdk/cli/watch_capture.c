/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Takes a refused call with all that it points to out of its task, which is stopped behind it. */
#include "watch_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INSNS_MOST 1000000u /* the kernel takes no more */
#define BTF_MOST   ((size_t)16 << 20)
#define BLOB_MOST  ((size_t)64 << 20)

static bool read_attr(const struct watch_call *call, union watch_attr *attr)
{
	size_t bytes = call->size < sizeof(*attr) ? call->size : sizeof(*attr);

	memset(attr, 0, sizeof(*attr));
	return bytes >= 8 && watch_read(call->tid, call->attr, attr, bytes) == bytes;
}

/* A name is as hostile as all else, and ends up on terminals. */
static void set_name(char *to, size_t room, const char *from, size_t bytes)
{
	size_t n = 0;

	while (n + 1 < room && n < bytes && from[n]) {
		to[n] = from[n] > ' ' && from[n] < 127 && from[n] != '\'' ? from[n] : '?';
		n++;
	}
	to[n] = '\0';
}

static void *read_blob(struct watch_refusal *r, pid_t tid, uint64_t *from, uint64_t bytes,
		       bool *complete)
{
	void *copy = NULL;

	if (!*from || !bytes)
		return NULL;
	if (bytes <= BLOB_MOST)
		copy = watch_read_copy(tid, *from, (size_t)bytes);
	if (!copy)
		*complete = false;
	else
		r->bytes += (size_t)bytes;
	*from = (uintptr_t)copy;
	return copy;
}

/* What the command got to read. */
static void read_log(struct watch_refusal *r, pid_t tid, uint64_t from, size_t most, unsigned level)
{
	if (!level || !most)
		return;
	r->log = watch_read_text(tid, from, most, &r->log_bytes);
	r->bytes += r->log ? r->log_bytes : 0;
	r->log_whole = r->log && (level & 3) && r->error != ENOSPC && r->log_bytes + 1 < most;
}

static bool read_records(struct watch_refusal *r, pid_t tid)
{
	struct watch_prog_load *load = &r->attr.prog;
	bool complete = true;

	r->func_info =
		read_blob(r, tid, &load->func_info,
			  (uint64_t)load->func_info_cnt * load->func_info_rec_size, &complete);
	r->line_info =
		read_blob(r, tid, &load->line_info,
			  (uint64_t)load->line_info_cnt * load->line_info_rec_size, &complete);
	r->core_relos =
		read_blob(r, tid, &load->core_relos,
			  (uint64_t)load->core_relo_cnt * load->core_relo_rec_size, &complete);
	r->signature = read_blob(r, tid, &load->signature, load->signature_size, &complete);
	return complete;
}

static bool capture_program(struct watch_refusal *r, const struct watch_call *call)
{
	struct watch_prog_load *load = &r->attr.prog;
	size_t bytes = load->insn_cnt * sizeof(struct bpf_insn), license_bytes;
	pid_t tid = call->tid;

	set_name(r->name, sizeof(r->name), load->prog_name, sizeof(load->prog_name));
	read_log(r, tid, load->log_buf, load->log_size, load->log_level);
	if (load->insn_cnt && load->insn_cnt <= INSNS_MOST)
		r->insns = watch_read_copy(tid, load->insns, bytes);
	r->bytes += r->insns ? bytes : 0;
	r->key = watch_program_key(load, r->insns);
	r->look = watch_look_at(load, r->insns);
	r->license = watch_read_text(tid, load->license, 128, &license_bytes);
	r->copied =
		r->insns && r->license && read_records(r, tid) && !watch_fds_copy(r, tid, r->pid);
	load->insns = (uintptr_t)r->insns;
	load->license = (uintptr_t)r->license;
	return true;
}

static bool capture_btf(struct watch_refusal *r, const struct watch_call *call)
{
	struct watch_btf_load *load = &r->attr.btf;

	if (load->btf_size <= BTF_MOST)
		r->btf = watch_read_copy(call->tid, load->btf, load->btf_size);
	r->bytes += r->btf ? load->btf_size : 0;
	read_log(r, call->tid, load->btf_log_buf, load->btf_log_size, load->btf_log_level);
	r->key = watch_btf_key(load, r->btf);
	r->copied = r->btf && !load->btf_token_fd;
	load->btf = (uintptr_t)r->btf;
	/* Loaders ask with a handful of types which kinds there are. */
	r->look = load->btf_size <= 192 ? WATCH_PROBE : WATCH_REAL;
	return true;
}

static bool capture_map(struct watch_refusal *r)
{
	const struct watch_map_create *map = &r->attr.map;

	set_name(r->name, sizeof(r->name), map->map_name, sizeof(map->map_name));
	r->key = watch_map_key(map);
	r->look = !*r->name || watch_is_probe_name(r->name) ? WATCH_PROBE : WATCH_REAL;
	return true;
}

static void read_target(struct watch_refusal *r, pid_t tid)
{
	size_t bytes;
	char *name = watch_read_text(tid, r->attr.raw.name, sizeof(r->target), &bytes);

	if (name)
		set_name(r->target, sizeof(r->target), name, bytes);
	free(name);
}

/* Attaching: nothing is done again, so only its name is wanted. */
static bool capture_attach(struct watch_refusal *r, const struct watch_call *call)
{
	struct watch_link_create *link = &r->attr.link;
	int fd = (int)link->prog_fd;
	bool returns;

	if (call->cmd == WATCH_PROG_ATTACH) {
		fd = (int)link->target_fd;
		link->target_fd = link->prog_fd;
	} else if (call->cmd == WATCH_RAW_TRACEPOINT_OPEN) {
		fd = (int)r->attr.raw.prog_fd;
		read_target(r, call->tid);
	}
	/* Loaders ask with a link to nothing whether there are links. */
	if (fd < 0 || (call->cmd == WATCH_LINK_CREATE && (int)link->target_fd < 0))
		return false;
	returns = watch_fds_program_name(call->tid, r->pid, fd, r->name, sizeof(r->name));
	set_name(r->name, sizeof(r->name), r->name, sizeof(r->name));
	r->key = (uint64_t)call->cmd << 32 | (unsigned)fd;
	/* bpftrace and others ask with a program that only returns, named after what they ask. */
	r->look = *r->name && !returns && !watch_is_probe_name(r->name) ? WATCH_REAL : WATCH_PROBE;
	return true;
}

static bool fill(struct watch_refusal *r, const struct watch_call *call)
{
	switch (call->cmd) {
	case WATCH_PROG_LOAD:
		return capture_program(r, call);
	case WATCH_BTF_LOAD:
		return capture_btf(r, call);
	case WATCH_MAP_CREATE:
		return capture_map(r);
	case WATCH_LINK_CREATE:
	case WATCH_PROG_ATTACH:
	case WATCH_RAW_TRACEPOINT_OPEN:
		return capture_attach(r, call);
	}
	return false;
}

struct watch_refusal *watch_capture(const struct watch_call *call, int error)
{
	struct watch_refusal *r;

	/* It is called again: a signal came. */
	if (error == EAGAIN || error == EINTR || error >= 512)
		return NULL;
	r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->cmd = call->cmd;
	r->error = error;
	r->pid = watch_process_of(call->tid);
	r->uid = watch_user_of(call->tid);
	r->bytes = sizeof(*r);
	if (!read_attr(call, &r->attr) || !fill(r, call)) {
		watch_refusal_free(r);
		return NULL;
	}
	return r;
}

void watch_refusal_free(struct watch_refusal *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->fd_count; i++)
		close(r->fds[i]);
	free(r->fds);
	free(r->fd_array);
	free(r->insns);
	free(r->license);
	free(r->func_info);
	free(r->line_info);
	free(r->core_relos);
	free(r->signature);
	free(r->btf);
	free(r->log);
	free(r);
}

uint64_t watch_key(const struct watch_call *call)
{
	union watch_attr attr;
	void *data = NULL;
	uint64_t key = 0;

	if (!read_attr(call, &attr))
		return 0;
	if (call->cmd == WATCH_MAP_CREATE)
		return watch_map_key(&attr.map);
	if (call->cmd == WATCH_PROG_LOAD && attr.prog.insn_cnt <= INSNS_MOST) {
		data = watch_read_copy(call->tid, attr.prog.insns,
				       attr.prog.insn_cnt * sizeof(struct bpf_insn));
		key = data ? watch_program_key(&attr.prog, data) : 0;
	} else if (call->cmd == WATCH_BTF_LOAD && attr.btf.btf_size <= BTF_MOST) {
		data = watch_read_copy(call->tid, attr.btf.btf, attr.btf.btf_size);
		key = data ? watch_btf_key(&attr.btf, data) : 0;
	}
	free(data);
	return key;
}
