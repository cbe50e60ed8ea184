// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Where programs hang, and what keeps them, as `skep top` finds it out. */
#include "harness/machine.h"
#include "harness/test.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <linux/perf_event.h>

#include "app.h"
#include "group.h"
#include "net.h"
#include "top_app.h"

#define DELETES 1000

static bool hangs(json_t *all, const char *program, const char *kind, const char *words)
{
	json_t *p = top_with_id(all, "programs", top_info(program).id), *hook;
	size_t i;

	json_array_foreach(json_object_get(p, "hooks"), i, hook)
		if (!strcmp(top_text(hook, "kind"), kind) && strstr(top_text(hook, "hook"), words))
			return true;
	fail_msg("'%s' hangs at no %s '%s': %s", program, kind, words,
		 json_dumps(json_object_get(p, "hooks"), 0));
	return false;
}

static void hang_on_interface(void)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = 1, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, filter, .priority = 7,
		    .prog_fd = top_fd("top_counted_by_its_whole_name"));

	net_enter();
	assert_int_equal(bpf_xdp_attach(1, top_fd("top_passes"), XDP_FLAGS_SKB_MODE, NULL), 0);
	assert_int_equal(bpf_tc_hook_create(&hook), 0);
	assert_int_equal(bpf_tc_attach(&hook, &filter), 0);
}

/* A new group, in `path`. */
static void hang_on_group(char path[GROUP_PATH])
{
	int fd;

	group_make(path, NULL, "skep_top");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(bpf_prog_attach(top_fd("top_group"), fd, BPF_CGROUP_INET_EGRESS, 0), 0);
	close(fd);
}

/* As bpftrace attaches, and libbpf on older kernels; -1 where tracefs cannot be mounted. */
static int hang_on_event(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr) };
	char path[4200], digits[16] = "";
	int fd;

	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	if (mount("tracefs", test_tmpdir(), "tracefs", 0, NULL))
		return -1;
	snprintf(path, sizeof(path), "%s/events/sched/sched_process_exec/id", test_tmpdir());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(read(fd, digits, sizeof(digits) - 1) > 0);
	close(fd);
	umount2(test_tmpdir(), MNT_DETACH);
	attr.config = (unsigned int)atoi(digits);
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(ioctl(fd, PERF_EVENT_IOC_SET_BPF, top_fd("top_event")), 0);
	return fd;
}

TEST_WITH(hooks_with_and_without_links_are_found, top_open, top_close)
{
	SKEP_AUTO(skep_link) *link = NULL;
	char path[GROUP_PATH];
	json_t *all;
	int event;

	assert_ok(skep_attach(&link, skep_object_program(top_object, "top_exec")));
	event = hang_on_event();
	hang_on_interface();
	hang_on_group(path);
	all = top_look(NULL);
	group_remove(path);
	close(event);
	assert_true(hangs(all, "top_exec", "raw tracepoint", "sched_process_exec"));
	assert_true(hangs(all, "top_passes", "xdp", "interface lo (1), generic"));
	assert_true(hangs(all, "top_counted_by_its_whole_name", "tc",
			  "interface lo (1), tc ingress, priority 7"));
	assert_true(hangs(all, "top_group", "cgroup", "skep_top"));
	assert_true(hangs(all, "top_group", "cgroup", "cgroup_inet_egress"));
	if (event < 0)
		test_skip("perf events: tracefs cannot be mounted");
	assert_true(hangs(all, "top_event", "perf event", "tracepoint sched_process_exec"));
	json_decref(all);
}

TEST(maps_and_programs_that_only_a_pin_keeps_are_shown)
{
	char path[4200];
	uint32_t id, map;
	json_t *all, *p;

	require_root();
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("bpf", test_tmpdir(), "bpf", 0, NULL), 0);
	snprintf(path, sizeof(path), "%s/counted", test_tmpdir());
	top_open(NULL);
	assert_int_equal(bpf_obj_pin(top_fd("top_counted_by_its_whole_name"), path), 0);
	id = top_info("top_counted_by_its_whole_name").id;
	map = top_map_id("top_shared");
	top_close(NULL);
	all = top_look(NULL);
	umount2(test_tmpdir(), MNT_DETACH);
	p = top_with_id(all, "programs", id);
	assert_int_equal(json_array_size(json_object_get(p, "owners")), 0);
	assert_string_equal(json_string_value(json_array_get(json_object_get(p, "pins"), 0)), path);
	assert_memory_equal(top_text(p, "owner"), "pin ", 4);
	assert_string_equal(top_text(top_with_id(all, "maps", map), "name"), "top_shared");
	assert_true(top_number(p, "map_bytes") >= 8000);
	json_decref(all);
}

static void delete_often(void)
{
	int fd = skep_map_fd(skep_object_map(top_object, "top_hash"));
	uint32_t key = 2;

	for (int i = 0; i < DELETES; i++)
		bpf_map_delete_elem(fd, &key);
}

TEST_WITH(misses_are_counted, NULL, top_close)
{
	SKEP_AUTO(skep_link) *link = NULL;
	json_t *all, *p;

	top_object = app_open("top_missed.bpf.o");
	if (skep_object_load(top_object) ||
	    skep_attach(&link, skep_object_program(top_object, "top_missed")))
		test_skip("%s", skep_error_last()->message);
	all = top_look(delete_often);
	p = top_with_id(all, "programs", top_info("top_missed").id);
	assert_true(top_number(p, "runs") >= DELETES);
	assert_int_equal(top_number(p, "misses"), top_number(p, "runs"));
	assert_true(hangs(all, "top_missed", "tracing", "trace_fentry htab_map_delete_elem"));
	json_decref(all);
}

static struct skep_link *registered;

/* Without a link of the kernel's it would stay, whatever becomes of this process. */
static void unregister(void **state)
{
	skep_link_free(registered);
	registered = NULL;
	top_close(state);
}

TEST_WITH(struct_ops_are_found_by_their_map, NULL, unregister)
{
	json_t *all;

	top_object = app_load("attach_struct_ops.bpf.o");
	if (skep_attach_struct_ops(&registered, top_object, "plain"))
		test_skip("%s", skep_error_last()->message);
	all = top_look(NULL);
	assert_true(hangs(all, "ssthresh", "struct_ops", "struct_ops plain"));
	json_decref(all);
}
