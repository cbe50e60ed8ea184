/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a link is and where it hangs, in words. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>
#include <linux/bpf.h>
#include <skep/link.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "capture.h"
#include "kernel/facts.h"
#include "kernel/newer.h"
#include "kernel/since.h"
#include "link.h"

#define NAME_BYTES 256

/* What the kernel writes into buffers that one has to give it first: one round tells the kind. */
struct answer {
	struct skep_link_info_raw raw;
	char name[NAME_BYTES];
};

static uint64_t address(void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

static void give_room(struct answer *a)
{
	switch (a->raw.type) {
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
	case BPF_LINK_TYPE_ITER:
		a->raw.raw_tracepoint.name = address(a->name);
		a->raw.raw_tracepoint.room = sizeof(a->name);
		break;
	case BPF_LINK_TYPE_PERF_EVENT:
		a->raw.perf_event.name = address(a->name);
		a->raw.perf_event.room = sizeof(a->name);
		break;
	case SKEP_BPF_LINK_UPROBE_MULTI:
		a->raw.uprobe_multi.path = address(a->name);
		a->raw.uprobe_multi.room = sizeof(a->name);
		break;
	default:
		break;
	}
}

static int ask(int fd, struct answer *a)
{
	struct skep_link_info_raw first = { 0 };
	int err = skep_link_ask(fd, &first);

	*a = (struct answer){ .raw = { .type = first.type } };
	give_room(a);
	a->raw.type = 0;
	if (!err && skep_link_ask(fd, &a->raw)) { /* this kernel gives no name */
		a->raw = first;
		a->name[0] = '\0';
	}
	return err;
}

/* --- words --- */

/* "cgroup_inet4_connect" */
static const char *attach_words(uint32_t type, char words[64])
{
	const struct skep_since *row = skep_kernel_since_number(SKEP_SINCE_ATTACH, (int)type);
	const char *name = row ? row->name : "BPF_?";
	size_t i = 0;

	for (name += strlen("BPF_"); *name && i < 63; name++)
		words[i++] = (char)tolower((unsigned char)*name);
	words[i] = '\0';
	return words;
}

static void say_interface(struct skep_link_info *info, uint32_t index, const char *where)
{
	char name[IF_NAMESIZE];

	info->interface = index;
	info->is_gone = !index;
	if (!index)
		snprintf(info->hook, sizeof(info->hook),
			 "no interface (detached, or it is gone)%s%s", where[0] ? ", " : "", where);
	else if (if_indextoname(index, name))
		snprintf(info->hook, sizeof(info->hook), "interface %s (%u)%s%s", name, index,
			 where[0] ? ", " : "", where);
	else /* in another network namespace */
		snprintf(info->hook, sizeof(info->hook), "interface %u%s%s", index,
			 where[0] ? ", " : "", where);
}

/* A cgroup's id is what the kernel makes a file handle of. */
static bool cgroup_path(uint64_t id, char *path, size_t room)
{
	union {
		struct file_handle handle;
		char bytes[sizeof(struct file_handle) + sizeof(id)];
	} h = { .handle = { .handle_bytes = sizeof(id), .handle_type = 0xfe } };
	AUTO_CLOSE int root = -1;
	AUTO_CLOSE int fd = -1;
	char mount[NAME_BYTES], link[40];
	ssize_t n;

	if (!skep_kernel_mount(SKEP_MOUNT_CGROUP2, NULL, mount, sizeof(mount)))
		return false;
	root = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	memcpy(h.handle.f_handle, &id, sizeof(id));
	if (root >= 0)
		fd = open_by_handle_at(root, &h.handle, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, room - 1);
	path[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static void say_cgroup(struct skep_link_info *info, const struct skep_link_info_raw *raw)
{
	char path[176], words[64];

	info->cgroup_id = raw->cgroup.id;
	info->is_gone = !raw->cgroup.id;
	attach_words(raw->cgroup.attach_type, words);
	if (info->is_gone)
		snprintf(info->hook, sizeof(info->hook), "no cgroup (detached, or it is gone), %s",
			 words);
	else if (cgroup_path(raw->cgroup.id, path, sizeof(path)))
		snprintf(info->hook, sizeof(info->hook), "cgroup %s, %s", path, words);
	else
		snprintf(info->hook, sizeof(info->hook), "cgroup with id %llu, %s",
			 (unsigned long long)raw->cgroup.id, words);
}

static bool function_name(const struct skep_link_info_raw *raw, char *name, size_t room)
{
	struct btf *btf = btf__load_from_kernel_by_id(raw->tracing.object_id);
	const struct btf_type *type = btf ? btf__type_by_id(btf, raw->tracing.btf_id) : NULL;
	const char *found = type ? btf__name_by_offset(btf, type->name_off) : NULL;

	if (found)
		snprintf(name, room, "%s", found);
	btf__free(btf);
	return found;
}

static void say_tracing(struct skep_link_info *info, const struct skep_link_info_raw *raw)
{
	char words[64], name[96] = "a function";
	bool of_program = !raw->tracing.attach_type; /* freplace */

	if (raw->tracing.btf_id && !of_program)
		function_name(raw, name, sizeof(name));
	if (of_program)
		snprintf(info->hook, sizeof(info->hook), "a function of program %u",
			 raw->tracing.object_id);
	else
		snprintf(info->hook, sizeof(info->hook), "%s %s",
			 attach_words(raw->tracing.attach_type, words), name);
}

static void say_perf_event(struct skep_link_info *info, const struct answer *a)
{
	static const char *const kinds[] = { "perf event", "uprobe",     "uretprobe", "kprobe",
					     "kretprobe",  "tracepoint", "perf event" };
	uint32_t type = a->raw.perf_event.type;
	const char *kind = kinds[type < sizeof(kinds) / sizeof(kinds[0]) ? type : 0];

	if (!a->name[0])
		snprintf(info->hook, sizeof(info->hook), "%s", type ? kind : "");
	else if (type >= 1 && type <= 4 && a->raw.perf_event.offset)
		snprintf(info->hook, sizeof(info->hook), "%s %.120s+0x%x", kind, a->name,
			 a->raw.perf_event.offset);
	else
		snprintf(info->hook, sizeof(info->hook), "%s %.120s", kind, a->name);
}

static void say_netfilter(struct skep_link_info *info, const struct skep_link_info_raw *raw)
{
	static const char *const hooks[] = { "prerouting", "input", "forward", "output",
					     "postrouting" };
	uint32_t hook = raw->netfilter.hook;

	snprintf(info->hook, sizeof(info->hook), "netfilter %s %s, priority %d",
		 raw->netfilter.family == 2    ? "IPv4"
		 : raw->netfilter.family == 10 ? "IPv6"
					       : "?",
		 hook < sizeof(hooks) / sizeof(hooks[0]) ? hooks[hook] : "?",
		 raw->netfilter.priority);
}

static void say_hook(struct skep_link_info *info, const struct answer *a)
{
	const struct skep_link_info_raw *raw = &a->raw;
	char *hook = info->hook, words[64];
	const size_t room = sizeof(info->hook);

	switch (raw->type) {
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
		snprintf(hook, room, "raw tracepoint %.120s", a->name);
		break;
	case BPF_LINK_TYPE_ITER:
		snprintf(hook, room, "iterator %.120s", a->name);
		break;
	case BPF_LINK_TYPE_TRACING:
		say_tracing(info, raw);
		break;
	case BPF_LINK_TYPE_CGROUP:
		say_cgroup(info, raw);
		break;
	case BPF_LINK_TYPE_NETNS:
		info->is_gone = !raw->netns.inode;
		snprintf(hook, room, "network namespace %u, %s", raw->netns.inode,
			 attach_words(raw->netns.attach_type, words));
		break;
	case BPF_LINK_TYPE_XDP:
		say_interface(info, raw->interface.index, "");
		break;
	case SKEP_BPF_LINK_TCX:
	case SKEP_BPF_LINK_NETKIT:
		say_interface(info, raw->interface.index,
			      attach_words(raw->interface.attach_type, words));
		break;
	case BPF_LINK_TYPE_PERF_EVENT:
		say_perf_event(info, a);
		break;
	case BPF_LINK_TYPE_KPROBE_MULTI:
		snprintf(hook, room, "%u functions", raw->kprobe_multi.count);
		break;
	case SKEP_BPF_LINK_UPROBE_MULTI:
		snprintf(hook, room, "%u places in %.110s", raw->uprobe_multi.count, a->name);
		break;
	case BPF_LINK_TYPE_STRUCT_OPS:
	case SKEP_BPF_LINK_SOCKMAP:
		info->is_gone = !raw->map.id;
		snprintf(hook, room, "map with id %u", raw->map.id);
		break;
	case SKEP_BPF_LINK_NETFILTER:
		say_netfilter(info, raw);
		break;
	default:
		break;
	}
}

/* --- */

static void describe(const struct skep_link *link, struct skep_link_info *info)
{
	SKEP_CAPTURE(said); /* libbpf on BTF that may not be read */
	struct answer a;

	info->kind = skep_link_way(link);
	info->way = info->kind;
	info->count = 1;
	info->is_pinned = link->pins > 0;
	if (skep_link_fd(link) >= 0 && skep_link_is(skep_link_fd(link)) &&
	    !ask(skep_link_fd(link), &a)) {
		info->kind = skep_link_kind(a.raw.type)->name;
		info->id = a.raw.id;
		info->program_id = a.raw.prog_id;
		say_hook(info, &a);
	}
	if (link->ops && link->ops->describe)
		link->ops->describe(link->state, info);
}

int skep_link_info(const struct skep_link *link, struct skep_link_info *out)
{
	struct skep_link_info info = { .sz = sizeof(info) };
	int err;

	if (!out || out->sz < sizeof(out->sz))
		return skep_fail_hint(skep_fail(EINVAL, "a struct skep_link_info without its size"),
				      "set sz = sizeof(struct skep_link_info) before the call");
	err = skep_link_need_open(link);
	if (err)
		return err;
	describe(link->count ? link->parts[0] : link, &info);
	if (link->parts) {
		info.count = (uint32_t)link->count;
		info.is_pinned = link->pins > 0;
		info.way = skep_link_way(link);
	}
	info.sz = out->sz;
	memcpy(out, &info, out->sz < sizeof(info) ? out->sz : sizeof(info));
	return 0;
}
