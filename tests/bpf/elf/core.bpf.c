/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* CO-RE relocations of each kind: fields, bit fields, types, enums; tags; floats; 128 bits. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#define RELOCATED __attribute__((preserve_access_index))
#define TAGGED    __attribute__((btf_decl_tag("tagged")))
#define USER      __attribute__((btf_type_tag("user")))

struct list {
	struct list *next, **previous;
} RELOCATED;

union id {
	int number;
	char bytes[8];
} RELOCATED;

struct task_struct {
	int pid;
	struct task_struct *parent;
	struct list list;
	union id ids[3];
	unsigned int first : 1;
	unsigned int second : 7;
	const char *const volatile name;
	int (*function)(struct task_struct *self, int, ...);
	char comm[16] TAGGED;
} RELOCATED;

struct old___v1 {
	int (*matrix)[3][4];
} RELOCATED;

enum color {
	RED,
	GREEN = 10,
	BLUE = -1
};
enum large {
	HUGE = 0x100000000ULL,
	LARGER
};
typedef unsigned __int128 wide;
typedef int (*callback)(const struct list *list, enum color color);

struct numbers {
	float single;
	double twice;
	wide many;
	callback call;
	int USER *pointer;
} numbers;

SEC("raw_tp/sys_enter")
int BPF_PROG(on_unlink, int dfd, struct task_struct *task TAGGED)
{
	int pid = BPF_CORE_READ(task, parent, parent, pid);

	if (bpf_core_field_exists(task->ids))
		pid += task->ids[1].bytes[2];
	pid += BPF_CORE_READ_BITFIELD(task, second);
	pid += bpf_core_type_size(struct old___v1) + bpf_core_type_exists(union id);
	pid += bpf_core_enum_value(enum color, GREEN) + bpf_core_type_id_local(struct list);
	pid += bpf_core_type_id_kernel(struct task_struct) + bpf_core_field_offset(task->list);
	pid += bpf_core_enum_value_exists(enum large, HUGE);
	return pid + bpf_core_type_id_local(struct numbers);
}

char _license[] SEC("license") = "GPL";
