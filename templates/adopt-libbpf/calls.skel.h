/* SPDX-License-Identifier: 0BSD */
/*
 * The skeleton, as it was: what `bpftool gen skeleton calls.bpf.o name calls_bpf` offers. Written out here,
 * so that nobody needs bpftool to try it; its own header can take the place of this one.
 */
#ifndef CALLS_SKEL_H
#define CALLS_SKEL_H

#include <errno.h>
#include <stdlib.h>

#include <bpf/libbpf.h>

struct calls_bpf {
	struct bpf_object_skeleton *skeleton;
	struct bpf_object *obj;
	struct {
		struct bpf_map *events;
		struct bpf_map *bss;
		struct bpf_map *rodata;
	} maps;
	struct {
		struct bpf_program *handle_sys_enter;
	} progs;
	struct {
		struct bpf_link *handle_sys_enter;
	} links;
	struct calls_bpf__bss *bss;
	struct calls_bpf__rodata *rodata;
};

struct calls_bpf__bss {
	__u64 dropped;
};

struct calls_bpf__rodata {
	__u32 target_pid;
};

/* The object, whole: CALLS_OBJECT is its path. */
__asm__(".pushsection .rodata\n.balign 8\n"
	"calls_object: .incbin \"" CALLS_OBJECT "\"\n"
	"calls_object_end: .byte 0\n.popsection\n");
extern char calls_object[], calls_object_end[];

static inline void calls_bpf__describe(struct calls_bpf *skel, struct bpf_object_skeleton *s)
{
	s->maps[0] = (struct bpf_map_skeleton){ .name = "events", .map = &skel->maps.events };
	s->maps[1] = (struct bpf_map_skeleton){ .name = ".bss",
						.map = &skel->maps.bss,
						.mmaped = (void **)&skel->bss };
	s->maps[2] = (struct bpf_map_skeleton){ .name = ".rodata",
						.map = &skel->maps.rodata,
						.mmaped = (void **)&skel->rodata };
	s->progs[0] = (struct bpf_prog_skeleton){ .name = "handle_sys_enter",
						  .prog = &skel->progs.handle_sys_enter,
						  .link = &skel->links.handle_sys_enter };
}

static inline void calls_bpf__destroy(struct calls_bpf *skel)
{
	if (skel)
		bpf_object__destroy_skeleton(skel->skeleton);
	free(skel);
}

static inline struct calls_bpf *calls_bpf__open(void)
{
	struct calls_bpf *skel = (struct calls_bpf *)calloc(1, sizeof(*skel));
	struct bpf_object_skeleton *s = (struct bpf_object_skeleton *)calloc(1, sizeof(*s));
	int err;

	if (!skel || !s) {
		free(skel);
		free(s);
		errno = ENOMEM;
		return NULL;
	}
	skel->skeleton = s;
	s->sz = sizeof(*s);
	s->name = "calls_bpf";
	s->obj = &skel->obj;
	s->data = calls_object;
	s->data_sz = (size_t)(calls_object_end - calls_object);
	s->map_cnt = 3;
	s->map_skel_sz = sizeof(*s->maps);
	s->maps = (struct bpf_map_skeleton *)calloc(3, sizeof(*s->maps));
	s->prog_cnt = 1;
	s->prog_skel_sz = sizeof(*s->progs);
	s->progs = (struct bpf_prog_skeleton *)calloc(1, sizeof(*s->progs));
	err = s->maps && s->progs ? 0 : -ENOMEM;
	if (!err) {
		calls_bpf__describe(skel, s);
		err = bpf_object__open_skeleton(s, NULL);
	}
	if (!err)
		return skel;
	calls_bpf__destroy(skel);
	errno = -err;
	return NULL;
}

static inline int calls_bpf__load(struct calls_bpf *skel)
{
	return bpf_object__load_skeleton(skel->skeleton);
}

static inline int calls_bpf__attach(struct calls_bpf *skel)
{
	return bpf_object__attach_skeleton(skel->skeleton);
}

#endif
