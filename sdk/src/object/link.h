/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Ownership of one attachment, however it was made. Links are made in attach/, and freed by
 * whoever has them. Public side: <skep/link.h>.
 */
#ifndef SKEP_OBJECT_LINK_H
#define SKEP_OBJECT_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bpf_link;
struct skep_link;
struct skep_link_info;

/*
 * What a link is that is neither libbpf's nor a plain file descriptor of the kernel's links: a
 * filter in a qdisc, an option of a socket, several file descriptors.
 */
struct skep_link_ops {
	const char *name; /* the way that was taken, unless skep_link_set_way() says another */
	void (*free)(void *state);               /* detaches, and frees the state */
	int (*fd)(const void *state);            /* a link's, borrowed; NULL: there is none */
	int (*update)(void *state, int prog_fd); /* -errno; NULL: the kernel's, by the fd */
	/*
	 * The rest may be left out. Detaches, and keeps the state for `free`; -errno. NULL: the
	 * kernel's BPF_LINK_DETACH on its fd, or, where there is none, it cannot be done.
	 */
	int (*detach)(void *state);
	/* Instead of `free` once it is pinned: frees, and leaves it attached. NULL: `free` does. */
	void (*let_go)(void *state);
	/* What the kernel does not tell, or not in words: into what it told. */
	void (*describe)(const void *state, struct skep_link_info *info);
};

/* What the files link*.c share; nobody else looks into it. */
struct skep_link {
	const struct skep_link_ops *ops;
	void *state;
	struct bpf_link *link; /* libbpf's, or NULL */
	const char *way;       /* or NULL: the ops' name, or what the kernel calls it */
	int pins;              /* of ours that are there */
	struct skep_link **parts;
	size_t count; /* of parts */
};

/*
 * Each takes over what it is given (libbpf's link, a file descriptor, the state, the malloc'ed
 * array with the links in it), and frees it on failure too. -errno in words.
 */
int skep_link_from_libbpf(struct skep_link **out, struct bpf_link *link);
int skep_link_from_fd(struct skep_link **out, int fd);
int skep_link_from_ops(struct skep_link **out, const struct skep_link_ops *ops, void *state);
int skep_link_from_many(struct skep_link **out, struct skep_link **links, size_t count);

/* Which way was taken: static text ("kprobe.multi", "clsact", "xdp native"). NULL link is fine. */
void skep_link_set_way(struct skep_link *link, const char *way);

/* -EBADF in words: there is no link, or somebody closed its file descriptor. */
int skep_link_need_open(const struct skep_link *link);

/* --- link_kind.c --- */

/* struct bpf_link_info as newer kernels have it. */
struct skep_link_info_raw {
	uint32_t type, id, prog_id, padding;
	union {
		struct {
			uint64_t name;
			uint32_t room;
		} raw_tracepoint, iter;
		struct {
			uint32_t attach_type, object_id, btf_id;
		} tracing;
		struct {
			uint64_t id;
			uint32_t attach_type;
		} cgroup;
		struct {
			uint32_t inode, attach_type;
		} netns;
		struct {
			uint32_t index, attach_type; /* of XDP only the first */
		} interface;
		struct {
			uint32_t id, attach_type;
		} map;
		struct {
			uint32_t family, hook;
			int32_t priority;
			uint32_t flags;
		} netfilter;
		struct {
			uint64_t addresses;
			uint32_t count, flags;
		} kprobe_multi;
		struct {
			uint64_t path, offsets, counters, cookies;
			uint32_t room, count, flags, pid;
		} uprobe_multi;
		struct {
			uint32_t type, padding;
			uint64_t name;
			uint32_t room, offset;
		} perf_event;
		uint64_t as_new[16];
	};
};

/* What the kernel calls the kind, and what it can do with it. */
struct skep_link_kind {
	const char *name;
	bool updates;  /* BPF_LINK_UPDATE */
	bool detaches; /* BPF_LINK_DETACH */
};

/* Never NULL: "unknown" for one that is newer than the table. */
const struct skep_link_kind *skep_link_kind(uint32_t type);

/* -errno without words; `raw` may have addresses of buffers set already. */
int skep_link_ask(int fd, struct skep_link_info_raw *raw);

/* Whether a file descriptor is a link; where /proc is not there, whether it may be one. */
bool skep_link_is(int fd);

#endif
