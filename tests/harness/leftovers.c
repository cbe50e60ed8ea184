/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a test may leave in the kernel:
 *
 *	leftovers FILE        ...a test...        leftovers FILE        ...the next...
 *
 * FILE has a line for each thing that is there, and is written anew each time.
 * Programs, maps and links of the machine, qdiscs of this network namespace, probes in tracefs, pins
 * in mounted BPF file systems, and mounts. What is new since the last time is printed, each as
 * "# left behind: ..."; the kernel has up to 3 s to let go. Status 1: something is.
 */
#include <dirent.h>
#include <errno.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <bpf/bpf.h>

#define LINES   4096
#define LINE    512
#define WAIT_MS 3000
#define STEP_MS 50

struct list {
	size_t count;
	char lines[LINES][LINE];
};

static void add(struct list *list, const char *kind, const char *what)
{
	if (list->count < LINES)
		snprintf(list->lines[list->count++], LINE, "%s %s", kind, what);
}

static void name_of(int fd, size_t kind, char *name, size_t size)
{
	struct bpf_prog_info prog = { 0 };
	struct bpf_map_info map = { 0 };
	__u32 bytes = kind ? sizeof(map) : sizeof(prog);

	if (kind < 2 && !bpf_obj_get_info_by_fd(fd, kind ? (void *)&map : &prog, &bytes))
		snprintf(name, size, "%s", kind ? map.name : prog.name);
	close(fd);
}

static void list_objects(struct list *list)
{
	static const struct {
		const char *name;
		int (*next)(__u32 start, __u32 *next);
		int (*open)(__u32 id);
	} kinds[] = {
		{ "program", bpf_prog_get_next_id, bpf_prog_get_fd_by_id },
		{ "map", bpf_map_get_next_id, bpf_map_get_fd_by_id },
		{ "link", bpf_link_get_next_id, bpf_link_get_fd_by_id },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		for (__u32 id = 0; !kinds[i].next(id, &id);) {
			char text[LINE - 16], name[64] = "";
			int fd = i == 1 ? -1 : kinds[i].open(id);

			/* A map is not opened: a program array would be emptied by our close. */
			if (fd >= 0)
				name_of(fd, i, name, sizeof(name));
			snprintf(text, sizeof(text), "%u %s", id, name);
			add(list, kinds[i].name, text);
		}
}

static void list_qdisc(struct list *list, const struct nlmsghdr *message)
{
	const struct tcmsg *tc = NLMSG_DATA(message);
	int rest = (int)TCA_PAYLOAD(message);
	char text[128];

	/* Not those that the kernel gives to every interface. */
	for (struct rtattr *at = TCA_RTA(tc); RTA_OK(at, rest); at = RTA_NEXT(at, rest))
		if (at->rta_type == TCA_KIND && tc->tcm_handle) {
			snprintf(text, sizeof(text), "%s on interface %d, %x",
				 (const char *)RTA_DATA(at), tc->tcm_ifindex, tc->tcm_handle);
			add(list, "qdisc", text);
		}
}

static void list_qdiscs(struct list *list)
{
	struct {
		struct nlmsghdr header;
		struct tcmsg tc;
	} ask = {
		.header = { .nlmsg_len = sizeof(ask),
			    .nlmsg_type = RTM_GETQDISC,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
	};
	static _Alignas(struct nlmsghdr) char answer[65536];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	bool more = fd >= 0 && send(fd, &ask, sizeof(ask), 0) == sizeof(ask);

	while (more) {
		ssize_t got = recv(fd, answer, sizeof(answer), 0);
		int bytes = got > 0 ? (int)got : 0;

		more = bytes > 0;
		for (struct nlmsghdr *at = (struct nlmsghdr *)answer; NLMSG_OK(at, (__u32)bytes);
		     at = NLMSG_NEXT(at, bytes))
			if (at->nlmsg_type == NLMSG_DONE || at->nlmsg_type == NLMSG_ERROR)
				more = false;
			else
				list_qdisc(list, at);
	}
	if (fd >= 0)
		close(fd);
}

static void list_file(struct list *list, const char *kind, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[LINE - 16];

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		add(list, kind, line);
	}
	if (file)
		fclose(file);
}

static void list_folder(struct list *list, const char *path, int depth)
{
	DIR *folder = depth < 8 ? opendir(path) : NULL;
	struct dirent *entry;
	char inside[LINE - 16];

	while (folder && (entry = readdir(folder))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    strcmp(entry->d_name, "maps.debug") == 0 ||
		    strcmp(entry->d_name, "progs.debug") == 0)
			continue;
		if ((size_t)snprintf(inside, sizeof(inside), "%s/%s", path, entry->d_name) >=
		    sizeof(inside))
			continue;
		add(list, "pin", inside);
		if (entry->d_type == DT_DIR)
			list_folder(list, inside, depth + 1);
	}
	if (folder)
		closedir(folder);
}

static void list_mounts(struct list *list)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *entry;

	while (mounts && (entry = getmntent(mounts))) {
		char text[LINE - 16];

		snprintf(text, sizeof(text), "%s at %s", entry->mnt_type, entry->mnt_dir);
		/* The kernel mounts it itself below debugfs, when somebody looks there. */
		if (strcmp(entry->mnt_dir, "/sys/kernel/debug/tracing") != 0)
			add(list, "mount", text);
		if (strcmp(entry->mnt_type, "bpf") == 0)
			list_folder(list, entry->mnt_dir, 0);
	}
	if (mounts)
		endmntent(mounts);
}

static void take(struct list *list)
{
	list->count = 0;
	list_objects(list);
	list_qdiscs(list);
	list_file(list, "probe", "/sys/kernel/tracing/kprobe_events");
	list_file(list, "probe", "/sys/kernel/tracing/uprobe_events");
	list_mounts(list);
}

static bool has(const struct list *list, const char *line)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->lines[i], line) == 0)
			return true;
	return false;
}

static size_t print_new(const struct list *before, const struct list *now, bool print)
{
	size_t count = 0;

	for (size_t i = 0; i < now->count; i++)
		if (!has(before, now->lines[i])) {
			count++;
			if (print)
				printf("# left behind: %s\n", now->lines[i]);
		}
	return count;
}

/* False: there is none yet. */
static bool read_list(struct list *list, const char *path)
{
	FILE *file = fopen(path, "re");

	if (!file)
		return false;
	while (list->count < LINES && fgets(list->lines[list->count], LINE, file)) {
		list->lines[list->count][strcspn(list->lines[list->count], "\n")] = '\0';
		list->count++;
	}
	fclose(file);
	return true;
}

static bool write_list(const struct list *list, const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return false;
	for (size_t i = 0; i < list->count; i++)
		fprintf(file, "%s\n", list->lines[i]);
	return !fclose(file);
}

int main(int argc, char **argv)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
	static struct list before, now;
	size_t left = 0;
	bool known;

	if (argc != 2)
		return 2;
	known = read_list(&before, argv[1]);
	for (int waited = 0; waited < WAIT_MS; waited += STEP_MS) {
		take(&now);
		left = known ? print_new(&before, &now, false) : 0;
		if (!left)
			break;
		nanosleep(&step, NULL);
	}
	if (left)
		print_new(&before, &now, true);
	return !write_list(&now, argv[1]) ? 2 : left ? 1 : 0;
}
